"""The tables that are printed from rows: by field, hand, layout and damage, for each program beside the others."""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from benchmarks.scans.programs import Run
from benchmarks.scans.scoring import MARKS, SHORT, Row, error_rate, share
from benchmarks.scans.traces import LEFT

HANDS = ("printed", "neat", "mid", "running", "wild")
_CONFIDENCES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 1.0)
By = Callable[[Row], Iterable[str]]


def summary(rows: Sequence[Row], pages: Sequence[Mapping[str, Any]], runs: Mapping[str, Run]) -> dict[str, Any]:
    """Return everything that is reported of one run, by program."""
    return {program: _of_program(program, rows, pages, run) for program, run in runs.items()}


def _of_program(program: str, every: Sequence[Row], pages: Sequence[Mapping[str, Any]], run: Run) -> dict[str, Any]:
    rows = [row for row in every if row.program == program]
    told = [page["read"][program] for page in pages]
    forms = [(page["truth"]["form"], one.form) for page, one in zip(pages, told, strict=True)]
    written = [row for row in rows if row.hand != "empty"]
    short = [row for row in written if row.group in SHORT]
    filed = [row for row in rows if row.filed and row.group not in MARKS]
    clean_printed = {row.page: row.filed for row in rows if row.clean and _is_printed(row.page, rows)}
    return {
        "pages": len(forms),
        "registered": _percent([there == got for there, got in forms if there]),
        "wrong form": sum(got is not None and got != there for there, got in forms),
        "none of them told as a form": sum(there is None and got is not None for there, got in forms),
        "failed": sum(bool(one.failed) for one in told),
        "year right": _percent(
            [one.year == page["truth"]["year"] for page, one in zip(pages, told, strict=True) if page["truth"]["form"]]
        ),
        "short": _by(short, lambda row: [row.hand]),
        "short by field": {
            group: _by(_of(written, group), lambda row: [row.hand]) for group in (*SHORT, "date", "remark")
        },
        "dates under seals": _cell([row for row in written if row.group == "date" and row.under_seal]),
        "items": {hand: _items([row for row in _of(written, "items") if row.hand == hand]) for hand in HANDS},
        "empty right": _cell([row for row in rows if row.hand == "empty"]),
        "marks": {group: _by(_of(rows, group), lambda row: [row.truth, _colour(row)]) for group in MARKS},
        "seals that show, no colour": _cell(
            [row for row in _of(rows, "seal") if _colour(row) == "no colour" and row.trace >= LEFT]
        ),
        "short by damage": _by(short, _damage),
        "short by layout": _by(short, lambda row: [row.layout]),
        "seen anywhere": _by(short, lambda row: [row.hand], "seen"),
        "wrong": _by(written, lambda row: [row.hand], "right", inverted=True),
        "wrong and not asked": _by([row for row in written if not row.asked], lambda row: [row.hand], inverted=True),
        "asked": _by(written, lambda row: [row.hand], "asked"),
        "calibration": _curve([row for row in rows if row.group not in MARKS and row.raw.strip()]),
        "filed fields": len(filed),
        "wrong in filed": sum(not row.right for row in filed),
        "clean printed pages filed": _percent(list(clean_printed.values())),
        "clean printed pages": len(clean_printed),
        "seconds median": statistics.median([one.wall for one in run.pages] or [0.0]),
        "CPU seconds median": statistics.median([one.cpu for one in run.pages] or [0.0]),
        "CPU seconds mean": statistics.fmean([one.cpu for one in run.pages] or [0.0]),
        "peak MiB": run.peak_mib,
    }


def _is_printed(page: str, rows: Sequence[Row]) -> bool:
    return all(row.hand in ("printed", "empty") for row in rows if row.page == page and row.group not in MARKS)


def _of(rows: Iterable[Row], group: str) -> list[Row]:
    return [row for row in rows if row.group == group]


def _colour(row: Row) -> str:
    return "colour" if row.device in ("flatbed", "photo") else "no colour"


def _damage(row: Row) -> list[str]:
    return [row.device, *row.tags, *([f"turned {row.turn}"] if row.turn else []), *(["clean"] if row.clean else [])]


def _by(rows: Iterable[Row], keys: By, what: str = "right", *, inverted: bool = False) -> dict[str, dict[str, float]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for key in keys(row):
            groups[key].append(row)
        groups["all"].append(row)
    return {key: _cell(found, what, inverted=inverted) for key, found in groups.items()}


def _cell(rows: Sequence[Row], what: str = "right", *, inverted: bool = False) -> dict[str, float]:
    held = share(rows, what)
    return {"percent": 100 - held if inverted else held, "of": len(rows)}


def _items(rows: Sequence[Row]) -> dict[str, float]:
    return {"percent": share(rows), "error rate": error_rate(rows), "of": len(rows)}


def _curve(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Return the share right by confidence told."""
    return {
        f"{low:g} to {high:g}": _cell(
            [row for row in rows if low <= row.confidence < high or high == row.confidence == 1]
        )
        for low, high in itertools.pairwise(_CONFIDENCES)
    }


def _percent(held: Sequence[bool]) -> float:
    return 100 * sum(held) / len(held) if held else float("nan")


def show(told: Mapping[str, Any]) -> None:
    """Print what `summary` made."""
    for program, one in told.items():
        print(f"\n--- {program}: {one['pages']} pages")
        for key, value in one.items():
            _show(key, value)


def _show(key: str, value: Any) -> None:
    if not isinstance(value, dict):
        print(f"  {key:<32} {value:.2f}" if isinstance(value, float) else f"  {key:<32} {value}")
    elif "of" in value:
        print(f"  {key:<32} {_shown(value)}")
    elif value and all("of" in one for one in value.values()):
        order = [*(hand for hand in HANDS if hand in value), *(name for name in value if name not in HANDS)]
        print(f"  {key:<32} " + " | ".join(f"{name} {_shown(value[name])}" for name in order))
    else:
        print(f"  {key}")
        for name, inner in value.items():
            _show(f"  {name}", inner)


def _shown(cell: Mapping[str, float]) -> str:
    rate = f" CER {cell['error rate']:.2f}" if "error rate" in cell else ""
    return f"{cell['percent']:.1f}{rate} ({int(cell['of'])})"
