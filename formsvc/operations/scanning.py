"""Has the scanned pages of submissions read: a few pages a child, both cores at work, every page accounted for."""

from __future__ import annotations

import dataclasses
import importlib.util
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from formsvc import durable
from formsvc.errors import Code, Problem
from formsvc.extraction.sandbox.limits import scan_child
from formsvc.extraction.sandbox.one_shot import OneShotJob
from formsvc.extraction.sandbox.outcome import Answer, Outcome, Stopped, problem_of
from formsvc.extraction.sandbox.sandbox import Job
from formsvc.forms.reading import Decision, Reading, YearReading
from formsvc.forms.spec import FormSpec
from formsvc.operations.checked import sound_readings
from formsvc.operations.workspace import Workspace

_NEEDED = ("cv2", "numpy", "onnxruntime", "pypdfium2", "rapidocr", "zxingcpp")
"""What the extra `scan` installs."""
_PAGES = 4
"""How many pages one child reads: few enough that both cores share a batch, and that little is read again after one
that stops."""
_WAITING = 4
"""How many children are asked for at once."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Scanned pages of one file."""

    path: Path
    numbers: tuple[int, ...]
    """Counted from 1."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was read on a file's scanned pages."""

    readings: tuple[Reading, ...]
    """In the order of their pages; what is no form is told by one that refuses, at the end."""
    drawn: Mapping[int, str]
    """Page -> the page with what was read drawn on it, base64 of a PNG, where that was asked for."""


@cache
def can_read_scans() -> bool:
    """Whether the reader of scans is installed."""
    return all(importlib.util.find_spec(name) is not None for name in _NEEDED)


def read_scans(workspace: Workspace, files: Sequence[Pages], *, draw: bool = False) -> Iterator[Scanned]:
    """Yield what stands on each file's pages, in order; nothing for a file without such pages."""
    request = {**workspace.read_request, "lexicon": workspace.lexicon, "draw": draw}
    parts = [Pages(file.path, numbers) for file in files for numbers in _parts(file.numbers)]
    outcomes = _in_order(workspace, parts, request)
    for file in files:
        found = Gathered(workspace.forms)
        for numbers in _parts(file.numbers):
            outcome = next(outcomes)
            if isinstance(outcome, Stopped) and len(numbers) > 1:
                for number in numbers:
                    page = Pages(file.path, (number,))
                    found.add((number,), next(_in_order(workspace, [page], request)))
            else:
                found.add(numbers, outcome)
        yield found.scanned()


def _parts(numbers: Sequence[int]) -> list[tuple[int, ...]]:
    return [tuple(numbers[start : start + _PAGES]) for start in range(0, len(numbers), _PAGES)]


def _in_order(workspace: Workspace, parts: Iterable[Pages], request: Mapping[str, Any]) -> Iterator[Outcome]:
    """Yield the outcome of each part; a few are under way while one is waited for."""
    under_way: deque[Job | OneShotJob | Stopped] = deque()
    for part in parts:
        if len(under_way) >= _WAITING:
            yield _result(under_way.popleft())
        under_way.append(_begun(workspace, part, request))
    while under_way:
        yield _result(under_way.popleft())


def _begun(workspace: Workspace, part: Pages, request: Mapping[str, Any]) -> Job | OneShotJob | Stopped:
    opened = durable.open_regular(part.path)
    if not isinstance(opened, durable.OpenFile):
        return Stopped("exception", opened.value)
    with opened:
        limits = scan_child(len(part.numbers))
        return workspace.scanner.submit(opened.descriptor, {**request, "pages": list(part.numbers)}, limits)


def _result(job: Job | OneShotJob | Stopped) -> Outcome:
    return job if isinstance(job, Stopped) else job.result()


class Gathered:
    """What the children say of one file's pages, put together and distrusted."""

    def __init__(self, forms: Mapping[str, FormSpec]) -> None:
        self._forms = forms
        self._readings: list[Reading] = []
        self._foreign: list[int] = []
        self._blank: list[int] = []
        self._drawn: dict[int, str] = {}

    def add(self, numbers: Sequence[int], outcome: Outcome) -> None:
        """Add the outcome of some pages; a page it does not speak of waits for a person."""
        if not isinstance(outcome, Answer):
            self._readings.append(_waiting(numbers, problem_of(outcome)))
            return
        try:
            readings = sound_readings(outcome.value, self._forms)
            others = _others(outcome.value)
        except ValueError:
            self._readings.append(_waiting(numbers, None))
            return
        told = {page for reading in readings for page in reading.pages} | set(others)
        if not told <= set(numbers):
            self._readings.append(_waiting(numbers, None))
            return
        self._readings += readings
        self._foreign += [page for page, is_blank in others.items() if not is_blank]
        self._blank += [page for page, is_blank in others.items() if is_blank]
        left = [number for number in numbers if number not in told]
        if left:
            self._readings.append(_waiting(left, None))
        self._drawn |= _drawn(outcome.value)

    def scanned(self) -> Scanned:
        """Return everything, the pages that are no forms in one reading that refuses."""
        readings = sorted(self._readings, key=lambda one: one.pages)
        is_held = any(one.form is not None or one.decision is not Decision.REFUSE for one in readings)
        foreign = sorted(self._foreign if is_held else [*self._foreign, *self._blank])
        if is_held and self._blank:
            pages = ", ".join(map(str, sorted(self._blank)))
            readings[0] = readings[0].with_problems([_problem(Code.BLANK_PAGES, pages=pages)])
        if foreign:
            problem = _problem(Code.PAGES_NOT_A_FORM, pages=", ".join(map(str, foreign)))
            readings.append(_no_form(foreign, problem))
        return Scanned(tuple(readings), MappingProxyType(self._drawn))


def _waiting(pages: Sequence[int], cause: Problem | None) -> Reading:
    """Return the reading of pages that could not be read: a person types in what they say."""
    finding = cause.params.get("finding", "") if cause is not None else "answer"
    pages_text = ", ".join(map(str, pages))
    return _no_form(pages, _problem(Code.PAGE_UNREADABLE, pages=pages_text, finding=str(finding)))


def _no_form(pages: Sequence[int], problem: Problem) -> Reading:
    year = YearReading(None, None, 0.0)
    return Reading(1, None, None, year, MappingProxyType({}), (problem,), pages=tuple(pages), typed=False)


def _problem(code: Code, **facts: str) -> Problem:
    return Problem(code, params=MappingProxyType(dict(facts)))


def _others(value: Any) -> dict[int, bool]:
    """Return page -> whether it is blank, of the pages a child says are no forms; raises ValueError."""
    match value:
        case {"others": list(others)}:
            found = {}
            for other in others:
                match other:
                    case {"page": int(page), "blank": bool(is_blank)}:
                        found[page] = is_blank
                    case _:
                        raise ValueError("pages out of shape")
            return found
        case _:
            raise ValueError("no pages")


def _drawn(value: Any) -> dict[int, str]:
    match value:
        case {"drawn": dict(drawn)}:
            return {int(page): text for page, text in drawn.items() if page.isdecimal() and isinstance(text, str)}
        case _:
            return {}


def renumbered(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Return the readings numbered from 1."""
    return tuple(dataclasses.replace(reading, number=number) for number, reading in enumerate(readings, 1))
