"""How far long work has come: one line on a terminal, rewritten in place, and nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import click

from formsvc.chinese import display_width
from formsvc.i18n import Messages


class Counter:
    """Shows how many are done, under the entry `progress.<what>`."""

    def __init__(self, messages: Messages, what: str) -> None:
        self._messages = messages
        self._entry = f"progress.{what}"
        self._is_terminal = sys.stderr.isatty()
        self._shown = 0

    def tell(self, count: int) -> None:
        """Show how many are done now."""
        if self._is_terminal:
            self.erase()
            text = self._messages.text(self._entry, count=count)
            sys.stderr.write(text)
            sys.stderr.flush()
            self._shown = display_width(text)

    def erase(self) -> None:
        """Take the line away, so that another can be shown."""
        if self._shown:
            sys.stderr.write(f"\r{' ' * self._shown}\r")
            sys.stderr.flush()
            self._shown = 0


@contextmanager
def counting(messages: Messages, what: str) -> Iterator[Counter]:
    """Count inside a `with`; the line goes when it ends."""
    counter = Counter(messages, what)
    counter.tell(0)
    try:
        yield counter
    finally:
        counter.erase()


@contextmanager
def barred() -> Iterator[Callable[[int, int], None]]:
    """Show a bar inside a `with`: what it yields is told how many are done and how many there are."""
    with ExitStack() as stack:
        bars: list[Any] = []
        is_terminal = sys.stderr.isatty()

        def tell(done: int, total: int) -> None:
            if is_terminal and not bars:
                bars.append(stack.enter_context(click.progressbar(length=total, file=sys.stderr, show_pos=True)))
            for bar in bars:
                bar.update(done - bar.pos)

        yield tell
