"""Which form a page is and where its cells lie, and nothing else: `python -m benchmarks.scans.registration`.

Reading a page costs several times as much as finding its form, and the wrong form is the worst error: so it is counted
on more pages than are read. What was made of each page is kept in cache/registration as it comes, and a run that was
broken off goes on where it was. With `--unknown annex3` that form is not told to the reader: its pages, much like the
others, are decoys then.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from benchmarks.scans.fonts import CACHE
from benchmarks.scans.generate import Sample, known_forms, samples
from benchmarks.scans.programs import page_of
from formsvc.extraction.scan.page import Grey, ScanPage
from formsvc.extraction.scan.pages import page_rows, upright_rows
from formsvc.extraction.scan.recognition.models import load_models
from formsvc.extraction.scan.recognition.recognise import read_text
from formsvc.extraction.scan.registered import PER_MM, Registered
from formsvc.extraction.scan.registration.anchors import register_by_labels
from formsvc.extraction.scan.registration.register import NotAForm, prepare, register

FAR_MM = 3.0
"""A cell an edge of which is farther than this from its place is misplaced."""
_MM_AN_INCH = 25.4
Find = Callable[[ScanPage], tuple[Registered | NotAForm, str]]
"""Registers a page; says by what: grid, or labels."""


@dataclass(frozen=True)
class Found:
    """What was made of one page."""

    page: int
    truth: str | None
    form: str | None
    asked: bool
    """Whether a person is asked which form it is."""
    by: str
    cells: str
    """Of a form that was found: right, or which cell is missing or misplaced."""
    cpu: float
    what: str

    @property
    def verdict(self) -> str:
        """How right it was."""
        if self.truth == self.form:
            return "right" if self.truth else "told as none"
        if self.form is None:
            return "not found"
        return ("wrong form" if self.truth else "none taken for a form") + (", a person is asked" if self.asked else "")


def found(seed: int, pages: range, unknown: Sequence[str], *, foreign: float) -> Iterator[Found]:
    """Yield what is made of each page; its file is removed when it was looked at."""
    cv2.setNumThreads(0)
    find = _finder(unknown)
    with tempfile.TemporaryDirectory() as folder:
        for number in pages:
            for sample in samples(seed, range(number, number + 1), Path(folder), foreign=foreign):
                page = page_of(sample.path)
                if page is not None:
                    yield _one(number, sample, page, find, unknown)
                sample.path.unlink()


def kept(seed: int, count: int, unknown: Sequence[str], *, foreign: float, folder: Path) -> list[Found]:
    """Return what is made of the first pages of a seed, those looked at before taken from what was kept of them."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ("-".join([str(seed), f"{foreign:g}", *unknown]) + ".jsonl")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    every = [Found(**json.loads(line)) for line in lines][:count]
    with path.open("a", encoding="utf-8") as file:
        for one in found(seed, range(len(every), count), unknown, foreign=foreign):
            every.append(one)
            file.write(json.dumps(dataclasses.asdict(one), ensure_ascii=False) + "\n")
            file.flush()
    return every


def counted(every: Sequence[Found]) -> dict[str, Any]:
    """Return the figures of many pages."""
    forms = [one for one in every if one.truth]
    right = [one for one in forms if one.verdict == "right"]
    marked = [one.cpu for one in right if one.what.startswith(("ours ", "ours-typed "))]
    return {
        "pages": len(every),
        "of forms": len(forms),
        "found, %": 100 * len(right) / max(len(forms), 1),
        "found with every cell in its place, %": 100 * sum(one.cells == "right" for one in right) / max(len(forms), 1),
        "verdicts": dict(Counter(one.verdict for one in every)),
        "by": dict(Counter(one.by for one in right)),
        "CPU seconds a page": _times([one.cpu for one in every]),
        "CPU seconds a marked page": _times(marked),
    }


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description="Count which forms are found.")
    parser.add_argument("--seed", type=int, nargs="+", default=[200])
    parser.add_argument("--pages", type=int, default=500, help="of each seed")
    parser.add_argument("--foreign", type=float, default=0.08, help="the share of pages that are no form")
    parser.add_argument("--unknown", nargs="*", default=[], help="forms the reader is not told")
    parser.add_argument("--folder", type=Path, default=CACHE / "registration", help="where results are kept")
    given = parser.parse_args()
    every: list[Found] = []
    for seed in given.seed:
        ones = kept(seed, given.pages, given.unknown, foreign=given.foreign, folder=given.folder)
        every += ones
        _show(f"seed {seed}", counted(ones))
        for one in ones:
            if one.verdict not in {"right", "told as none"} or one.cells not in {"", "right"}:
                print(f"  {one.verdict} {one.cells}: {one.page} {one.truth}, told as {one.form}: {one.what}")
    if len(given.seed) > 1:
        _show("all", counted(every))


def _show(title: str, figures: Mapping[str, Any]) -> None:
    print(f"\n{title}", flush=True)
    for key, value in figures.items():
        print(f"  {key:<40} {f'{value:.2f}' if isinstance(value, float) else value}")


def _times(times: Sequence[float]) -> str:
    if not times:
        return "none"
    return f"{statistics.fmean(times):.2f} mean, {statistics.median(times):.2f} median, {max(times):.2f} at most"


def _finder(unknown: Sequence[str]) -> Find:
    models = load_models()
    atlas = prepare([form for form in known_forms().values() if form.id not in unknown])

    def read(grey: Grey) -> str:
        return read_text(models, grey)

    def find(page: ScanPage) -> tuple[Registered | NotAForm, str]:
        told = register(page, atlas, read)
        if isinstance(told, Registered) or told.reason in {"blank-page", "too-small"}:
            return told, "grid"
        rows = upright_rows(page.pixels, models, page_rows(page.pixels, models))
        placed = register_by_labels(
            page, atlas, [(text, quad.astype(np.float64)) for row in rows for text, quad, _ in row]
        )
        return (placed, "labels") if isinstance(placed, Registered) else (told, "grid")

    return find


def _one(number: int, sample: Sample, page: ScanPage, find: Find, unknown: Sequence[str]) -> Found:
    start = time.process_time()
    got, by = find(page)
    cpu = time.process_time() - start
    truth, plan = sample.truth, sample.truth["plan"]
    kind = truth.get("layout") or truth.get("kind")
    what = f"{kind} {plan['device']} {plan['dpi']} dpi, turned {plan['turn']}, {plan['tags']}"
    form = None if truth["form"] in unknown else truth["form"]
    if isinstance(got, NotAForm):
        return Found(number, form, None, asked=False, by=by, cells="", cpu=cpu, what=f"{what}: {got.reason}")
    scale = _scale(sample.path, page, plan["dpi"])
    cells = misplaced(got, truth["boxes"], scale, plan["dpi"] / _MM_AN_INCH * scale) if got.form.id == form else ""
    asked = bool(got.rivals) or by == "labels"
    return Found(number, form, got.form.id, asked=asked, by=by, cells=cells, cpu=cpu, what=what)


def _scale(path: Path, page: ScanPage, dpi: int) -> float:
    """Return how many pixels a page has for each its file has."""
    if path.suffix == ".pdf":
        return (page.per_mm or PER_MM) * _MM_AN_INCH / dpi
    with Image.open(path) as image:
        return float(page.pixels.shape[1] / image.width)


def misplaced(got: Registered, boxes: Mapping[str, Sequence[float]], scale: float, per_mm: float) -> str:
    """Return which field's cell is missing or farther than `FAR_MM` from where it is, or "right".

    `boxes` are left, top, right and bottom by field, in pixels of the file; `scale` makes them pixels of the page, of
    which a millimetre has `per_mm`.
    """
    for number, cell in enumerate(got.form.grid.cells):
        keys = [line.key for line in cell.lines if line.key in boxes and not line.is_label]
        keys = [key for key in keys if not got.form.fields[key].kind.is_mark]  # their truth is where they were pressed
        if not keys:
            continue
        if number not in got.cells:
            return f"{keys[0]} missing"
        left, top, right, bottom = got.cells[number]
        corners = np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]], dtype=np.float64)
        seen = cv2.perspectiveTransform(corners, got.to_page)[0]
        edges = np.concatenate([seen.min(axis=0), seen.max(axis=0)])
        if np.abs(edges - np.array(boxes[keys[0]]) * scale).max() > FAR_MM * per_mm:
            return f"{keys[0]} misplaced"
    return "right"


if __name__ == "__main__":
    main()
