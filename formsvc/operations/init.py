"""Makes a workspace: settings to fill in, the forms to start with, an inbox and an archive. Overwrites nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

from formsvc import durable
from formsvc.errors import UsageError
from formsvc.i18n import Language
from formsvc.operations.indexing import rebuild
from formsvc.operations.lookup import TEMPLATES
from formsvc.operations.settings import FILE, load_settings
from formsvc.operations.workspace import INBOX, Workspace

_PACKAGE = Path(__file__).parent.parent


def init(
    folder: Path, language: Language, *, clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
) -> Workspace:
    """Make a workspace in a folder, which is made too, and open it.

    Raises UsageError when the folder is a workspace already, and TakenError when it holds other templates; nothing is
    overwritten.
    """
    settings = folder / FILE
    if settings.exists():
        raise UsageError(reason="is-workspace", folder=str(folder.absolute()))
    for place in (folder / INBOX, folder / TEMPLATES):
        durable.make_dirs(place)
    for source, target in _forms(folder):
        durable.make_dirs(target.parent)
        _put(target, source.read_bytes())
    durable.put_new(settings, (starter() / FILE).read_bytes())
    workspace = Workspace(folder.absolute(), load_settings(settings), language, clock)
    rebuild(workspace)
    return workspace


def starter() -> Path:
    """Return the folder that new workspaces are copied from: in a wheel its own, else the checkout."""
    inside = _PACKAGE / "starter"
    return inside if inside.is_dir() else _PACKAGE.parent


def _forms(folder: Path) -> Iterator[tuple[Path, Path]]:
    templates = starter() / TEMPLATES
    for source in sorted(templates.glob("*/form.toml")):
        yield source, folder / TEMPLATES / source.relative_to(templates)


def _put(target: Path, data: bytes) -> None:
    """Write a file unless the same one is there already: an earlier attempt may have been cut off."""
    if not (target.is_file() and target.read_bytes() == data):
        durable.put_new(target, data)
