"""Has feeder jobs worked off by the product itself and scores what became of each page.

`python -m benchmarks.scans.jobs --seed 0 1 2 --forms 30` makes a job of each seed, drops it into a fresh workspace and
compares. What is done is kept in cache/results and not done again, so that a long run can be stopped and gone on with;
`--again` does it anew. Seeds from 100 are held back from development.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.scans.feeder import BLANK, COPY, FORM, FURTHER, FeederJob, JobPage, make_job
from benchmarks.scans.fonts import CACHE
from formsvc.i18n import Language
from formsvc.operations.init import init
from formsvc.operations.settings import FILE
from formsvc.operations.workspace import Workspace, open_workspace
from formsvc.watch import watch_once

_LOST = "lost"


@dataclass(frozen=True)
class Told:
    """What the product says of one page."""

    fate: str
    """filed, waiting, copy, blank, refused, or lost when nothing is said of it."""
    form: str | None = None
    subject: str | None = None
    unit: int | None = None
    """Which form of the file it was put to, by its first page."""


def work_off(job: FeederJob, workers: int = 0) -> tuple[dict[int, Told], float]:
    """Drop a job into a fresh workspace; return what is said of each page, and how many seconds it took.

    `workers` read side by side; 0 for as many as the product thinks right.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "office"
        init(folder, Language.EN).__exit__(None, None, None)
        if workers:
            with (folder / FILE).open("a", encoding="utf-8") as settings:
                settings.write(f"\nscan_workers = {workers}\n")  # its last table is that of the limits
        with open_workspace(folder) as workspace:
            shutil.copyfile(job.path, workspace.inbox / job.path.name)
            begun = time.perf_counter()
            told = _told(workspace)
            return told, time.perf_counter() - begun


def _told(workspace: Workspace) -> dict[int, Told]:
    pages: dict[int, Told] = {}
    for outcome in watch_once(workspace):
        about = outcome.about
        fate = {"NeedsConfirmation": "waiting", "Rejected": "refused"}.get(type(outcome).__name__, "filed")
        for page in about.pages:
            pages[page] = Told(fate, about.form, about.name, about.pages[0])
        for problem in about.problems:
            if problem.code.value in ("blank-pages", "further-copy"):
                fate = "blank" if problem.code.value == "blank-pages" else "copy"
                for page in pages_in(str(problem.params["pages"])):
                    pages[page] = Told(fate, about.form, about.name, about.pages[0])
    return pages


def pages_in(text: str) -> list[int]:
    """Return the pages that `1, 3-5` names."""
    found: list[int] = []
    for part in filter(None, text.split(", ")):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def verdict(number: int, pages: Mapping[int, JobPage], told: Mapping[int, Told]) -> str:
    """Say in a few words whether what is said of a page is right; a person may be asked about sheets that belong on."""
    page, said = pages[number], told.get(number, Told(_LOST))
    if said.fate == _LOST:
        return _LOST
    right = _right(page, said, pages, told)
    if right is not None:
        return f"right: {right}"
    is_asked = said.fate == "waiting" and page.kind in (COPY, FURTHER)
    return f"{'asked' if is_asked else 'wrong'}: {page.kind} {said.fate}"


def _right(page: JobPage, said: Told, pages: Mapping[int, JobPage], told: Mapping[int, Told]) -> str | None:
    """Return what a page was rightly told as; None when it was not."""
    same = (at for at, one in sorted(pages.items()) if page.sheet is not None and one.sheet == page.sheet)
    first = next(same, 0)
    if page.kind == FORM:
        return f"form {said.fate}" if said.form == page.form and said.fate != "refused" else None
    if page.kind == COPY:
        # Either sheet may be the one that is kept; the other is told as its copy.
        is_pair = "copy" in (said.fate, told.get(first, Told(_LOST)).fate)
        return "second sheet told" if is_pair else None
    if page.kind == FURTHER:
        return "further page put to its form" if said.unit == first and said.fate != "refused" else None
    if page.kind == BLANK:
        return "blank" if said.fate == "blank" else None
    return "no known form" if said.fate == "refused" else None


def score(job: FeederJob, told: Mapping[int, Told]) -> dict[str, Any]:
    """Return the verdicts of a job, and whether its forms were split right."""
    pages = dict(enumerate(job.pages, 1))
    verdicts = {number: verdict(number, pages, told) for number in pages}
    wanted = {
        tuple(at for at, one in pages.items() if one.sheet == sheet and one.kind != COPY)
        for sheet in {one.sheet for one in pages.values()} - {None}
    }
    units: dict[int, list[int]] = {}
    for number, said in sorted(told.items()):
        if said.fate in ("filed", "waiting") and said.form is not None and said.unit is not None:
            units.setdefault(said.unit, []).append(number)
    found = {tuple(of_form) for of_form in units.values()}
    copied = {at for at, one in pages.items() if one.kind == COPY}
    split = sum(1 for one in wanted if one in found or any(told.get(at, Told(_LOST)).fate == "copy" for at in one))
    return {
        "pages": len(pages),
        "kinds": dict(Counter(one.kind for one in pages.values())),
        "verdicts": {str(number): text for number, text in verdicts.items()},
        "forms": len(wanted),
        "split_right": split,
        "filed": sum(said.fate == "filed" for said in told.values()),
        "copies": len(copied),
        "seconds": 0.0,
    }


def show(results: Sequence[Mapping[str, Any]]) -> None:
    """Print what all jobs come to."""
    verdicts = Counter(text for one in results for text in one["verdicts"].values())
    pages = sum(one["pages"] for one in results)
    print(f"jobs {len(results)}, pages {pages}, seconds a page {sum(one['seconds'] for one in results) / pages:.2f}")
    for name, begin in (("right", "right"), ("asked", "asked"), ("wrong", "wrong"), ("lost", _LOST)):
        count = sum(times for text, times in verdicts.items() if text.startswith(begin))
        print(f"  {name:6} {count:5}  {100 * count / pages:.2f} %")
    forms, split = (sum(one[key] for one in results) for key in ("forms", "split_right"))
    print(f"  forms split right {split} of {forms}")
    for text, count in sorted(verdicts.items()):
        print(f"    {count:5}  {text}")


def compare(seeds: Sequence[int], forms: int, workers: Sequence[int]) -> None:
    """Print how long jobs take with so many workers, one after the other, and by how much they are faster."""
    seconds: dict[int, float] = {}
    jobs = [make_job(seed, CACHE / "feeder", forms=forms) for seed in seeds]
    for count in workers:
        seconds[count] = sum(work_off(job, count)[1] for job in jobs)
        ratio = seconds[workers[0]] / seconds[count]
        pages = sum(len(job.pages) for job in jobs)
        share = f"{seconds[count]:.1f} s, {seconds[count] / pages:.2f} s a page"
        print(f"{count} workers: {share}, {ratio:.2f} times {workers[0]}", flush=True)


def main(arguments: Iterable[str] | None = None) -> None:
    """Make, work off and score jobs."""
    parser = argparse.ArgumentParser(description="Score feeder jobs page by page.")
    parser.add_argument("--seed", type=int, nargs="+", default=[0])
    parser.add_argument("--forms", type=int, default=30)
    parser.add_argument("--workers", type=int, nargs="+", help="time each job with so many workers, and score nothing")
    parser.add_argument("--again", action="store_true", help="work off again what is done")
    given = parser.parse_args(None if arguments is None else list(arguments))
    if given.workers:
        compare(given.seed, given.forms, given.workers)
        return
    results = []
    for seed in given.seed:
        kept = CACHE / "results" / f"feeder-{seed}-{given.forms}.json"
        if given.again or not kept.is_file():
            job = make_job(seed, CACHE / "feeder", forms=given.forms)
            told, seconds = work_off(job)
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps({**score(job, told), "seconds": seconds}, indent=1), encoding="utf-8")
        results.append(json.loads(kept.read_text(encoding="utf-8")))
        print(f"seed {seed}: {Counter(text.split(':')[0] for text in results[-1]['verdicts'].values())}", flush=True)
    show(results)


if __name__ == "__main__":
    main()
