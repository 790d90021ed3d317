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
from formsvc.extraction.scan.registered import PER_MM, PixelBox

SORTS = ("short", "email", "date")
_KEY = "key.json"
_BESIDE, _ABOVE = round(9 * PER_MM), round(3 * PER_MM)
"""How many pixels left and right of a value are shown, and above and below it."""
_WIDTH, _HEIGHT, _COLUMNS, _PIECES = 620, 260, 3, 30
"""Of a sheet: pixels of its widest and highest piece, columns, and pieces."""
_GAP, _NUMBER = 10, 40
_LARGER = 2.0


@dataclass(frozen=True)
class Value:
    """One value that was filled in."""

    page: str
    """Its form, and what took it."""
    group: str
    """See `scoring.group_of`."""
    hand: str
    truth: Any
    read: Any

    @property
    def sort(self) -> str:
        """One of `SORTS`."""
        return self.group if self.group in SORTS else "short"

    @property
    def is_right(self) -> bool:
        """Whether it was read rightly."""
        return is_right(self.group, self.truth, self.read)


def values_on(made: Iterator[Sample], models: Models) -> Iterator[tuple[Value, Pixels]]:
    """Read pages and yield every value that was filled in with its piece of the page, empty where no cell was found."""
    for found, truth in registered_on(made, models):
        text = look_at(found, models, Lexicon()).text
        for key, wanted in truth["values"].items():
            group = group_of(found.form, key)
            if wanted is None or group not in (*SHORT, "date"):
                continue
            hand, page = truth["hands"].get(key, truth["hand"]), f"{truth['form']} {truth['plan']['device']}"
            value = Value(page, group, hand, wanted, text.fields[key].value)
            yield value, _around(found.upright, text.boxes.get(key))


def _around(page: Pixels, box: PixelBox | None) -> Pixels:
    if box is None:
        return page[:0]
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


def write(values: Sequence[tuple[Value, Pixels]], folder: Path) -> list[Path]:
    """Write the sheets of what was read wrongly in an order of chance, and the key to them; returns the sheets."""
    folder.mkdir(parents=True, exist_ok=True)
    found = [one for one in values if not one[0].is_right]
    order = np.random.default_rng(0).permutation(len(found)).tolist()
    numbered = [(number, *found[place]) for number, place in enumerate(order)]
    right = Counter((one.sort, one.hand) for one, _ in values if one.is_right)
    key = {
        "right": [[*which, count] for which, count in right.items()],
        "missed": [asdict(one) for _, one, _ in numbered],
    }
    (folder / _KEY).write_text(json.dumps(key, ensure_ascii=False, indent=1), encoding="utf-8")
    sheets = []
    for sort in SORTS:
        pieces = [(number, piece) for number, one, piece in numbered if one.sort == sort and piece.size]
        sheets += write_sheets(pieces, folder / sort)
    return sheets


def answers_of(text: str) -> dict[int, str]:
    """Return the answers of a file of lines: a number, a blank, and what was read there."""
    parts = (line.split(maxsplit=1) for line in text.splitlines())
    return {int(part[0]): part[1].strip() for part in parts if len(part) > 1}


def score(key: Mapping[str, Any], answers: Mapping[int, str]) -> Iterator[str]:
    """Yield a line for each sort and hand, and one for each sort."""
    tallies: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for sort, hand, right in key["right"]:
        for who in (hand, "all"):
            tallies[sort, who].update(values=right, right=right)
    for number, one in enumerate(Value(**one) for one in key["missed"]):
        told, both = int(number in answers), int(is_right(one.group, one.truth, answers.get(number)))
        for who in (one.hand, "all"):
            tallies[one.sort, who].update(values=1, missed=1, told=told, both=both)
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
    models, values = load_models(), list[tuple[Value, Pixels]]()
    for seed in given.seed:
        values += values_on(samples(seed, range(given.pages), CACHE / "pages" / str(seed)), models)
        print(f"seed {seed}: {len(values)} values so far", flush=True)
    print("\n".join(map(str, write(values, given.folder))))


if __name__ == "__main__":
    main()
