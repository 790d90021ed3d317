"""A content stream cut into operations: what ISO 32000-1, 7.8.2 calls operators with their operands.

pypdf's own parser builds an object for every number, which costs more than all the rest of reading a form. Here a
number is a float, a string its bytes, a name a `Name`, and an inline image's data is stepped over. Bytes that are no
token are passed over, as every viewer does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_BLANK = rb"[\x00\t\n\x0c\r ]"
_TOKEN = re.compile(
    _BLANK + rb"*(?:"
    rb"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))"  # 1 a number
    rb"|([A-Za-z'\"][A-Za-z0-9*'\"]*)"  # 2 an operator
    rb"|\(([^()\\\r]*)\)"  # 3 a plain string
    rb"|<([0-9A-Fa-f\x00\t\n\x0c\r ]*)>"  # 4 a string in hexadecimal
    rb"|/([^\x00\t\n\x0c\r ()<>\[\]{}/%]*)"  # 5 a name
    rb"|(\[|<<)"  # 6 the beginning of an array or dictionary
    rb"|(\]|>>)"  # 7 its end
    rb"|(\()"  # 8 a string with escapes or brackets
    rb"|(%[^\r\n]*)"  # 9 a comment
    rb"|([^\x00\t\n\x0c\r ])"  # 10 anything else
    rb")",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)|\r\n?", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_BRACKET = re.compile(rb"\\.|[()]", re.DOTALL)
_WORDS = {b"true": True, b"false": False, b"null": None}
_IMAGE_END = re.compile(_BLANK + rb"EI(?=" + _BLANK + rb"|$)")
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_NESTED = 16
_OPERANDS = 200_000
"""Operands kept for one operator; drawing takes six, a group of a character map at most some thousands."""


class Name(str):
    """A name, without its slash."""

    __slots__ = ()


Operation = tuple[bytes, list[object]]
"""An operator and its operands."""


def operations(data: bytes) -> Iterator[Operation]:
    """Yield every operation; an inline image comes as `BI` with its dictionary."""
    match = _TOKEN.match
    operands: list[object] = []
    outer: list[list[object]] = []
    at = 0
    while (token := match(data, at)) is not None:
        at = token.end()
        kind = token.lastindex or 0
        if kind == 1:
            operands.append(float(token[1]))
        elif kind == 2:
            word = token[2]
            if word in _WORDS:
                operands.append(_WORDS[word])
                continue
            if word == b"ID":
                at = _after_image(data, at)
                word, operands = b"BI", [_pairs(operands)]
            elif word == b"BI":
                operands, outer = [], []
                continue
            yield word, outer[0] if outer else operands
            operands, outer = [], []
        elif kind == 8:
            text, at = _string(data, at)
            operands.append(text)
        else:
            operands = _with(token, kind, operands, outer)


def _with(token: re.Match[bytes], kind: int, operands: list[object], outer: list[list[object]]) -> list[object]:
    """Add an operand that is no number; return the list the next one belongs to, `outer` holding those around it."""
    found = token[kind]
    if kind in _SIMPLE:
        operands.append(_SIMPLE[kind](found))
    elif kind == 6 and len(outer) < _NESTED:
        outer.append(operands)
        return []
    elif kind == 7 and outer:
        closed, operands = operands, outer.pop()
        operands.append(_pairs(closed) if found == b">>" else closed)
    return operands if outer or len(operands) <= _OPERANDS else []


def _pairs(items: list[object]) -> dict[str, object]:
    """Make a dictionary of keys and values in turn."""
    return {str(key): value for key, value in zip(items[::2], items[1::2], strict=False) if isinstance(key, Name)}


def _name(raw: bytes) -> Name:
    if b"#" in raw:
        raw = _NAME_ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), raw)
    return Name(raw.decode("utf-8", "replace"))


def _from_hex(raw: bytes) -> bytes:
    digits = raw.translate(None, b"\x00\t\n\x0c\r ")
    return bytes.fromhex((digits + b"0" if len(digits) % 2 else digits).decode("ascii"))


_SIMPLE: dict[int, Callable[[bytes], object]] = {3: bytes, 4: _from_hex, 5: _name}
"""What a token of each simple kind becomes."""


def _string(data: bytes, at: int) -> tuple[bytes, int]:
    """Read a string with escapes or inner brackets, its first bracket already read."""
    depth = 1
    for found in _BRACKET.finditer(data, at):
        mark = found[0]
        if mark == b"(":
            depth += 1
        elif mark == b")":
            depth -= 1
            if not depth:
                return unescaped(data[at : found.start()]), found.end()
    return b"", len(data)


def unescaped(raw: bytes) -> bytes:
    """Undo the escapes of a literal string (7.3.4.2)."""

    def plain(found: re.Match[bytes]) -> bytes:
        mark = found[1]
        if mark is None:
            return b"\n"
        if mark[:1].isdigit() and mark[:1] < b"8":
            return bytes((int(mark, 8) & 0xFF,))
        return b"" if mark[:1] in {b"\r", b"\n"} else _ESCAPED.get(mark, mark)

    return _ESCAPE.sub(plain, raw)


def _after_image(data: bytes, at: int) -> int:
    """Return where an inline image's data, which begins after `at`, has ended.

    The end mark can occur inside the data by chance, so what follows it has to look like operators.
    """
    for found in _IMAGE_END.finditer(data, at):
        following = data[found.end() : found.end() + 12]
        if all(byte in b"\t\n\r\x0c" or 32 <= byte < 127 for byte in following):
            return found.end()
    return len(data)
