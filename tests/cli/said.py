"""Commands called as a person or a program calls them, and what they say."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner, Result

from formsvc.cli.commands import formsvc

if sys.platform != "win32":
    import fcntl
    import pty
    import termios

CLEAN = {"LANGUAGE": None, "LC_ALL": None, "LANG": "C.UTF-8", "FORMSVC_WORKSPACE": None}
"""What the tests run under, whatever the machine speaks."""


class Seen(NamedTuple):
    """What a terminal showed, and the exit code."""

    text: str
    code: int


def says(root: Path | None, *words: str, lang: str | None = "zh", env: dict[str, str] | None = None) -> Result:
    """Call a command in this process, piped."""
    place = [] if root is None else ["-C", str(root)]
    spoken = [] if lang is None else ["--lang", lang]
    return CliRunner().invoke(formsvc, [*place, *spoken, *words], "", {**CLEAN, **(env or {})})


def process(root: Path, *words: str) -> subprocess.Popen[str]:
    """Start a command in a process of its own, piped."""
    environ = {**{k: v for k, v in os.environ.items() if k not in CLEAN}, "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "formsvc", *words],
        cwd=root,
        env={**environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def shows(root: Path, *words: str, columns: int = 100) -> Seen:
    """Call a command on a terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environ = {**{k: v for k, v in os.environ.items() if k not in CLEAN}, "LANG": "C.UTF-8", "TERM": "dumb"}
    child = subprocess.Popen(
        [sys.executable, "-m", "formsvc", *words],
        cwd=root,
        env={**environ, "PYTHONPATH": str(Path(__file__).parents[2]), "DISPLAY": "", "BROWSER": "true"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    parts = []
    while True:
        try:
            part = os.read(ours, 1 << 16)
        except OSError:
            break
        if not part:
            break
        parts.append(part)
    os.close(ours)
    return Seen(b"".join(parts).decode("utf-8").replace("\r\n", "\n"), child.wait())
