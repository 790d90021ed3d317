"""The command line: every command parses its words, calls one operation, and shows what came of it."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command that the program was called with, and end with its exit code."""
    from formsvc.cli.commands import formsvc  # noqa: PLC0415 - click is for those who run a command

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a console may lack a character; that stops nothing
    formsvc(prog_name="formsvc")
