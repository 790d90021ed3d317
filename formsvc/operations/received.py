"""Copies that keep the received pages, made in the sandbox: asked for one after the other, fetched when needed.

What comes back is checked for its shape and its size; what it says of the received file is read from that file again
when the copy is written.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from formsvc import durable
from formsvc.extraction.sandbox.limits import MEBIBYTE, ChildLimits
from formsvc.extraction.sandbox.outcome import Answer, Outcome
from formsvc.extraction.sandbox.sandbox import Sandbox
from formsvc.forms.reading import Reading
from formsvc.forms.spec import FormSpec
from formsvc.records.record import Pages
from formsvc.rendering.copies import CONFORMANCE, DrawnCopy
from formsvc.rendering.fonts import Fonts
from formsvc.rendering.overlays import overlay_of
from formsvc.rendering.spans import Part, Span, Spliced, size_of

_LIMITS = ChildLimits(address_space=2048 * MEBIBYTE, cpu_s=30, wall_s=90.0, answer_bytes=96 * MEBIBYTE)
_A_PAGE_S = 5
_MOST_PIECES = 200_000


class Pending(Protocol):
    """A job under way."""

    def result(self) -> Outcome:
        """Wait for its outcome; ask once."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The copies of one form being made."""

    original: Path
    size: int
    roles: frozenset[str]
    job: Pending | None
    """None when there is no file to look at."""

    def copies(self) -> dict[str, DrawnCopy]:
        """Wait for the copies with the received pages, by role; ask once.

        Empty when the pages cannot be copied: the copies are then drawn from the values, and the original is kept as
        always.
        """
        outcome = None if self.job is None else self.job.result()
        return _copies(outcome.value, self) if isinstance(outcome, Answer) else {}


def ask(
    sandbox: Sandbox,
    original: Path,
    spec: FormSpec,
    reading: Reading,
    *,
    record: str,
    version: int,
    date: dt.datetime,
    fonts: Fonts | None = None,
) -> Asked:
    """Begin the copies of a form that keep its pages: all but the posting copy."""
    opened = durable.open_regular(original)
    if not isinstance(opened, durable.OpenFile):
        return Asked(original, 0, frozenset(), None)
    overlay = overlay_of(spec, reading, record=record, version=version, date=date, fonts=fonts)
    request = {
        "pages": list(reading.pages),
        "paper": [spec.page.width, spec.page.height],
        "overlay": base64.b64encode(overlay.pdf).decode("ascii"),
        "texts": overlay.texts,
        "roles": overlay.roles(),
    }
    more = _A_PAGE_S * max(1, len(reading.pages))
    limits = dataclasses.replace(_LIMITS, cpu_s=_LIMITS.cpu_s + more, wall_s=_LIMITS.wall_s + 2 * more)
    with opened:
        job = sandbox.submit(opened.descriptor, request, limits)
        return Asked(original, opened.size, frozenset(overlay.about), job)


def _copies(value: object, asked: Asked) -> dict[str, DrawnCopy]:
    """Return the copies in an answer, or none when it is out of shape."""
    match value:
        case {
            "archivable": bool(is_archivable),
            "rasterised": bool(is_rasterised),
            "shared": list(shared),
            "copies": dict(copies),
        } if set(copies) == asked.roles:
            pages = Pages.RASTERISED if is_rasterised else Pages.RECEIVED
            conformance = CONFORMANCE if is_archivable else None
        case _:
            return {}
    try:
        large = [base64.b64decode(part, validate=True) for part in shared]
        return {
            role: DrawnCopy(Spliced(asked.original, _parts(pieces, large, asked.size)), conformance, pages)
            for role, pieces in copies.items()
        }
    except (binascii.Error, ValueError, TypeError, IndexError):
        return {}


def _parts(pieces: object, large: list[bytes], size: int) -> tuple[Part, ...]:
    """Return the parts of one copy; raises ValueError for pieces out of shape, or more than a file can be cause of."""
    if not isinstance(pieces, list) or len(pieces) > _MOST_PIECES:
        raise ValueError("pieces")
    parts = tuple(_part(piece, large, size) for piece in pieces)
    if sum(map(size_of, parts)) > 2 * size + _LIMITS.answer_bytes:
        raise ValueError("more than there is")
    return parts


def _part(piece: Any, large: list[bytes], size: int) -> Part:
    match piece:
        case [int(start), int(length)] if 0 <= start <= start + length <= size:
            return Span(start, length)
        case int(number) if 0 <= number < len(large):
            return large[number]
        case str(text):
            return base64.b64decode(text, validate=True)
        case _:
            raise ValueError("a piece")
