"""`python -m torture`: torment the program and print what came of it; exit with 1 when anything was wrong."""

from __future__ import annotations

import argparse
import sys

from torture import kills
from torture.command import missing_tools


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="time for the faults at system calls")
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    lacking = missing_tools()
    if lacking:
        print(f"left out, for want of {', '.join(lacking)}: faults at system calls")
        return 0
    figures = kills.campaign(words.minutes, words.seed)
    return show(figures)


def show(figures: kills.Figures) -> int:
    """Print the figures of the faults; return 1 when one run was wrong."""
    total = sum(count for kind, count in figures.runs.items() if kind != "in a fresh interpreter")
    print(f"faults at system calls: {len(figures.struck)} of {figures.points} points, {total} runs,")
    for kind, count in sorted(figures.runs.items()):
        print(f"  {kind:32} {count}")
    print(f"  {figures.seconds / max(total, 1):.2f} s a run, {figures.seconds:.0f} s in all")
    print(f"  violations: {len(figures.violations)}")
    return int(bool(figures.violations))


if __name__ == "__main__":
    sys.exit(main())
