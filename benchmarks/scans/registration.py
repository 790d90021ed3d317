"""Which form a page is, and nothing else, on many pages: `python -m benchmarks.scans.registration --pages 500`.

Reading a page costs four times as much as finding its form, and the wrong form is the worst error: so it is counted on
more pages than are read.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2

from benchmarks.scans.generate import Sample, known_forms, samples
from benchmarks.scans.programs import page_of
from formsvc.extraction.scan.models import load_models
from formsvc.extraction.scan.page import Grey, ScanPage
from formsvc.extraction.scan.recognise import read_text
from formsvc.extraction.scan.register import NotAForm, prepare, register
from formsvc.extraction.scan.registered import Registered


@dataclass(frozen=True)
class Found:
    """What was made of one page."""

    file: str
    truth: str | None
    form: str | None
    rivals: bool
    """Whether a person is asked which form it is."""
    cpu: float
    what: str


def found(seed: int, pages: int, folder: Path) -> Iterator[Found]:
    """Yield what is made of each page; files are removed when they were looked at."""
    cv2.setNumThreads(0)
    models, atlas = load_models(), prepare(list(known_forms().values()))

    def read(grey: Grey) -> str:
        return read_text(models, grey)

    for sample in samples(seed, range(pages), folder):
        page = page_of(sample.path)
        for path in (sample.path, sample.path.with_suffix(".json")):
            path.unlink()
        if page is not None:
            yield _one(sample, page, lambda one: register(one, atlas, read))


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description="Count which forms are found.")
    parser.add_argument("--seed", type=int, nargs="+", default=[200])
    parser.add_argument("--pages", type=int, default=500)
    given = parser.parse_args()
    for seed in given.seed:
        with tempfile.TemporaryDirectory() as folder:
            every = list(found(seed, given.pages, Path(folder)))
        forms = [one for one in every if one.truth]
        others = [one for one in every if not one.truth]
        counted = Counter(_verdict(one) for one in every)
        print(f"\nseed {seed}: {len(forms)} pages of forms, {len(others)} others; {dict(counted)}")
        print(f"  registered {100 * counted['right'] / max(len(forms), 1):.2f} %")
        times = [one.cpu for one in every]
        print(f"  CPU {statistics.median(times):.2f} s median, {max(times):.2f} s at most")
        for one in every:
            if _verdict(one) not in {"right", "told as none"}:
                print(f"  {_verdict(one)}: {one.file} {one.truth} taken for {one.form}: {one.what}")


def _one(sample: Sample, page: ScanPage, find: Callable[[ScanPage], Registered | NotAForm]) -> Found:
    start = time.process_time()
    got = find(page)
    cpu = time.process_time() - start
    plan = sample.truth["plan"]
    kind = sample.truth.get("layout") or sample.truth.get("kind")
    what = f"{kind} {plan['device']} {plan['dpi']} dpi, turned {plan['turn']}, {plan['tags']}"
    if isinstance(got, NotAForm):
        return Found(sample.path.name, sample.truth["form"], None, rivals=False, cpu=cpu, what=what)
    return Found(sample.path.name, sample.truth["form"], got.form.id, rivals=bool(got.rivals), cpu=cpu, what=what)


def _verdict(one: Found) -> str:
    if one.truth == one.form:
        return "right" if one.truth else "told as none"
    if one.form is None:
        return "not found"
    return ("wrong form" if one.truth else "none taken for a form") + (", a person is asked" if one.rivals else "")


if __name__ == "__main__":
    main()
