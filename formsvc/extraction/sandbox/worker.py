"""What runs where untrusted bytes are decoded: one job over one open file, its answer written down as JSON.

The reader server's children and the fresh processes of systems without fork both end here.
"""

from __future__ import annotations

import importlib
import json
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from formsvc.extraction.sandbox.limits import ChildLimits

LENGTH = struct.Struct("!I")
"""What stands before a message: its length in bytes."""
UNCONFINED = 70
"""The exit code of a child that could not put up its walls, and therefore read nothing."""
UNPREPARED = 71
"""What stands for an exit code where no child was forked, because the request could not be prepared for."""

Job = Callable[[int, dict[str, Any]], Any]
"""Reads the open file as the request says; what it gives back must be JSON."""


def find_job(name: str) -> Job:
    """Import `module:function`."""
    module, _, function = name.partition(":")
    found: Job = getattr(importlib.import_module(module), function)
    return found


def find_preparation(name: str) -> Callable[[dict[str, Any]], None]:
    """Return `prepare` of the module `module:function` names, or a function that does nothing where it has none."""
    found: Callable[[dict[str, Any]], None] = getattr(
        importlib.import_module(name.partition(":")[0]), "prepare", lambda _request: None
    )
    return found


def answer_of(job: Job, descriptor: int, request: dict[str, Any], limit: int) -> bytes:
    """Run a job and write down its answer, or in one word why there is none; never more than `limit` bytes."""
    try:
        text = json.dumps({"answer": job(descriptor, request)}, ensure_ascii=False).encode()
    except MemoryError:
        return b'{"stopped": "memory"}'
    except Exception as error:  # noqa: BLE001 - the door of the worker: whatever a parser throws is an answer
        return json.dumps({"stopped": "exception", "detail": type(error).__name__}).encode()
    return text if len(text) <= limit else b'{"stopped": "too-much-output"}'


_START = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from importlib import import_module; import_module(sys.argv[2]).main(sys.argv[3:])"
)


def command(module: str, settings: Mapping[str, Any]) -> list[str]:
    """Write the command that runs the module's `main` with these settings in a fresh, isolated interpreter.

    It gets this interpreter's import path, with the folder one stands in spelt out, and nothing of the environment.
    """
    path = json.dumps([str(Path(entry).absolute()) for entry in sys.path])
    return [sys.executable, "-I", "-B", "-X", "utf8", "-c", _START, path, module, json.dumps(dict(settings))]


def main(arguments: Sequence[str]) -> None:
    """Read the one file on standard input, write the answer to standard output and end."""
    settings = json.loads(arguments[0])
    for name in settings["modules"]:
        importlib.import_module(name)
    limits = ChildLimits(**settings["limits"])
    answer = answer_of(find_job(settings["job"]), sys.stdin.fileno(), settings["request"], limits.answer_bytes)
    sys.stdout.buffer.write(answer)
