"""Which forms stand in a document: tables are compared with every known form by labels, tags and title.

One clear winner is taken. Two that come close are offered to a person, best first. A table that has few of a form's
labels is none, and a line above it that names another kind of document says which. Tables that go on where a form's
table broke off belong to that form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from formsvc.extraction.document import Document, Paragraph, Table, TableCell, Tagged
from formsvc.extraction.labels import FormMap
from formsvc.extraction.regions import AROUND, whole_labels
from formsvc.extraction.sheets import CellText, Sheet, has_labels, sheet_of
from formsvc.extraction.titles import Title, TitleLines, find_title, other_title

_ENOUGH = 0.5
"""The share of a form's labels a table without its title must have."""
_ENOUGH_BELOW_TITLE = 0.2
_CLOSE = 0.15
"""Forms that are less apart than this cannot be told from each other."""
_TITLE_COUNTS = 0.5
"""What a title, or the document's own mark, adds to the share of labels when forms are compared."""
_ALMOST_ALL = 0.8
"""The share of a form's labels that outweighs a title of another kind of document; a person decides then."""
_FIRST_LINES = 6
"""How many paragraphs of a document without a form may be its title."""


@dataclass(slots=True)
class Section:
    """The place of one form in a document."""

    form: FormMap
    sheet: Sheet
    title: Title | None
    above: list[Paragraph]
    """The paragraphs before its table that belong to it."""
    is_unsure: bool = False
    """Whether a person has to say which form it is."""
    rivals: tuple[str, ...] = ()
    """The ids of other forms it may be."""
    below: list[Paragraph] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)
    """Text of tables that follow and go on with nothing."""
    titled_on: int | None = None
    """The page of the title above the table: a letter may lie before it."""

    def around(self) -> list[CellText]:
        """Return the paragraphs around the table as cells, so that labels are found in them too."""
        return [
            CellText(TableCell(row, 0, 1, 1, (paragraph.text,), paragraph.box), paragraph.page, AROUND)
            for row, paragraph in enumerate((*self.above, *self.below))
        ]

    def mark(self) -> str:
        """Return what the DataMatrix above the table says, in a file of several blanks; empty where there is none."""
        return next((paragraph.mark for paragraph in reversed(self.above) if paragraph.mark), "")

    def tags(self) -> Iterator[tuple[Tagged, CellText | None]]:
        """Yield what is tagged in the table and the paragraphs around it."""
        for paragraph in (*self.above, *self.below):
            for tag in paragraph.tagged:
                yield tag, None
        for cell in self.sheet.cells:
            for tag in cell.cell.tagged:
                yield tag, cell


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in a document."""

    sections: tuple[Section, ...]
    other: tuple[str, str] | None = None
    """The title of another kind of document, and the word that gives it away."""


def identify(document: Document, forms: Sequence[FormMap], marked: str | None = None) -> Found:
    """Find the forms in a document; `marked` is the id the document's own mark names."""
    return _Search(forms, marked).through(document)


@dataclass(frozen=True, slots=True)
class _Guess:
    """How well a sheet goes with a form."""

    form: FormMap
    share: float
    """The share of the form's labels, or of its tags if they are more, that were found."""
    title: Title | None
    is_marked: bool
    is_sure: bool

    @property
    def rank(self) -> float:
        return self.share + (_TITLE_COUNTS if self.title is not None or self.is_marked else 0)


class _Search:
    """The search through one document."""

    def __init__(self, forms: Sequence[FormMap], marked: str | None) -> None:
        self._forms = forms
        self._marked = marked
        self._sections: list[Section] = []
        self._paragraphs: list[Paragraph] = []
        self._other: tuple[str, str] | None = None
        self._known: dict[Sheet, list[_Guess]] = {}

    def through(self, document: Document) -> Found:
        """Look at every block in order."""
        for block in document.blocks:
            if isinstance(block, Paragraph):
                self._paragraphs.append(block)
            else:
                self._table(block)
        if self._sections:
            self._sections[-1].below += self._paragraphs
        self._note_other([paragraph.text for paragraph in self._paragraphs])
        return Found(tuple(self._sections), self._other)

    def _table(self, table: Table) -> None:
        """Look at a table, or at the tables inside it when it only holds whole forms together."""
        inner = [(cell, inside) for cell in table.cells for inside in cell.tables if has_labels(inside, self._forms)]
        if inner and all(self._guesses(sheet_of(inside, self._forms), TitleLines(())) for _, inside in inner):
            for cell, inside in inner:
                lines = set(inside.row_lines())
                self._paragraphs += [Paragraph(text) for text in cell.paragraphs if text not in lines]
                self._table(inside)
            return
        sheet = sheet_of(table, self._forms)
        guesses = self._guesses(sheet, self._texts(sheet))
        for band in _bands(sheet, guesses[0].form) if guesses else (sheet,):
            self._add(band)
            self._paragraphs = []

    def _texts(self, sheet: Sheet) -> TitleLines:
        """Return what may hold a title: the paragraphs above, and the table's rows before its first label."""
        texts = [paragraph.text for paragraph in self._paragraphs]
        for cell in sheet.cells:
            if any(cell.label(form) for form in self._forms):
                break
            texts += (line.text for line in cell.lines)
        return TitleLines(texts)

    def _add(self, sheet: Sheet) -> None:
        """Give a sheet to the section it goes on with, or begin one."""
        texts = self._texts(sheet)
        guesses = self._guesses(sheet, texts)
        last = self._sections[-1] if self._sections else None
        if last is not None and _goes_on(last, sheet, texts):
            last.below += self._paragraphs
            last.sheet = last.sheet.joined(sheet)
        elif guesses:
            self._begin(sheet, guesses)
        elif last is not None and not any(other_title(texts, form) for form in self._forms):
            last.below += self._paragraphs
            last.left_over += [cell.bare for cell in sheet.cells if cell.bare]
        else:
            self._note_other(texts.texts)

    def _begin(self, sheet: Sheet, guesses: Sequence[_Guess]) -> None:
        best, *others = guesses
        titled = [guess for guess in self._known[sheet] if guess.title is not None]
        rivals = [guess for guess in others if best.rank - guess.rank < _CLOSE]
        rivals += [guess for guess in titled if best.title is None and guess not in rivals]
        above = self._paragraphs
        is_above = best.title is not None and best.title.index < len(above)
        page = above[best.title.index].page if best.title is not None and is_above else None
        if self._sections and best.title is not None and best.title.index < len(above):
            self._sections[-1].below += above[: best.title.index]
            above = above[best.title.index :]
        names = tuple(dict.fromkeys(guess.form.form.id for guess in rivals))
        is_unsure = bool(names) or not best.is_sure
        self._sections.append(Section(best.form, sheet, best.title, above, is_unsure, names, titled_on=page))

    def _guesses(self, sheet: Sheet, texts: TitleLines) -> list[_Guess]:
        """Return the forms a sheet may be, the likeliest first."""
        if sheet not in self._known:
            self._known[sheet] = self._compared(sheet, texts)
        return sorted(filter(_is_enough, self._known[sheet]), key=lambda guess: guess.rank, reverse=True)

    def _compared(self, sheet: Sheet, texts: TitleLines) -> list[_Guess]:
        tags = {tag.key for cell in sheet.cells for tag in cell.cell.tagged}
        guesses = []
        for form in self._forms:
            keys = _keys(sheet, form)
            fields = {field.key for name in tags if (field := form.tagged_field(name)) is not None}
            tagged = len(fields) / max(1, len(form.form.fields) - 1)
            title = find_title(texts, form)
            is_other = title is None and other_title(texts, form) is not None
            is_sure = title is not None or tagged >= _ENOUGH or (form.required <= keys and not is_other)
            share = max(tagged, len(keys) / max(1, len(form.groups)))
            if is_other and share < _ALMOST_ALL:
                share = 0.0
            guesses.append(_Guess(form, share, title, self._marked == form.form.id, is_sure))
        return guesses

    def _note_other(self, texts: Sequence[str]) -> None:
        """Remember the title of a document of another kind, if its first lines name one."""
        first = [text for text in texts if text.strip()][:_FIRST_LINES]
        for form in self._forms:
            self._other = self._other or other_title(TitleLines(first), form)


def _is_enough(guess: _Guess) -> bool:
    has_witness = guess.title is not None or guess.is_marked
    return guess.share >= (_ENOUGH_BELOW_TITLE if has_witness else _ENOUGH)


def _keys(sheet: Sheet, form: FormMap) -> frozenset[str]:
    """Return the fields whose printed labels, or aliases, stand in a sheet."""
    keys = {label.key for label in whole_labels(sheet, form).values()}
    for cell in sheet.cells:
        for _, place, wordings in cell.candidates:
            label = form.label(place.text, wordings)
            if label is not None and (place.has_colon or not label.is_alias):
                keys.add(label.key)
    return frozenset(keys & form.groups.keys())


def _goes_on(section: Section, sheet: Sheet, texts: TitleLines) -> bool:
    """Whether a table has what the form's table before it lacks, and nothing it has."""
    keys = _keys(sheet, section.form)
    return bool(
        keys
        and keys.isdisjoint(_keys(section.sheet, section.form))
        and section.form.form.subject.name not in keys
        and find_title(texts, section.form) is None
    )


def _bands(sheet: Sheet, form: FormMap) -> Sequence[Sheet]:
    """Cut a table into the forms that were pasted one below the other, at each printed label of the subject."""
    labels = whole_labels(sheet, form)
    starts = sorted(
        cell.cell.row
        for cell, label in labels.items()
        if label.key == form.form.subject.name and not label.is_alias and not cell.grid
    )
    if len(set(starts)) < 2 or any(cell.grid for cell in sheet.cells):
        return (sheet,)
    cuts = []
    for start in dict.fromkeys(starts):
        row = start
        while row and all(form.is_furniture(cell.bare) for cell in sheet.row(0, row - 1)):
            row -= 1
        cuts.append(row)
    return sheet.bands(cuts)
