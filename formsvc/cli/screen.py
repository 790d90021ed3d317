"""What commands show: tables aligned by display width on a terminal, TSV when piped, JSON in UTF-8.

A list in a pipe (`tsv`) is the same in every language: lines of codes, as the JSON has them. What is made up of
headings and tables has the words of the language spoken in a pipe too. Nothing that a file or a person wrote can move
the cursor or break a line.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import click

from formsvc.chinese import display_width, pad
from formsvc.i18n import Messages, visible

Cell = str | int | None
_GAP = "  "
_NARROWEST = 40
_USUAL = 80


def is_terminal() -> bool:
    """Whether a person is looking at what is shown."""
    return sys.stdout.isatty()


def width() -> int:
    """Return how many columns the terminal has."""
    try:
        return max(os.get_terminal_size(sys.stdout.fileno()).columns or _USUAL, _NARROWEST)
    except (OSError, ValueError):
        return _USUAL


def line(text: str = "") -> None:
    """Show one line."""
    click.echo(text)


def note(text: str) -> None:
    """Tell the person something that is no part of the answer."""
    click.echo(text, err=True)


def heading(text: str) -> None:
    """Show a heading, with an empty line before it."""
    click.echo(f"\n{text}" if not is_terminal() else "\n" + click.style(text, bold=True))


def paragraph(text: str, bullet: str = "") -> None:
    """Show a text broken into lines that fit, behind a bullet; in a pipe it stays one line."""
    from formsvc.cli.paragraphs import wrapped  # noqa: PLC0415 - finding needs none

    lines = wrapped(visible(text), width() - display_width(bullet)) if is_terminal() else [visible(text)]
    for number, piece in enumerate(lines):
        click.echo((" " * display_width(bullet) if number else bullet) + piece)


def plain(cell: Cell, nothing: str = "") -> str:
    """Return a cell's text on one line, with whatever cannot be seen escaped."""
    return nothing if cell is None or cell == "" else visible(str(cell))


def as_json(value: object) -> None:
    """Show a value as JSON: on one line, or laid out on a terminal."""
    _echo_json(value, 2 if is_terminal() else None)


def json_line(value: object) -> None:
    """Show a value as one line of JSON."""
    _echo_json(value, None)


def _echo_json(value: object, indent: int | None) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=indent).encode("utf-8", "backslashreplace"))


def tsv(cells: Sequence[Cell]) -> None:
    """Show cells parted by tabs."""
    click.echo("\t".join(map(plain, cells)))


def table(
    messages: Messages,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    words: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Show rows under heads, aligned on a terminal, parted by tabs in a pipe.

    `columns` name entries `column.<name>`; `words` says for a column of codes which family of entries has their words.
    """
    families = [words.get(column) for column in columns]
    lines = [[messages.text(f"column.{column}") for column in columns]]
    for row in rows:
        cells = zip(row, families, strict=True)
        lines.append([messages.text(f"{family}.{cell}") if family else plain(cell, "—") for cell, family in cells])
    if is_terminal():
        aligned(lines)
    else:
        click.echo("\n".join(map("\t".join, lines)))


def aligned(lines: Sequence[Sequence[str]]) -> None:
    """Show rows of texts in columns as wide as their widest text.

    When that is more than the terminal has, the last text of each row goes into a line of its own.
    """
    widths = [max(map(display_width, column)) for column in zip(*lines, strict=True)]
    fits = sum(widths) + len(_GAP) * (len(widths) - 1) <= width()
    for number, texts in enumerate(lines):
        cells = [pad(text, wide) for text, wide in zip(texts, widths, strict=True)]
        if fits:
            click.echo(_GAP.join(cells).rstrip())
            continue
        click.echo(_GAP.join(cells[:-1]).rstrip())
        if number:
            click.echo(f"{_GAP * 2}{texts[-1]}")
