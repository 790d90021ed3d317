"""What a name in a store may hold: whatever every file system and every object store can keep.

The reasons in a BadNameError: `empty`, `absolute`, `part`, `character`, `windows`, `long`, `reserved`, `folder`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from formsvc.errors import BadNameError

STAGING = ".staging"
"""The folder in a local store's root where things lie that are not whole yet; never part of the store."""

_FORBIDDEN = re.compile('[\x00-\x1f\x7f<>:"\\\\|?*\ud800-\udfff]')
_DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\.|$)")
_LONGEST_PART = 255
"""Bytes of UTF-8 that a part may have on common file systems."""


def check_name(name: str) -> PurePosixPath:
    """Check the name of a file or folder and return it as a path; raise BadNameError."""
    reason = _reason(name)
    if reason:
        raise BadNameError(name=name.encode("utf-8", "backslashreplace").decode(), reason=reason)
    return PurePosixPath(name)


def _reason(name: str) -> str:
    parts = name.split("/")
    wrong = {
        "empty": not name,
        "absolute": name.startswith("/"),
        "character": _FORBIDDEN.search(name) is not None,
        "part": any(part in {"", ".", ".."} for part in parts),
        "windows": any(part.endswith((" ", ".")) or _DEVICES.match(part) for part in parts),
        "long": any(len(part.encode("utf-8", "replace")) > _LONGEST_PART for part in parts),
        "reserved": parts[0].lower() == STAGING,
    }
    return next((reason for reason, is_so in wrong.items() if is_so), "")


def check_files(names: Iterable[str]) -> tuple[PurePosixPath, ...]:
    """Check the names of the files of one folder, at least one, none of them a folder of another."""
    given = tuple(names)
    if not given:
        raise BadNameError(name="", reason="empty")
    paths = tuple(check_name(name) for name in given)
    folders = {parent for path in paths for parent in path.parents}
    for path in paths:
        if path in folders:
            raise BadNameError(name=str(path), reason="folder")
    return paths


def check_prefix(prefix: str) -> PurePosixPath:
    """Check a prefix for listing: a name, or "" for the whole store."""
    return check_name(prefix) if prefix else PurePosixPath()
