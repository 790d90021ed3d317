"""What came of each part, in words: its figures as it ends, and one line of them for the table of all parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torture import canary, fuzz, guided, kills, power, soak, syncs, tamper


@dataclass(frozen=True, slots=True)
class Row:
    """One part in the table."""

    part: str
    figures: str
    wrong: int = 0


def show_table(rows: Sequence[Row]) -> None:
    """Print all parts, one line each."""
    print("\nin all, over every slice that the ledgers know:")
    for row in rows:
        print(f"  {row.part:8} {row.figures}; wrong {row.wrong}")
    print(f"  violations in all: {sum(row.wrong for row in rows)}", flush=True)


def show_fuzz(done: fuzz.Fuzzed) -> Row:
    """Print the figures of the mutations; crashes and hangs of a reader are wrong."""
    kinds = ", ".join(f"{kind} {count}" for kind, count in done.kinds.most_common())
    print(f"mutations: {done.mutants} ({kinds}), {done.seconds:.0f} s")
    print(f"  crashes {len(done.crashes)}, hangs {len(done.hangs)}")
    print("  " + ", ".join(f"{code} {count}" for code, count in done.outcomes.most_common()))
    print(f"  left to the sandbox to explain: {sum(done.thrown.values())} {dict(done.thrown)}")
    print(f"  most memory of a child {done.resident_mib:.0f} MiB", flush=True)
    for name in [*done.crashes, *done.hangs]:
        print(f"  ! {name}")
    crashes, hangs = len(done.crashes), len(done.hangs)
    return Row("fuzz", f"mutations {done.mutants:,}, crashes {crashes}, hangs {hangs}", crashes + hangs)


def show_canary(done: canary.Posted) -> Row:
    """Print the figures of the posting copies; what they tell of withheld values is wrong."""
    print(f"posting copies: {done.copies}, withheld values {done.values}, leaks {done.leaks}", flush=True)
    return Row("canary", f"posting copies {done.copies:,}, withheld values {done.values:,}", done.leaks)


def show_tamper(done: tamper.Tampered) -> Row:
    """Print the figures of the changed archives; changes missed, made up or not mended are wrong."""
    print(f"tamper: {done.found} of {done.changes} found, false alarms {done.false_alarms} of {done.clean}")
    print("  unchanged copies by " + ", ".join(f"{name} {count}" for name, count in done.carried.items()))
    print(f"  mended from a mirror: {done.mended} of {done.changes}, originals changed by it {done.wrong}", flush=True)
    for what in done.missed:
        print(f"  ! {what}")
    figures = f"found {done.found:,} of {done.changes:,}, mended {done.mended:,} of {done.changes:,}"
    wrong = done.changes - done.found + done.false_alarms + done.changes - done.mended + done.wrong
    return Row("tamper", f"{figures}, false alarms {done.false_alarms} of {done.clean:,} unchanged", wrong)


def show_kills(figures: kills.Figures) -> Row:
    """Print the figures of the faults; violations are wrong."""
    total = figures.total
    print(f"faults at system calls: {figures.points_struck} of {figures.points} points, {total} runs")
    print(f"  points times kinds: {figures.first_done} of {figures.first}, told by strace {figures.first_come}")
    for kind, count in sorted(figures.runs.items()):
        print(f"  {kind:44} {count}")
    print(f"  {figures.seconds / max(total, 1):.2f} s a run, {figures.seconds:.0f} s in all")
    for name in figures.never:
        print(f"  did not come, however often it was tried: {name}")
    for violation in figures.violations:
        print(f"  ! {violation}")
    print(f"  violations: {len(figures.violations)}", flush=True)
    pairs = f"points {figures.points:,}, times kinds {figures.first_done:,} of {figures.first:,}"
    never = f", did not come {len(figures.never)}" if figures.never else ""
    return Row("faults", f"{pairs}{never}, runs {total:,}", len(figures.violations))


def show_world(done: Mapping[str, int], wrong: list[str], left_out: list[str]) -> Row:
    """Print the figures of what befalls the whole office."""
    for name in left_out:
        print(f"left out, for want of the right to mount: {name}")
    print("office: " + ", ".join(f"{name}: {count}" for name, count in done.items()))
    print(f"  violations: {len(wrong)}", *wrong[:10], sep="\n  ! " if wrong else "", flush=True)
    return Row("office", ", ".join(f"{name} {count}" for name, count in done.items()), len(wrong))


def show_soak(soaked: soak.Soaked) -> Row:
    """Print the figures of a soak; filing that became slower than half as much again is wrong."""
    (first, last), (cpu_first, cpu_last) = soaked.p95(), soaked.cpu()
    print(f"soak: {soaked.forms} forms; p95 of a form {first:.0f} ms in the first tenth, {last:.0f} in the last")
    print(f"  ratio {last / first:.2f}; processor time of a form {cpu_first:.1f} ms, {cpu_last:.1f} in the end")
    for forms, memory, descriptors, memory_last, descriptors_last in soaked.slices:
        print(
            f"  a process with {forms:.0f} forms: memory {memory:.0f} MiB after a tenth, {memory_last:.0f} in the end;"
        )
        print(f"    descriptors {descriptors:.0f} and {descriptors_last:.0f}", flush=True)
    return Row(
        "soak",
        f"forms {soaked.forms:,}, p95 of the last tenth {last / first:.2f} times that of the first",
        int(last / first > 1.5),
    )


def show_syncs(done: syncs.LeftOut) -> Row:
    """Print what came of leaving syncs out; nothing of it is wrong, but what is harmless is worth a look."""
    counts = Counter(done.outcomes.values())
    sites = done.by_site()
    caught = [site for site, found in sites.items() if found[power.CAUGHT]]
    harmless = [site for site, found in sites.items() if site not in caught and found[power.HARMLESS]]
    print(f"syncs left out: {len(done.outcomes)} of {done.syncs}, {done.seconds:.0f} s")
    print("  " + ", ".join(f"{outcome} {count}" for outcome, count in counts.most_common()))
    print(f"  by the place that asks: caught {len(caught)} of {len(caught) + len(harmless)}", flush=True)
    for site in harmless:
        print(f"    {power.HARMLESS} wherever it was tried: {site} ({sites[site][power.HARMLESS]})")
    needed = f"mutants caught {len(caught)} of {len(caught) + len(harmless)} places"
    return Row("syncs", f"{needed}, syncs tried {len(done.outcomes) - counts[power.UNFINISHED]:,} of {done.syncs:,}")


def show_power(done: power.Cut) -> Row:
    """Print the figures of the power cuts; violations are wrong."""
    for name, found in sorted(done.scenarios.items()):
        calls, syncs, states, different, recovered = found
        print(f"power cuts: {name}: {calls} calls, {syncs} syncs, {states} states,")
        print(f"  {different} different, {recovered} of them recovered")
    states, different, recovered = (sum(found[at] for found in done.scenarios.values()) for at in (2, 3, 4))
    for violation in done.violations:
        print(f"  ! {violation}")
    print(f"power cuts in all: {states} states, {different} different, {recovered} recovered, slices {done.slices},")
    print(f"  violations: {len(done.violations)}", flush=True)
    figures = f"states {states:,}, different {different:,}, recovered {recovered:,}"
    return Row("power", figures, len(done.violations))


def show_guided(done: guided.Guided) -> Row:
    """Print the figures of the guided mutations; an end by a crash, a hang or memory is wrong."""
    print(f"guided mutations: {done.runs}, {done.minutes:.0f} minutes;")
    print(f"  edges reached {done.covered_by_seeds} by the seeds, {done.covered} in the end")
    print(f"  ended by a crash, a hang or memory: {done.ended}", flush=True)
    figures = f"mutations {done.runs:,}, edges {done.covered_by_seeds:,} by the seeds and {done.covered:,} in the end"
    return Row("guided", f"{figures}, crashes {done.ended}", done.ended)
