"""Any text made into one part of a path that every system the office uses can hold.

The rule: never empty, never hidden, never a way out of the folder, never a name Windows refuses. Two texts can give
the same part: whoever needs them apart adds an id.
"""

from __future__ import annotations

import re
import unicodedata

_FORBIDDEN = '[<>:"/\\\\|?*\u2044\u2215\u29f8\uff0f\uff3c\u2216\u29f5\ufe68\u2571\u2572\u3033]'
_RESERVED = r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)"
_SUFFIX = r"\.[A-Za-z0-9]{1,8}$"
_DROPPED = frozenset({"Cc", "Cf", "Zl", "Zp"})


def safe_part(text: str, limit_bytes: int = 80) -> str:
    """Make a path part of at most `limit_bytes` UTF-8 bytes out of a text; `_` when nothing is left of it."""
    return _guarded(_cleaned(text), limit_bytes)


def safe_file_name(text: str, limit_bytes: int = 80) -> str:
    """Make a path part as `safe_part` does, but shorten before the suffix, so that a long name keeps its kind."""
    cleaned = _cleaned(text)
    suffix = re.search(_SUFFIX, cleaned)
    if suffix is None or suffix.start() == 0:
        return _guarded(cleaned, limit_bytes)
    return _guarded(cleaned[: suffix.start()], limit_bytes - len(suffix[0])) + suffix[0]


def _cleaned(text: str) -> str:
    normal = unicodedata.normalize("NFC", _decoded(text))
    kept = "".join(sign for sign in normal if not _is_dropped(sign))
    spaced = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in kept)
    return _stripped(re.sub(_FORBIDDEN, "_", spaced))


def _decoded(text: str) -> str:
    """Read a file name whose bytes are not UTF-8 as GB 18030 where that works; other stray bytes become `_`."""
    try:
        text.encode()
    except UnicodeEncodeError:
        pass
    else:
        return text
    if all(sign.isascii() or "\udc80" <= sign <= "\udcff" for sign in text):
        try:
            return text.encode("utf-8", "surrogateescape").decode("gb18030")
        except UnicodeDecodeError:
            pass
    return re.sub("[\ud800-\udfff]", "_", text)


def _is_dropped(sign: str) -> bool:
    code = ord(sign)
    return unicodedata.category(sign) in _DROPPED or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _stripped(text: str) -> str:
    return text.rstrip(". ").lstrip(". -~")


def _guarded(text: str, limit_bytes: int) -> str:
    """Cut to the limit between whole characters, keep clear of reserved names, and leave nothing empty."""
    guard = "_" if re.match(_RESERVED, text, re.IGNORECASE) else ""
    cut = (guard + text).encode()[:limit_bytes].decode(errors="ignore")
    while cut != guard + text and cut and unicodedata.combining(text[len(cut) - len(guard)]):
        cut = cut[:-1]
    return _stripped(cut) or "_"
