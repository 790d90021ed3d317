"""Help laid out by display width: Chinese has no blanks to break lines at, and its signs are two columns wide."""

from __future__ import annotations

import re
from collections.abc import Iterable
from gettext import gettext

import click

from formsvc.chinese import display_width, pad

_PIECE = re.compile(r"[ \n]+|[（《“‘]*(?:[!-~]+|.)[，。；：、！？）》”’…]*")
"""A run of blanks, or a Chinese sign or a word with the punctuation that may not be parted from it."""


class Paragraphs(click.HelpFormatter):
    """Writes help texts and lists of options in lines that fit."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line; behind a Chinese colon stands no blank."""
        word = gettext("Usage:") if prefix is None else prefix
        super().write_usage(prog, args, f"{word} " if word.isascii() else word)

    def write_heading(self, heading: str) -> None:
        """Write the heading of a list."""
        self.write(f"{' ' * self.current_indent}{heading}{':' if heading.isascii() else '：'}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, which an empty line parts."""
        indent = " " * self.current_indent
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                self.write("\n")
            for line in wrapped(paragraph, self.width - self.current_indent):
                self.write(f"{indent}{line}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write terms and what they mean beside each other."""
        rows = list(rows)
        first = min(max((display_width(term) for term, _ in rows), default=0), col_max) + col_spacing
        indent = " " * self.current_indent
        for term, text in rows:
            lines = wrapped(text, self.width - self.current_indent - first)
            if display_width(term) > first - col_spacing:
                self.write(f"{indent}{term}\n")
            else:
                self.write(f"{indent}{pad(term, first)}{lines.pop(0) if lines else ''}".rstrip() + "\n")
            for line in lines:
                self.write(f"{indent}{' ' * first}{line}\n")


def wrapped(text: str, width: int) -> list[str]:
    """Break a paragraph into lines of at most `width` columns; a piece that is wider stays whole."""
    lines = [""]
    for piece in _PIECE.findall(text):
        if piece.isspace():
            lines[-1] += (" " if "\n" in piece else piece) if lines[-1] else ""
        elif display_width(lines[-1] + piece) > width and lines[-1]:
            lines[-1] = lines[-1].rstrip()
            lines.append(piece)
        else:
            lines[-1] += piece
    return [line for line in lines if line]
