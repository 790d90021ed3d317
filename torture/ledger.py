"""What earlier runs of a part found: long runs go on in slices, and their figures are those of all slices.

A slice that dies costs what it did since it last wrote its ledger down. The ledger names every state of the program it
was written over, so that nobody takes figures of several for those of one.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Generic, TypeVar

Figures = TypeVar("Figures")
PACKAGE = Path(__file__).resolve().parent.parent / "formsvc"


class Ledger(Generic[Figures]):
    """The figures of one part, kept in a file; without a folder, of this run alone."""

    def __init__(self, folder: Path | None, name: str, empty: Callable[[], Figures]) -> None:
        self._path = None if folder is None else folder / f"{name}.json"
        self.figures = empty()
        self.programs: list[str] = []
        if self._path is not None and self._path.exists():
            kept = json.loads(self._path.read_bytes())
            self.programs = kept["programs"]
            _fill(self.figures, kept["figures"])
        if program() not in self.programs:
            self.programs.append(program())

    def save(self) -> None:
        """Write the figures down."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        kept = {"programs": self.programs, "figures": _plain(self.figures)}
        fresh.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(fresh, self._path)  # noqa: PTH105 - what is kept changes at one blow


def seed_of(folder: Path | None, part: str, asked: int | None) -> int:
    """Return the seed asked for, or else that of the part's ledger written last, or else 1."""
    if asked is not None or folder is None:
        return asked or 1
    kept = sorted(folder.glob(f"{part}-*.json"), key=lambda path: path.stat().st_mtime_ns)
    return int(kept[-1].stem.rpartition("-")[2]) if kept else 1


@cache
def program() -> str:
    """Return the hash of the program's own sources."""
    digest = sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _plain(figures: object) -> dict[str, object]:
    if not is_dataclass(figures) or isinstance(figures, type):
        raise TypeError(type(figures).__name__)
    values = {field.name: getattr(figures, field.name) for field in fields(figures)}
    return {name: sorted(value) if isinstance(value, set) else value for name, value in values.items()}


def _fill(figures: object, kept: dict[str, object]) -> None:
    """Put what was kept into empty figures; a field that is new since then keeps what it begins with."""
    if not is_dataclass(figures):
        raise TypeError(type(figures).__name__)
    for field in fields(figures):
        if field.name not in kept:
            continue
        value, begins = kept[field.name], getattr(figures, field.name)
        if isinstance(begins, Counter):
            value = Counter(value)  # type: ignore[call-overload]  # written down from a counter
        elif isinstance(begins, set):
            value = set(value)  # type: ignore[call-overload]  # written down from a set
        setattr(figures, field.name, value)
