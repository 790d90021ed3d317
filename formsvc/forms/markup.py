"""Text inside XML. The standard library's own functions bring HTTP or all names of HTML along, 30 ms and 4 MiB."""

from __future__ import annotations

_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_IN_QUOTES = _IN_TEXT | str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})


def escaped(text: str) -> str:
    """Return a text as it stands between tags."""
    return text.translate(_IN_TEXT)


def quoted(text: str) -> str:
    """Return a text as the value of an attribute, in its quotation marks."""
    return f'"{text.translate(_IN_QUOTES)}"'
