"""A table as somebody drew it in a word processor: what a draft of a form is made from. Lengths are millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from formsvc.forms.json_values import as_list, as_text


@dataclass(frozen=True, slots=True)
class OutlineCell:
    """One cell; merged cells are one, and so are cells without a line between them, one below the other."""

    row: int
    column: int
    rows: int
    columns: int
    paragraphs: tuple[str, ...]
    keys: tuple[str, ...] = ()
    """The tags of the content controls in it, in order."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The largest table of a document and what stands around it."""

    above: tuple[str, ...]
    below: tuple[str, ...]
    page: tuple[float, float, float, float, float, float]
    """Width, height, top, right, bottom, left."""
    columns: tuple[float, ...]
    rows: tuple[float, ...]
    cells: tuple[OutlineCell, ...]


def outline_to_json(outline: Outline) -> dict[str, Any]:
    """Return an outline in JSON's types."""
    return {
        "above": list(outline.above),
        "below": list(outline.below),
        "page": list(outline.page),
        "columns": list(outline.columns),
        "rows": list(outline.rows),
        "cells": [
            [cell.row, cell.column, cell.rows, cell.columns, list(cell.paragraphs), list(cell.keys)]
            for cell in outline.cells
        ],
    }


def outline_from_json(data: Any) -> Outline:
    """Return an outline that came as JSON; raises ValueError when it is out of shape."""
    try:
        page = [float(length) for length in as_list(data["page"])]
        cells = tuple(
            OutlineCell(int(row), int(column), int(rows), int(columns), _texts(paragraphs), _texts(keys))
            for row, column, rows, columns, paragraphs, keys in as_list(data["cells"])
        )
        return Outline(
            above=_texts(data["above"]),
            below=_texts(data["below"]),
            page=(page[0], page[1], page[2], page[3], page[4], page[5]),
            columns=tuple(float(length) for length in as_list(data["columns"])),
            rows=tuple(float(length) for length in as_list(data["rows"])),
            cells=cells,
        )
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"an outline out of shape: {error!r}") from error


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(map(as_text, as_list(values)))
