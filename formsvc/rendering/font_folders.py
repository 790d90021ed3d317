"""Where systems keep their fonts. Pure: platform, environment and home are given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_MAC_FONTS = ("/System/Library/Fonts", "/System/Library/AssetsV2", "/Library/Fonts")
_WORD_FOR_MAC = "/Applications/Microsoft Word.app/Contents/Resources/DFonts"
_UNIX_DATA = "/usr/local/share:/usr/share"


def system_folders(platform: str, environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """Return the font folders of a system (`platform` as in sys.platform), those of the user first."""
    if platform == "win32":
        own = environ.get("LOCALAPPDATA")
        return (
            *((Path(own, "Microsoft", "Windows", "Fonts"),) if own else ()),
            Path(environ.get("WINDIR") or environ.get("SystemRoot") or r"C:\Windows", "Fonts"),
        )
    if platform == "darwin":
        return (home / "Library/Fonts", *map(Path, _MAC_FONTS), Path(_WORD_FOR_MAC))
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local/share")
    shared = (environ.get("XDG_DATA_DIRS") or _UNIX_DATA).split(":")
    return (data / "fonts", home / ".fonts", *(Path(folder, "fonts") for folder in shared if folder))
