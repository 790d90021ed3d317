"""Fits how likely a reading is right for its evidence, on development seeds, and writes the table the reader uses.

`python -m benchmarks.scans.calibrate --seed 0 1 2 --pages 40` reads pages anew; `--kept 3 4 0-clean` uses the results
that runs on these seeds left behind, undoing the table they were made with. Kinds that are read alike are fitted
together. Each point is a lower bound, so that what little was measured of does not promise much.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.scans.__main__ import apart
from benchmarks.scans.fitting import Observed, Points, fit, undone
from benchmarks.scans.fonts import CACHE
from benchmarks.scans.generate import DEVELOPMENT, known_forms, samples
from benchmarks.scans.scoring import MARKS, is_right, rows_of
from formsvc.forms.spec import Kind

TABLE = Path(__file__).resolve().parents[2] / "formsvc" / "extraction" / "scan" / "calibration.json"
FAMILIES = (
    (Kind.NAME, Kind.ORGANISATION),
    (Kind.CHOICE, Kind.INTEGER),
    (Kind.MONTH, Kind.DATE),
    (Kind.PHONE,),
    (Kind.EMAIL,),
    (Kind.TEXT,),
    (Kind.ITEMS,),
)
_FEWEST = 50
"""Readings of a family from which on it has points of its own."""


def observed_anew(seed: int, pages: int) -> list[tuple[str, Observed]]:
    """Read pages without a table and return kind, score and whether it was right for every value that was read."""
    made = list(samples(seed, range(pages), CACHE / "pages" / str(seed)))
    specs = known_forms()
    run = apart("formsvc", [one.path for one in made], [], raw_scores=True)
    rows = [
        row
        for one, read in zip(made, run.pages, strict=True)
        if one.truth["form"] and read.form == one.truth["form"]
        for row in rows_of("formsvc", one.path.name, specs[one.truth["form"]], one.truth, read)
    ]
    return [
        (kind_of(row.form, row.key, row.group), (row.confidence, row.right))
        for row in rows
        if row.raw.strip() and row.group not in MARKS
    ]


def observed_kept(name: str) -> list[tuple[str, Observed]]:
    """Return the same from what a run on this seed left behind."""
    kept = json.loads((CACHE / "results" / f"{name}.json").read_text(encoding="utf-8"))
    table = kept["calibration"]
    found = []
    for row in kept["rows"]:
        if row["program"] == "formsvc" and row["raw"].strip() and row["group"] not in MARKS:
            kind = kind_of(row["form"], row["key"], row["group"])
            right = is_right(row["group"], row["truth"], row["value"])
            found.append((kind, (undone(table, kind, row["confidence"]), right)))
    return found


def kind_of(form: str, key: str, group: str) -> str:
    """Return the kind a field is calibrated as: a unit stands in a line of its own, as an organisation does."""
    return Kind.ORGANISATION.value if group == "unit" else known_forms()[form].fields[key].kind.value


def table_of(observed: Sequence[tuple[str, Observed]]) -> dict[str, Points]:
    """Return the table: every kind under its name, and all together for kinds that were not seen."""
    table = {"any": fit([one for _, one in observed])}
    for family in FAMILIES:
        names = {kind.value for kind in family}
        own = [one for kind, one in observed if kind in names]
        if len(own) >= _FEWEST:
            points = fit(own)
            table |= {kind.value: points for kind in family}
    return table


def main() -> None:
    """Fit the table and write it."""
    parser = argparse.ArgumentParser(description="Fit the table of calibration on development seeds.")
    parser.add_argument("--seed", type=int, nargs="+", default=list(DEVELOPMENT), choices=DEVELOPMENT)
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--kept", nargs="+", default=[], help="results of earlier runs on development seeds")
    given = parser.parse_args()
    if any(int(name.partition("-")[0]) not in DEVELOPMENT for name in given.kept):
        parser.error("only development seeds are fitted on")
    if given.kept:
        observed = [one for name in given.kept for one in observed_kept(name)]
    else:
        observed = [one for seed in given.seed for one in observed_anew(seed, given.pages)]
    table = table_of(observed)
    lines = [f"  {json.dumps(kind)}: {json.dumps(points)}" for kind, points in table.items()]
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    for kind, points in table.items():
        print(f"{kind:<13}" + " ".join(f"{score:.3f}:{right:.3f}" for score, right in points))


if __name__ == "__main__":
    main()
