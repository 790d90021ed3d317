"""Whether a reading is right, field by field, without any mercy but for width, blanks and the last stop of a sentence.

A row is one field of one page as one program read it. Everything that is printed is counted from rows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from formsvc.forms.reading import Value
from formsvc.forms.spec import FormSpec, Kind

SHORT = ("name", "choice", "integer", "month", "unit", "organisation", "phone", "email")
"""What stands alone in a cell."""
MARKS = (Kind.SEAL.value, Kind.SIGNATURE.value)
_STOPS = "。.;,、"


@dataclass(frozen=True)
class FieldRead:
    """What a program read for one field."""

    value: Value
    raw: str = ""
    confidence: float = 0.0
    asked: bool = False
    """Whether a person is asked about it."""


@dataclass(frozen=True)
class PageRead:
    """What a program made of one page."""

    form: str | None
    fields: Mapping[str, FieldRead] = field(default_factory=dict)
    decision: str = ""
    problems: Sequence[str] = ()
    """Why a person is asked: codes with their fields."""
    year: int | None = None
    text: str = ""
    """Everything read on the page, for programs that read whole pages."""
    wall: float = 0.0
    cpu: float = 0.0
    failed: str = ""
    """What it raised, if it did."""


@dataclass(frozen=True)
class Row:
    """One field of one page."""

    program: str
    page: str
    form: str
    key: str
    group: str
    """See `group_of`."""
    hand: str
    layout: str
    device: str
    tags: Sequence[str]
    turn: int
    clean: bool
    under_seal: bool
    truth: Any
    value: Any
    raw: str
    confidence: float
    asked: bool
    filed: bool
    """Whether the whole reading was decided "file"."""
    right: bool
    errors: int
    """Characters to be changed, for items."""
    length: int
    seen: bool
    """Whether the true text stands anywhere in what was read of the page."""
    trace: float
    """Of a seal: which part of its ring shows on the page; 1 of everything else."""

    def as_json(self) -> dict[str, Any]:
        """Return it for a JSON file."""
        return asdict(self)


def group_of(spec: FormSpec, key: str) -> str:
    """Return what a field is counted as: its kind, but a unit and a remark are told apart."""
    kind = spec.fields[key].kind
    if kind is Kind.TEXT:
        return "unit" if key == spec.subject.unit else "remark"
    return kind.value


def rows_of(program: str, page: str, spec: FormSpec, truth: Mapping[str, Any], read: PageRead) -> list[Row]:
    """Compare one page that is a form with what was read of it; a page not found has all its fields wrong."""
    plan, rows = truth["plan"], []
    everything = fold(read.text)
    for key, wanted in [*truth["values"].items(), *truth["marks"].items()]:
        got = read.fields.get(key, FieldRead(None)) if read.form == truth["form"] else FieldRead(None, asked=True)
        group = group_of(spec, key)
        errors, length = _distance(wanted, got.value) if group == Kind.ITEMS.value else (0, 0)
        rows.append(
            Row(
                program=program,
                page=page,
                form=truth["form"],
                key=key,
                group=group,
                hand="empty" if wanted is None else truth["hands"].get(key, truth["hand"]),
                layout=truth["layout"],
                device=plan["device"],
                tags=plan["tags"],
                turn=plan["turn"],
                clean=plan["clean"],
                under_seal=key in truth["under_seal"],
                truth=wanted,
                value=got.value,
                raw=got.raw,
                confidence=got.confidence,
                asked=got.asked,
                filed=read.decision == "file",
                right=is_right(group, wanted, got.value),
                errors=errors,
                length=length,
                seen=bool(everything) and all(part in everything for part in map(fold, _texts(wanted))),
                trace=truth.get("traces", {}).get(key, 1.0),
            )
        )
    return rows


def is_right(group: str, wanted: Any, got: Any) -> bool:
    """Say whether a value is right; the stop at the end of an item or a remark is not looked at."""
    if group in MARKS:
        return wanted in {"either", got}
    stops = _STOPS if group in (Kind.ITEMS.value, "remark") else ""
    return [fold(text).rstrip(stops) for text in _texts(wanted)] == [fold(text).rstrip(stops) for text in _texts(got)]


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(part) for part in value] if isinstance(value, (list, tuple)) else [str(value)]


def fold(text: str) -> str:
    """Return a text without blanks, full width made half."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _distance(wanted: Any, got: Value) -> tuple[int, int]:
    """Return how many characters of the joined items must be changed, and how many there are."""
    first, second = fold("".join(_texts(wanted))), fold("".join(_texts(got)))
    return distance(first, second), len(first)


def distance(first: str, second: str) -> int:
    """Return the Levenshtein distance of two texts."""
    line = list(range(len(second) + 1))
    for number, character in enumerate(first, 1):
        before, line[0] = line[0], number
        for place, other in enumerate(second, 1):
            before, line[place] = line[place], min(line[place] + 1, line[place - 1] + 1, before + (character != other))
    return line[-1]


def share(rows: Iterable[Row], what: str = "right") -> float:
    """Return the percentage of rows of which something holds; not a number for none."""
    held = [bool(getattr(row, what)) for row in rows]
    return 100 * sum(held) / len(held) if held else float("nan")


def error_rate(rows: Iterable[Row]) -> float:
    """Return the character error rate in percent."""
    counted = [(row.errors, row.length) for row in rows]
    total = sum(length for _, length in counted)
    return 100 * sum(errors for errors, _ in counted) / total if total else float("nan")
