"""How well scans are read, beside peers on the same pages: see `benchmarks/scans`."""

from __future__ import annotations

from benchmarks.scans.__main__ import main as measure


def main() -> None:
    """Measure and print, on the first held-back seed."""
    measure([])
