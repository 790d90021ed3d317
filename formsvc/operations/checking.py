"""Which bytes a check reads: all, a slice of all, or what an interrupted check had not come to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from formsvc import durable
from formsvc.archive.fixity import object_of

STATE = "check.json"
"""The file beside the index that says how far a full check has come."""
_EVERY_S = 5.0
"""Seconds between two notes of how far it has come."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The n-th of t parts of the archive's files, by their names: t runs read every byte once."""

    number: int
    """From 1."""
    total: int

    def reads(self, name: str) -> bool:
        """Whether a file is in this part."""
        digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()
        return int.from_bytes(digest[:8], "big") % self.total == self.number - 1


@dataclass
class Course:
    """A full check that notes how far it has come, so that another can go on from there."""

    file: Path
    clock: Callable[[], float]
    """Seconds that pass."""
    start: str = ""
    """The object that a check before this one was at; what comes before it was read."""
    again: frozenset[str] = frozenset()
    """What was found changed before, and is read again."""
    changed: set[str] = field(default_factory=set)
    """What is found changed now."""
    _noted: float | None = None

    def reads(self, name: str) -> bool:
        """Whether a file is still to be read; notes now and then which object it is at."""
        at = f"{object_of(name)}/"
        now = self.clock()
        if at >= self.start and (self._noted is None or now - self._noted > _EVERY_S):
            self._noted = now
            self._note(at)
        return at >= self.start or name in self.again

    def done(self) -> None:
        """Forget how far it had come."""
        durable.discard(self.file)

    def _note(self, at: str) -> None:
        state = {"schema": 1, "at": at, "changed": sorted(self.changed | self.again)}
        durable.make_dirs(self.file.parent)
        durable.replace(self.file, json.dumps(state).encode())


def resumed(file: Path, clock: Callable[[], float]) -> Course:
    """Return a full check that goes on where an interrupted one was, or begins when there was none."""
    try:
        state = json.loads(file.read_bytes())
        return Course(file, clock, start=str(state["at"]), again=frozenset(map(str, state["changed"])))
    except (OSError, ValueError, KeyError, TypeError):
        return Course(file, clock)
