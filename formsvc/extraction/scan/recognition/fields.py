"""Every text field of a registered page, read.

Cells of one value are read as that value; the others are taken apart by `composite`. Nothing is shown to a recogniser
that has no ink. What was read stays as it is: a doubt lowers the confidence or is a problem, and never changes a value.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from formsvc.chinese import fold_label
from formsvc.errors import Code, Problem
from formsvc.extraction.scan.ink import darker, has_tones, red_free
from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.recognition.alphabets import allowed
from formsvc.extraction.scan.recognition.choose import Choice, Scores, choose, lessened_by
from formsvc.extraction.scan.recognition.composite import CellReader
from formsvc.extraction.scan.recognition.confidence import (
    AMONG_HANDS,
    BY_HAND,
    CUT,
    THROUGH,
    calibrated,
    confidence_of,
    with_doubt,
)
from formsvc.extraction.scan.recognition.handwriting import by_hand, hand_odds
from formsvc.extraction.scan.recognition.inked import (
    BEYOND,
    FAR_BEYOND,
    PALE,
    Inked,
    faint_pieces,
    inked,
    with_overhang,
)
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.lines import Row, is_alone, is_at_edge, is_cut, rows_of, whole_row
from formsvc.extraction.scan.recognition.models import Models
from formsvc.extraction.scan.recognition.pieces import Found, around
from formsvc.extraction.scan.recognition.title import read_title
from formsvc.extraction.scan.registered import PixelBox, Registered
from formsvc.extraction.scan.registration.witness import wordings_of
from formsvc.forms.reading import Evidence, FieldReading, Source, YearReading
from formsvc.forms.spec import Cell, Field, Kind

_FAINT_PIECES = 2
"""Pieces of writing too faint to be read from which on a cell says more than was read."""
_FAINT_CELLS = 2
"""Such cells from which on the page is faint."""
_DARKENED = 2
"""How often all ink is made twice as dark, the second time for what still seems to be empty."""
_OF_FAINT = 0.5
"""How sure what was read of faint ink is at most."""
_EMPTY_SCORE = 0.98
_EMPTY_OF_FAX = 0.66
"""How sure it is at most where all is black or white: of 44 such fields on development pages 15 had been written in."""
_DARKEST, _PALE_INK = 0.1, 135
"""The share of a table's ink that is darkest, and its grey from which on the page is pale: it is 131 to 170 on pages
made faint, on 98 of 100 others below 111 and never above 126."""
_DUSTY = 12
"""Specks in a cell from which its being empty is less sure."""
_CUT_OFF = 4
"""Slices at the edges of a cell from which its being empty is less sure: the writing stands beyond its edge."""
_NOT_FOUND = 0.0
_WIDTHS = {Kind.EMAIL: 1.25}
"""How much wider than it stands a line of a kind is read: two narrow signs side by side are one to the recogniser."""
_IN_ONE_ROW = frozenset({Kind.NAME, Kind.EMAIL})
"""The kinds that seldom go on in a second row: what seems to be one is often a ring or specks."""
_ANOTHER_WIDTH = 0.88
"""How wide a doubtful line is when it is read again, as a part of its width at first."""
_DOUBTFUL = 0.1
"""The score of a field in which nothing was read, and yet there is ink."""


@dataclass(frozen=True, slots=True)
class FieldsRead:
    """What the text of a page says."""

    fields: Mapping[str, FieldReading]
    """By key, without the year and without marks."""
    year: YearReading
    problems: tuple[Problem, ...]
    boxes: Mapping[str, PixelBox]
    """Where each field stands in the upright picture, for its crop."""
    scores: Mapping[str, Scores]
    """What spoke for and against each reading, and as `score` what was made of it before calibration."""
    rows: tuple[Row, ...]
    """Every piece of text that was read."""
    has_title: bool
    """Whether the form's own title was found above the table."""
    within: range | None = None
    """The years in which its dates are plausible."""
    faint: frozenset[str] = frozenset()
    """The fields of which nothing is believed, for the ink of their cells or of the page is too faint."""
    hands: Mapping[str, float] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
    """By how much a hand is likelier to have written each field than print, in logarithms of the odds."""

    def with_chosen(self, again: FieldsRead, chosen: Mapping[str, tuple[FieldReading, Scores]]) -> FieldsRead:
        """Return it with some fields, and what was seen of them, as they were chosen of it and of another reading."""
        anew = {key for key, (one, _) in chosen.items() if one.value == again.fields[key].value}
        return dataclasses.replace(
            self,
            fields=MappingProxyType({**self.fields, **{key: one for key, (one, _) in chosen.items()}}),
            scores=MappingProxyType({**self.scores, **{key: seen for key, (_, seen) in chosen.items()}}),
            problems=(
                *(one for one in self.problems if one.field not in anew),
                *(one for one in again.problems if one.field in anew),
            ),
            boxes=MappingProxyType({**self.boxes, **{key: again.boxes[key] for key in anew}}),
        )


def read_fields(
    registered: Registered, models: Models, lexicon: Lexicon, *, page: Grey | None = None, year: int | None = None
) -> FieldsRead:
    """Read all text fields of a page.

    `page` is the upright picture without red ink on white paper, if it is at hand; `year` is that of the blank's own
    mark, for which dates are plausible when no title says another.
    """
    page = red_free(registered.upright) if page is None else page
    text = _PageReader(registered, models, lexicon, page).read(year)
    return _with_faint(registered, models, lexicon, page, text) if text.faint else text


def _with_faint(registered: Registered, models: Models, lexicon: Lexicon, page: Grey, text: FieldsRead) -> FieldsRead:
    """Return the fields, those of faint ink as they read with all ink made darker; they are asked about nonetheless.

    Of 113 such fields on development pages 73 were read right before, 95 are so.
    """
    cells = list(enumerate(registered.form.grid.cells))
    wanted = text.faint
    for _ in range(_DARKENED):
        page = darker(page)
        numbers = [number for number, cell in cells if any(line.key in wanted for line in cell.lines)]
        again = read_cells(registered, models, lexicon, page, text, numbers)
        chosen = {
            key: (dataclasses.replace(again.fields[key], confidence=text.fields[key].confidence), text.scores[key])
            for key in wanted
            if again.fields[key].value is not None
        }
        text, wanted = text.with_chosen(again, chosen), wanted - chosen.keys()
        if not wanted:
            break
    return text


def read_cells(
    registered: Registered, models: Models, lexicon: Lexicon, page: Grey, text: FieldsRead, numbers: Collection[int]
) -> FieldsRead:
    """Read some cells of a page once more, on another picture of it; `text` is what was read of the page first."""
    return _PageReader(registered, models, lexicon, page).read_again(text, numbers)


class _PageReader:
    def __init__(self, registered: Registered, models: Models, lexicon: Lexicon, page: Grey) -> None:
        self._registered = registered
        self._models = models
        self._lexicon = lexicon
        self._page = page
        self._colours = registered.upright if registered.page.has_colour else None
        self._within: range | None = None
        self._fields: dict[str, FieldReading] = {}
        self._boxes: dict[str, PixelBox] = {}
        self._scores: dict[str, Scores] = {}
        self._problems: list[Problem] = []
        self._rows: list[Row] = []
        self._faint: list[str] = []
        """Fields in whose cells there is more ink than was read."""
        self._doubted: list[str] = []
        """Fields of which nothing is believed for that."""
        self._hands: dict[str, float] = {}

    def read(self, marked: int | None) -> FieldsRead:
        title = read_title(self._models, self._registered, self._page)
        self._rows += title.rows
        year = title.year.value if title.year.value is not None else marked
        self._within = None if year is None else range(year - 1, year + 2)
        if title.other is not None:
            raw, word = title.other
            self._problems.append(Problem(Code.OTHER_DOCUMENT, None, MappingProxyType({"raw": raw, "word": word})))
        self._cells(range(len(self._registered.form.grid.cells)), {})
        if (self._colours is None and not has_tones(self._page)) or self._is_pale():
            self._doubt_what_is_empty()
        return self._read(title.year, is_title=title.is_title)

    def read_again(self, text: FieldsRead, numbers: Collection[int]) -> FieldsRead:
        self._within = text.within
        self._cells(numbers, text.hands)
        return self._read(text.year, is_title=text.has_title)

    def _cells(self, numbers: Collection[int], hands: Mapping[str, float]) -> None:
        for number, cell in enumerate(self._registered.form.grid.cells):
            if number in numbers and any(not line.is_label for line in cell.lines):
                self._cell(cell, self._registered.cells.get(number))
        self._doubt_hands(hands)
        self._doubt_what_is_faint()

    def _read(self, year: YearReading, *, is_title: bool) -> FieldsRead:
        return FieldsRead(
            MappingProxyType(self._fields),
            year,
            tuple(self._problems),
            MappingProxyType(self._boxes),
            MappingProxyType(self._scores),
            tuple(self._rows),
            is_title,
            self._within,
            frozenset(self._doubted),
            MappingProxyType(self._hands),
        )

    def _cell(self, cell: Cell, box: PixelBox | None) -> None:
        fields = [self._registered.form.fields[line.key] for line in cell.lines if not line.is_label]
        if box is None:
            for field in fields:
                if not field.kind.is_mark:
                    self._fields[field.key] = FieldReading(None, "", _NOT_FOUND)
                    self._unreadable(field, "")
            return
        ink = inked(self._page, box, self._colours)
        if len(cell.lines) == 1 and not cell.lines[0].grow:
            if not fields[0].kind.is_mark:
                self._take(fields[0], self._single(fields[0], ink, box), ink, cell)
                if faint_pieces(self._page, box, self._colours) >= _FAINT_PIECES:
                    self._faint.append(fields[0].key)
            return
        reader = CellReader(
            self._models,
            self._registered.form,
            cell,
            ink,
            lambda: inked(self._page, box, self._colours, beside=BEYOND),
            self._lexicon,
            self._within,
            box,
            self._colours is not None,
        )
        for key, found in reader.read().items():
            self._take(self._registered.form.fields[key], found, ink, cell)

    def _doubt_hands(self, known: Mapping[str, float]) -> None:
        """Be less sure of what was written by hand, and of what stands among such; `known` is of fields read before."""
        every = {**known, **self._hands}
        for key, odds in self._hands.items():
            others = [one for other, one in every.items() if other != key]
            kind, scores = self._registered.form.fields[key].kind, self._scores[key]
            scores = with_doubt(kind, scores, BY_HAND, by_hand([odds]))
            scores = with_doubt(kind, scores, AMONG_HANDS, by_hand(others))
            self._scores[key] = scores
            self._fields[key] = dataclasses.replace(self._fields[key], confidence=confidence_of(kind, scores))

    def _doubt_what_is_faint(self) -> None:
        """Believe nothing of a cell with more ink than could be read, nor of the whole page where that is usual.

        Of the other cells, with their seals and what shines through, faint ink itself says nothing.
        """
        is_faint = len(self._faint) >= _FAINT_CELLS or (bool(self._faint or self._is_bare()) and self._is_pale())
        self._doubted = list(self._fields) if is_faint else self._faint
        for key in self._doubted:
            field = self._fields[key]
            self._fields[key] = dataclasses.replace(field, confidence=min(field.confidence, _OF_FAINT))
            self._scores[key] = MappingProxyType({**self._scores.get(key, {}), "score": 0.0})

    def _is_bare(self) -> bool:
        """Whether most fields seem to be empty: on a pale page a pale pen is not seen at all."""
        return 2 * sum(field.value is None for field in self._fields.values()) > len(self._fields)

    def _is_pale(self) -> bool:
        """Whether all that can be seen in the table is pale, so that more may be too pale to be seen."""
        left, top, right, bottom = (max(side, 0) for side in self._registered.table)
        part = self._page[top:bottom, left:right]
        ink = part[part < PALE]
        return bool(len(ink) and np.quantile(ink, _DARKEST) > _PALE_INK)

    def _doubt_what_is_empty(self) -> None:
        """Be less sure that nothing was written: a fax loses pale pens without a trace, a pale copy what is smaller."""
        for key, field in self._fields.items():
            if field.value is None:
                self._fields[key] = dataclasses.replace(field, confidence=min(field.confidence, _EMPTY_OF_FAX))

    def _single(self, field: Field, ink: Inked, box: PixelBox) -> Found:
        """Read a cell of one value, with what runs over its edges."""
        found = self._in_one(field, ink, box)
        if not any(is_at_edge(box, row) for row in found.rows):
            return found
        wide = inked(self._page, box, self._colours, beside=FAR_BEYOND)
        high = ink.origin[1]
        whole = with_overhang(ink, wide, ((row.box[1] - high, row.box[3] - high) for row in found.rows))
        is_over = whole.ink.shape != ink.ink.shape
        if not is_over and not any(is_cut(ink, row) for row in found.rows):
            return found
        again = self._in_one(field, whole, box) if is_over else found
        if again.choice is None or again.choice.normal.value is None or self._adds_label(found, again.choice.text):
            again = found
        choice = None if again.choice is None else lessened_by(again.choice, field, 1.0, CUT)
        return dataclasses.replace(again, choice=choice)

    def _adds_label(self, found: Found, text: str) -> bool:
        """Whether all a text says beside what was found first is a printed label, or an end of one: the next cell's."""
        own, whole = fold_label("" if found.choice is None else found.choice.text), fold_label(text)
        rest = whole.removesuffix(own) if whole.endswith(own) else whole.removeprefix(own)
        form = self._registered.form
        labels = (label for key in form.fields for label in wordings_of(form, key))
        return bool(own and rest) and any(label.startswith(rest) or label.endswith(rest) for label in labels)

    def _in_one(self, field: Field, ink: Inked, box: PixelBox) -> Found:
        """Return what a cell of one value says."""
        squeeze = None if allowed(self._models, field) is None else _WIDTHS.get(field.kind, 1.0)
        places = rows_of(self._models, ink, one_value=True)
        rows = [whole_row(self._models, ink, row, squeeze=squeeze) for row in places]
        if not rows:
            return Found(None, box)

        def said(some: slice) -> Choice:
            def again() -> list[Row]:
                another = (squeeze or 1.0) * _ANOTHER_WIDTH
                return [whole_row(self._models, ink, row, squeeze=another) for row in places[some]]

            return choose(self._models, field, rows[some], lexicon=self._lexicon, within=self._within, again=again)

        choice = said(slice(None))
        if field.kind in _IN_ONE_ROW and len(rows) > 1:
            alone = [said(slice(number, number + 1)) for number, row in enumerate(rows) if is_alone(row, rows)]
            surest = max((choice, *alone), key=lambda one: one.normal.value is not None and one.score)
            if surest is not choice:
                choice = dataclasses.replace(lessened_by(surest, field, 1.0, THROUGH), raw=choice.raw)
        return Found(choice, around([row.box for row in rows]), tuple(rows))

    def _take(self, field: Field, found: Found, ink: Inked, cell: Cell) -> None:
        """Make a reading of what was found for a field."""
        self._rows += found.rows
        self._boxes[field.key] = found.box
        place = self._registered.in_mm(found.box)
        evidence = Evidence(Source.CELL, self._registered.page.number, place, (cell.row, cell.column))
        choice = found.choice
        if choice is None and found.is_doubtful:
            self._scores[field.key] = MappingProxyType({"score": _DOUBTFUL, "unread": 1.0})
            self._fields[field.key] = FieldReading(None, "", calibrated(field.kind, _DOUBTFUL), evidence)
            self._unreadable(field, "")
            return
        if choice is None:
            score = _EMPTY_SCORE if ink.dust < _DUSTY and ink.slices < _CUT_OFF else _EMPTY_SCORE - 0.1
            self._scores[field.key] = MappingProxyType({"score": score, "dust": float(ink.dust)})
            self._fields[field.key] = FieldReading(None, "", score, evidence)
            return
        self._scores[field.key] = MappingProxyType({**choice.scores, "score": choice.score})
        odds = hand_odds(found.rows)
        if odds is not None:
            self._hands[field.key] = odds
        confidence = confidence_of(field.kind, self._scores[field.key])
        self._fields[field.key] = FieldReading(
            choice.normal.value, choice.raw, confidence, evidence, choice.alternatives
        )
        if choice.normal.value is None and (
            found.is_doubtful or not choice.normal.is_readable or not choice.raw.strip()
        ):
            self._unreadable(field, choice.raw)

    def _unreadable(self, field: Field, raw: str) -> None:
        self._problems.append(Problem(Code.FIELD_UNREADABLE, field.key, MappingProxyType({"raw": raw})))
