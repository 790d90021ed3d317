"""Measures the reader of scans beside its peers on the same pages: `python -m benchmarks.scans --seed 100 --pages 40`.

Seeds from 100 are held back from development. Results stand in cache/results beside what is printed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scans.figures import show, summary
from benchmarks.scans.fonts import CACHE
from benchmarks.scans.generate import Sample, clean_samples, known_forms, samples, undamaged_samples
from benchmarks.scans.people import name
from benchmarks.scans.programs import Run, is_there, page_of, run
from benchmarks.scans.scoring import Row, rows_of
from benchmarks.scans.traces import traces
from formsvc.extraction.scan import recognition
from formsvc.forms.spec import FormSpec

PROGRAMS = ("formsvc", "rapidocr", "tesseract")
_ROSTER = 400
_SORTS = {"": samples, "clean": clean_samples, "undamaged": undamaged_samples}


def main(arguments: Sequence[str] | None = None) -> None:
    """Make pages, read them, print and keep what came of it."""
    given = _arguments(arguments)
    every_row: list[Row] = []
    every_page: list[dict[str, Any]] = []
    every_run: dict[str, list[Run]] = {}
    for seed in given.seed:
        table = _table()
        found, rows, runs = measure(seed, range(given.first, given.first + given.pages), given)
        told = summary(rows, found, runs)
        print(f"\n=== seed {seed}")
        show(told)
        _keep(f"{seed}-{given.sort}" if given.sort else str(seed), told, rows, found, table)
        every_row, every_page = every_row + rows, every_page + found
        for program, one in runs.items():
            every_run.setdefault(program, []).append(one)
    if len(given.seed) > 1:
        print(f"\n=== all of seeds {given.seed}")
        joined = {
            program: Run([page for one in runs for page in one.pages], max(one.peak_mib for one in runs))
            for program, runs in every_run.items()
        }
        show(summary(every_row, every_page, joined))


def measure(
    seed: int, pages: range, given: argparse.Namespace
) -> tuple[list[dict[str, Any]], list[Row], dict[str, Run]]:
    """Return the pages with their truths, the rows and the runs of one seed."""
    made = list(_SORTS[given.sort](seed, pages, CACHE / "pages" / str(seed)))
    roster = _roster(seed, made) if given.roster else []
    specs = known_forms()
    runs: dict[str, Run] = {}
    for program in given.programs:
        if is_there(program):
            runs[program] = apart(program, [one.path for one in made], roster)
        else:
            print(f"{program}: not installed here, left out")
    found: list[dict[str, Any]] = [
        {
            "truth": _with_traces(one, specs),
            "path": str(one.path),
            "read": {program: of.pages[number] for program, of in runs.items()},
        }
        for number, one in enumerate(made)
    ]
    rows = [
        row
        for page in found
        if page["truth"]["form"]
        for program, read in page["read"].items()
        for row in rows_of(program, Path(page["path"]).name, specs[page["truth"]["form"]], page["truth"], read)
    ]
    return found, rows, runs


def _with_traces(sample: Sample, specs: Mapping[str, FormSpec]) -> Mapping[str, Any]:
    """Return what is true of a page, and what its seals left on it."""
    form = specs.get(sample.truth["form"])
    page = None if form is None else page_of(sample.path)
    if form is None or page is None:
        return sample.truth
    return {**sample.truth, "traces": traces(sample.truth, form, page)}


def apart(program: str, paths: Sequence[Path], roster: Sequence[str]) -> Run:
    """Run a program in a process of its own, so that its memory and its time are its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(run, program, paths, roster).result()


def _roster(seed: int, made: Sequence[Sample]) -> list[str]:
    """Return the names on the pages among others that are on none."""
    chance = np.random.default_rng([seed, 2_000_000])
    specs = known_forms()
    there = [one.truth["values"][specs[one.truth["form"]].subject.name] for one in made if one.truth["form"]]
    return sorted({*filter(None, there), *(name(chance) for _ in range(_ROSTER))})


def _keep(
    name: str, told: Mapping[str, Any], rows: Sequence[Row], pages: Sequence[Mapping[str, Any]], table: Any
) -> None:
    folder = CACHE / "results"
    folder.mkdir(parents=True, exist_ok=True)
    shown = [
        {
            "page": Path(page["path"]).name,
            "form": page["truth"]["form"],
            "kind": page["truth"].get("kind"),
            "plan": page["truth"]["plan"],
            **{
                program: {
                    "form": one.form,
                    "decision": one.decision,
                    "problems": one.problems,
                    "failed": one.failed,
                }
                for program, one in page["read"].items()
            },
        }
        for page in pages
    ]
    kept = {
        "name": name,
        "calibration": table,
        "figures": told,
        "pages": shown,
        "rows": [row.as_json() for row in rows],
    }
    (folder / f"{name}.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")


def _table() -> Any:
    """Return the table of calibration the reader uses now."""
    table = resources.files(recognition) / "calibration.json"
    return json.loads(table.read_text(encoding="utf-8")) if table.is_file() else {}


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the reader of scans beside its peers.")
    parser.add_argument("--seed", type=int, nargs="+", default=[100])
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--first", type=int, default=0, help="the first page of the seed")
    sort = parser.add_mutually_exclusive_group()
    for flag, what in _SORTS.items():
        if flag:
            sort.add_argument(f"--{flag}", dest="sort", action="store_const", const=flag, default="", help=what.__doc__)
    parser.add_argument("--roster", action="store_true", help="give the reader a roster with the names among others")
    parser.add_argument("--programs", nargs="+", choices=PROGRAMS, default=PROGRAMS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
