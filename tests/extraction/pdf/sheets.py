"""PDFs made for tests, a sheet at a time: content as Word and others write it, with fonts that have no glyphs.

A font here is its dictionary alone (widths, ToUnicode), which is all the reader looks at. Places are mm from the top
left corner. Han characters are one em wide, all others half an em.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from formsvc.chinese import is_han

POINT = 72 / 25.4
WIDE = "，。、；：！？（）“”《》—…·"


def width_of(sign: str) -> float:
    """Return a character's width in em."""
    return 1.0 if is_han(sign) or sign in WIDE else 0.5


@dataclass
class Sheet:
    """One page's content under construction."""

    width: float = 210.0
    height: float = 297.0
    content: list[str] = field(default_factory=list)
    signs: dict[str, int] = field(default_factory=dict)
    resources: dict[str, pikepdf.Object] = field(default_factory=dict)
    annots: list[Dictionary] = field(default_factory=list)
    entries: dict[str, object] = field(default_factory=dict)

    def raw(self, *operations: str) -> Sheet:
        """Add operators as they stand."""
        self.content += operations
        return self

    def codes(self, text: str) -> str:
        """Return a text as a hexadecimal string of this sheet's font."""
        numbers = [self.signs.setdefault(sign, len(self.signs) + 3) for sign in text]
        return "<" + "".join(f"{number:04X}" for number in numbers) + ">"

    def place(self, x: float, y: float) -> str:
        """Return a place in points from the lower left corner."""
        return f"{x * POINT:.3f} {(self.height - y) * POINT:.3f}"

    def text(self, x: float, y: float, text: str, size: float = 14.0, gap: float = 0.0) -> Sheet:
        """Show text from its baseline's beginning, as Word does; `gap` in em stands between its characters."""
        shift = f" {-1000 * gap:.2f} "
        shown = shift.join(self.codes(sign) for sign in text) if gap else self.codes(text)
        return self.raw(
            f"/P <</MCID 0>> BDC q BT /F1 {size} Tf 1 0 0 1 {self.place(x, y)} Tm 0 g 0 G [{shown}] TJ ET Q EMC"
        )

    def stroke(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.5) -> Sheet:
        """Stroke a line, as LibreOffice and typst do."""
        return self.raw(f"q {width} w {self.place(x0, y0)} m {self.place(x1, y1)} l S Q")

    def fill(self, x: float, y: float, width: float, height: float) -> Sheet:
        """Fill a rectangle."""
        return self.raw(f"{self.place(x, y + height)} {width * POINT:.3f} {height * POINT:.3f} re f*")

    def table(self, xs: Sequence[float], ys: Sequence[float], *, merged: Sequence[tuple[int, int]] = ()) -> Sheet:
        """Rule a table as Word does, a thin rectangle for each side of each cell and a square at each corner.

        `merged` names fields (row, column) that are one cell with the field at their left.
        """
        pen = 0.17
        for y in ys:
            for x in xs:
                self.fill(x - pen / 2, y - pen / 2, pen, pen)
            for left, right in pairwise(xs):
                self.fill(left + pen / 2, y - pen / 2, right - left - pen, pen)
        for row, (top, bottom) in enumerate(pairwise(ys)):
            for column, x in enumerate(xs):
                if (row, column) not in merged:
                    self.fill(x - pen / 2, top + pen / 2, pen, bottom - top - pen)
        return self

    def field(self, name: str, value: object, box: tuple[float, float, float, float], **entries: object) -> Sheet:
        """Lay a fillable field over the sheet; `box` is x, y, width and height in mm."""
        widget = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=pikepdf.String(name), F=4)
        if value is not None:
            widget.V = value
        return self.note(widget, box, **entries)

    def note(self, note: Dictionary, box: tuple[float, float, float, float], **entries: object) -> Sheet:
        """Lay an annotation over the sheet."""
        x, y, width, height = box
        low = (self.height - y - height) * POINT
        note.Rect = Array([x * POINT, low, (x + width) * POINT, low + height * POINT])
        for key, value in entries.items():
            note[f"/{key}"] = value
        self.annots.append(note)
        return self


def font(pdf: pikepdf.Pdf, signs: dict[str, int], *, explained: bool = True, **entries: object) -> Dictionary:
    """Make a composite font whose codes are numbers of glyphs, as every program embeds them."""
    widths: list[object] = []
    for sign, code in signs.items():
        widths += [code, [int(1000 * width_of(sign))]]
    below = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name("/ABCDEF+SimSun"),
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        DW=1000,
        W=Array(widths),
    )
    found = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name("/ABCDEF+SimSun"),
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([below]),
    )
    if explained:
        found.ToUnicode = pdf.make_stream(character_map(signs))
    for key, value in entries.items():
        found[f"/{key}"] = value
    return found


def character_map(signs: dict[str, int]) -> bytes:
    """Write a ToUnicode map."""
    rows = [f"<{code:04X}> <{sign.encode('utf-16-be').hex()}>" for sign, code in signs.items()]
    groups = [rows[at : at + 100] for at in range(0, len(rows), 100)]
    body = "\n".join(f"{len(group)} beginbfchar\n" + "\n".join(group) + "\nendbfchar" for group in groups)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
        f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{body}\nendcmap end end"
    ).encode()


def add_page(pdf: pikepdf.Pdf, sheet: Sheet) -> pikepdf.Page:
    """Add a sheet to a document."""
    page = pdf.add_blank_page(page_size=(sheet.width * POINT, sheet.height * POINT))
    page.obj.Contents = pdf.make_stream("\n".join(sheet.content).encode("latin-1"))
    page.obj.Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(font(pdf, sheet.signs))))
    for kind, value in sheet.resources.items():
        page.obj.Resources[f"/{kind}"] = value
    for key, entry in sheet.entries.items():
        page.obj[f"/{key}"] = entry
    if sheet.annots:
        page.obj.Annots = Array([pdf.make_indirect(note) for note in sheet.annots])
    return page


def pdf_of(*sheets: Sheet, pdf: pikepdf.Pdf | None = None, **save: Any) -> bytes:
    """Write sheets as a PDF; with `pdf` the document their streams were made for."""
    pdf = pdf or pikepdf.new()
    for sheet in sheets:
        add_page(pdf, sheet)
    fields = [note for sheet in sheets for note in sheet.annots if "/T" in note]
    if fields:
        pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(note) for note in fields]))
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pikepdf.PageCopyWarning)  # fields may be where they should not be
        pdf.save(file, deterministic_id=True, **save)
    return file.getvalue()
