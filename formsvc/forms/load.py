"""Reads form.toml, strictly: an unknown key, a missing one or a wrong kind is named by file, table and key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from formsvc import chinese
from formsvc.errors import BrokenFormError, FormSpecError
from formsvc.forms.spec import (
    Align,
    Cell,
    CopySpec,
    Criterion,
    Field,
    FormSpec,
    Grid,
    HolderRule,
    Kind,
    Line,
    Page,
    ReviewStep,
    Signing,
    Subject,
    SubjectKind,
)
from formsvc.forms.toml_text import BrokenTomlError, read_toml

_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LONGEST_ID = 16
"""Characters: a form's id is a folder in the archive, whose paths are kept short."""
_MISSING: Any = object()
Choice = TypeVar("Choice", bound=StrEnum)


class _Table:
    """One TOML table that knows its name and remembers which keys were asked for."""

    def __init__(self, file: str, name: str, data: object) -> None:
        self.file = file
        self.name = name
        if not isinstance(data, dict):
            raise self.error("", "not-a-table")
        self.data: dict[str, object] = data
        self.asked: set[str] = set()

    def error(self, key: str, reason: str, found: object = "") -> FormSpecError:
        return FormSpecError(file=self.file, table=self.name, key=key, reason=reason, found=str(found))

    def _get(self, key: str, kind: type | tuple[type, ...], default: object) -> Any:
        self.asked.add(key)
        value = self.data.get(key, _MISSING)
        if value is _MISSING:
            if default is _MISSING:
                raise self.error(key, "missing-key")
            return default
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(key, "wrong-kind", value)
        return value

    def text(self, key: str, default: str = _MISSING) -> str:
        return str(self._get(key, str, default))

    def optional(self, key: str) -> str | None:
        value = self._get(key, str, None)
        return None if value is None else str(value)

    def name_of(self, key: str) -> str:
        value = self.text(key)
        if not _KEY.fullmatch(value):
            raise self.error(key, "bad-name", value)
        return value

    def integer(self, key: str, default: int = _MISSING) -> int:
        value: int = self._get(key, int, default)
        if value < 0:
            raise self.error(key, "negative", value)
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        return bool(self._get(key, bool, default))

    def length(self, key: str, default: float = _MISSING) -> float:
        value = float(self._get(key, (int, float), default))
        if not 0 < value < 2000:
            raise self.error(key, "bad-length", value)
        return value

    def lengths(self, key: str) -> tuple[float, ...]:
        values = self._get(key, list, _MISSING)
        if not values or not all(type(value) in (int, float) and 0 < value < 2000 for value in values):
            raise self.error(key, "bad-length", values)
        return tuple(float(value) for value in values)

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._get(key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise self.error(key, "wrong-kind", values)
        return tuple(values)

    def choice(self, key: str, kind: type[Choice], default: Choice = _MISSING) -> Choice:
        value = self._get(key, str, default)
        try:
            return kind(value)
        except ValueError:
            raise self.error(key, "unknown-choice", value) from None

    def table(self, key: str) -> _Table:
        return _Table(self.file, self._below(key), self._get(key, dict, _MISSING))

    def tables(self, key: str) -> Iterator[_Table]:
        values = self._get(key, list, [])
        for number, value in enumerate(values, 1):
            yield _Table(self.file, f"{self._below(key)}[{number}]", value)

    def named_tables(self, key: str) -> Iterator[tuple[str, _Table]]:
        for name, value in self._get(key, dict, _MISSING).items():
            if not _KEY.fullmatch(name):
                raise self.error(key, "bad-name", name)
            yield name, _Table(self.file, f"{self._below(key)}.{name}", value)

    def _below(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def done(self) -> None:
        for key in self.data:
            if key not in self.asked:
                raise self.error(key, "unknown-key")


def load_form(data: bytes, file: str) -> FormSpec:
    """Read one form.toml from its bytes; `file` is its name in errors.

    Raises FormSpecError, which names file, table and key.
    """
    try:
        parsed = read_toml(data)
    except BrokenTomlError as error:
        raise BrokenFormError(file=file, line=error.line) from None
    top = _Table(file, "", parsed)
    if top.integer("schema") != 1:
        raise top.error("schema", "newer-schema", parsed["schema"])
    fields = _fields(top)
    spec = FormSpec(
        id=_id(top),
        version=_version(top),
        name=top.text("name"),
        title=top.text("title"),
        heading=top.text("heading", ""),
        note=top.text("note", ""),
        basis=top.text("basis", ""),
        subject=_subject(top.table("subject"), fields),
        signing=_signing(top.table("signing"), fields),
        fields=fields,
        page=_page(top.table("page")),
        grid=_grid(top.table("grid"), fields),
        reviews=tuple(_review(table, fields) for table in top.tables("reviews")),
        copies=_copies(top),
        negative_titles=top.texts("negative_titles"),
        retention_years=_retention(top),
        source=data,
    )
    top.done()
    if spec.title.count("{year}") != 1:
        raise top.error("title", "no-year-place", spec.title)
    return spec


def load_forms(folder: Path) -> dict[str, FormSpec]:
    """Read every `<folder>/<form>/form.toml`, by id; a form's folder has to be named as its id."""
    forms = {}
    for path in sorted(folder.glob("*/form.toml")):
        spec = load_form(path.read_bytes(), str(path))
        if spec.id != path.parent.name:
            raise FormSpecError(file=str(path), table="", key="id", reason="not-the-folder", found=spec.id)
        forms[spec.id] = spec
    return forms


def _id(top: _Table) -> str:
    """Read the form's id, which has to be the name of a folder on every system."""
    name = top.name_of("id")
    if len(name) > _LONGEST_ID or chinese.safe_part(name) != name:
        raise top.error("id", "wrong-value", name)
    return name


def _version(top: _Table) -> int:
    version = top.integer("version")
    if version == 0:
        raise top.error("version", "wrong-value", version)
    return version


def _fields(top: _Table) -> Mapping[str, Field]:
    fields: dict[str, Field] = {}
    for key, table in top.named_tables("fields"):
        kind = table.choice("kind", Kind)
        label = table.text("label")
        options = table.texts("options")
        if bool(options) != (kind is Kind.CHOICE):
            raise table.error("options", "options-for-choice")
        fields[key] = Field(
            key=key,
            kind=kind,
            label=label,
            printed=table.text("printed", label),
            aliases=table.texts("aliases"),
            required=table.flag("required", default=False),
            public=table.flag("public", default=False),
            options=options,
            blank=table.text("blank", ""),
        )
        table.done()
    if sum(field.kind is Kind.YEAR for field in fields.values()) != 1:
        raise top.error("fields", "one-year-field")
    return MappingProxyType(fields)


def _known(table: _Table, key: str, value: str | None, fields: Mapping[str, Field]) -> str | None:
    if value is not None and value not in fields:
        raise table.error(key, "unknown-field", value)
    return value


def _subject(table: _Table, fields: Mapping[str, Field]) -> Subject:
    identity = table.texts("identity")
    for key in identity:
        _known(table, "identity", key, fields)
    name = table.text("name")
    _known(table, "name", name, fields)
    subject = Subject(
        kind=table.choice("kind", SubjectKind),
        name=name,
        identity=identity,
        unit=_known(table, "unit", table.optional("unit"), fields),
    )
    table.done()
    return subject


def _signing(table: _Table, fields: Mapping[str, Field]) -> Signing:
    signing = Signing(
        date=_known(table, "date", table.optional("date"), fields),
        mark=_known(table, "mark", table.optional("mark"), fields),
    )
    table.done()
    return signing


def _page(table: _Table) -> Page:
    page = Page(**{side: table.length(side) for side in ("width", "height", "top", "right", "bottom", "left")})
    table.done()
    return page


def _grid(table: _Table, fields: Mapping[str, Field]) -> Grid:
    columns, rows = table.lengths("columns"), table.lengths("rows")
    cells = tuple(_cell(cell, fields) for cell in table.tables("cells"))
    free = {(row, column) for row in range(len(rows)) for column in range(len(columns))}
    for number, cell in enumerate(cells, 1):
        for row in range(cell.row, cell.row + cell.rows):
            for column in range(cell.column, cell.column + cell.columns):
                if (row, column) not in free:
                    raise table.error(f"cells[{number}]", "cell-overlaps-or-outside", f"{row},{column}")
                free.discard((row, column))
    if free:
        raise table.error("cells", "place-without-cell", "{},{}".format(*min(free)))
    places = [line.key for cell in cells for line in cell.lines if not line.is_label]
    for key, field in fields.items():
        if places.count(key) != (0 if field.kind is Kind.YEAR else 1):
            raise table.error("cells", "field-not-placed-once", key)
    table.done()
    return Grid(columns, rows, cells)


def _cell(table: _Table, fields: Mapping[str, Field]) -> Cell:
    cell = Cell(
        row=table.integer("row"),
        column=table.integer("column"),
        rows=table.integer("rows", 1),
        columns=table.integer("columns", 1),
        lines=tuple(_line(line, fields) for line in table.tables("lines")),
        stacked=table.flag("stacked", default=False),
    )
    if not cell.rows or not cell.columns or not cell.lines:
        raise table.error("lines", "empty-cell")
    table.done()
    return cell


def _line(table: _Table, fields: Mapping[str, Field]) -> Line:
    label, field = table.optional("label"), table.optional("field")
    key = label if field is None else field
    if key is None or (label is not None and field is not None):
        raise table.error("label", "label-or-field")
    _known(table, "field" if label is None else "label", key, fields)
    default = Align.CENTRE if label is not None else Align.LEFT
    line = Line(
        key=key,
        is_label=label is not None,
        align=table.choice("align", Align, default),
        grow=table.flag("grow", default=False),
    )
    table.done()
    return line


def _review(table: _Table, fields: Mapping[str, Field]) -> ReviewStep:
    criteria = []
    for row in table.tables("criteria"):
        criteria.append(Criterion(row.name_of("key"), row.text("label")))
        row.done()
    step = ReviewStep(
        key=table.name_of("key"),
        label=table.text("label"),
        reviewer=table.choice("reviewer", HolderRule),
        opinion=_known(table, "opinion", table.optional("opinion"), fields),
        seal=_known(table, "seal", table.optional("seal"), fields),
        date=_known(table, "date", table.optional("date"), fields),
        criteria=tuple(criteria),
    )
    table.done()
    return step


def _copies(top: _Table) -> tuple[CopySpec, ...]:
    copies = []
    for table in top.tables("copies"):
        copies.append(
            CopySpec(
                role=table.name_of("role"),
                label=table.text("label"),
                place=table.text("place"),
                holder=table.choice("holder", HolderRule),
            )
        )
        table.done()
    if not copies or len({copy.role for copy in copies}) != len(copies):
        raise top.error("copies", "roles-once-each")
    return tuple(copies)


def _retention(top: _Table) -> int | None:
    table = top.table("retention")
    years = table.integer("years", 0)
    forever = table.flag("forever", default=False)
    table.done()
    if bool(years) == forever:
        raise table.error("years", "years-or-forever")
    return years or None
