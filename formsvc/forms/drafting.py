"""Makes a draft of a form.toml out of a drawn table: what a clerk finishes rather than writes.

Labels are cells with text; the empty cell right of one, or below it, is its value. A line that is only a blank to be
filled (a date, a seal) is a field of its own inside its cell. Kinds are guessed from the words of the labels
(`drafting.toml`), never silently: every draft says what was guessed, in comments. The draft loads as it stands.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

from formsvc import chinese
from formsvc.forms.outline import Outline, OutlineCell
from formsvc.forms.spec import Kind

Remark = Callable[[str], str]
"""Gives the comment of an entry, as often as not several lines, in the language of the office."""

_ROOMY = 24.0
"""Millimetres: a label whose cell is higher has its value below it in the same cell."""
_YEAR_PLACE = re.compile(r"^[\s_＿\u3000]*(?:\d{4}|[\s_＿\u3000]*)[\s_＿\u3000]*年")
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_NUMBER = re.compile(r"\d{1,3}")


@dataclass(frozen=True, slots=True)
class _Field:
    key: str
    kind: Kind
    label: str
    printed: str
    blank: str = ""
    options: tuple[str, ...] = ()


@dataclass
class _Cell:
    """A cell being drafted: its lines as TOML, and whether a label stands in it one sign below the other."""

    outline: OutlineCell
    lines: list[str] = field(default_factory=list)
    fields: list[_Field] = field(default_factory=list)
    stacked: bool = False


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("formsvc.forms").joinpath("drafting.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted form."""

    id: str
    text: str
    """The content of its form.toml."""


def draft_form(outline: Outline, remark: Remark) -> Draft:
    """Return a draft of the form an outline shows."""
    drafter = _Drafter(outline)
    cells = drafter.cells()
    form = _id_of(outline)
    parts = (_top(outline, form, remark), drafter.tables(remark), drafter.grid(cells), drafter.ends(cells, remark))
    return Draft(form, "\n".join(parts))


class _Drafter:
    """Goes over the cells and names their fields."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._cells = {(cell.row, cell.column): _Cell(cell) for cell in sorted(outline.cells, key=_place)}
        self._fields: dict[str, _Field] = {}

    def cells(self) -> list[_Cell]:
        """Name all fields and return the cells in order."""
        labels = [cell for cell in self._cells.values() if _label_of(cell.outline)]
        values: dict[tuple[int, int], str] = {}
        for cell in labels:
            value = self._value_of(cell.outline)
            if value is not None and _place(value.outline) not in values:
                values[_place(value.outline)] = _label_of(cell.outline)
        for cell in self._cells.values():
            label = _label_of(cell.outline)
            if label and not self._has_value(cell, values):
                self._draft_both(cell, label)
        for place, label in values.items():
            self._draft_value(self._cells[place], label)
        for cell in self._cells.values():
            if not cell.lines:
                self._draft_rest(cell)
        self._fields = {made.key: made for cell in self._cells.values() for made in cell.fields}
        return list(self._cells.values())

    def _has_value(self, cell: _Cell, values: Mapping[tuple[int, int], str]) -> bool:
        value = self._value_of(cell.outline)
        return value is not None and values.get(_place(value.outline)) == _label_of(cell.outline)

    def _value_of(self, cell: OutlineCell) -> _Cell | None:
        """Return the cell for the value of a label: the one to the right, else the one below, if it has no label."""
        if _tail(cell) or len(cell.keys) > 0:
            return None
        for place in ((cell.row, cell.column + cell.columns), (cell.row + cell.rows, cell.column)):
            found = self._cells.get(place)
            if found is not None and not _label_of(found.outline):
                return found
        return None

    def _draft_both(self, cell: _Cell, label: str) -> None:
        """Draft a cell with a label and its value in it."""
        keys = iter(cell.outline.keys)
        made = self._named(label, printed=_printed(cell.outline), key=next(keys, None))
        cell.fields.append(made)
        cell.lines.append(_line("label", made.key, "left"))
        cell.lines.append(_line("field", made.key, grow=True))
        self._add_tail(cell, made, keys)

    def _draft_value(self, cell: _Cell, label: str) -> None:
        """Draft the cell of a value, and the cell with its label."""
        holder = next(one for one in self._cells.values() if not one.lines and _label_of(one.outline) == label)
        keys = iter(cell.outline.keys)
        made = self._named(label, printed=_printed(holder.outline), key=next(keys, None))
        holder.lines.append(_line("label", made.key))
        holder.stacked = _is_stacked(holder.outline)
        cell.fields.append(made)
        is_tall = self._height(cell.outline) > _ROOMY
        cell.lines.append(_line("field", made.key, grow=True) if is_tall else _line("field", made.key, "centre"))
        self._add_tail(cell, made, keys)

    def _draft_rest(self, cell: _Cell) -> None:
        """Draft a cell that belongs to no label."""
        keys = iter(cell.outline.keys)
        if not _tail(cell.outline) or cell.outline.keys:
            made = self._named("", printed="", key=next(keys, None))
            cell.fields.append(made)
            cell.lines.append(_line("field", made.key, grow=self._height(cell.outline) > _ROOMY))
        self._add_tail(cell, None, keys)

    def _add_tail(self, cell: _Cell, owner: _Field | None, keys: Iterator[str]) -> None:
        """Add the blanks a cell ends with: its seal, its date; those of a blank of ours by their keys."""
        for blank in _tail(cell.outline):
            self._add_blank(cell, blank, owner, next(keys, None))
        for key in keys:
            kind = next((one["kind"] for one in _words()["keys"] if re.fullmatch(one["pattern"], key)), None)
            shapes = [one for one in _words()["blanks"] if one["kind"] == kind]
            if shapes:
                self._add_blank(cell, {**shapes[0], "shown": shapes[0]["blank"]}, owner, key)
                continue
            made = self._named("", printed="", key=key)
            cell.fields.append(made)
            cell.lines.append(_line("field", made.key))

    def _add_blank(self, cell: _Cell, blank: Mapping[str, Any], owner: _Field | None, key: str | None) -> None:
        label = f"{owner.label if owner is not None else ''}{blank['label']}"
        wanted = key or (f"{owner.key}_{blank['key']}" if owner is not None else blank["key"])
        made = _Field(self._free(wanted), Kind(blank["kind"]), label, "", blank["shown"])
        self._fields[made.key] = made
        cell.fields.append(made)
        cell.lines.append(_line("field", made.key, "right"))

    def _named(self, label: str, *, printed: str, key: str | None) -> _Field:
        """Return the field of a label: kind and key as its words say, or text."""
        bare = chinese.fold_label(label)
        guess: Mapping[str, Any] = next(
            (one for one in _words()["fields"] if any(word in bare for word in one["words"])), {}
        )
        wanted = key or guess.get("key") or f"field_{len(self._fields) + 1}"
        kind = Kind(guess.get("kind", "text"))
        by_key = next((one["kind"] for one in _words()["keys"] if key and re.fullmatch(one["pattern"], key)), None)
        made = _Field(
            self._free(wanted), Kind(by_key) if by_key else kind, label or wanted, printed,
            options=tuple(guess.get("options", ())) if not by_key else (),
        )  # fmt: skip
        self._fields[made.key] = made
        return made

    def _free(self, key: str) -> str:
        if not _KEY.fullmatch(key):
            key = f"field_{len(self._fields) + 1}"
        number, free = 1, key
        while free in self._fields or free == "year":
            number += 1
            free = f"{key}_{number}"
        return free

    def _height(self, cell: OutlineCell) -> float:
        return sum(self._outline.rows[cell.row : cell.row + cell.rows])

    def tables(self, remark: Remark) -> str:
        """Return the tables of subject, signing, retention and fields."""
        if not any(made.kind in (Kind.NAME, Kind.ORGANISATION) for made in self._fields.values()):
            first = next(iter(self._fields.values()))
            self._fields[first.key] = replace(first, kind=Kind.NAME, options=())
        subject = self._first(Kind.NAME) or self._first(Kind.ORGANISATION)
        kind = "member" if self._first(Kind.NAME) else "organisation"
        rows = [_commented(remark("retention")), "[retention]", "years = 10", ""]
        rows += [_commented(remark("subject")), "[subject]", f'kind = "{kind}"', f"name = {_quoted(subject or '')}"]
        identity = [made.key for made in self._fields.values() if made.kind in (Kind.CHOICE, Kind.MONTH)]
        rows += [f"identity = {json.dumps(identity)}"] if kind == "member" and identity else []
        rows += ["", _commented(remark("signing")), "[signing]"]
        mark = self._first(Kind.SIGNATURE) or self._first(Kind.SEAL)
        rows += [f"mark = {_quoted(mark)}"] if mark else []
        date = self._date_near(mark)
        rows += [f"date = {_quoted(date)}"] if date else []
        rows += ["", _commented(remark("fields")), "[fields.year]", 'kind = "year"']
        rows += [f"label = {_quoted(_words()['year_tail'])}", "required = true", "public = true", ""]
        for made in self._fields.values():
            rows += _field_table(made, is_main=made.key == subject or made.kind is Kind.ITEMS)
        return "\n".join(rows)

    def _first(self, kind: Kind) -> str | None:
        return next((made.key for made in self._fields.values() if made.kind is kind), None)

    def _date_near(self, mark: str | None) -> str | None:
        """Return the date in the cell of the one who signs."""
        for cell in self._cells.values():
            if mark in [made.key for made in cell.fields]:
                return next((made.key for made in cell.fields if made.kind is Kind.DATE), None)
        return None

    def grid(self, cells: Sequence[_Cell]) -> str:
        """Return the tables of page and grid."""
        page = zip(("width", "height", "top", "right", "bottom", "left"), self._outline.page, strict=True)
        rows = ["[page]", *(f"{name} = {_length(length)}" for name, length in page), "", "[grid]"]
        rows.append(f"columns = [{', '.join(map(_length, self._outline.columns))}]")
        rows.append(f"rows = [{', '.join(map(_length, self._outline.rows))}]")
        rows.append("cells = [")
        rows += [f"  {_cell_table(cell)}," for cell in cells]
        return "\n".join([*rows, "]", ""])

    def ends(self, cells: Sequence[_Cell], remark: Remark) -> str:
        """Return the tables of reviews and copies."""
        rows = [_commented(remark("reviews"))]
        mark = self._first(Kind.SIGNATURE) or self._first(Kind.SEAL)
        for cell in cells:
            kinds = {made.kind: made for made in cell.fields}
            seal = kinds.get(Kind.SEAL)
            if seal is None or seal.key == mark or Kind.TEXT not in kinds:
                continue
            opinion, date = kinds[Kind.TEXT], kinds.get(Kind.DATE)
            rows += ["[[reviews]]", f'key = "{opinion.key}"', f"label = {_quoted(opinion.label)}"]
            rows += ['reviewer = "superior"', f'opinion = "{opinion.key}"', f'seal = "{seal.key}"']
            rows += [*([f'date = "{date.key}"'] if date is not None else []), ""]
        return "\n".join([*rows, _commented(remark("copies")), _words()["copies"]])


def _top(outline: Outline, form: str, remark: Remark) -> str:
    heading, title = _titles(outline)
    note = next((text for text in outline.below if text.startswith(tuple(_words()["note"]))), "")
    tail = _words()["year_tail"]
    name = title.replace(f"{{year}}{tail}", "").replace("{year}", "").removeprefix(tail[0])
    rows = [_commented(remark("head")), "schema = 1", f'id = "{form}"', "version = 1"]
    rows += [f"name = {_quoted(name or title)}", f"title = {_quoted(title)}"]
    rows += [f"heading = {_quoted(heading)}"] if heading else []
    rows += [f"note = {_quoted(note)}"] if note else []
    negative = ", ".join(map(_quoted, _words()["negative_titles"]))
    return "\n".join([*rows, 'basis = ""', f"negative_titles = [{negative}]", ""])


def _titles(outline: Outline) -> tuple[str, str]:
    """Return the line above the title and the title, with the place of its year."""
    above = [" ".join(text.split()) for text in outline.above]
    heading = next((text for text in reversed(above) if text.startswith(_words()["heading"])), "")
    titles = [text for text in above if not text.startswith(_words()["heading"])]
    title = max(titles[-2:], key=len, default="").replace("{", "").replace("}", "")
    if _YEAR_PLACE.match(title):
        return heading, _YEAR_PLACE.sub(f"{{year}}{_words()['year_tail'][0]}", title)
    return heading, f"{{year}}{_words()['year_tail']}{title}"


def _id_of(outline: Outline) -> str:
    number = _NUMBER.search(chinese.fold(_titles(outline)[0]))
    return f"{_words()['heading_id']}{number[0]}" if number else str(_words()["usual_id"])


def _field_table(made: _Field, *, is_main: bool) -> list[str]:
    rows = [f"[fields.{made.key}]", f'kind = "{made.kind.value}"', f"label = {_quoted(made.label)}"]
    if made.printed != made.label:
        rows.append(f"printed = {_quoted(made.printed)}")
    if made.options:
        rows.append(f"options = [{', '.join(map(_quoted, made.options))}]")
    if made.blank:
        rows.append(f"blank = {_quoted(made.blank)}")
    return [*rows, *(["required = true", "public = true"] if is_main else []), ""]


def _cell_table(cell: _Cell) -> str:
    outline = cell.outline
    parts = [f"row = {outline.row}", f"column = {outline.column}"]
    parts += [f"rows = {outline.rows}"] if outline.rows > 1 else []
    parts += [f"columns = {outline.columns}"] if outline.columns > 1 else []
    parts += ["stacked = true"] if cell.stacked else []
    return f"{{ {', '.join(parts)}, lines = [{', '.join(cell.lines)}] }}"


def _line(what: str, key: str, align: str = "", *, grow: bool = False) -> str:
    more = (f', align = "{align}"' if align else "") + (", grow = true" if grow else "")
    return f'{{ {what} = "{key}"{more} }}'


def _place(cell: OutlineCell) -> tuple[int, int]:
    return cell.row, cell.column


def _label_of(cell: OutlineCell) -> str:
    """Return what a cell's label says, without the blanks it ends with."""
    texts = [text for text in cell.paragraphs if text.strip() and _blank(text) is None]
    return re.sub(r"\s+", "", "".join(texts)).rstrip("：:")


def _printed(cell: OutlineCell) -> str:
    texts = [text.strip() for text in cell.paragraphs if text.strip() and _blank(text) is None]
    return "".join(texts) if _is_stacked(cell) else " ".join(texts)


def _is_stacked(cell: OutlineCell) -> bool:
    texts = [text.strip() for text in cell.paragraphs if text.strip()]
    return len(texts) > 2 and all(len(text) == 1 for text in texts)


def _tail(cell: OutlineCell) -> list[Mapping[str, Any]]:
    """Return the blanks that stand on lines of their own, as they are shown."""
    found = ((text, _blank(text)) for text in cell.paragraphs)
    return [{**blank, "shown": text.strip()} for text, blank in found if blank is not None]


def _blank(text: str) -> Mapping[str, Any] | None:
    bare = re.sub(r"\s+", "", text)
    return next((one for one in _words()["blanks"] if bare and re.fullmatch(one["pattern"], bare)), None)


def _quoted(text: str) -> str:
    """Return a basic string of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _commented(text: str) -> str:
    return "\n".join(f"# {line}" for line in text.splitlines())


def _length(length: float) -> str:
    return f"{length:g}"
