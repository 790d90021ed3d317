"""What the sources of one field say, and what follows: its value, or that they disagree.

The order is that of trust: the field of a fillable PDF, a content control, a bookmark, the cell of the label. An empty
source says nothing against one that is filled: text typed beside a control is as visible as text inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from formsvc.chinese import fold_label, fold_name
from formsvc.errors import Code, Param, Problem
from formsvc.extraction.labels import Label
from formsvc.extraction.sheets import CellText
from formsvc.forms.reading import Evidence, FieldReading, MarkState, Source
from formsvc.forms.spec import Field, Kind
from formsvc.forms.values import Normal, is_blank, normalise

CERTAIN = 0.99
"""Typed text, read from where the form has it."""
THROUGH_ALIAS = 0.9
DISAGREEING = 0.5

_REPEATED = (Kind.TEXT, Kind.ITEMS)
"""Kinds whose controls LibreOffice may drop and repeat their text."""
_LONG_ENOUGH = 6
"""Letters of a text that nobody says twice."""
_LONGEST = 400
"""Letters of a text beyond which it is not looked for again."""
_TRUST = (Source.FORM_FIELD, Source.CONTROL, Source.BOOKMARK, Source.CELL)


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says of a field."""

    source: Source
    raw: str
    shown: str
    """The text with the numbers that are shown and not in it."""
    cell: CellText | None = None
    label: Label | None = None
    """The label it stands behind, if it was found by one."""

    @property
    def evidence(self) -> Evidence:
        """Where it stands."""
        if self.cell is None:
            return Evidence(self.source)
        place = self.cell.cell
        is_table = self.cell.grid >= 0
        return Evidence(self.source, self.cell.page, place.box, (place.row, place.column) if is_table else None)


def read_field(
    field: Field, said: Iterable[Said], *, within: range | None = None
) -> tuple[FieldReading, tuple[Problem, ...]]:
    """Return the reading of a field and what is doubtful about where it comes from."""
    sources = sorted(said, key=_distrust)
    written = [one for one in sources if not is_blank(field, one.shown)]
    if field.kind.is_mark:
        return _mark(written or sources), ()
    if not written:
        raw = sources[0].raw if sources else ""
        return FieldReading(None, raw, CERTAIN if sources else 0.0, sources[0].evidence if sources else None), ()
    first = written[0]
    normal = normalise(field, first.shown, within=within)
    others = [one for one in written[1:] if not _agree(field, first, normal, one, within)]
    problems = [problem(Code.SOURCES_DISAGREE, field.key, raw=first.raw, other=one.raw) for one in others]
    confidence = CERTAIN if normal.is_readable else 0.0
    if first.source is Source.CELL and first.label is not None and first.label.is_alias:
        problems.append(problem(Code.ALIAS_LABEL, field.key, raw=first.label.text))
        confidence = min(confidence, THROUGH_ALIAS)
    if others or (field.kind in _REPEATED and _is_repeated(first.raw)):
        confidence = min(confidence, DISAGREEING)
    alternatives = tuple(dict.fromkeys(one.raw for one in others))
    return FieldReading(normal.value, first.raw, confidence, first.evidence, alternatives), tuple(problems)


def _distrust(one: Said) -> int:
    return _TRUST.index(one.source)


def problem(code: Code, key: str | None = None, **facts: Param) -> Problem:
    """Return a problem with its facts."""
    return Problem(code, key, MappingProxyType(facts))


def _is_repeated(raw: str) -> bool:
    """Whether a text holds one passage several times, as LibreOffice leaves behind when it drops a content control.

    It writes the text of a control anew after every piece of it that is of one script.
    """
    lines = [line.strip() for line in raw.split("\n")]
    return any(map(_repeats_itself, lines)) or any(_is_passage(line) and raw.count(line) > 2 for line in lines)


def _repeats_itself(line: str) -> bool:
    """Whether a line is one text several times over, or ends with one that is most of it and stands in it thrice."""
    period = (line + line).find(line, 1) if line else 0
    times = len(line) // period if period else 0
    if (times == 2 and period >= _LONG_ENOUGH) or (times > 2 and period > 1):
        return True
    ends = (line[-length:] for length in range(_LONG_ENOUGH, min(len(line) // 3, _LONGEST) + 1))
    return any((times := line.count(end)) > 2 and 2 * times * len(end) > len(line) for end in ends if _is_passage(end))


def _is_passage(text: str) -> bool:
    """Whether a text is long enough to be looked for again; a row of one sign holds itself everywhere."""
    return len(text) >= _LONG_ENOUGH and len(set(text)) > 1


def _mark(sources: Sequence[Said]) -> FieldReading:
    """Read a signature or a seal of a typed form: there is no ink, and a typed name is none."""
    if not sources:
        return FieldReading(MarkState.ABSENT.value, "", CERTAIN)
    first, *more = sources
    others = dict.fromkeys(one.raw for one in more if fold_label(one.raw) != fold_label(first.raw))
    return FieldReading(MarkState.ABSENT.value, first.raw, CERTAIN, first.evidence, tuple(others))


def _agree(field: Field, first: Said, normal: Normal, other: Said, within: range | None) -> bool:
    """Whether two sources say the same but for width, blanks and punctuation."""
    if first.raw == other.raw or fold_label(first.raw) == fold_label(other.raw):
        return True
    found = normalise(field, other.shown, within=within)
    if not (normal.is_readable and found.is_readable):
        return False
    return found.value == normal.value or fold_name(str(found.value)) == fold_name(str(normal.value))
