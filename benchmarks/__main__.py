"""Runs every benchmark, or those named: `python -m benchmarks [ingest docx …]`."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

NAMES = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))

for name in sys.argv[1:] or NAMES:
    print(f"\n=== {name}", flush=True)
    importlib.import_module(f"benchmarks.bench_{name}").main()
