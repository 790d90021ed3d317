"""sqlite-utils without what it takes along: numpy and pandas, where installed, are 13 MB and 0.1 s for nothing.

The watch writes the index; the reader of scans, which needs numpy, runs in other processes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_UNWANTED = ("numpy", "pandas")


@contextmanager
def _left_out() -> Iterator[None]:
    """Let imports of what is unwanted fail for a moment, as they do where it is not installed."""
    absent = [name for name in _UNWANTED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None is how Python marks what cannot be had
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


with _left_out():
    from sqlite_utils import Database

__all__ = ["Database"]
