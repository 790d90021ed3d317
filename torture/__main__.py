"""`python -m torture`: torment the program and print what came of it; exit with 1 when anything was wrong."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torture import canary, fuzz, guided, kills, paper, power, soak, tamper, world
from torture.command import missing_tools
from torture.ledger import Ledger


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("part", nargs="?", choices=["all", *PARTS], default="all")
    parser.add_argument("--minutes", type=float, default=10.0, help="time for the faults at system calls")
    parser.add_argument("--power-minutes", type=float, default=5.0, help="time for power cuts, and for syncs left out")
    parser.add_argument("--world", type=int, default=20, help="runs of two instances, an inbox away, a full disk")
    parser.add_argument("--mutations", type=int, default=5000, help="mutations of good forms to be read")
    parser.add_argument("--guided-minutes", type=float, default=2.0, help="time for mutations guided by coverage")
    parser.add_argument("--copies", type=int, default=200, help="posting copies to be looked through")
    parser.add_argument("--damages", type=int, default=200, help="changes of an archive to be found and mended")
    parser.add_argument("--forms", type=int, default=20000, help="forms of a soak")
    parser.add_argument("--keep", type=Path, default=Path(), help="where mutants are kept that crash or hang a reader")
    parser.add_argument("--lines", type=int, default=100_000, help="lines to be set, drawn and read back")
    parser.add_argument("--files", type=int, default=1000, help="PDF files to be put before two validators")
    parser.add_argument("--saved", type=int, default=40, help="Word forms to be saved by LibreOffice in all formats")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=kills.WORKERS, help="runs side by side")
    parser.add_argument(
        "--state", type=Path, help="folder of ledgers: a run goes on where the last one of its seed ended"
    )
    parser.add_argument(
        "--most-minutes", type=float, default=0.0, help="time for each part that has a count; 0: no end"
    )
    words = parser.parse_args()
    wanted = [name for name in PARTS if name != "soak"] if words.part == "all" else [words.part]
    lacking = missing_tools()
    if lacking:
        print(f"left out, for want of {', '.join(lacking)}: faults at system calls, power cuts, office")
        wanted = [name for name in wanted if name not in ("faults", "power", "syncs", "office")]
    return int(bool(sum(PARTS[name](words) for name in wanted)))


def _fuzz(words: argparse.Namespace) -> int:
    ledger = Ledger(words.state, f"fuzz-{words.seed}", fuzz.Fuzzed)
    words.keep.mkdir(parents=True, exist_ok=True)
    fuzz.fuzz(words.keep, words.mutations, words.seed, words.most_minutes, ledger)
    return show_fuzz(ledger.figures) + _show_programs(ledger)


def _faults(words: argparse.Namespace) -> int:
    ledger = Ledger(words.state, f"faults-{words.seed}", kills.Figures)
    kills.campaign(words.minutes, words.seed, workers=words.workers, ledger=ledger)
    return show_kills(ledger.figures) + _show_programs(ledger)


def _show_programs(ledger: Ledger[Any]) -> int:
    """Say when figures are of several states of the program; nothing is wrong with that."""
    if len(ledger.programs) > 1:
        print(f"  in slices, over {len(ledger.programs)} states of the program", flush=True)
    return 0


def _office(words: argparse.Namespace) -> int:
    with kills.a_place() as folder:
        return show_world(*world.campaign(kills.Bench(Path(folder), remembers=False), words.world, words.seed))


def _soak(words: argparse.Namespace) -> int:
    ledger = Ledger(words.state, "soak", soak.Soaked)
    with kills.a_place() as folder:
        office = Path(folder) / "w" if words.state is None else words.state / "soak-office"
        done = soak.soak(office, words.forms, words.most_minutes, ledger)
    return show_soak(done) + _show_programs(ledger)


def _guided(words: argparse.Namespace) -> int:
    if not guided.is_there():
        print("left out, for want of atheris: mutations guided by coverage")
        return 0
    with kills.a_place() as folder:
        done = guided.guided(Path(folder), words.guided_minutes)
    print(
        f"guided mutations: {done.runs}; edges reached {done.covered_by_seeds} by the seeds, {done.covered} in the end"
    )
    print(f"  ended by a crash, a hang or memory: {int(done.code != 0)}", flush=True)
    return int(done.code != 0)


def _syncs(words: argparse.Namespace) -> int:
    ledger = Ledger(words.state, f"syncs-{words.seed}", power.LeftOut)
    return show_syncs(power.leave_out(words.power_minutes, words.seed, words.workers, ledger)) + _show_programs(ledger)


def _tamper(words: argparse.Namespace) -> int:
    ledger = Ledger(words.state, f"tamper-{words.seed}", tamper.Tampered)
    with kills.a_place() as folder:
        tamper.campaign(Path(folder), words.damages, words.seed, words.most_minutes, ledger)
    return show_tamper(ledger.figures) + _show_programs(ledger)


PARTS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "office": _office,
    "faults": _faults,
    "power": lambda words: show_power(power.campaign(words.power_minutes, words.seed, words.workers)),
    "syncs": _syncs,
    "fuzz": _fuzz,
    "guided": _guided,
    "canary": lambda words: show_canary(canary.canary(words.copies, words.seed)),
    "tamper": _tamper,
    "paper": paper.run,
    "soak": _soak,
}
"""What can be run, and how much was wrong; `all` leaves the soak out."""


def show_fuzz(done: fuzz.Fuzzed) -> int:
    """Print the figures of the mutations; return how many crashed or hung a reader."""
    kinds = ", ".join(f"{kind} {count}" for kind, count in done.kinds.most_common())
    print(f"mutations: {done.mutants} ({kinds}), {done.seconds:.0f} s")
    print(f"  crashes {len(done.crashes)}, hangs {len(done.hangs)}")
    print("  " + ", ".join(f"{code} {count}" for code, count in done.outcomes.most_common()))
    print(f"  left to the sandbox to explain: {sum(done.thrown.values())} {dict(done.thrown)}")
    print(f"  most memory of a child {done.resident_mib:.0f} MiB", flush=True)
    for name in [*done.crashes, *done.hangs]:
        print(f"  ! {name}")
    return len(done.crashes) + len(done.hangs)


def show_canary(done: canary.Posted) -> int:
    """Print the figures of the posting copies; return how many told something."""
    print(f"posting copies: {done.copies}, withheld values {done.values}, leaks {done.leaks}", flush=True)
    return done.leaks


def show_tamper(done: tamper.Tampered) -> int:
    """Print the figures of the changed archives; return how many changes were missed or made up."""
    print(f"tamper: {done.found} of {done.changes} found, false alarms {done.false_alarms} of {done.clean}")
    print("  unchanged copies by " + ", ".join(f"{name} {count}" for name, count in done.carried.items()))
    print(f"  mended from a mirror: {done.mended} of {done.changes}, originals changed by it {done.wrong}", flush=True)
    for what in done.missed:
        print(f"  ! {what}")
    return done.changes - done.found + done.false_alarms + done.changes - done.mended + done.wrong


def show_kills(figures: kills.Figures) -> int:
    """Print the figures of the faults; return how many runs were wrong."""
    total = figures.total
    print(f"faults at system calls: {len(figures.struck)} of {figures.points} points, {total} runs")
    print(f"  points times kinds: {figures.first_done} of {figures.first}, told by strace {figures.first_come}")
    for kind, count in sorted(figures.runs.items()):
        print(f"  {kind:44} {count}")
    print(f"  {figures.seconds / max(total, 1):.2f} s a run, {figures.seconds:.0f} s in all")
    for name in figures.never:
        print(f"  did not come, however often it was tried: {name}")
    print(f"  violations: {len(figures.violations)}", flush=True)
    return len(figures.violations)


def show_world(done: Mapping[str, int], wrong: list[str], left_out: list[str]) -> int:
    """Print the figures of what befalls the whole office; return how much was wrong."""
    for name in left_out:
        print(f"left out, for want of the right to mount: {name}")
    print("office: " + ", ".join(f"{name}: {count}" for name, count in done.items()))
    print(f"  violations: {len(wrong)}", *wrong[:10], sep="\n  ! " if wrong else "", flush=True)
    return len(wrong)


def show_soak(soaked: soak.Soaked) -> int:
    """Print the figures of a soak; return 1 when filing became slower than half as much again."""
    (first, last), (cpu_first, cpu_last) = soaked.p95(), soaked.cpu()
    print(f"soak: {soaked.forms} forms; p95 of a form {first:.0f} ms in the first tenth, {last:.0f} in the last")
    print(f"  ratio {last / first:.2f}; processor time of a form {cpu_first:.1f} ms, {cpu_last:.1f} in the end")
    for forms, memory, descriptors, memory_last, descriptors_last in soaked.slices:
        print(
            f"  a process with {forms:.0f} forms: memory {memory:.0f} MiB after a tenth, {memory_last:.0f} in the end;"
        )
        print(f"    descriptors {descriptors:.0f} and {descriptors_last:.0f}", flush=True)
    return int(last / first > 1.5)


def show_syncs(done: power.LeftOut) -> int:
    """Print what came of leaving syncs out; nothing of it is wrong, but what is harmless is worth a look."""
    counts = Counter(done.outcomes.values())
    sites = done.by_site()
    caught = [site for site, found in sites.items() if found[power.CAUGHT]]
    harmless = [site for site, found in sites.items() if site not in caught and found[power.HARMLESS]]
    print(f"syncs left out: {len(done.outcomes)} of {done.syncs}, {done.seconds:.0f} s")
    print("  " + ", ".join(f"{outcome} {count}" for outcome, count in counts.most_common()))
    print(f"  by what is synced and who asks for it: caught {len(caught)} of {len(caught) + len(harmless)}", flush=True)
    for site in harmless:
        print(f"    {power.HARMLESS} wherever it was tried: {site} ({sites[site][power.HARMLESS]})")
    return 0


def show_power(cuts: list[power.PowerFigures]) -> int:
    """Print the figures of the power cuts; return how many states were wrong."""
    for cut in sorted(cuts, key=lambda cut: cut.scenario):
        print(f"power cuts: {cut.scenario}: {cut.calls} calls, {cut.syncs} syncs, {cut.states} states,")
        print(f"  {cut.different} different, {cut.recovered} of them recovered, violations: {len(cut.violations)}")
        for state, faults in cut.violations[:3]:
            print(f"  ! behind call {state.after}, lost {state.lost}: {faults[:3]}")
    totals = [sum(values) for values in zip(*((c.states, c.different, c.recovered) for c in cuts), strict=True)]
    print("power cuts in all: {} states, {} different, {} recovered,".format(*totals))
    wrong = sum(len(cut.violations) for cut in cuts)
    print(f"  violations: {wrong}", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
