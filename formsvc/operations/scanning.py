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
from formsvc.operations.account import pages_text
from formsvc.operations.checked import sound_readings
from formsvc.operations.further import goes_on, headed_form, joined
from formsvc.operations.workspace import Workspace

_NEEDED = ("cv2", "numpy", "onnxruntime", "pypdfium2", "rapidocr", "zxingcpp")
"""What the extra `scan` installs."""
_PAGES = 4
"""How many pages one child reads at most: few enough that little is read again after one that stops."""
_AHEAD = 2
"""For each worker so many children are asked for at once, so that none waits for the next."""
_MOST_ROWS, _MOST_SIGNS = 150, 300
"""How much is believed of what a page that is no form says."""


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
    blank: tuple[int, ...]
    """Pages with nothing on them."""
    drawn: Mapping[int, str]
    """Page -> the page with what was read drawn on it, base64 of a PNG, where that was asked for."""


@cache
def can_read_scans() -> bool:
    """Whether the reader of scans is installed."""
    return all(importlib.util.find_spec(name) is not None for name in _NEEDED)


def read_scans(workspace: Workspace, files: Sequence[Pages], *, draw: bool = False) -> Iterator[Scanned]:
    """Yield what stands on each file's pages, in order; nothing for a file without such pages."""
    request = {**workspace.read_request, "lexicon": workspace.lexicon, "draw": draw}
    cut = {file.path: parts_of(file.numbers, workspace.scan_workers) for file in files}
    outcomes = _in_order(workspace, [Pages(path, numbers) for path, parts in cut.items() for numbers in parts], request)
    for file in files:
        found = Gathered(workspace.forms)
        for numbers in cut[file.path]:
            outcome = next(outcomes)
            if isinstance(outcome, Stopped) and len(numbers) > 1:
                for number in numbers:
                    page = Pages(file.path, (number,))
                    found.add((number,), next(_in_order(workspace, [page], request)))
            else:
                found.add(numbers, outcome)
        yield found.scanned()


def parts_of(numbers: Sequence[int], workers: int) -> list[tuple[int, ...]]:
    """Cut a file's pages into what one child reads: less towards the end, so that all workers end together."""
    parts: list[tuple[int, ...]] = []
    start = 0
    while start < len(numbers):
        size = max(1, min(_PAGES, (len(numbers) - start) // (2 * workers)))
        parts.append(tuple(numbers[start : start + size]))
        start += size
    return parts


def _in_order(workspace: Workspace, parts: Iterable[Pages], request: Mapping[str, Any]) -> Iterator[Outcome]:
    """Yield the outcome of each part; a few are under way while one is waited for."""
    under_way: deque[Job | OneShotJob | Stopped] = deque()
    for part in parts:
        if len(under_way) >= 1 + _AHEAD * workspace.scan_workers:
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
        self._others: dict[int, _Other] = {}
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
        self._others |= others
        left = [number for number in numbers if number not in told]
        if left:
            self._readings.append(_waiting(left, None))
        self._drawn |= _drawn(outcome.value)

    def scanned(self) -> Scanned:
        """Return everything in the order of the pages; at the end the pages that are no forms, in one that refuses."""
        stack = _Stack(self._forms)
        starts = {reading.pages[0]: reading for reading in self._readings}
        for page in sorted({*starts, *self._others}):
            if page in starts:
                stack.put_form(starts[page])
            else:
                stack.put_other(page, self._others[page])
        blank = tuple(page for page, other in sorted(self._others.items()) if other.is_blank)
        return Scanned(stack.readings(), blank, MappingProxyType(self._drawn))


@dataclass(frozen=True, slots=True)
class _Other:
    """A page that is no form by itself."""

    is_blank: bool
    texts: tuple[str, ...] = ()


class _Stack:
    """Pages laid one upon the other as they lay in the feeder: what belongs to the form before is put to it."""

    def __init__(self, forms: Mapping[str, FormSpec]) -> None:
        self._forms = forms
        self._readings: list[Reading] = []
        self._is_open = False
        """Whether the last reading may go on here."""
        self._blank: dict[int, list[int]] = {}
        """Number of the reading they lie behind, from 0, and blank pages."""
        self._foreign: list[int] = []

    def put_form(self, reading: Reading) -> None:
        """Put a page with a form, or one that could not be read, on the stack."""
        self._readings.append(reading)
        self._is_open = reading.form is not None and reading.decision is not Decision.REFUSE

    def put_other(self, page: int, other: _Other) -> None:
        """Put a page that is no form by itself on the stack."""
        if other.is_blank:
            self._blank.setdefault(max(0, len(self._readings) - 1), []).append(page)
        elif not self._goes_on(page, other.texts):
            self._foreign.append(page)
            self._is_open = False

    def _goes_on(self, page: int, texts: Sequence[str]) -> bool:
        """Put a page to the form it goes on from; a person is asked about one that says so and follows none."""
        last = self._readings[-1] if self._is_open else None
        spec = None if last is None else self._forms.get(last.form or "")
        rows = None if spec is None or last is None else goes_on(spec, last, texts)
        if spec is not None and last is not None and rows is not None:
            self._readings[-1] = joined(spec, last, page, rows)
            return True
        lost = headed_form(self._forms, texts)
        if lost is not None:
            self._readings.append(_no_form([page], _problem(Code.FURTHER_PAGE_ALONE, pages=str(page), form=lost.name)))
            self._is_open = False
        return lost is not None

    def readings(self) -> tuple[Reading, ...]:
        """Return the readings, blank pages noted on the form they lie behind, and what is no form at the end."""
        is_held = any(one.form is not None or one.decision is not Decision.REFUSE for one in self._readings)
        found = list(self._readings)
        foreign = list(self._foreign)
        for number, pages in self._blank.items():
            if is_held:
                found[number] = found[number].with_problems([_problem(Code.BLANK_PAGES, pages=pages_text(pages))])
            else:
                foreign += pages
        if foreign:
            foreign.sort()
            found.append(_no_form(foreign, _problem(Code.PAGES_NOT_A_FORM, pages=pages_text(foreign))))
        return tuple(found)


def _waiting(pages: Sequence[int], cause: Problem | None) -> Reading:
    """Return the reading of pages that could not be read: a person types in what they say."""
    finding = cause.params.get("finding", "") if cause is not None else "answer"
    facts = {"finding": str(finding), "detail": "reader-stopped"}
    return _no_form(pages, _problem(Code.PAGE_UNREADABLE, pages=pages_text(pages), **facts))


def _no_form(pages: Sequence[int], problem: Problem) -> Reading:
    year = YearReading(None, None, 0.0)
    return Reading(1, None, None, year, MappingProxyType({}), (problem,), pages=tuple(pages), typed=False)


def _problem(code: Code, **facts: str) -> Problem:
    return Problem(code, params=MappingProxyType(dict(facts)))


def _others(value: Any) -> dict[int, _Other]:
    """Return the pages a child says are no forms; raises ValueError."""
    match value:
        case {"others": list(others)}:
            return dict(map(_other, others))
        case _:
            raise ValueError("no pages")


def _other(value: Any) -> tuple[int, _Other]:
    match value:
        case {"page": int(page), "blank": bool(is_blank), "texts": [*texts]} if len(texts) <= _MOST_ROWS and all(
            isinstance(text, str) and len(text) <= _MOST_SIGNS for text in texts
        ):
            return page, _Other(is_blank, tuple(texts))
        case _:
            raise ValueError("pages out of shape")


def _drawn(value: Any) -> dict[int, str]:
    match value:
        case {"drawn": dict(drawn)}:
            return {int(page): text for page, text in drawn.items() if page.isdecimal() and isinstance(text, str)}
        case _:
            return {}


def renumbered(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Return the readings numbered from 1."""
    return tuple(dataclasses.replace(reading, number=number) for number, reading in enumerate(readings, 1))
