"""Makes feeder jobs: one PDF of many forms as a copier's feeder packs them, with what stands on each page.

A job holds forms filled in print and by hand, some upside down or sideways, empty backs, separators and other pages
that are no form, a second sheet of the same form, forms nobody here knows, and pages on which a form goes on. A job
is a function of its seed alone. `python -m benchmarks.scans.jobs` has jobs worked off and scores them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2

from benchmarks.scans.damage import Picture, Plan, take
from benchmarks.scans.foreign import KINDS, make_foreign
from benchmarks.scans.generate import known_forms, save_pdf, starter_forms
from benchmarks.scans.hand import CLASSES, a_hand, write
from benchmarks.scans.pages import make_page
from benchmarks.scans.paper import Paper
from benchmarks.scans.people import WORDS, Chance, invent, pick, sentence
from formsvc.forms.spec import FormSpec, Kind
from formsvc.rendering.blank_pdf import write_pdf

FORM, COPY, UNKNOWN, BLANK, FURTHER = "form", "copy", "unknown-form", "blank", "further"
"""What a page may be; pages of other kinds are named as `foreign.KINDS` names them."""
_BACKS, _UNKNOWN, _LONG, _COPIED, _WRITTEN_ON, _FOREIGN, _TURNED = 0.5, 0.06, 0.07, 0.08, 0.07, 0.12, 0.12
_PER_MM = 8.0
_LONG_ITEMS = (16, 30)


@dataclass(frozen=True)
class JobPage:
    """What stands on one page of a job."""

    kind: str
    form: str | None = None
    sheet: int | None = None
    """Which form of the job it belongs to, from 0; a second sheet of the same form has the number of the first."""
    subject: str | None = None
    """Who pledges, as the form says it."""
    hand: str = ""
    """printed, or the class of the hand that filled the form."""
    turn: int = 0


@dataclass(frozen=True)
class FeederJob:
    """One file and its pages."""

    path: Path
    pages: tuple[JobPage, ...]


def make_job(seed: int, folder: Path, *, forms: int = 30, known: Sequence[str] = ()) -> FeederJob:
    """Make one job, or take it as it was made before; forms that are not `known` by name are for nobody to read."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"feeder-{seed}-{forms}.pdf"
    truth = path.with_suffix(".json")
    if truth.is_file():
        return FeederJob(path, tuple(JobPage(**page) for page in json.loads(truth.read_text(encoding="utf-8"))))
    chance = np.random.default_rng([seed, 2_000_000])
    made = list(_Stack(seed, chance, known or [*starter_forms()]).pages(forms))
    plan = made[0][2]
    save_pdf([picture for picture, _, _ in made], [plan.dpi] * len(made), path, plan.quality)
    pages = tuple(page for _, page, _ in made)
    truth.write_text(json.dumps([asdict(page) for page in pages], ensure_ascii=False, indent=1), encoding="utf-8")
    return FeederJob(path, pages)


_Made = tuple[Picture, JobPage, Plan]


class _Stack:
    """A stack of paper on its way through one feeder."""

    def __init__(self, seed: int, chance: Chance, known: Sequence[str]) -> None:
        specs = known_forms()
        self._seed, self._chance = seed, chance
        self._known = [specs[name] for name in known]
        self._strange = [spec for name, spec in specs.items() if name not in known]
        device = pick(chance, ["flatbed", "flatbed", "copier"])
        self._plan = Plan(device, pick(chance, [200, 200, 300]), 0, 0.0, frozenset(), int(chance.integers(70, 92)))
        self._has_backs = chance.random() < _BACKS

    def pages(self, forms: int) -> Iterator[_Made]:
        """Yield the pages of so many forms and all that lies between them."""
        for number in range(forms):
            if self._strange and self._chance.random() < _UNKNOWN:
                taken, truth = make_page(pick(self._chance, self._strange), self._chance, self._fed())
                yield taken.picture, JobPage(UNKNOWN, hand=truth.hand), self._plan
            elif self._chance.random() < _LONG:
                yield from self._long(number)
            else:
                yield from self._short(number)
            if self._chance.random() < _FOREIGN:
                yield self._other(pick(self._chance, [kind for kind in KINDS if kind != "back"]))

    def _short(self, number: int) -> Iterator[_Made]:
        spec = pick(self._chance, self._known)
        taken, truth, plan = self._sheet(spec, number)
        subject = str(truth.values[spec.subject.name] or "")
        page = JobPage(FORM, spec.id, number, subject, truth.hand, plan.turn)
        yield taken, page, self._plan
        items = next(truth.values[key] or () for key, field in spec.fields.items() if field.kind is Kind.ITEMS)
        if self._chance.random() < _WRITTEN_ON:
            yield self._written_on(page, len(items))
        elif self._has_backs:
            yield self._other("back")
        if self._chance.random() < _COPIED:
            again, _, plan = self._sheet(spec, number)
            yield again, replace(page, kind=COPY, turn=plan.turn), self._plan
            if self._has_backs:
                yield self._other("back")

    def _sheet(self, spec: FormSpec, number: int) -> tuple[Picture, Any, Plan]:
        """Take the picture of one sheet; the same number gives the same sheet, taken once more."""
        plan = self._fed()
        taken, truth = make_page(spec, np.random.default_rng([self._seed, 3_000_000, number]), plan)
        return taken.picture, truth, plan

    def _long(self, number: int) -> Iterator[_Made]:
        """Print a form whose items go on over further pages, as our own writer sets it."""
        spec = pick(self._chance, self._known)
        person = invent(spec, self._chance)
        count = int(self._chance.integers(*_LONG_ITEMS))
        texts = [sentence(self._chance, pick(self._chance, WORDS["pledges"])) + "。" for _ in range(count)]
        items = {key: tuple(texts) for key, field in spec.fields.items() if field.kind is Kind.ITEMS}
        values = {key: one.value for key, one in person.fields.items()} | items
        subject = str(values[spec.subject.name] or "")
        with pypdfium2.PdfDocument(write_pdf(spec, year=person.year, values=values)) as document:
            for index in range(len(document)):
                pixels = document[index].render(scale=_PER_MM * 25.4 / 72).to_numpy()[:, :, :3].copy()
                kind = FURTHER if index else FORM
                picture = take(Paper(pixels, _PER_MM), self._fed(), self._chance).picture
                yield picture, JobPage(kind, spec.id, number, subject, "printed"), self._plan
                if self._has_backs:
                    yield self._other("back")

    def _written_on(self, page: JobPage, items: int) -> _Made:
        """Write further items on a page of their own, numbered on from those of the form: a back, or a loose sheet."""
        paper = Paper.white(210.0, 297.0, _PER_MM)
        hand = a_hand(page.hand if page.hand in CLASSES else "neat", self._chance)
        for number in range(items + 1, items + 1 + int(self._chance.integers(2, 6))):
            text = f"{number}、{sentence(self._chance, pick(self._chance, WORDS['pledges']))}。"
            place = 40 + 14.0 * (number - items)
            write(paper, text, 22, place, 6.0, hand=hand, room=165, chance=self._chance)
        return take(paper, self._fed(), self._chance).picture, replace(page, kind=FURTHER, turn=0), self._plan

    def _other(self, kind: str) -> _Made:
        picture = make_foreign(kind, self._fed(), self._chance).picture
        return picture, JobPage(BLANK if kind == "back" else kind), self._plan

    def _fed(self) -> Plan:
        """Return how one sheet went through: a little askew, some the wrong way round."""
        turn = int(pick(self._chance, [90, 180, 180, 270])) if self._chance.random() < _TURNED else 0
        return replace(self._plan, turn=turn, skew=float(np.clip(self._chance.normal(0, 0.5), -2, 2)))


Truth = Mapping[int, JobPage]
"""Page, counted from 1, and what stands on it."""
