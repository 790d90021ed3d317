"""A cell that holds more than one value: its printed label, an opinion or pledges, a place for a seal, a date.

Every piece of writing in the cell is found and read. What the form itself prints there is taken away, although a letter
of it was read wrongly; the lowest row that is written as a date is read again as a date and nothing else; the rest is
the value of the field that grows. Marks are somebody else's: the text beside them is kept by the name of the mark.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from formsvc.chinese import DateFault, fold_label, is_han, read_date
from formsvc.chinese.tails import date_at_end
from formsvc.extraction.scan.recognition.alphabets import DATE_SIGNS
from formsvc.extraction.scan.recognition.choose import Choice, choose, lessened_by
from formsvc.extraction.scan.recognition.confidence import CUT, THROUGH, calibrated
from formsvc.extraction.scan.recognition.decode import Line
from formsvc.extraction.scan.recognition.detect import TextBox
from formsvc.extraction.scan.recognition.inked import Inked
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.lines import (
    Row,
    is_cut,
    look_beside_seals,
    read_box,
    read_strip,
    widened,
)
from formsvc.extraction.scan.recognition.matching import after_label, is_like
from formsvc.extraction.scan.recognition.models import Models
from formsvc.extraction.scan.recognition.passages import passage
from formsvc.extraction.scan.recognition.sought import is_whole, sought
from formsvc.extraction.scan.recognition.wording import worded
from formsvc.extraction.scan.registered import PER_MM, PixelBox
from formsvc.forms.spec import Cell, Field, FormSpec, Kind
from formsvc.forms.values import normalise

_SCALE = 0.72
"""Of the upright picture's pixels as the detector sees them: print of 14 pt is 28 pixels high."""
_LIKELY_NOISE = 0.35
_HINT = re.compile(r"[(（〔\[【]?\s*\w{0,8}[章签]\w{0,3}\s*[)）〕\]】]?[:：]?")
_HAS_YEAR = re.compile(r"\S{4}年|[0-9]{4}[./-]")
_DATE_DIGITS = 4
_HIDDEN = re.compile(r"[0-9]\s*\S?\s*[月日]\s*\S{0,2}$")
"""What the end of a text looks like that swallowed a date it could not be told from."""
_MUCH_INK = 90
"""Pixels of ink that are more than specks: about 1.4 square millimetres."""
_SIGN, _SPARE = 0.68, 0.5
"""The width of a sign as a part of its row's height, and how many signs wide what is no sign may be."""
_ALIKE = 0.2
"""How much of the doubt about what was read through a seal stays when it is read alike with all of the seal's ink."""
_APART, _HANGS = 0.4, 2.2
"""Heights of a row: the gap before what hangs over from the next cell, and how far that reaches in at most."""
_ANOTHER = 0.9
"""The width of a line for its second reading, as a part of how it stands; the first is narrower or as it stands."""
_YEAR_ROOM = 2.6
"""Heights of a row in which the digits of a year are looked for left of the first sign of its date."""


BEYOND = round(10 * PER_MM)
"""How many pixels beyond its cell a date is looked for that runs over the edge."""
_AT_EDGE = 0.5
"""Heights of a row from the edge of its cell within which it may go on beyond."""
_SURE_ENOUGH = 0.6
"""How sure a date has to be for no other to be looked for."""
_WELL_READ, _WORDS = 0.9, 4
"""How sure the signs of a line are, and how many Chinese ones it has at least, where no date is looked for."""


@dataclass
class Piece:
    """One piece of writing, and which part of its text is still to be given to a field."""

    row: Row
    ink: Inked
    """The picture it was read from."""
    place: TextBox
    """Where in it."""
    start: int = 0
    end: int = 0

    @property
    def text(self) -> str:
        """What is left of it."""
        return self.row.line.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Found:
    """What was read for one field of a cell."""

    choice: Choice | None
    """None when nothing stands where its value goes."""
    box: PixelBox
    rows: tuple[Row, ...] = ()
    is_doubtful: bool = False
    """Whether it seems empty although there is ink that nothing was made of."""


@dataclass
class CellReader:
    """Reads one cell of several values."""

    models: Models
    form: FormSpec
    cell: Cell
    ink: Inked
    wider: Callable[[], Inked]
    """Return the cell with what stands `BEYOND` its ruling lines."""
    lexicon: Lexicon
    within: range | None
    box: PixelBox
    has_colour: bool = True
    pieces: list[list[Piece]] = field(default_factory=list)
    seen: list[PixelBox] = field(default_factory=list)
    """Where something was read."""

    def read(self) -> Mapping[str, Found]:
        """Return what was read for each field of the cell that is no mark."""
        self._look()
        self._drop_labels()
        fields = [self.form.fields[line.key] for line in self.cell.lines if not line.is_label]
        found: dict[str, Found] = {}
        for one in reversed([one for one in fields if one.kind is Kind.DATE]):
            found[one.key] = self._date(one)
        for one in (one for one in fields if one.kind.is_mark):
            self._drop_hints(one)
        free = [one for one in fields if one.kind is not Kind.DATE and not one.kind.is_mark]
        for number, one in enumerate(free):
            found[one.key] = self._free(one, is_last=number == len(free) - 1)
        is_signed = any(one.kind is Kind.SIGNATURE for one in fields)
        texts = [found[one.key] for one in free]
        for key, what in found.items():
            is_date = self.form.fields[key].kind is Kind.DATE
            is_elsewhere = is_date and any(
                other.choice is not None and _HIDDEN.search(other.choice.raw) for other in texts
            )
            if what.choice is None and (is_elsewhere or self._has_unread_ink(is_date=is_date, is_signed=is_signed)):
                found[key] = dataclasses.replace(what, is_doubtful=True)
            if is_date:
                found[key] = self._looked_for(self.form.fields[key], found[key], texts)
        return found

    def _looked_for(self, one: Field, first: Found, texts: Sequence[Found]) -> Found:
        """Return a date, looked for in every height of the cell where it was not found, or read with much doubt."""
        value = None if first.choice is None else first.choice.normal.value
        is_sure = first.choice is not None and calibrated(one.kind, first.choice.score) >= _SURE_ENOUGH
        if (value is None and not first.is_doubtful) or (is_whole(value) and is_sure):
            return first
        beside = [row.box for text in texts for row in text.rows if _is_other_text(row.line)]
        cell = self.wider() if any(map(self._is_at_edge, first.rows)) else self.ink
        found = sought(self.models, one, cell, first.choice, beside=beside, within=self.within)
        if found is None:
            return first
        return Found(found.choice, found.row.box, (found.row,))

    def _is_at_edge(self, row: Row) -> bool:
        """Whether a row begins or ends where its cell does, and may go on beyond."""
        left, top, right, bottom = row.box
        room = _AT_EDGE * (bottom - top)
        return left - self.box[0] < room or self.box[2] - right < room

    @property
    def unread(self) -> tuple[Row, ...]:
        """The pieces that no field got."""
        return tuple(piece.row for row in self.pieces for piece in row if piece.text.strip())

    def _has_unread_ink(self, *, is_date: bool, is_signed: bool) -> bool:
        """Whether there is ink that was not read where a value may stand: a date stands low, a signature anywhere."""
        ink = self.ink.ink.copy()
        x, y = self.ink.origin
        for left, top, right, bottom in self.seen:
            margin = round(0.15 * (bottom - top))
            ink[max(top - y - margin, 0) : bottom - y + margin, max(left - x - margin, 0) : right - x + margin] = False
        if is_date:
            ink[: ink.shape[0] // 2] = False
        return bool(ink.sum() > _MUCH_INK) and not (is_signed and not is_date)

    def _look(self) -> None:
        looked = look_beside_seals(self.models, self.ink, scale=_SCALE, has_colour=self.has_colour)
        for row in looked.rows:
            ink = looked.cell_for(self.ink, row)
            read = [(read_box(self.models, ink, box), box) for box in widened(row, ink)]
            pieces = [Piece(one, ink, box, 0, len(one.line.text)) for one, box in read if not _is_noise(one)]
            if pieces:
                self.pieces.append(pieces)
                self.seen += [piece.row.box for piece in pieces]

    def _drop_labels(self) -> None:
        for line in self.cell.lines:
            if line.is_label:
                label = self.form.fields[line.key]
                self._drop_label((label.printed, label.label, *label.aliases))

    def _drop_label(self, wordings: Sequence[str]) -> None:
        for row in self.pieces[:3]:
            for piece in row:
                end = after_label(piece.text, wordings)
                if end is not None:
                    piece.start += end
                    return

    def _drop_hints(self, mark: Field) -> None:
        """Take away what an empty form prints where a mark goes."""
        if not mark.blank:
            return
        for row in reversed(self.pieces):
            for piece in reversed(row):
                text = piece.text.strip()
                match = _HINT.search(text)
                if _is_part(text, mark.blank):
                    piece.end = piece.start
                elif is_like(text, (mark.blank,)) or (match is not None and len(text) - len(match[0]) <= 2):
                    piece.end = piece.start
                    return
                elif match is not None and match.end() == len(text) and text[match.start()] in "(（〔【":
                    piece.end = piece.start + piece.text.index(match[0])
                    return

    def _date(self, one: Field) -> Found:
        for row in reversed(self.pieces):
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
            places = pieces[0].row.line.places
            across = pieces[0].row.box[2] - pieces[0].row.box[0]
            left += int(across * (places[start] + places[start - 1]) / 2)
        elif not _HAS_YEAR.match("".join(pieces[0].text.split())):
            room = max((piece.row.box[2] - x for piece in row[:first]), default=0)
            left = max(left - int(_YEAR_ROOM * (bottom - top)), room, 0)
        strip = (left, top, right + round(PER_MM / 2), bottom)
        read = read_strip(self.models, pieces[0].ink, strip, squeeze=1.0)
        for piece in pieces:
            piece.end = max(start, piece.start) if piece is pieces[0] else piece.start
        choice = self._of_strip(one, read, pieces, strip)
        self.seen.append(read.box)
        is_started = not normalise(one, choice.raw).is_readable
        is_doubtful = choice.normal.value is None and (is_started or self._is_fuller(read, choice.text))
        return Found(choice, read.box, (read,), is_doubtful)

    def _of_strip(self, one: Field, read: Row, pieces: Sequence[Piece], strip: PixelBox) -> Choice:
        """Return the date a strip says: what was read through a seal has to be read alike with all its ink."""

        def again() -> list[Row]:
            return [read_strip(self.models, pieces[0].ink, strip, squeeze=_ANOTHER)]

        choice = choose(self.models, one, [read], lexicon=self.lexicon, within=self.within, again=again)
        end = self._own_end(strip) if choice.normal.value is None else None
        if end is not None:
            own = read_strip(self.models, pieces[0].ink, (strip[0], strip[1], end, strip[3]), squeeze=1.0)
            inner = choose(self.models, one, [own], lexicon=self.lexicon, within=self.within)
            return choice if inner.normal.value is None else lessened_by(inner, one, 1.0, CUT)
        if all(piece.ink is self.ink for piece in pieces):
            return choice
        plain = read_strip(self.models, self.ink, strip, squeeze=1.0)
        other = choose(self.models, one, [plain], lexicon=self.lexicon, within=self.within)
        if choice.normal.value is not None and other.normal.value == choice.normal.value:
            return lessened_by(choice, one, _ALIKE, THROUGH)
        return self._doubted(choice, one, pieces)

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

    def _free(self, one: Field, *, is_last: bool) -> Found:
        rows = [[piece for piece in row if piece.text.strip()] for row in self.pieces]
        rows = [row for row in rows if row]
        taken = rows if is_last else rows[:1]
        if not taken:
            return Found(None, self.box)
        parts = [[self._rest(piece) for piece in row] for row in taken]
        flat = tuple(row for line in parts for row in line)
        if one.kind in (Kind.TEXT, Kind.ITEMS):
            pieces = [piece for row in taken for piece in row]
            choice = passage(self.models, one, parts, lambda number: self._again(pieces[number]))
        else:
            choice = choose(self.models, one, flat, lexicon=self.lexicon, within=self.within)
        choice = cut_off(choice, one, self.ink, flat)
        choice = self._doubted(choice, one, [piece for row in taken for piece in row])
        for row in taken:
            for piece in row:
                piece.end = piece.start
        return Found(choice, around([row.box for row in flat]), flat)

    def _again(self, piece: Piece) -> Line:
        """Return what a piece says when it is shown to the recogniser at another width."""
        row = read_box(self.models, piece.ink, piece.place, squeeze=_ANOTHER)
        return worded(self.models, row.steps)

    def _doubted(self, choice: Choice, field: Field, pieces: Sequence[Piece]) -> Choice:
        """Return a choice with the doubt that what was read through a seal without colour may lack strokes."""
        if all(piece.ink is self.ink for piece in pieces):
            return choice
        return lessened_by(choice, field, 1.0, THROUGH)

    def _rest(self, piece: Piece) -> Row:
        """Return what is left of a piece as a row of its own."""
        row, line = piece.row, piece.row.line
        if piece.end - piece.start == len(line.text):
            return row
        kept = slice(piece.start, piece.end)
        rest = dataclasses.replace(
            line, text=line.text[kept], confidences=line.confidences[kept], places=line.places[kept]
        )
        left, top, right, bottom = row.box
        across, steps = right - left, len(row.steps)
        begin = (line.places[piece.start] + line.places[piece.start - 1]) / 2 if piece.start else 0.0
        end = (line.places[piece.end] + line.places[piece.end - 1]) / 2 if piece.end < len(line.text) else 1.0
        box = (left + int(begin * across), top, left + int(end * across), bottom)
        part = slice(int(begin * steps), max(int(end * steps), 1))
        return Row(box, row.steps[part], rest, row.sure, row.ink[part])


def _is_other_text(line: Line) -> bool:
    """Whether a line is read well and is no date, nor ends in one."""
    words = sum(map(is_han, line.text))
    return line.mean >= _WELL_READ and words >= _WORDS and sum(map(str.isdecimal, line.text)) < _DATE_DIGITS


def cut_off(choice: Choice, field: Field, ink: Inked, rows: Sequence[Row]) -> Choice:
    """Return a choice with the doubt that its writing runs on where the cell ends."""
    return lessened_by(choice, field, 1.0, CUT) if any(is_cut(ink, row) for row in rows) else choice


def _is_noise(row: Row) -> bool:
    text = row.line.text.strip()
    if not any(map(is_han, text)) and len(text) <= 2 and not any(map(str.isdigit, text)):
        return True
    return not text or (row.line.mean < _LIKELY_NOISE and len(text) <= 2) or not (fold_label(text) or len(text) > 1)


def _is_part(text: str, blank: str) -> bool:
    """Whether a text is nothing but letters of what an empty form prints, the others being below a seal."""
    letters = fold_label(text)
    return bool(letters) and set(letters) <= set(fold_label(blank)) and len(letters) <= len(fold_label(blank))


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


def around(boxes: Sequence[PixelBox]) -> PixelBox:
    """Return the smallest box around some boxes."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
