"""The job that looks at a Word document as the drawing of a form: its largest table, with the sizes Word gives it.

Runs in the sandbox like all that parses received files. The answer is an outline in JSON, or the code of what stands
in the way.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from lxml import etree

from formsvc.extraction.document import Paragraph, Table, TableCell
from formsvc.extraction.docx.package import Package
from formsvc.extraction.docx.reader import read_docx
from formsvc.extraction.preflight.preflight import preflight
from formsvc.extraction.preflight.sniff import Kind
from formsvc.forms.outline import Outline, OutlineCell, outline_to_json

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MM_A_TWIP = 25.4 / 1440
_A4 = (11906, 16838)
_MARGINS = {"top": 2098, "right": 1474, "bottom": 1984, "left": 1588}
"""Twips: those of GB/T 9704-2012, for a document that does not say its own."""
_ROW = 567
"""Twips: ten millimetres, for a row as high as what stands in it."""
_ROUNDED = 0.15
_TALLEST, _LONGEST_CELL = 1500.0, 4000


def outline_job(descriptor: int, _request: Mapping[str, Any]) -> dict[str, Any]:
    """Return `{"outline": …}` or `{"refused": reason}`."""
    looked = preflight(descriptor)
    if looked.problems:
        return {"refused": looked.problems[0].code.value}
    if looked.kind is not Kind.DOCX:
        return {"refused": "unknown-type"}
    try:
        outline = outline_of(os.pread(descriptor, os.fstat(descriptor).st_size, 0))
    except (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError, EOFError, NotImplementedError):
        return {"refused": "damaged-file"}
    return {"refused": "not-a-form"} if outline is None else {"outline": outline_to_json(outline)}


def outline_of(data: bytes) -> Outline | None:
    """Return the outline of a document; None for one without a table. Raises what `read_docx` raises."""
    package = Package(data)
    body = package.root(package.main)
    drawn = list(body.iter(f"{_W}tbl"))
    blocks = read_docx(data).blocks
    tables = [block for block in blocks if isinstance(block, Table)]
    if not tables or not drawn:
        return None
    table = max(tables, key=lambda one: len(one.cells))
    element = max(drawn, key=lambda one: sum(1 for _ in one.iterfind(f"{_W}tr/{_W}tc")))
    place = blocks.index(table)
    texts = [block.text.strip() if isinstance(block, Paragraph) else "" for block in blocks]
    cells = list(table.cells)
    columns, rows = _columns(element, cells), _rows(element, cells)
    joined, rows = _joined(cells, rows, _open_rows(element, len(rows)))
    return Outline(
        above=tuple(filter(None, texts[:place])),
        below=tuple(filter(None, texts[place + 1 :])),
        page=_page(body),
        columns=tuple(columns),
        rows=tuple(rows),
        cells=tuple(joined),
    )


def _columns(element: etree._Element, cells: list[TableCell]) -> list[float]:
    count = max(cell.column + cell.columns for cell in cells)
    widths = [_mm(column.get(f"{_W}w"), 1134) for column in element.iterfind(f"{_W}tblGrid/{_W}gridCol")]
    return (widths + [20.0] * count)[:count]


def _rows(element: etree._Element, cells: list[TableCell]) -> list[float]:
    count = max(cell.row + cell.rows for cell in cells)
    heights = []
    for row in element.iterfind(f"{_W}tr"):
        found = row.find(f"{_W}trPr/{_W}trHeight")
        heights.append(_mm(None if found is None else found.get(f"{_W}val"), _ROW))
    return (heights + [10.0] * count)[:count]


def _open_rows(element: etree._Element, count: int) -> set[int]:
    """Return the rows that no line parts from the next one: each of their cells leaves it out or goes on below."""
    rows = list(element.iterfind(f"{_W}tr"))[:count]
    found = set()
    for number, row in enumerate(rows[:-1]):
        cells = list(row.iterfind(f"{_W}tc"))
        below = list(rows[number + 1].iterfind(f"{_W}tc"))
        if any(_has_no(cell, "bottom") for cell in cells) and all(
            _has_no(cell, "top") or _merges(cell) for cell in below
        ):
            found.add(number)
    return found


def _merges(cell: etree._Element) -> bool:
    merge = cell.find(f"{_W}tcPr/{_W}vMerge")
    return merge is not None and merge.get(f"{_W}val", "continue") == "continue"


def _has_no(cell: etree._Element, edge: str) -> bool:
    border = cell.find(f"{_W}tcPr/{_W}tcBorders/{_W}{edge}")
    return border is not None and border.get(f"{_W}val") in ("nil", "none")


def _joined(cells: list[TableCell], rows: list[float], open_rows: set[int]) -> tuple[list[OutlineCell], list[float]]:
    """Join rows without a line between them, and the cells in them."""
    new_row = [number - sum(1 for row in open_rows if row < number) for number in range(len(rows))]
    heights = [0.0] * (new_row[-1] + 1)
    for number, height in enumerate(rows):
        heights[new_row[number]] += height
    found: dict[tuple[int, int], OutlineCell] = {}
    for cell in cells:
        row, last = new_row[cell.row], new_row[min(cell.row + cell.rows, len(rows)) - 1]
        above = found.get((row, cell.column))
        texts = tuple(line[:_LONGEST_CELL] for text in cell.paragraphs for line in text.split("\n"))
        keys = tuple(dict.fromkeys(tag.key for tag in cell.tagged))
        if above is None:
            found[row, cell.column] = OutlineCell(row, cell.column, last - row + 1, cell.columns, texts, keys)
        else:
            more = (*above.paragraphs, *texts)
            all_keys = tuple(dict.fromkeys((*above.keys, *keys)))
            found[row, cell.column] = OutlineCell(row, cell.column, above.rows, above.columns, more, all_keys)
    return list(found.values()), list(map(_whole, heights))


def _page(body: etree._Element) -> tuple[float, float, float, float, float, float]:
    size, margins = body.find(f".//{_W}sectPr/{_W}pgSz"), body.find(f".//{_W}sectPr/{_W}pgMar")
    paper = [
        _mm(None if size is None else size.get(f"{_W}{name}"), usual) for name, usual in zip("wh", _A4, strict=True)
    ]
    sides = [_mm(None if margins is None else margins.get(f"{_W}{name}"), usual) for name, usual in _MARGINS.items()]
    return (paper[0], paper[1], sides[0], sides[1], sides[2], sides[3])


def _mm(twips: str | None, usual: int) -> float:
    """Return a length; the usual one for what is none, or none that a page can have."""
    digits = (twips or "").partition(".")[0]
    length = (int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 7 else usual) * _MM_A_TWIP
    return _whole(min(max(length, 1.0), _TALLEST))


def _whole(length: float) -> float:
    """Return a length to a tenth of a millimetre, and to a whole one where it is within what Word rounds."""
    return float(round(length)) if abs(length - round(length)) < _ROUNDED else round(length, 1)
