"""The date in a cell of several values: the lowest row that is written as one, read again as a date and nothing else.

Where none is found, or one that is hardly to be believed, it is looked for in every height of the cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from formsvc.chinese import DateFault, is_han, read_date
from formsvc.chinese.tails import date_at_end
from formsvc.extraction.scan.recognition.alphabets import DATE_SIGNS
from formsvc.extraction.scan.recognition.choose import Choice, choose, lessened_by
from formsvc.extraction.scan.recognition.confidence import CUT, THROUGH, calibrated
from formsvc.extraction.scan.recognition.decode import Line
from formsvc.extraction.scan.recognition.inked import Inked
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.lines import Row, is_at_edge, read_strip
from formsvc.extraction.scan.recognition.models import Models
from formsvc.extraction.scan.recognition.pieces import ANOTHER, Found, Piece, doubted
from formsvc.extraction.scan.recognition.sought import is_whole, sought
from formsvc.extraction.scan.registered import PER_MM, PixelBox
from formsvc.forms.spec import Field
from formsvc.forms.values import normalise

_HAS_YEAR = re.compile(r"\S{4}年|[0-9]{4}[./-]")
_DATE_DIGITS = 4
_HIDDEN = re.compile(r"[0-9]\s*\S?\s*[月日]\s*\S{0,2}$")
"""What the end of a text looks like that swallowed a date it could not be told from."""
_SIGN, _SPARE = 0.68, 0.5
"""The width of a sign as a part of its row's height, and how many signs wide what is no sign may be."""
_ALIKE = 0.2
"""How much of the doubt about what was read through a seal stays when it is read alike with all of the seal's ink."""
_APART, _HANGS = 0.4, 2.2
"""Heights of a row: the gap before what hangs over from the next cell, and how far that reaches in at most."""
_YEAR_ROOM = 2.6
"""Heights of a row in which the digits of a year are looked for left of the first sign of its date."""
_STOPS_SHORT, _LACKS_ITS_END = re.compile("年.*月[0-9]{1,2}$"), 4.0
"""A date whose day was read and not the sign behind it: a figure may be lost with that, which is much of a doubt."""
_SURE_ENOUGH = 0.6
"""How sure a date has to be for no other to be looked for."""
_NOBODY = Lexicon()
_WELL_READ, _WORDS = 0.9, 4
"""How sure the signs of a line are, and how many Chinese ones it has at least, where no date is looked for."""


@dataclass(frozen=True, slots=True)
class DateReader:
    """Reads the dates of one cell."""

    models: Models
    ink: Inked
    wider: Callable[[], Inked]
    """Return the cell with what stands beyond its ruling lines."""
    within: range | None
    box: PixelBox

    def found_in(self, one: Field, rows: Sequence[Sequence[Piece]]) -> Found:
        """Return the date the lowest row says that is written as one, and take its pieces."""
        for row in reversed(rows):
            first = next((number for number in range(len(row)) if _are_date(row[number:])), None)
            if first is None and row[-1].text.strip() and date_at_end(row[-1].text) is not None:
                first = len(row) - 1
            if first is not None:
                return self._date_in(one, row, first)
        return Found(None, self.box)

    def _date_in(self, one: Field, row: Sequence[Piece], first: int) -> Found:
        """Read a date anew from all that stands in its row, from the first piece that belongs to it."""
        pieces = row[first:]
        x, y = self.ink.origin
        boxes = [piece.row.box for piece in pieces]
        left, top = min(box[0] for box in boxes) - x, min(box[1] for box in boxes) - y
        right, bottom = max(box[2] for box in boxes) - x, max(box[3] for box in boxes) - y
        start = _date_start(pieces[0])
        if 0 < start < len(pieces[0].row.line.places):
            line = pieces[0].row.line
            left += int((pieces[0].row.box[2] - pieces[0].row.box[0]) * line.span(start, len(line.places))[0])
        elif not _HAS_YEAR.match("".join(pieces[0].text.split())):
            room = max((piece.row.box[2] - x for piece in row[:first]), default=0)
            left = max(left - int(_YEAR_ROOM * (bottom - top)), room, 0)
        strip = (left, top, right + round(PER_MM / 2), bottom)
        read = read_strip(self.models, pieces[0].ink, strip, squeeze=1.0)
        for piece in pieces:
            piece.end = max(start, piece.start) if piece is pieces[0] else piece.start
        choice = self._of_strip(one, read, pieces, strip)
        if _STOPS_SHORT.search("".join(choice.raw.split())):
            choice = lessened_by(choice, one, _LACKS_ITS_END, CUT)
        is_started = not normalise(one, choice.raw).is_readable
        is_doubtful = choice.normal.value is None and (is_started or self._is_fuller(read, choice.text))
        return Found(choice, read.box, (read,), is_doubtful)

    def _of_strip(self, one: Field, read: Row, pieces: Sequence[Piece], strip: PixelBox) -> Choice:
        """Return the date a strip says: what was read through a seal has to be read alike with all its ink."""

        def again() -> list[Row]:
            return [read_strip(self.models, pieces[0].ink, strip, squeeze=ANOTHER)]

        choice = choose(self.models, one, [read], lexicon=_NOBODY, within=self.within, again=again)
        end = self._own_end(strip) if choice.normal.value is None else None
        if end is not None:
            own = read_strip(self.models, pieces[0].ink, (strip[0], strip[1], end, strip[3]), squeeze=1.0)
            inner = choose(self.models, one, [own], lexicon=_NOBODY, within=self.within)
            return choice if inner.normal.value is None else lessened_by(inner, one, 1.0, CUT)
        if all(piece.ink is self.ink for piece in pieces):
            return choice
        plain = read_strip(self.models, self.ink, strip, squeeze=1.0)
        other = choose(self.models, one, [plain], lexicon=_NOBODY, within=self.within)
        if choice.normal.value is not None and other.normal.value == choice.normal.value:
            return lessened_by(choice, one, _ALIKE, THROUGH)
        return doubted(choice, one, self.ink, pieces)

    def _own_end(self, strip: PixelBox) -> int | None:
        """Return where what is written in a cell ends, if beyond a gap something hangs over from the cell beside it."""
        left, top, right, bottom = strip
        height, width = bottom - top, self.ink.ink.shape[1]
        columns = np.flatnonzero(self.ink.ink[max(top, 0) : bottom, max(left, 0) : right].any(axis=0)) + max(left, 0)
        gaps = np.flatnonzero(np.diff(columns) > _APART * height)
        if not len(gaps) or columns[-1] < width - height // 4:
            return None
        before, after = int(columns[gaps[-1]]), int(columns[gaps[-1] + 1])
        return (before + after) // 2 if width - after < _HANGS * height else None

    def _is_fuller(self, row: Row, text: str) -> bool:
        """Whether there is more ink in a row than the signs read of it take."""
        left, top, right, bottom = row.box
        x, y = self.ink.origin
        inside = self.ink.ink[max(top - y, 0) : bottom - y, max(left - x, 0) : right - x]
        return int(inside.any(axis=0).sum()) > (len("".join(text.split())) + _SPARE) * _SIGN * (bottom - top)

    def looked_for(self, one: Field, first: Found, rows: Sequence[Sequence[Piece]]) -> Found:
        """Return a date, looked for in every height of the cell where it was not found, or read with much doubt.

        One most of which stands beyond the edge is that of the cell beside.
        """
        value = None if first.choice is None else first.choice.normal.value
        is_sure = first.choice is not None and calibrated(one.kind, first.choice.score) >= _SURE_ENOUGH
        if (value is None and not first.is_doubtful) or (is_whole(value) and is_sure):
            return first
        beside = [piece.row.box for row in rows for piece in row if _is_other_text(piece.row.line)]
        cell = self.wider() if any(is_at_edge(self.box, row) for row in first.rows) else self.ink
        found = sought(self.models, one, cell, first.choice, beside=beside, within=self.within)
        if found is None or not self.box[0] <= (found.row.box[0] + found.row.box[2]) / 2 <= self.box[2]:
            return first
        return Found(found.choice, found.row.box, (found.row,))


def may_hide_date(row: Sequence[Piece]) -> bool:
    """Whether a row that is no date by itself may hold one among other signs."""
    text = "".join(piece.text for piece in row)
    return _HIDDEN.search(text) is not None or any(
        _may_be_date(piece) and sum(map(str.isdecimal, piece.text)) >= _DATE_DIGITS for piece in row
    )


def is_within(piece: Piece, box: PixelBox) -> bool:
    """Whether a piece is no text of its own and stands in the height of a row that was read."""
    _, top, _, bottom = piece.row.box
    shared = min(bottom, box[3]) - max(top, box[1])
    return shared > (bottom - top) / 2 and not _is_other_text(piece.row.line)


def _is_other_text(line: Line) -> bool:
    """Whether a line is read well and is no date, nor ends in one."""
    words = sum(map(is_han, line.text))
    return line.mean >= _WELL_READ and words >= _WORDS and sum(map(str.isdecimal, line.text)) < _DATE_DIGITS


def _are_date(pieces: Sequence[Piece]) -> bool:
    """Whether pieces of one row are nothing but a date, filled in or left empty, and not read without fault."""
    text = "".join(piece.text for piece in pieces)
    if not text.strip() or not all(map(_may_be_date, pieces)):
        return False
    signs, digits = sum(sign in "年月日" for sign in text), sum(sign.isdecimal() for sign in text)
    return read_date(text).fault is not DateFault.UNREADABLE or signs > 1 or (signs == 1 and digits >= _DATE_DIGITS)


def _may_be_date(piece: Piece) -> bool:
    text = "".join(piece.text.split())
    return not text or sum(sign in DATE_SIGNS for sign in text) >= 0.6 * len(text)


def _date_start(piece: Piece) -> int:
    """Return where in a piece that other text begins with the date starts; 0 when it begins with it."""
    if _may_be_date(piece):
        return piece.start
    tail = date_at_end(piece.row.line.text[: piece.end])
    return tail.start if tail is not None else piece.start
