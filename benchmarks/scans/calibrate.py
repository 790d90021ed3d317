"""Fits how likely a reading is right for what was seen of it, and writes the table the reader uses.

`python -m benchmarks.scans.calibrate` makes the pages of development seeds, finds the forms, reads them, weighs what
speaks against a reading (logistic regression), turns scores into lower bounds of how often readings with such a score
were right, writes `calibration.json`, and prints what the table then tells of seeds it was not fitted on.
`--keep FILE` leaves what was read in a file: a run that was stopped goes on there, and a fit can be made again at once.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cv2

from benchmarks.scans.fitting import Points, fit, weights_of
from benchmarks.scans.fonts import CACHE
from benchmarks.scans.generate import DEVELOPMENT, Sample, clean_samples, known_forms, samples
from benchmarks.scans.programs import page_of
from benchmarks.scans.scoring import group_of, is_right
from formsvc.extraction.scan.reader import look_at
from formsvc.extraction.scan.recognition.confidence import (
    AGAINST,
    CUT,
    FOR,
    PASSAGE,
    UNREAD,
    WORD,
    calibrated_as,
    family_of,
)
from formsvc.extraction.scan.recognition.fields import FieldsRead
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.models import Models, load_models
from formsvc.extraction.scan.recognition.recognise import read_text
from formsvc.extraction.scan.registered import Registered
from formsvc.extraction.scan.registration.register import NotAForm, prepare, register
from formsvc.forms.spec import FormSpec, Kind

TABLE = Path(__file__).resolve().parents[2] / "formsvc" / "extraction" / "scan" / "recognition" / "calibration.json"
ALIKE = (
    (Kind.NAME, Kind.ORGANISATION),
    (Kind.CHOICE, Kind.INTEGER),
    (Kind.MONTH, Kind.DATE),
    (Kind.PHONE,),
    (Kind.EMAIL,),
    (Kind.TEXT,),
    (Kind.ITEMS,),
)
"""Kinds whose points are fitted together."""
_FEWEST = 50
"""Readings of such kinds from which on they have points of their own."""
_TOLD = (0.0, 0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 1.0)
Weights = Mapping[str, Mapping[str, float]]
_BY_HAND: Weights = MappingProxyType({WORD: {CUT: 3.0}, PASSAGE: {UNREAD: 3.0}})
"""Weights that are not fitted: too few pages show what they stand for."""


@dataclass(frozen=True)
class Seen:
    """One value that was read."""

    kind: str
    """As which kind it is calibrated: a unit stands in a line of its own, as an organisation does."""
    family: str
    against: Mapping[str, float]
    """What speaks against it; empty for one without a normal form, of which nothing is believed."""
    right: bool

    def score(self, weights: Weights) -> float:
        """Return the score these weights make of it."""
        if not self.against:
            return 0.0
        own = weights[self.family]
        total = own[FOR] - sum(own.get(doubt, 0.0) * value for doubt, value in self.against.items())
        return 1 / (1 + math.exp(-min(max(total, -30.0), 30.0)))


def registered_on(made: Iterator[Sample], models: Models) -> Iterator[tuple[Registered, Mapping[str, Any]]]:
    """Find the form on pages as the reader does and yield every page on which the right one was, with the truth."""
    specs = known_forms()
    atlas = prepare(list(specs.values()))
    for sample in made:
        page = page_of(sample.path) if sample.truth["form"] else None
        found = None if page is None else register(page, atlas, lambda grey: read_text(models, grey))
        if found is None or isinstance(found, NotAForm) or found.form.id != sample.truth["form"]:
            continue
        yield found, sample.truth


def read_on(made: Iterator[Sample], models: Models) -> Iterator[tuple[FormSpec, FieldsRead, Mapping[str, Any]]]:
    """Read pages as the reader does and yield, for every form that was found, it, what was read and the truth."""
    for found, truth in registered_on(made, models):
        yield found.form, look_at(found, models, Lexicon()).text, truth


def seen_on(made: Iterator[Sample], models: Models) -> Iterator[Seen]:
    """Read pages and yield every value that was read on a form that was found."""
    for form, text, truth in read_on(made, models):
        for key, wanted in truth["values"].items():
            reading, scores = text.fields.get(key), text.scores.get(key, {})
            if reading is None or not reading.raw.strip() or "score" not in scores:
                continue
            kind = form.fields[key].kind
            is_believed = scores["score"] > 0
            yield Seen(
                calibrated_as(kind, scores).value,
                family_of(kind, scores),
                {name.removeprefix(AGAINST): one for name, one in scores.items() if name.startswith(AGAINST)}
                if is_believed
                else {},
                is_right(group_of(form, key), wanted, reading.value),
            )


def table_of(seen: Sequence[Seen], before: Weights) -> tuple[Weights, dict[str, Points]]:
    """Return the weights of each family, and the points of every kind and of all together for kinds not seen."""
    weights = {
        family: {
            **weights_of([(one.against, one.right) for one in seen if one.family == family and one.against], own),
            **_BY_HAND.get(family, {}),
        }
        for family, own in before.items()
    }
    points = {"any": fit([(one.score(weights), one.right) for one in seen])}
    for kinds in ALIKE:
        own = [(one.score(weights), one.right) for one in seen if one.kind in {kind.value for kind in kinds}]
        if len(own) >= _FEWEST:
            points |= {kind.value: fit(own) for kind in kinds}
    return weights, points


def told(one: Seen, weights: Weights, points: Mapping[str, Points]) -> float:
    """Return the probability a table tells of a value."""
    own = points.get(one.kind) or points["any"]
    score = one.score(weights)
    high = next((number for number, (place, _) in enumerate(own) if place > score), len(own))
    if high in (0, len(own)):
        return own[min(high, len(own) - 1)][1]
    (low, below), (place, above) = own[high - 1], own[high]
    return below + (above - below) * (score - low) / (place - low)


def show_curve(title: str, seen: Sequence[Seen], weights: Weights, points: Mapping[str, Points]) -> None:
    """Print how many values were right of those that were told so and so sure."""
    print(f"\n{title}: {len(seen)} values")
    for low, high in itertools.pairwise(_TOLD):
        held = [one.right for one in seen if low <= told(one, weights, points) < high]
        if held:
            print(f"  {low:4.2f} to {high:4.2f}: {100 * sum(held) / len(held):6.2f} % right of {len(held)}")


def write(weights: Weights, points: Mapping[str, Points], path: Path = TABLE) -> None:
    """Write the table, a line for each family and kind."""
    parts = [
        f'  "{name}": {{\n'
        + ",\n".join(f"    {json.dumps(key)}: {json.dumps(one)}" for key, one in part.items())
        + "\n  }"
        for name, part in (("weights", weights), ("points", points))
    ]
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fit the table of calibration on development seeds.")
    parser.add_argument("--seed", type=int, nargs="*", default=[0, 1, 2, 3], choices=DEVELOPMENT)
    parser.add_argument("--clean", type=int, nargs="*", default=[0, 1, 2, 3], choices=DEVELOPMENT)
    parser.add_argument("--check", type=int, nargs="*", default=[8, 9], choices=DEVELOPMENT, help="of both sorts")
    parser.add_argument("--pages", type=int, default=20, help="of each seed and sort")
    parser.add_argument("--keep", type=Path, help="a file of what was read, added to seed by seed and read first")
    return parser.parse_args()


def _read(given: argparse.Namespace) -> dict[str, list[Seen]]:
    """Return what was seen, to fit on and to check by; pages of which the file tells already are not read again."""
    cv2.setNumThreads(0)
    kept: dict[str, list[dict[str, Any]]] = {}
    if given.keep and given.keep.is_file():
        kept = json.loads(given.keep.read_text(encoding="utf-8"))
    models, found = None, {"fit": list[Seen](), "check": list[Seen]()}
    for part, seeds, make in (
        ("fit", given.clean, clean_samples),
        ("fit", given.seed, samples),
        ("check", given.check, clean_samples),
        ("check", given.check, samples),
    ):
        for seed in seeds:
            name = f"{make.__name__} {seed}"
            if name not in kept:
                models = models or load_models()
                made = make(seed, range(given.pages), CACHE / "pages" / str(seed))
                kept[name] = [asdict(one) for one in seen_on(made, models)]
                print(f"{name}: {len(kept[name])} values to {part}", flush=True)
                if given.keep:
                    given.keep.write_text(json.dumps(kept), encoding="utf-8")
            found[part] += [Seen(**one) for one in kept[name]]
    return found


def main() -> None:
    """Fit the table, write it, and print what it tells."""
    given = _arguments()
    if set(given.check) & {*given.seed, *given.clean}:
        raise SystemExit("a seed that is fitted on says nothing about the table")
    found = _read(given)
    before: Weights = json.loads(TABLE.read_text(encoding="utf-8"))["weights"]
    weights, points = table_of(found["fit"], before)
    write(weights, points)
    for family, own in weights.items():
        print(f"{family:<13}" + " ".join(f"{doubt}:{weight:g}" for doubt, weight in own.items()))
    show_curve("fitted on", found["fit"], weights, points)
    show_curve("not fitted on", found["check"], weights, points)


if __name__ == "__main__":
    main()
