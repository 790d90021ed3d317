"""The log under the workspace's local folder: codes, ids and file names, never the values of a field.

What an exception says may hold a value, so only its kind and its frames are written down.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from formsvc import durable

NAME = "formsvc.log"
_BYTES, _KEPT = 1_000_000, 5
_LOG = logging.getLogger("formsvc")


class Frames(logging.Formatter):
    """Writes an exception as its kind and the places it came through."""

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        """Return the kind and the places, without what the exception says."""
        error = ei[1] if isinstance(ei, tuple) else None
        return "".join(frames(error)) if isinstance(error, BaseException) else ""


class Quiet(RotatingFileHandler):
    """Leaves out a line that cannot be written, on a full disk say: the log is no reason to stop, or to tell of it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Do nothing; logging's own would print the line and a traceback."""


@contextmanager
def logging_to(folder: Path) -> Iterator[None]:
    """Log into a folder inside a `with`; a folder that cannot be written to is no reason to stop."""
    try:
        durable.make_unsynced(folder)
        handler: logging.Handler = Quiet(folder / NAME, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(Frames("%(asctime)s %(levelname)s %(process)d %(name)s %(message)s"))
    before = _LOG.level, _LOG.propagate
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)
    _LOG.propagate = False
    try:
        yield
    finally:
        _LOG.setLevel(before[0])
        _LOG.propagate = before[1]
        _LOG.removeHandler(handler)
        handler.close()


def note_crash(error: BaseException, folder: Path) -> None:
    """Write down what nobody foresaw."""
    with logging_to(folder):
        _LOG.critical("crash", exc_info=error)


def frames(error: BaseException) -> list[str]:
    """Return an exception's kind, its frames, and the same of whatever caused it."""
    lines = [f"{type(error).__name__}\n", *traceback.format_tb(error.__traceback__)]
    cause = error.__cause__ or error.__context__
    return lines if cause is None else [*lines, "from ", *frames(cause)]
