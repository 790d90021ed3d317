"""What a form's data says about reading it without tags: its labels, and which fields stand behind each of them.

A label is known by its letters: variants in spacing, width and punctuation are the same label. Another wording is an
alias if the form's data lists it, and otherwise not known.

A group is what stands behind one label: its own field and those the form prints no label for, such as the seal and
the date below an opinion.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from formsvc.chinese import fold, fold_label
from formsvc.chinese.dates import HAN_DIGITS
from formsvc.forms.spec import Cell, Field, FormSpec, Kind

LONGEST_LABEL = 60
"""Characters, blanks included; a longer text is no label."""
_MOST_LETTERS = 30
Wordings = tuple[tuple[str, bool], ...]
"""Letters by which a text may be a label, and whether it says more than they do, so that a person has to look."""

_NUMBERING = re.compile(rf"^\s*(?:[(（]?(?:[0-9０-９]{{1,2}}|[{HAN_DIGITS}十]{{1,3}})(?:[)）][、.．]?|[、.．])|[①-⑳])")
_BRACKETED = re.compile(r"[（(〔【\[][^（(〔【\[）)〕】\]]*[）)〕】\]]")
_NUMBER_SIGNS = frozenset(f"(（0123456789０１２３４５６７８９{HAN_DIGITS}十①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
_BRACKETS = "（(〔【["
_FIRST_WORDS = 24
"""Characters at a line's beginning among which a label without a colon is looked for."""
_COLON = re.compile("[:：]")
_WORD_ENDS, _WORD_STARTS = re.compile(r"\s|$"), re.compile(r"^\s*|\s+")


@dataclass(frozen=True, slots=True)
class Label:
    """A label found in a document."""

    key: str
    """The field it stands for."""
    is_alias: bool
    """Whether a person has to confirm that it means this field."""
    text: str
    """As the document prints it."""


@dataclass(frozen=True, slots=True)
class Inline:
    """A place in a line that may be a label with its value behind it."""

    start: int
    end: int
    """Where the value begins: behind the colon and the blanks."""
    text: str
    has_colon: bool


class FormMap:
    """One form, prepared for reading."""

    def __init__(self, form: FormSpec) -> None:
        self.form = form
        for field in form.fields.values():
            wordings_of(field.printed.strip())  # what documents print as it is here need not be folded any more
        self.groups = _groups(form)
        """The fields behind each printed label, in the order they stand."""
        self._labels = _labels(form, self.groups.keys())
        self.grows = frozenset(line.key for cell in form.grid.cells for line in cell.lines if line.grow)
        """Fields with room for more than a line."""
        self.required = frozenset(key for key in self.groups if form.fields[key].required)
        self._furniture = frozenset(map(fold_label, (form.heading, form.note, form.basis))) - {""}
        before, _, after = form.title.partition("{year}")
        self.title = (_bare(before), _bare(after))
        """What the title prints before and after the year, without blanks."""
        self.name = _bare(form.name)

    def label(self, text: str, wordings: Wordings) -> Label | None:
        """Return the label a text is; `wordings` are its `wordings_of`."""
        for letters, is_hinted in wordings:
            found = self._labels.get(letters)
            if found is not None:
                return Label(found[0], found[1] or is_hinted, text.strip())
        return None

    def is_furniture(self, text: str) -> bool:
        """Say whether a text is one the form prints around its table: heading, title, note."""
        return fold_label(text) in self._furniture or self.name in _bare(text)

    def tagged_field(self, name: str) -> Field | None:
        """Return the field a tag or a bookmark names: by its key, with a number behind it for a further form."""
        field = self.form.fields.get(name)
        if field is None and name[-1:].isdigit():
            field = self.form.fields.get(re.sub(r"_\d+$", "", name))
        return field


def form_map(form: FormSpec) -> FormMap:
    """Return the form prepared for reading; forms of the same data share it."""
    if form.source not in _MAPS:
        _MAPS[form.source] = FormMap(form)
    return _MAPS[form.source]


_MAPS: dict[bytes, FormMap] = {}


@lru_cache(maxsize=1024)
def wordings_of(text: str) -> Wordings:
    """Return the letters by which a text may be a label: its own, and those without a number or a hint in brackets."""
    bare = text.strip()
    if not bare or len(bare) > LONGEST_LABEL:
        return ()
    letters = fold_label(bare)
    if not letters or len(letters) > _MOST_LETTERS:
        return ()
    wordings = [(letters, False)]
    if bare[0] in _NUMBER_SIGNS:
        wordings.append((fold_label(_NUMBERING.sub("", bare)), False))
    if any(sign in bare for sign in _BRACKETS):
        wordings.append((fold_label(_BRACKETED.sub("", bare)), True))
    return tuple(wordings)


def inline_candidates(line: str) -> Iterator[Inline]:
    """Yield the places of a line that may be labels: before each colon, and its first words; the longest first."""
    begin = 0
    for colon in _COLON.finditer(line):
        segment = line[begin : colon.start()]
        for start in _word_starts(segment):
            if len(segment) - start <= LONGEST_LABEL:
                yield Inline(begin + start, _skip_blanks(line, colon.end()), segment[start:], has_colon=True)
        begin = colon.end()
    if not begin:
        start = _skip_blanks(line, 0)
        ends = [match.start() for match in _WORD_ENDS.finditer(line) if start < match.start() <= start + _FIRST_WORDS]
        for end in reversed(ends):
            yield Inline(start, _skip_blanks(line, end), line[start:end], has_colon=False)


def _word_starts(segment: str) -> list[int]:
    return [match.end() for match in _WORD_STARTS.finditer(segment) if match.end() < len(segment)]


def _skip_blanks(line: str, start: int) -> int:
    return len(line) - len(line[start:].lstrip())


def _bare(text: str) -> str:
    return "".join(fold(text).split())


def _labels(form: FormSpec, printed: Collection[str]) -> Mapping[str, tuple[str, bool]]:
    """Return the field and whether it is an alias for each label's letters; what the form prints itself goes first."""
    known: dict[str, tuple[str, bool]] = {}
    for field in form.fields.values():
        if field.key in printed:
            for text in (field.printed, field.label):
                known.setdefault(fold_label(text), (field.key, False))
    for field in form.fields.values():
        others = field.aliases if field.key in printed or field.kind is Kind.YEAR else (field.label, *field.aliases)
        for text in others:
            known.setdefault(fold_label(text), (field.key, True))
    known.pop("", None)
    return MappingProxyType(known)


def _groups(form: FormSpec) -> Mapping[str, tuple[str, ...]]:
    labels = [line.key for cell in form.grid.cells for line in cell.lines if line.is_label]
    groups: dict[str, list[str]] = {key: [] for key in labels if form.fields[key].printed.strip()}
    owners: dict[tuple[int, int], str] = {}
    for cell in form.grid.cells:
        owner = _owner(cell, owners)
        for line in cell.lines:
            if line.key in groups:
                owner = line.key
            if not line.is_label and owner:
                groups[owner].append(line.key)
        for row in range(cell.row, cell.row + cell.rows):
            for column in range(cell.column, cell.column + cell.columns):
                owners[row, column] = owner
    return MappingProxyType({key: tuple(fields) for key, fields in groups.items()})


def _owner(cell: Cell, owners: Mapping[tuple[int, int], str]) -> str:
    """Return the label whose group a cell without a label goes on with: the one at its left, or above it."""
    return owners.get((cell.row, cell.column - 1)) or owners.get((cell.row - 1, cell.column)) or ""
