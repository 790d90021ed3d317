"""Where a fault can strike: the calls of a recorded run that touch the workspace."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from torture.command import CALLS, Fault, Kind

_LINE = re.compile(r"^(\w+)\((.*)$")
_HEX = re.compile(r"(?:\\x[0-9a-f]{2})+")
_FULL = frozenset({"write", "pwrite64", "mkdir", "mkdirat", "renameat2", "rename", "ftruncate"})
"""What a full disk refuses."""
_WRITING = frozenset({"O_CREAT", "O_WRONLY", "O_RDWR"})
_REMOVING = frozenset({"unlink", "unlinkat", "rmdir"})


def plain(text: str) -> str:
    """Turn the hexadecimal strings of a log into text."""
    return _HEX.sub(lambda found: bytes.fromhex(found[0].replace("\\x", "")).decode("utf-8", "replace"), text)


def calls_of(log: Path, root: Path) -> list[tuple[str, int, bool]]:
    """Return the calls of a recorded run that touch `root`: name, how manieth, and whether it can write."""
    counts: Counter[str] = Counter()
    found = []
    with log.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = _LINE.match(line)
            if match is None:
                continue
            name, words = match.groups()
            if name not in CALLS:
                continue
            counts[name] += 1
            rest = words if len(words) < 4000 else words[:2000] + words[-500:]
            if str(root) in plain(rest):
                writes = name != "openat" or any(flag in rest for flag in _WRITING)
                found.append((name, counts[name], writes))
    return found


def faults_at(calls: list[tuple[str, int, bool]]) -> Iterator[Fault]:
    """Yield every fault worth trying at these calls."""
    for name, number, writes in calls:
        if writes:
            yield Fault(Kind.KILL, name, number)
        yield Fault(Kind.EIO, name, number)
        if writes and name not in _REMOVING:
            yield Fault(Kind.ENOSPC, name, number)
        if name in _FULL:
            yield Fault(Kind.FULL, name, number)
