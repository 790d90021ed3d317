"""Where tests of many small writes lie."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a fresh folder is made inside


@pytest.fixture
def quick_path() -> Iterator[Path]:
    """Give an empty folder, where possible on a file system whose syncs cost nothing: a kill loses no less there."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
        yield Path(folder)
