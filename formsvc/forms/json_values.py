"""Plain values out of JSON that anybody may have written: each is what it has to be, or ValueError is raised."""

from __future__ import annotations

from typing import Any

_TEXT_LIMIT = 32 * 1024 * 1024
"""Characters; a longer text is out of shape."""
_ENDLESS = 1e300
"""No length and no confidence is so large; neither infinity nor what is no number is below it."""


def as_text(value: object) -> str:
    """Return a text of whole characters: half of a surrogate pair could never be written down again.

    NUL, which is no character and which databases end a text at, is left out.
    """
    if not isinstance(value, str) or len(value) > _TEXT_LIMIT:
        raise ValueError("not a text")
    if not value.isascii():
        value.encode()  # UnicodeEncodeError is a ValueError
    return value.replace("\0", "") if "\0" in value else value


def as_optional_text(value: object) -> str | None:
    """Return a text, or None for null."""
    return None if value is None else as_text(value)


def as_integer(value: object) -> int:
    """Return a whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("not a whole number")  # noqa: TRY004 - one error for every value out of shape
    return value


def as_truth(value: object) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")  # noqa: TRY004 - as above
    return value


def as_list(value: object) -> list[Any]:
    """Return a list; what is in it is not looked at."""
    if not isinstance(value, list):
        raise ValueError("not a list")  # noqa: TRY004 - as above
    return value


def as_number(value: object) -> float:
    """Return a number that is finite."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not abs(value) < _ENDLESS:
        raise ValueError("not a number")
    return float(value)
