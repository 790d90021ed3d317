"""How many processes read scans side by side: as many as the machine carries, unless the settings say otherwise."""

from __future__ import annotations

import os
from contextlib import suppress

_A_WORKER_BYTES = 3 << 29
"""What one worker is reckoned with: 700 MiB at its most, and as much again for everybody else."""


def scan_workers(wanted: int) -> int:
    """Return the wanted number, or for 0 one a processor core as far as memory allows; at least one."""
    if wanted > 0:
        return wanted
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _memory_bytes() // _A_WORKER_BYTES))


def _memory_bytes() -> int:
    """Return the machine's memory; much where the system does not say."""
    with suppress(AttributeError, ValueError, OSError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return 1 << 40
