"""What commands show: tables aligned by display width on a terminal, TSV when piped, JSON in UTF-8.

On a terminal words are in the language spoken; in TSV they are the codes that the JSON has too. Nothing that a file or
a person wrote can move the cursor or break a line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import click

from formsvc.chinese import display_width, pad
from formsvc.i18n import Messages, visible

Cell = str | int | None
_GAP = "  "


def is_terminal() -> bool:
    """Whether a person is looking at what is shown."""
    return sys.stdout.isatty()


def line(text: str) -> None:
    """Show one line."""
    click.echo(text)


def note(text: str) -> None:
    """Tell the person something that is no part of the answer."""
    click.echo(text, err=True)


def as_json(value: object) -> None:
    """Show a value as JSON: on one line, or laid out on a terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=2 if is_terminal() else None)
    click.echo(text.encode("utf-8", "backslashreplace"))


def table(
    messages: Messages,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    words: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Show rows under heads, or as TSV without heads when nobody is looking.

    `columns` name entries `column.<name>`; `words` says for a column of codes which family of entries has their words.
    """
    if not is_terminal():
        for row in rows:
            click.echo("\t".join(_text(cell, "") for cell in row))
        return
    families = [words.get(column) for column in columns]
    lines = [[messages.text(f"column.{column}") for column in columns]]
    for row in rows:
        cells = zip(row, families, strict=True)
        lines.append([messages.text(f"{family}.{cell}") if family else _text(cell, "—") for cell, family in cells])
    aligned(lines)


def aligned(lines: Sequence[Sequence[str]], indent: str = "") -> None:
    """Show rows of texts in columns as wide as their widest text."""
    widths = [max(map(display_width, column)) for column in zip(*lines, strict=True)]
    for texts in lines:
        padded = (pad(text, width) for text, width in zip(texts, widths, strict=True))
        click.echo((indent + _GAP.join(padded)).rstrip())


def _text(cell: Cell, nothing: str) -> str:
    return nothing if cell is None or cell == "" else visible(str(cell))
