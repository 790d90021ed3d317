"""Makes sets of scans with their truth: single pages, each from a seed and a number alone.

Seeds 0 to 9 are for development: look at them. Seeds from 100 are held back: figures are reported on them, and nobody
looks at their pages to mend a reader. `python -m benchmarks.scans.generate --seed 0 --pages 20 FOLDER`.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
from PIL import Image

from benchmarks.scans.damage import Picture, Plan, a_plan
from benchmarks.scans.foreign import KINDS, make_foreign
from benchmarks.scans.pages import make_page
from benchmarks.scans.people import Chance, pick
from formsvc.forms.load import load_form, load_forms
from formsvc.forms.spec import FormSpec

ROOT = Path(__file__).resolve().parents[2]
DEVELOPMENT, HELD_BACK = range(10), 100
_FOREIGN = 0.08
UNDAMAGED = Plan("flatbed", dpi=300, turn=0, skew=0.0, tags=frozenset(), quality=95)


@dataclass(frozen=True)
class Sample:
    """One file of one page, and what is on it."""

    path: Path
    truth: Mapping[str, Any]
    """`form` is None for a page that is no form; see `pages.Truth` for the rest."""


def starter_forms() -> dict[str, FormSpec]:
    """Return the forms that every workspace has."""
    return load_forms(ROOT / "templates")


def known_forms() -> dict[str, FormSpec]:
    """Return the forms scans are made of: the starter forms and an invented one no line of Python knows."""
    invented = ROOT / "tests" / "data" / "annex3" / "form.toml"
    third = load_form(invented.read_bytes(), str(invented))
    return {**starter_forms(), third.id: third}


def samples(seed: int, pages: range, folder: Path, *, foreign: float = _FOREIGN) -> Iterator[Sample]:
    """Yield single pages; a page is the same whatever pages are made beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    specs = list(known_forms().values())
    for number in pages:
        chance = np.random.default_rng([seed, number])
        plan = a_plan(chance)
        if chance.random() < foreign:
            kind = pick(chance, KINDS)
            picture, truth = make_foreign(kind, plan, chance).picture, _no_form(kind, plan)
        else:
            taken, full = make_page(pick(chance, specs), chance, plan)
            picture, truth = taken.picture, full.as_json()
        yield _saved(picture, plan, truth, folder / f"{seed}-{number:04}", chance)


def clean_samples(seed: int, pages: range, folder: Path) -> Iterator[Sample]:
    """Yield ordinary good scans of forms filled in print: what ought to be filed without a person."""
    folder.mkdir(parents=True, exist_ok=True)
    specs = list(known_forms().values())
    for number in pages:
        chance = np.random.default_rng([seed, number, 1])
        plan = a_plan(chance)
        while not plan.is_clean:
            plan = a_plan(chance)
        taken, truth = make_page(pick(chance, specs), chance, plan, printed=True)
        yield _saved(taken.picture, plan, truth.as_json(), folder / f"{seed}-clean-{number:04}", chance)


def undamaged_samples(seed: int, pages: range, folder: Path) -> Iterator[Sample]:
    """Yield the forms of `samples`, filled in with the same words by the same hands, as a good flatbed takes them.

    What is read wrongly of these is beyond the reader whatever a copier does: its bound by hand.
    """
    folder.mkdir(parents=True, exist_ok=True)
    specs = list(known_forms().values())
    for number in pages:
        chance = np.random.default_rng([seed, number])
        a_plan(chance)
        if chance.random() >= _FOREIGN:
            taken, truth = make_page(pick(chance, specs), chance, UNDAMAGED)
            yield _saved(taken.picture, UNDAMAGED, truth.as_json(), folder / f"{seed}-undamaged-{number:04}", chance)


def _no_form(kind: str, plan: Plan) -> dict[str, Any]:
    flat = {"device": plan.device, "dpi": plan.dpi, "turn": plan.turn, "skew": plan.skew, "quality": plan.quality}
    return {"form": None, "kind": kind, "plan": flat | {"tags": sorted(plan.tags), "clean": plan.is_clean}}


def _saved(picture: Picture, plan: Plan, truth: Mapping[str, Any], stem: Path, chance: Chance) -> Sample:
    image = Image.fromarray(picture)
    kind = chance.random()
    if plan.device == "fax":
        path = stem.with_suffix(".tif")
        image.convert("1").save(path, compression="group4", dpi=(plan.dpi, plan.dpi))
    elif plan.device == "photo":
        path = stem.with_suffix(".jpg")
        image.save(path, quality=plan.quality)
    elif kind < 0.3:
        path = stem.with_suffix(".pdf")
        save_pdf([picture], [plan.dpi], path, plan.quality)
    elif kind < 0.4:
        path = stem.with_suffix(".png")
        image.save(path, dpi=(plan.dpi, plan.dpi), compress_level=1)
    else:
        path = stem.with_suffix(".jpg")
        image.save(path, quality=plan.quality, dpi=(plan.dpi, plan.dpi))
    stem.with_suffix(".json").write_text(json.dumps(truth, ensure_ascii=False, indent=1), encoding="utf-8")
    return Sample(path, truth)


def save_pdf(pictures: Sequence[Picture], dpi: Sequence[int], path: Path, quality: int) -> None:
    """Write pictures as a PDF of JPEG pages."""
    with pikepdf.new() as pdf:
        for picture, resolution in zip(pictures, dpi, strict=True):
            data = io.BytesIO()
            Image.fromarray(picture).save(data, "JPEG", quality=quality or 85)
            height, width = picture.shape[:2]
            space = pikepdf.Name.DeviceRGB if picture.ndim == 3 else pikepdf.Name.DeviceGray
            stream = pdf.make_stream(
                data.getvalue(),
                Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height,
                ColorSpace=space, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
            )  # fmt: skip
            size = (width * 72 / resolution, height * 72 / resolution)
            page = pdf.add_blank_page(page_size=size)
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=stream))
            page.Contents = pdf.make_stream(f"{size[0]:.3f} 0 0 {size[1]:.3f} 0 0 cm /Im0 Do".encode())
        pdf.save(path)


def main() -> None:
    """Write a set of pages."""
    parser = argparse.ArgumentParser(description="Make filled scans with their truth.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pages", type=int, default=20)
    given = parser.parse_args()
    for sample in samples(given.seed, range(given.pages), given.folder):
        print(sample.path)


if __name__ == "__main__":
    main()
