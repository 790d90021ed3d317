"""DataMatrix symbols (ISO/IEC 16022, ECC 200): a short ASCII text as a square of modules.

Only what a mark on paper needs: square symbols of one data region, ASCII encodation with digits in pairs, the
smallest size that holds the text. Up to 44 code words, which is 26 by 26 modules.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from operator import itemgetter

_SIZES = {10: (3, 5), 12: (5, 7), 14: (8, 10), 16: (12, 12), 18: (18, 14), 20: (22, 18), 22: (30, 20), 24: (36, 24)}
_SIZES |= {26: (44, 28)}
"""Modules a side -> code words of data and of error correction (table 7 of the standard)."""
_PRIME = 0x12D
"""The polynomial that makes the field of 256 elements."""
_PAD = 129
_PARTS = re.compile(r"[0-9]{2}|.", re.DOTALL)
_SHOWN = {ord("0"): " ", ord("1"): "#"}
Place = tuple[int, int]
"""Row and column."""


def symbol(text: str) -> tuple[str, ...]:
    """Return the rows of a symbol, `#` for each dark module; raises ValueError for what it cannot hold."""
    data = _code_words(text)
    size = next((size for size, (room, _) in _SIZES.items() if len(data) <= room), None)
    if size is None:
        raise ValueError(text)
    room, correction = _SIZES[size]
    words = [*data, *_padding(len(data), room)]
    bits = "".join(map("{:08b}".format, words)) + f"{_correction(words, correction):0{8 * correction}b}"
    modules = "".join(_reading(size)(f"01{bits}")).translate(_SHOWN)
    return tuple(modules[start : start + size] for start in range(0, size * size, size))


def _code_words(text: str) -> list[int]:
    """Return a text in ASCII encodation: two digits are one code word."""
    if not text.isascii():
        raise ValueError(text)
    return [130 + int(part) if len(part) == 2 else ord(part) + 1 for part in _PARTS.findall(text)]


def _padding(used: int, room: int) -> list[int]:
    """Return what fills the room: the first pad as it is, those after it by the 253-state algorithm (5.2.3)."""
    pads = [_PAD] * (room - used > 0)
    for place in range(used + 2, room + 1):
        pad = _PAD + (149 * place) % 253 + 1
        pads.append(pad if pad <= 254 else pad - 254)
    return pads


@lru_cache(maxsize=1)
def _field() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the powers of two in the field, twice over, and the logarithm of every element but zero."""
    powers, logarithms, value = [], [0] * 256, 1
    for exponent in range(255):
        powers.append(value)
        logarithms[value] = exponent
        value <<= 1
        if value > 255:
            value ^= _PRIME
    return tuple(powers * 2), tuple(logarithms)


@lru_cache(maxsize=9)
def _multiples(degree: int) -> tuple[int, ...]:
    """Return every multiple of (x - 2)(x - 4)…(x - 2^degree) by its leading term, which is left out, as bytes."""
    powers, logarithms = _field()
    found = [1]
    for exponent in range(1, degree + 1):
        scaled = [powers[logarithms[term] + exponent] for term in found]
        found = [left ^ right for left, right in zip([*found, 0], [0, *scaled], strict=True)]
    below = [logarithms[term] for term in found[1:]]
    rows = (bytes(powers[logarithms[lead] + factor] for factor in below) for lead in range(1, 256))
    return (0, *(int.from_bytes(row, "big") for row in rows))


def _correction(words: list[int], degree: int) -> int:
    """Return the remainder of the code words divided by the generator, `degree` bytes."""
    multiples, shift = _multiples(degree), 8 * (degree - 1)
    kept = (1 << shift) - 1
    rest = 0
    for word in words:
        rest = (rest & kept) << 8 ^ multiples[(rest >> shift) ^ word]
    return rest


@lru_cache(maxsize=9)
def _reading(size: int) -> itemgetter[str]:
    """Return what picks the modules of a symbol, row by row, out of its bits, before which stand a 0 and a 1."""
    light, dark = 0, 1
    rows = [[light] * size for _ in range(size)]
    for step in range(size):
        rows[step][0] = rows[-1][step] = dark
        if step % 2 == 0:
            rows[0][step] = rows[size - 1 - step][-1] = dark
    last = sum(_SIZES[size])
    for (row, column), (word, bit) in _module_bits(size - 2):
        rows[row + 1][column + 1] = dark if word == last else 2 + 8 * word + bit
    return itemgetter(*chain.from_iterable(rows))  # type: ignore[return-value]  # it is given texts


def _module_bits(side: int) -> tuple[tuple[Place, tuple[int, int]], ...]:
    """Return for each module of a mapping matrix which bit of which code word stands there (annex F).

    The two dark modules that some sizes leave over at the bottom right count as bits of the word after the last.
    """
    found: dict[Place, tuple[int, int]] = {}
    word = 0
    row, column = 4, 0
    while row < side or column < side:
        corner = _corner(side, row, column)
        if corner:
            found |= {place: (word, bit) for bit, place in enumerate(corner)}
            word += 1
        for step, bounds in (((-2, 2), (1, 3)), ((2, -2), (3, 1))):
            while True:
                if 0 <= row < side and 0 <= column < side and (row, column) not in found:
                    found |= {place: (word, bit) for bit, place in enumerate(_shape(side, row, column))}
                    word += 1
                row, column = row + step[0], column + step[1]
                if not (row >= 0 and column < side if step[0] < 0 else row < side and column >= 0):
                    break
            row, column = row + bounds[0], column + bounds[1]
    if (side - 1, side - 1) not in found:
        found[side - 1, side - 1] = found[side - 2, side - 2] = (word, 0)
    return tuple(found.items())


def _shape(side: int, row: int, column: int) -> list[Place]:
    """Return the eight modules of a code word whose lowest right one is at a place, the highest bit first."""
    around = ((-2, -2), (-2, -1), (-1, -2), (-1, -1), (-1, 0), (0, -2), (0, -1), (0, 0))
    return [_wrapped(side, row + down, column + right) for down, right in around]


def _wrapped(side: int, row: int, column: int) -> Place:
    """Return the place on the other side for one that is out of the matrix."""
    if row < 0:
        row, column = row + side, column + 4 - (side + 4) % 8
    if column < 0:
        row, column = row + 4 - (side + 4) % 8, column + side
    return row, column


def _corner(side: int, row: int, column: int) -> list[Place]:
    """Return the modules of the code word that stands in the corners when the walk comes by here, if one does.

    The standard has a fourth such word, which no square symbol needs.
    """
    last = side - 1
    top = [(0, last - 1), (0, last), (1, last)]
    if (row, column) == (side, 0):
        return [(last, 0), (last, 1), (last, 2), *top, (2, last), (3, last)]
    if (row, column) == (side - 2, 0) and side % 4:
        return [(last - 2, 0), (last - 1, 0), (last, 0), (0, last - 3), (0, last - 2), *top]
    if (row, column) == (side + 4, 2) and side % 8 == 0:
        return [
            (last, 0),
            (last, last),
            (0, last - 2),
            (0, last - 1),
            (0, last),
            (1, last - 2),
            (1, last - 1),
            (1, last),
        ]
    return []
