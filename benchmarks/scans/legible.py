"""What a person reads where the reader is wrong: a bound that no recogniser passes.

`python -m benchmarks.scans.legible FOLDER --seed 0 1 --pages 60` reads pages of development seeds and writes sheets of
what was read wrongly (values in cells of their own, and dates), each piece with a number and with neither what was read
nor what is true. Whoever reads them writes a file of lines, a number and the value, dates as 2024-05-09, and leaves out
what cannot be told. `python -m benchmarks.scans.legible FOLDER --answers FILE` prints how many of each sort were right,
and how many of all values would be if that person had been asked about every one the reader got wrong.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from benchmarks.scans.calibrate import registered_on
from benchmarks.scans.figures import HANDS
from benchmarks.scans.fonts import CACHE
from benchmarks.scans.generate import DEVELOPMENT, Sample, samples
from benchmarks.scans.scoring import SHORT, group_of, is_right
from formsvc.extraction.scan.page import Pixels
from formsvc.extraction.scan.reader import look_at
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.models import Models, load_models
from formsvc.extraction.scan.registered import PER_MM, PixelBox, Registered

SORTS = ("short", "email", "date")
_KEY = "key.json"
_BESIDE, _ABOVE = round(9 * PER_MM), round(3 * PER_MM)
"""How many pixels left and right of a value are shown, and above and below it."""
_WIDTH, _HEIGHT, _COLUMNS, _PIECES = 620, 260, 3, 30
"""Of a sheet: pixels of its widest and highest piece, columns, and pieces."""
_GAP, _NUMBER = 10, 40
_LARGER = 2.0
Counts = defaultdict[tuple[str, str], list[int]]
"""By sort and hand: how many values there were, and how many were read right."""


@dataclass(frozen=True)
class Missed:
    """One value that was read wrongly."""

    page: str
    sort: str
    """One of `SORTS`."""
    group: str
    """See `scoring.group_of`."""
    hand: str
    truth: Any
    read: Any


def missed_on(made: Iterator[Sample], models: Models, counts: Counts) -> Iterator[tuple[Missed, Pixels]]:
    """Read pages, count their values, and yield those read wrongly with what stands there on the page."""
    for found, truth in registered_on(made, models):
        text = look_at(found, models, Lexicon()).text
        for key, wanted in truth["values"].items():
            group = group_of(found.form, key)
            if wanted is None or group not in (*SHORT, "date"):
                continue
            sort, hand = _sort(group), truth["hands"].get(key, truth["hand"])
            right = is_right(group, wanted, text.fields[key].value)
            counts[sort, hand][0] += 1
            counts[sort, hand][1] += right
            box = text.boxes.get(key) or _cell_of(found, key)
            if not right and box is not None and (piece := _around(found.upright, box)).size:
                page = f"{truth['form']} {truth['plan']['device']}"
                yield Missed(page, sort, group, hand, wanted, text.fields[key].value), piece


def _sort(group: str) -> str:
    return group if group in SORTS else "short"


def _cell_of(found: Registered, key: str) -> PixelBox | None:
    cells = enumerate(found.form.grid.cells)
    own = (number for number, cell in cells if any(line.key == key and not line.is_label for line in cell.lines))
    return next((found.cells[number] for number in own if number in found.cells), None)


def _around(page: Pixels, box: PixelBox) -> Pixels:
    left, top = max(box[0] - _BESIDE, 0), max(box[1] - _ABOVE, 0)
    return page[top : box[3] + _ABOVE, left : box[2] + _BESIDE].copy()


def write_sheets(pieces: Sequence[tuple[int, Pixels]], stem: Path) -> list[Path]:
    """Write numbered pieces on as many sheets as they need; returns their files."""
    written = []
    for start in range(0, len(pieces), _PIECES):
        sheet = Image.new("RGB", ((_WIDTH + _NUMBER) * _COLUMNS, (_HEIGHT + _GAP) * _PIECES), "white")
        pen, ends = ImageDraw.Draw(sheet), [0] * _COLUMNS
        for number, piece in pieces[start : start + _PIECES]:
            scale = min(_WIDTH / piece.shape[1], _HEIGHT / piece.shape[0], _LARGER)
            size = max(1, round(piece.shape[1] * scale)), max(1, round(piece.shape[0] * scale))
            column = ends.index(min(ends))
            left, top = column * (_WIDTH + _NUMBER), ends[column]
            pen.text((left + 2, top), str(number), fill="red", font_size=18)
            sheet.paste(Image.fromarray(piece).convert("RGB").resize(size), (left + _NUMBER, top))
            ends[column] += max(size[1], 20) + _GAP
        path = stem.with_name(f"{stem.name}-{start // _PIECES}.png")
        sheet.crop((0, 0, sheet.width, max(ends))).save(path)
        written.append(path)
    return written


def write(found: Sequence[tuple[Missed, Pixels]], counts: Counts, folder: Path) -> list[Path]:
    """Write the sheets of each sort in an order of chance, and the key to them; returns the sheets."""
    folder.mkdir(parents=True, exist_ok=True)
    order = np.random.default_rng(0).permutation(len(found)).tolist()
    numbered = [(number, *found[place]) for number, place in enumerate(order)]
    key = {
        "counts": [[*which, *of] for which, of in counts.items()],
        "missed": [asdict(one) for _, one, _ in numbered],
    }
    (folder / _KEY).write_text(json.dumps(key, ensure_ascii=False, indent=1), encoding="utf-8")
    sheets = []
    for sort in SORTS:
        sheets += write_sheets([(number, piece) for number, one, piece in numbered if one.sort == sort], folder / sort)
    return sheets


def answers_of(text: str) -> dict[int, str]:
    """Return the answers of a file of lines: a number, a blank, and what was read there."""
    parts = (line.split(maxsplit=1) for line in text.splitlines())
    return {int(part[0]): part[1].strip() for part in parts if len(part) > 1}


def score(key: Mapping[str, Any], answers: Mapping[int, str]) -> Iterator[str]:
    """Yield a line for each sort and hand, and one for each sort."""
    missed = [Missed(**one) for one in key["missed"]]
    tallies: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for sort, hand, count, right in key["counts"]:
        for who in (hand, "all"):
            tallies[sort, who].update(values=count, right=right)
    for number, one in enumerate(missed):
        for who in (one.hand, "all"):
            tallies[one.sort, who].update(missed=1, told=number in answers)
            tallies[one.sort, who].update(both=is_right(one.group, one.truth, answers.get(number)))
    for sort in SORTS:
        for hand in (*HANDS, "all"):
            of = tallies[sort, hand]
            if of["values"]:
                share, bound = (100 * right / of["values"] for right in (of["right"], of["right"] + of["both"]))
                yield (
                    f"{sort:<6}{hand:<9}{of['values']:>5} values, {share:.1f} % right; of {of['missed']} others"
                    f" a person told {of['told']}, {of['both']} rightly: together {bound:.1f} %"
                )


def main() -> None:
    """Write sheets, or score what was read off them."""
    parser = argparse.ArgumentParser(description="Bound what anybody can read, on development seeds.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, nargs="*", default=[0, 1], choices=DEVELOPMENT)
    parser.add_argument("--pages", type=int, default=60, help="of each seed")
    parser.add_argument("--answers", type=Path, help="score these instead of writing sheets")
    given = parser.parse_args()
    if given.answers:
        key = json.loads((given.folder / _KEY).read_text(encoding="utf-8"))
        print("\n".join(score(key, answers_of(given.answers.read_text(encoding="utf-8")))))
        return
    cv2.setNumThreads(0)
    models, counts, found = load_models(), Counts(lambda: [0, 0]), list[tuple[Missed, Pixels]]()
    for seed in given.seed:
        found += missed_on(samples(seed, range(given.pages), CACHE / "pages" / str(seed)), models, counts)
        print(f"seed {seed}: {len(found)} values read wrongly so far", flush=True)
    print("\n".join(map(str, write(found, counts, given.folder))))


if __name__ == "__main__":
    main()
