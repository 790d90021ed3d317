"""A PDF before a parser sees it: its two ends, whether it is locked, and how large its pictures claim to be.

The dictionaries of trailers and of pictures always stand in the clear, so that a search over the bytes finds them
without following a single reference. A name written with escapes or a number given by reference is missed here; the
reader's own limits are behind this. Only for a file that says it is encrypted does a parser run, to try the empty
password: a file that merely forbids copying opens with it.
"""

from __future__ import annotations

import importlib
import itertools
import math
import mmap
import os
import re
from types import MappingProxyType

from formsvc.errors import Code, Param, Problem
from formsvc.extraction.sandbox.limits import FileLimits

_ENCRYPT = re.compile(rb"/Encrypt\s{0,64}(?:\d{1,10}\s{1,64}\d{1,5}\s{1,64}R|<<)")
_WIDTH = re.compile(rb"/Width\s{0,64}(\d{1,12})")
_HEIGHT = re.compile(rb"/Height\s{0,64}(\d{1,12})")
_NEAR = 1024
_PICTURES = 10_000
_ZIP_END = b"PK\x05\x06"


def pdf_problems(descriptor: int, tail: bytes, limits: FileLimits) -> tuple[Problem, ...]:
    """Find what forbids reading this open PDF, whose last 64 KiB are `tail`; empty when nothing does."""
    problems = []
    if b"%%EOF" not in tail.rstrip(b"\0")[-2048:]:
        problems.append(Problem(Code.DAMAGED_FILE, params=MappingProxyType({"finding": "cut-off"})))
    zip_end = tail.rfind(_ZIP_END)
    if zip_end >= 0 and zip_end + 22 + int.from_bytes(tail[zip_end + 20 : zip_end + 22], "little") == len(tail):
        problems.append(Problem(Code.UNSAFE_CONTENT, params=MappingProxyType({"finding": "two-formats"})))
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as data:
        problems += _too_large_pictures(data, limits)
        is_encrypted = _ENCRYPT.search(data) is not None
    if not problems and is_encrypted and not _opens_unlocked(descriptor):
        problems.append(Problem(Code.ENCRYPTED, params=MappingProxyType({"finding": "password"})))
    return tuple(problems)


def _too_large_pictures(data: mmap.mmap, limits: FileLimits) -> list[Problem]:
    """Find the first picture that claims more than it may; a side too short to matter is not even looked at."""
    digits = len(str(min(limits.side, math.isqrt(limits.pixels))))
    long_side = re.compile(rb"/(?:Width|Height)\s{0,64}0{0,12}[1-9]\d{%d,11}" % (digits - 1))
    for found in itertools.islice(long_side.finditer(data), _PICTURES):
        near = data[max(0, found.start() - _NEAR) : found.end() + _NEAR]
        here = min(found.start(), _NEAR)
        width, height = _nearest(_WIDTH, near, here), _nearest(_HEIGHT, near, here)
        if max(width, height) > limits.side or width * height > limits.pixels:
            facts: dict[str, Param] = {"finding": "picture-size", "width": width, "height": height}
            return [Problem(Code.TOO_COMPLEX, params=MappingProxyType(facts))]
    return []


def _nearest(pattern: re.Pattern[bytes], near: bytes, here: int) -> int:
    """Give the number of the match nearest to a place, or 1 when there is none."""
    found = sorted(pattern.finditer(near), key=lambda match: abs(match.start() - here))
    return int(found[0][1]) if found else 1


def _opens_unlocked(descriptor: int) -> bool:
    """Whether the empty password opens it; a file that cannot be opened for another reason is not judged here."""
    pikepdf = importlib.import_module("pikepdf")  # only now: most files are not encrypted, and the import is slow
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        try:
            with pikepdf.open(file):
                return True
        except pikepdf.PasswordError:
            return False
        except pikepdf.PdfError:
            return True
