"""`python -m torture`: torment the program and print what came of it; exit with 1 when anything was wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torture import canary, fuzz, guided, kills, paper, power, soak, syncs, tamper, world
from torture.command import missing_tools
from torture.ledger import Ledger, seed_of
from torture.shown import (
    Row,
    show_canary,
    show_fuzz,
    show_guided,
    show_kills,
    show_power,
    show_soak,
    show_syncs,
    show_table,
    show_tamper,
    show_world,
)

_NEED_STRACE = ("faults", "power", "syncs", "office")


def main() -> int:
    """Run what was asked for."""
    words = _parser().parse_args()
    wanted = [name for name in PARTS if name != "soak"] if words.part == "all" else [words.part]
    lacking = missing_tools()
    if lacking:
        print(f"left out, for want of {', '.join(lacking)}: faults at system calls, power cuts, office")
        wanted = [name for name in wanted if name not in _NEED_STRACE]
    rows = [row for name in wanted if (row := PARTS[name](words)) is not None]
    show_table(rows)
    return int(any(row.wrong for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("part", nargs="?", choices=["all", *PARTS], default="all")
    parser.add_argument("--minutes", type=float, default=10.0, help="time for the faults at system calls")
    parser.add_argument(
        "--more-minutes",
        type=float,
        default=1.0,
        help="of these, for more faults in recoveries when all calls are done",
    )
    parser.add_argument("--power-minutes", type=float, default=3.0, help="time for power cuts, and for syncs left out")
    parser.add_argument("--world", type=int, default=5, help="runs of two instances, an inbox away, a full disk")
    parser.add_argument("--mutations", type=int, default=5000, help="mutations of good forms to be read")
    parser.add_argument("--guided-minutes", type=float, default=1.0, help="time for mutations guided by coverage")
    parser.add_argument("--copies", type=int, default=100, help="posting copies to be looked through")
    parser.add_argument("--damages", type=int, default=200, help="changes of an archive to be found and mended")
    parser.add_argument("--forms", type=int, default=20000, help="forms of a soak")
    parser.add_argument("--keep", type=Path, default=Path(), help="where mutants are kept that crash or hang a reader")
    parser.add_argument("--lines", type=int, default=10_000, help="lines to be set, drawn and read back")
    parser.add_argument("--files", type=int, default=100, help="PDF files to be put before two validators")
    parser.add_argument("--saved", type=int, default=4, help="Word forms to be saved by LibreOffice in all formats")
    parser.add_argument("--seed", type=int, help="without it, that of the part's ledger that is there, else 1")
    parser.add_argument("--workers", type=int, default=kills.WORKERS, help="runs side by side")
    parser.add_argument(
        "--state", type=Path, help="folder of ledgers: a run goes on where the last one of its seed ended"
    )
    parser.add_argument(
        "--most-minutes", type=float, default=0.0, help="time for each part that has a count; 0: no end"
    )
    return parser


def _faults(words: argparse.Namespace) -> Row:
    seed = seed_of(words.state, "faults", words.seed)
    ledger = Ledger(words.state, f"faults-{seed}", kills.Figures)
    kills.campaign(words.minutes, seed, workers=words.workers, ledger=ledger, more_minutes=words.more_minutes)
    return _over_programs(show_kills(ledger.figures), ledger)


def _power(words: argparse.Namespace) -> Row:
    seed = seed_of(words.state, "power", words.seed)
    ledger = Ledger(words.state, f"power-{seed}", power.Cut)
    return _over_programs(show_power(power.campaign(words.power_minutes, seed, words.workers, ledger)), ledger)


def _syncs(words: argparse.Namespace) -> Row:
    seed = seed_of(words.state, "syncs", words.seed)
    ledger = Ledger(words.state, f"syncs-{seed}", syncs.LeftOut)
    return _over_programs(show_syncs(syncs.leave_out(words.power_minutes, seed, words.workers, ledger)), ledger)


def _office(words: argparse.Namespace) -> Row:
    with kills.a_place() as folder:
        bench = kills.Bench(Path(folder), remembers=False)
        return show_world(*world.campaign(bench, words.world, words.seed or 1))


def _fuzz(words: argparse.Namespace) -> Row:
    seed = seed_of(words.state, "fuzz", words.seed)
    ledger = Ledger(words.state, f"fuzz-{seed}", fuzz.Fuzzed)
    words.keep.mkdir(parents=True, exist_ok=True)
    fuzz.fuzz(words.keep, words.mutations, seed, words.most_minutes, ledger)
    return _over_programs(show_fuzz(ledger.figures), ledger)


def _guided(words: argparse.Namespace) -> Row | None:
    if not guided.is_there():
        print("left out, for want of atheris: mutations guided by coverage")
        return None
    ledger = Ledger(words.state, "guided", guided.Guided)
    with kills.a_place() as folder:
        kept = Path(folder) if words.state is None else words.state / "guided"
        guided.guided(kept, words.guided_minutes, ledger)
    return _over_programs(show_guided(ledger.figures), ledger)


def _tamper(words: argparse.Namespace) -> Row:
    seed = seed_of(words.state, "tamper", words.seed)
    ledger = Ledger(words.state, f"tamper-{seed}", tamper.Tampered)
    with kills.a_place() as folder:
        tamper.campaign(Path(folder), words.damages, seed, words.most_minutes, ledger)
    return _over_programs(show_tamper(ledger.figures), ledger)


def _paper(words: argparse.Namespace) -> Row:
    wanted = argparse.Namespace(**{**vars(words), "seed": words.seed or 1})
    asked = f"lines {words.lines:,}, PDF files {words.files:,}, forms saved by LibreOffice {words.saved:,} asked for"
    return Row("paper", asked, paper.run(wanted))


def _soak(words: argparse.Namespace) -> Row:
    ledger = Ledger(words.state, "soak", soak.Soaked)
    with kills.a_place() as folder:
        office = Path(folder) / "w" if words.state is None else words.state / "soak-office"
        done = soak.soak(office, words.forms, words.most_minutes, ledger)
    return _over_programs(show_soak(done), ledger)


def _over_programs(row: Row, ledger: Ledger[Any]) -> Row:
    """Say when figures are of several states of the program; nothing is wrong with that."""
    if len(ledger.programs) > 1:
        print(f"  in slices, over {len(ledger.programs)} states of the program", flush=True)
    return row


PARTS: Mapping[str, Callable[[argparse.Namespace], Row | None]] = {
    "office": _office,
    "faults": _faults,
    "power": _power,
    "syncs": _syncs,
    "fuzz": _fuzz,
    "guided": _guided,
    "canary": lambda words: show_canary(canary.canary(words.copies, words.seed or 1)),
    "tamper": _tamper,
    "paper": _paper,
    "soak": _soak,
}
"""What can be run; `all` leaves the soak out."""


if __name__ == "__main__":
    sys.exit(main())
