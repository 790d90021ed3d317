"""The register: a list of records as a table for printing, with its head on every page.

The table is reportlab's, which breaks it into pages; what stands in its cells is broken into lines by our own rules
(`lines`) and drawn with our own faces (`canvas_font`). The file is PDF/A-2b, and the same rows give the same bytes.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, FrameBreak, LongTable, PageTemplate
from reportlab.platypus.tables import CellStyle

from formsvc.rendering.canvas_font import CanvasObjects, RawObject, ReportlabFont
from formsvc.rendering.columns import Extent, column_widths, extent_of
from formsvc.rendering.fonts import Fonts, Role, bundled_fonts
from formsvc.rendering.lines import Align, Line, Paragraph, break_lines, set_line
from formsvc.rendering.marks import POINTS_A_MM
from formsvc.rendering.metadata import Metadata, info, packet, text_string
from formsvc.rendering.objects import stream
from formsvc.rendering.srgb import profile

_WIDTH, _HEIGHT = landscape(A4)
_SIDE, _TOP, _BOTTOM = 13 * POINTS_A_MM, 13 * POINTS_A_MM, 15 * POINTS_A_MM
_ACROSS = _WIDTH - 2 * _SIDE
_HEADING = 46.0
"""The height of the heading of the first page."""
_AGAIN = 16.0
"""The same of the other pages."""
_BESIDE, _ABOVE = 3.5, 3.5
"""White around what stands in a cell."""
_SHORT = 8.0
"""Columns of no more than this (em) stand in their middle."""
_EDGE, _THIN = (0.25, 0.7), (0.68, 0.35)
"""Grey and width of the rules around the table and of those in it."""
_TALL, _WORTH_IT = 200.0, 60.0
"""A row higher than this may be parted, where so much room is left."""
_HEAD_FILL = (0.93, 0.93, 0.93)
_FINE = 3
"""White is written to this many decimals of a point."""


@dataclass(frozen=True, slots=True)
class RegisterWords:
    """What is said around the table."""

    title: str
    left: str
    """Below the title at the left, such as the office; it may be empty."""
    right: str
    """Below the title at the right, such as how many records there are."""
    page: Callable[[int, int], str]
    """Says the number of a page and how many there are."""


def write_register(
    rows: Sequence[Sequence[str]], words: RegisterWords, metadata: Metadata, *, fonts: Fonts | None = None
) -> bytes:
    """Return a table as a PDF/A-2b; its first row is the head, and each cell is one paragraph.

    Raises NoGlyphError for a character no face has.
    """
    types = _Types(fonts or bundled_fonts())
    table = _table(rows, types)
    file = io.BytesIO()
    document = BaseDocTemplate(
        file,
        pagesize=(_WIDTH, _HEIGHT),
        pageTemplates=[
            _pages("first", _HEADING, partial(_heading, words, types)),
            _pages("further", _AGAIN, partial(_heading_again, words, types)),
        ],
        invariant=1,
        pageCompression=1,
        initialFontName=types.cell.font,
    )
    document.build([table], canvasmaker=partial(_Canvas, words=words, types=types, metadata=metadata))
    return file.getvalue()


class _Type:
    """How a kind of text is drawn."""

    def __init__(self, fonts: Fonts, role: Role, size: float, grey: float = 0.0) -> None:
        chain = fonts.chain(role)
        self.font, self.size, self.grey, self.weight = f"formsvc-{role}", size, grey, chain.weight
        self.leading = round(size * 1.35, 2)
        self.advance = fonts.advance(role)
        pdfmetrics.registerFont(ReportlabFont(self.font, chain))

    def draw(self, canvas: Canvas, lines: Sequence[Line], x: float, top: float) -> None:
        """Draw lines below each other; `x` and `top` are the top left corner of their column."""
        canvas.saveState()
        text = canvas.beginText()
        text.setFont(self.font, self.size)
        canvas.setFillGray(self.grey)
        if self.weight:
            canvas.setStrokeGray(self.grey)
            canvas.setLineWidth(self.weight * self.size)
            canvas.setLineJoin(1)
            text.setTextRenderMode(2)
        white = 0.0
        for number, line in enumerate(lines):
            baseline = self.leading * number + (self.leading - self.size) / 2 + 0.88 * self.size
            text.setTextOrigin(x + line.x, top - baseline)
            pairs = zip(line.text, line.extra, strict=True)
            for extra, run in groupby(pairs, key=lambda pair: round(pair[1], _FINE)):
                if extra != white:
                    text.setCharSpace(extra)
                    white = extra
                text.textOut("".join(character for character, _ in run))
        canvas.drawText(text)
        canvas.restoreState()

    def draw_line(self, canvas: Canvas, text: str, top: float, *, at: float) -> None:
        """Draw a text across the page: `at` is 0 for the left edge, 0.5 for the middle, 1 for the right edge."""
        line = set_line(text, size=self.size, advance=self.advance)
        self.draw(canvas, [line], _SIDE + at * (_ACROSS - line.right), top)


class _Types:
    """The kinds of text of a register; made anew for each document, as reportlab's fonts remember it."""

    def __init__(self, fonts: Fonts) -> None:
        self.cell = _Type(fonts, Role.BODY, 9.0)
        self.head = _Type(fonts, Role.HEADS, 9.0)
        self.title = _Type(fonts, Role.TITLE, 18.0)
        self.about = _Type(fonts, Role.NOTES, 9.5, 0.2)


class _Table(LongTable):  # type: ignore[misc]  # reportlab has no types
    """A table that goes on at the top of a page; only a tall row is parted by the end of one."""

    def split(self, width: float, height: float) -> list[Flowable]:
        """Return what stands on this page and what comes after it."""
        below, number = height, 0
        while number < len(self._rowHeights) and self._rowHeights[number] <= below:
            below -= self._rowHeights[number]
            number += 1
        is_tall = number < len(self._rowHeights) and self._rowHeights[number] > _TALL
        self.splitByRow = not (is_tall and below > _WORTH_IT)
        parts = super().split(width, height)
        return [parts[0], FrameBreak(), *parts[1:]] if len(parts) > 1 else parts


class _Cell(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Lines of a cell; they may be parted by the end of a page."""

    def __init__(self, lines: Sequence[Line], style: _Type) -> None:
        super().__init__()
        self._lines, self._style = lines, style
        self.height = len(lines) * style.leading + 2 * _ABOVE

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Return the room it takes, as reportlab asks everything that flows to."""
        return width, self.height

    def split(self, _width: float, height: float) -> list[_Cell]:
        """Return what fits above the end of a page and what comes after it; nothing where no line fits."""
        room = int((height - 2 * _ABOVE) / self._style.leading + 1e-6)
        if not 0 < room < len(self._lines):
            return []
        return [_Cell(self._lines[:room], self._style), _Cell(self._lines[room:], self._style)]

    def draw(self) -> None:
        """Draw it from its lower left corner."""
        self._style.draw(self.canv, self._lines, _BESIDE, self.height - _ABOVE)


def _table(rows: Sequence[Sequence[str]], types: _Types) -> _Table:
    styles = [types.head] + [types.cell] * (len(rows) - 1)
    extents = [[extent_of(text, style.advance) for text in row] for row, style in zip(rows, styles, strict=True)]
    columns = list(zip(*extents, strict=True))
    size = types.cell.size
    room = _ACROSS / size - len(columns) * 2 * _BESIDE / size - 1e-3
    widths = [width * size for width in column_widths(columns, room)]
    middle = [_stands_in_the_middle(column, width / size) for column, width in zip(columns, widths, strict=True)]
    cells = [
        [
            _cell(text, style, width, Align.CENTRE if centred or style is types.head else Align.LEFT)
            for text, width, centred in zip(row, widths, middle, strict=True)
        ]
        for row, style in zip(rows, styles, strict=True)
    ]
    bare = CellStyle("bare")
    bare.fontname, bare.valign = types.cell.font, "TOP"
    bare.leftPadding = bare.rightPadding = bare.topPadding = bare.bottomPadding = 0
    edge, thin = (_EDGE[1], (_EDGE[0],) * 3), (_THIN[1], (_THIN[0],) * 3)
    return _Table(
        [[[cell] for cell in row] for row in cells],
        colWidths=[width + 2 * _BESIDE for width in widths],
        rowHeights=[max(cell.height for cell in row) for row in cells],
        cellStyles=[[bare] * len(row) for row in cells],
        normalizedData=1,
        repeatRows=1,
        splitInRow=1,
        style=[
            ("BACKGROUND", (0, 0), (-1, 0), _HEAD_FILL),
            ("INNERGRID", (0, 0), (-1, -1), *thin),
            ("LINEBELOW", (0, 0), (-1, 0), *edge),
            *(("LINEBELOW", (0, row), (-1, row), *edge) for row in ("splitlast", "inrowsplitstart")),
            ("BOX", (0, 0), (-1, -1), *edge),
        ],
    )


def _stands_in_the_middle(column: Sequence[Extent], width: float) -> bool:
    longest = max(cell.whole for cell in column)
    return longest <= min(width, _SHORT)


def _cell(text: str, style: _Type, width: float, align: Align) -> _Cell:
    paragraph = Paragraph(text)
    return _Cell(break_lines(paragraph, width=width, size=style.size, advance=style.advance, align=align), style)


def _pages(name: str, heading: float, draw: Callable[[Canvas, BaseDocTemplate], None]) -> PageTemplate:
    bare = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    frame = Frame(_SIDE, _BOTTOM, _ACROSS, _HEIGHT - _TOP - _BOTTOM - heading, **bare)
    return PageTemplate(name, [frame], onPage=draw, autoNextPageTemplate="further")


def _heading(words: RegisterWords, types: _Types, canvas: Canvas, _document: BaseDocTemplate) -> None:
    top = _HEIGHT - _TOP
    types.title.draw_line(canvas, words.title, top, at=0.5)
    types.about.draw_line(canvas, words.left, top - 28, at=0)
    types.about.draw_line(canvas, words.right, top - 28, at=1)


def _heading_again(words: RegisterWords, types: _Types, canvas: Canvas, _document: BaseDocTemplate) -> None:
    types.about.draw_line(canvas, words.title, _HEIGHT - _TOP + 2, at=0.5)


class _Canvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas that holds its pages back until it knows how many there are, and then writes a PDF/A-2b."""

    def __init__(self, *args: Any, words: RegisterWords, types: _Types, metadata: Metadata, **more: Any) -> None:
        super().__init__(*args, **more)
        self._words, self._types, self._metadata = words, types, metadata
        self._held: list[dict[str, Any]] = []

    def showPage(self) -> None:
        """Hold a page back and begin the next."""
        self._held.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Give the pages their numbers and write the file."""
        for number, page in enumerate(self._held, 1):
            self.__dict__.update(page)
            text = self._words.page(number, len(self._held))
            self._types.about.draw_line(self, text, _BOTTOM - 8, at=0.5)
            super().showPage()
        self._declare()
        self._doc.SaveToFile(self._filename, self)

    def _declare(self) -> None:
        """Make what reportlab writes a PDF/A-2b: streams that end in a line of their own, metadata and colours."""
        document, metadata = self._doc, self._metadata
        for page in document.Pages.pages:
            document.updateSignature(page.stream)
            page.Contents = RawObject(stream(b"/Filter/FlateDecode", zlib.compress(page.stream.encode("ascii"), 9)))
            page.Trans = None
        about = packet(metadata)
        document.updateSignature(about)
        colours = CanvasObjects(document).add_stream(b"/N 3/Filter/FlateDecode", zlib.compress(profile(), 9))
        intent = b"/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)/DestOutputProfile %s" % colours
        catalogue = document.Catalog
        catalogue.__NoDefault__ = [*catalogue.__NoDefault__, "OutputIntents"]
        catalogue.OutputIntents = RawObject(b"[<</Type/OutputIntent/S/GTS_PDFA1%s>>]" % intent)
        catalogue.Metadata = RawObject(stream(b"/Type/Metadata/Subtype/XML", about))
        catalogue.ViewerPreferences = RawObject(b"<</DisplayDocTitle true>>\n")
        catalogue.Lang = RawObject(text_string(metadata.language))
        document.info = _Info(info(metadata))


class _Info(RawObject):
    """The Info dictionary in the place of reportlab's own."""

    def digest(self, _signature: object) -> None:
        """Add nothing to the signature: the packet, which says the same, is in it."""
