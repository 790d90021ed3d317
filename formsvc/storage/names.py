"""What a name in a store may hold: whatever every file system and every object store can keep.

The reasons in a BadNameError: `empty`, `absolute`, `part`, `character`, `windows`, `long`, `reserved`, `folder`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from formsvc.errors import BadNameError

STAGING = ".staging"
"""The folder in a local store's root where things lie that are not whole yet; never part of the store."""

_FORBIDDEN = re.compile('[\x00-\x1f\x7f<>:"\\\\|?*\ud800-\udfff]')
_DEVICE = r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*"
_DEVICES = re.compile(rf"{_DEVICE}(?:\.|$)", re.IGNORECASE)
_SUSPECT = re.compile(
    rf"{_FORBIDDEN.pattern}|[ ./](?:/|$)|(?:^|/)(?:/|$|{_DEVICE}(?:[./]|$))|^{re.escape(STAGING)}", re.IGNORECASE
)
"""Finds each name that is wrong, and some that are not, in one look: nearly all names are right."""
_LONGEST_PART = 255
"""Bytes of UTF-8 that a part may have on common file systems."""


def check_name(name: str) -> None:
    """Check the name of a file or folder; raise BadNameError."""
    if len(name) * 4 <= _LONGEST_PART and not _SUSPECT.search(name):
        return
    reason = _reason(name)
    if reason:
        raise BadNameError(name=name.encode("utf-8", "backslashreplace").decode(), reason=reason)


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


def check_together(names: Iterable[str]) -> None:
    """Check names that are given to one call: none of them is a folder of another."""
    given = set(names)
    for name in given:
        check_name(name)
    for name in given:
        above = name.rpartition("/")[0]
        while above:
            if above in given:
                raise BadNameError(name=above, reason="folder")
            above = above.rpartition("/")[0]


def check_prefix(prefix: str) -> None:
    """Check a prefix for listing: a name, or "" for the whole store."""
    if prefix:
        check_name(prefix)
