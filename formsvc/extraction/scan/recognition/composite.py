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

from formsvc.chinese import fold_label, is_han
from formsvc.extraction.scan.recognition.choose import choose, lessened_by
from formsvc.extraction.scan.recognition.confidence import CUT, UNLABELLED, UNREAD
from formsvc.extraction.scan.recognition.dates import DateReader, is_within, may_hide_date
from formsvc.extraction.scan.recognition.decode import Line
from formsvc.extraction.scan.recognition.inked import PALE, Inked, Mask, with_overhang
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.lines import (
    Row,
    is_cut,
    look_beside_seals,
    read_box,
    widened,
)
from formsvc.extraction.scan.recognition.matching import after_label, bracketed_end, is_like
from formsvc.extraction.scan.recognition.models import Models
from formsvc.extraction.scan.recognition.passages import as_text, passage
from formsvc.extraction.scan.recognition.pieces import ANOTHER, Found, Piece, around, doubted
from formsvc.extraction.scan.registered import PER_MM, PixelBox
from formsvc.forms.spec import Cell, Field, FormSpec, Kind

_SCALE = 0.72
"""Of the upright picture's pixels as the detector sees them: print of 14 pt is 28 pixels high."""
_LIKELY_NOISE = 0.35
_HINT = re.compile(r"[(（〔\[【]?\s*\w{0,8}[章签]\w{0,3}\s*[)）〕\]】]?[:：]?")
_LEGIBLE, _HIGHEST = 0.5, round(10 * PER_MM)
"""How sure the signs of a row are on the average, and how high it is at most, for nothing else to stand there."""
_HANGING = 1.2
"""Heights of a row from the right edge within which it may go on beyond it."""
_FOOT, _HANGING_WIDTH = 0.35, 0.7
"""Heights of a row: below which, from its top, a comma stands, and how far beyond the edge it reaches at most."""
_SEEN_BEYOND = 2.0
"""How much more a sign that is seen beyond the edge counts than one that touches it: it is lacking for certain."""
_A_ROW = 10
"""Pieces of ink on an edge that are a row of writing, cut by a rule found in the wrong place: a seal leaves up to 7."""
_ROOM, _NEXT = 1.5, 1.3
"""Heights of a row beside it, and below the last one, where a sign of the text may stand that was not read."""
_MUCH_INK = 90
"""Pixels of ink that are more than specks: about 1.4 square millimetres."""


@dataclass
class CellReader:
    """Reads one cell of several values."""

    models: Models
    form: FormSpec
    cell: Cell
    ink: Inked
    wider: Callable[[], Inked]
    """Return the cell with what stands beyond its ruling lines."""
    lexicon: Lexicon
    within: range | None
    box: PixelBox
    has_colour: bool = True
    pieces: list[list[Piece]] = field(default_factory=list)
    seen: list[PixelBox] = field(default_factory=list)
    """Where something was read."""
    darker: Inked | None = None
    """The cell with its darkest ink alone, on a page without colour."""

    def read(self) -> Mapping[str, Found]:
        """Return what was read for each field of the cell that is no mark."""
        self._look()
        is_labelled = self._drop_labels()
        fields = [self.form.fields[line.key] for line in self.cell.lines if not line.is_label]
        found: dict[str, Found] = {}
        for one in reversed([one for one in fields if one.kind is Kind.DATE]):
            found[one.key] = self._date(one)
        for one in (one for one in fields if one.kind.is_mark):
            self._drop_hints(one)
        free = [one for one in fields if one.kind is not Kind.DATE and not one.kind.is_mark]
        is_signed = any(one.kind is Kind.SIGNATURE for one in fields)
        for number, one in enumerate(free):
            text = self._free(one, is_last=number == len(free) - 1)
            is_doubtful = text.choice is None and not is_signed and self._has_unread_ink()
            found[one.key] = dataclasses.replace(text, is_doubtful=is_doubtful)
        return found if is_labelled else {key: _elsewhere(self.form.fields[key], what) for key, what in found.items()}

    def _date(self, one: Field) -> Found:
        """Return a date; where it was looked for, what was read in its row before is no text any more."""
        dates = DateReader(self.models, self.ink, self.wider, self.within, self.box)
        first = dates.found_in(one, self.pieces)
        self.seen += [row.box for row in first.rows]
        if first.choice is None and (any(map(may_hide_date, self.pieces)) or self._has_unread_ink(low=True)):
            first = dataclasses.replace(first, is_doubtful=True)
        found = dates.looked_for(one, first, self.pieces)
        if found is not first:
            for piece in (piece for row in self.pieces for piece in row if is_within(piece, found.box)):
                piece.end = piece.start
        return found

    def _has_unread_ink(self, *, low: bool = False) -> bool:
        """Whether there is ink that was not read, anywhere or in the lower half."""
        return bool(self._unread_ink()[self.ink.ink.shape[0] // 2 if low else 0 :].sum() > _MUCH_INK)

    def _unread_ink(self) -> Mask:
        """Return where there is ink that was not read."""
        ink = self.ink.ink.copy()
        x, y = self.ink.origin
        for left, top, right, bottom in self.seen:
            margin = round(0.15 * (bottom - top))
            ink[max(top - y - margin, 0) : bottom - y + margin, max(left - x - margin, 0) : right - x + margin] = False
        return ink

    def _has_dark_rest(self, darker: Inked, rows: Sequence[Row]) -> bool:
        """Whether some of a cell's darkest ink beside rows of text, or where the next would begin, was not read."""
        rest, (x, y) = self._unread_ink() & (darker.grey < PALE), self.ink.origin
        beside = np.zeros_like(rest)
        for left, top, right, bottom in (row.box for row in rows):
            high = bottom - top
            lines, room = slice(max(top - y - high // 10, 0), bottom - y + high // 10), round(_ROOM * high)
            beside[lines, max(left - x - room, 0) : right - x + room] = True
        _, top, right, bottom = rows[-1].box
        beside[bottom - y : bottom - y + round(_NEXT * (bottom - top)), : max(right - x, 0)] = True
        return int((rest & beside).sum()) > _MUCH_INK

    def _look(self) -> None:
        looked = look_beside_seals(self.models, self.ink, scale=_SCALE, has_colour=self.has_colour)
        self.darker = None if self.has_colour else looked.darker
        for row in looked.rows:
            ink = looked.cell_for(self.ink, row)
            read = [(read_box(self.models, ink, box), box) for box in widened(row, ink)]
            pieces = [Piece(one, ink, box, 0, len(one.line.text)) for one, box in read if not _is_noise(one)]
            if pieces:
                self.pieces.append(pieces)
                self.seen += [piece.row.box for piece in pieces if _is_a_row(piece.row)]

    def _drop_labels(self) -> bool:
        """Take away the cell's printed labels; returns whether one of them was there, or none ought to be."""
        labels = [self.form.fields[line.key] for line in self.cell.lines if line.is_label]
        found = [self._drop_label((label.printed, label.label, *label.aliases)) for label in labels]
        return any(found) or not labels

    def _drop_label(self, wordings: Sequence[str]) -> bool:
        for row in self.pieces[:3]:
            for piece in row:
                end = after_label(piece.text, wordings)
                if end is not None:
                    piece.start += end
                    return True
        return False

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
                elif (begin := bracketed_end(piece.text, mark.blank)) is not None:
                    piece.end = piece.start + begin
                    return

    def _free(self, one: Field, *, is_last: bool) -> Found:
        rows = [[piece for piece in row if piece.text.strip()] for row in self.pieces]
        rows = [row for row in rows if row]
        taken = rows if is_last else rows[:1]
        if not taken:
            return Found(None, self.box)
        parts = [[self._rest(piece) for piece in row] for row in taken]
        flat = tuple(row for line in parts for row in line)
        pieces = [piece for row in taken for piece in row]
        if one.kind in (Kind.TEXT, Kind.ITEMS):
            choice = passage(self.models, one, parts, lambda number: self._again(pieces[number]))
        else:
            choice = choose(self.models, one, flat, lexicon=self.lexicon, within=self.within)
        if (cut := self._cut(flat, flat if one.kind is Kind.ITEMS else flat[:-1])) > 0:
            choice = lessened_by(choice, one, cut, CUT)
        choice = doubted(choice, one, self.ink, pieces)
        is_plain = all(piece.ink is self.ink for piece in pieces)
        if self.darker is not None and is_plain and self._has_dark_rest(self.darker, flat):
            choice = lessened_by(choice, one, 1.0, UNREAD)
        for piece in pieces:
            piece.end = piece.start
        return Found(choice, around([row.box for row in flat]), flat)

    def _cut(self, rows: Sequence[Row], wrapped: Sequence[Row]) -> float:
        """Return the doubt that writing runs on where the cell ends; of wrapped rows it is looked for beyond it."""
        if self.ink.halved >= _A_ROW or self._runs_over(wrapped):
            return _SEEN_BEYOND
        return float(any(is_cut(self.ink, row) for row in rows))

    @property
    def _end(self) -> int:
        """Where the cell ends on the page."""
        return self.ink.origin[0] + int(self.ink.ink.shape[1])

    def _runs_over(self, rows: Sequence[Row]) -> bool:
        """Whether one of some rows goes on beyond the right edge of the cell: a comma hangs there now and then."""
        near = [row.box for row in rows if self.box[2] - row.box[2] < _HANGING * (row.box[3] - row.box[1])]
        wide = self.wider() if near else self.ink
        for _, top, _, bottom in near:
            low, high = bottom - self.ink.origin[1], bottom - top
            hung = with_overhang(self.ink, wide, [(low - round(0.7 * high), low + round(0.1 * high))])
            is_over = hung.origin[0] + hung.ink.shape[1] > self._end
            if is_over or self._has_comma_beyond(wide, low, high):
                return True
        return False

    def _has_comma_beyond(self, wide: Inked, low: int, high: int) -> bool:
        """Whether something as small as a comma, and nothing else, stands just beyond the edge at the foot of a row."""
        end = self._end - wide.origin[0]
        beyond = wide.ink[max(low - high, 0) : low + round(0.2 * high), end : end + high]
        rows, columns = np.flatnonzero(beyond.any(axis=1)), np.flatnonzero(beyond.any(axis=0))
        return bool(len(rows) and rows[0] >= _FOOT * high and columns[-1] < _HANGING_WIDTH * high)

    def _again(self, piece: Piece) -> Line:
        """Return what a piece says when it is shown to the recogniser at another width."""
        return as_text(self.models, read_box(self.models, piece.ink, piece.place, squeeze=ANOTHER))

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
        begin, end = line.span(piece.start, piece.end)
        box = (left + int(begin * across), top, left + int(end * across), bottom)
        part = slice(int(begin * steps), max(int(end * steps), 1))
        return Row(box, row.steps[part], rest, row.sure, row.ink[part], features=row.features[part])


def _elsewhere(field: Field, found: Found) -> Found:
    """Return what was found in a cell without its own label: it may be another one, taken for it."""
    choice = None if found.choice is None else lessened_by(found.choice, field, 1.0, UNLABELLED)
    return dataclasses.replace(found, choice=choice, is_doubtful=found.is_doubtful or choice is None)


def _is_a_row(row: Row) -> bool:
    """Whether a row is one, and not what is left of a seal and all that lies below it."""
    return row.line.mean >= _LEGIBLE and row.box[3] - row.box[1] <= _HIGHEST


def _is_noise(row: Row) -> bool:
    text = row.line.text.strip()
    if not any(map(is_han, text)) and len(text) <= 2 and not any(map(str.isdigit, text)):
        return True
    return not text or (row.line.mean < _LIKELY_NOISE and len(text) <= 2) or not (fold_label(text) or len(text) > 1)


def _is_part(text: str, blank: str) -> bool:
    """Whether a text is nothing but letters of what an empty form prints, the others being below a seal."""
    letters = fold_label(text)
    return bool(letters) and set(letters) <= set(fold_label(blank)) and len(letters) <= len(fold_label(blank))
