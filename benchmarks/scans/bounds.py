"""What the recogniser might read of a page at most: each page is shown to the reader in several ways.

`python -m benchmarks.scans.bounds --seed 0 1 --pages 60` makes pages of development seeds, reads each as it is and made
darker, thicker, thinner, softer and sharper, and prints by hand how many values are right as it is, and how many in any
way at all. Nobody can know which way is right, so the second figure is a bound: what lies beyond it wants another
recogniser, or better paper.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scans.calibrate import registered_on
from benchmarks.scans.figures import HANDS
from benchmarks.scans.fonts import CACHE
from benchmarks.scans.generate import DEVELOPMENT, Sample, samples
from benchmarks.scans.scoring import SHORT, group_of, is_right
from formsvc.extraction.scan.page import Pixels
from formsvc.extraction.scan.reader import look_at
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.models import Models, load_models

_STROKE = np.ones((2, 2), np.uint8)


def _in_grey(page: NDArray[np.floating[Any]]) -> Pixels:
    return np.asarray(np.clip(page, 0, 255), dtype=np.uint8)


WAYS: Mapping[str, Callable[[Pixels], Pixels]] = MappingProxyType(
    {
        "as it is": lambda page: page,
        "darker": lambda page: _in_grey(255 - 1.6 * (255.0 - page)),
        "thicker": lambda page: np.asarray(cv2.erode(page, _STROKE), dtype=np.uint8),
        "thinner": lambda page: np.asarray(cv2.dilate(page, _STROKE), dtype=np.uint8),
        "softer": lambda page: np.asarray(cv2.GaussianBlur(page, (0, 0), 1.2), dtype=np.uint8),
        "sharper": lambda page: _in_grey(2.0 * page - cv2.GaussianBlur(page, (0, 0), 2.0)),
    }
)
"""How a page is shown; ink is dark."""


@dataclasses.dataclass(frozen=True)
class Shown:
    """One value, and in which ways it was read right."""

    group: str
    """Short fields, e-mail, dates: see `scoring.SHORT`."""
    hand: str
    right: frozenset[str]


def shown_on(made: Iterator[Sample], models: Models) -> Iterator[Shown]:
    """Read pages in every way and yield each value that was filled in."""
    for found, truth in registered_on(made, models):
        read = {
            way: look_at(dataclasses.replace(found, upright=change(found.upright)), models, Lexicon()).text.fields
            for way, change in WAYS.items()
        }
        for key, wanted in truth["values"].items():
            group = group_of(found.form, key)
            if wanted is None or group not in (*SHORT, "date"):
                continue
            right = {way for way, fields in read.items() if is_right(group, wanted, fields[key].value)}
            name = group if group in ("email", "date") else "short"
            yield Shown(name, truth["hands"].get(key, truth["hand"]), frozenset(right))


def show(shown: list[Shown]) -> None:
    """Print how many values are right as the page is, and in any way."""
    for group in ("short", "email", "date"):
        for hand in HANDS:
            own = [one for one in shown if (one.group, one.hand) == (group, hand)]
            if not own:
                continue
            ways = Counter(way for one in own for way in one.right)
            each = " ".join(f"{way} {100 * ways[way] / len(own):.1f}" for way in WAYS)
            anyhow = 100 * sum(bool(one.right) for one in own) / len(own)
            print(f"{group:<6}{hand:<9}{len(own):>5}  {each}  in any way {anyhow:.1f}")


def main() -> None:
    """Print the bounds of development seeds."""
    parser = argparse.ArgumentParser(description="Bound what the recogniser might read, on development seeds.")
    parser.add_argument("--seed", type=int, nargs="*", default=[0, 1], choices=DEVELOPMENT)
    parser.add_argument("--pages", type=int, default=60, help="of each seed")
    given = parser.parse_args()
    cv2.setNumThreads(0)
    models, shown = load_models(), list[Shown]()
    for seed in given.seed:
        shown += shown_on(samples(seed, range(given.pages), CACHE / "pages" / str(seed)), models)
        print(f"seed {seed}: {len(shown)} values so far", flush=True)
    show(shown)


if __name__ == "__main__":
    main()
