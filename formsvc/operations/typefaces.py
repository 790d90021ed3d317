"""The faces a workspace draws with: those of the installation, or as its settings say the office's own before them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from formsvc.operations.settings import FontSource, Settings
from formsvc.rendering.font_folders import system_folders
from formsvc.rendering.fonts import Role
from formsvc.rendering.office_fonts import Typefaces, bundled_typefaces, office_typefaces


def typefaces_of(
    root: Path,
    settings: Settings,
    *,
    platform: str = sys.platform,
    environ: Mapping[str, str] = os.environ,
    home: Path | None = None,
) -> Typefaces:
    """Return the faces of the workspace in `root`; those of the office are looked for in the fonts of this computer."""
    if settings.fonts is FontSource.BUNDLED:
        return bundled_typefaces()
    folders = [root / folder for folder in settings.font_folders]
    order = {role: getattr(settings.faces, role.value) for role in Role}
    return office_typefaces([*folders, *system_folders(platform, environ, home or Path.home())], order)
