"""The fillable blank of a form: the printable one with a field to type in at the place of each value.

A field's name is the key of the form's field. What counts is the value a program stores (`/V`); how it draws Chinese
is its own affair, so the fields name a face every office has and embed none. Until something is typed each field
shows what the paper prints there, drawn with our embedded faces. Signatures and seals have no field: they are ink.

Fields are no matter for an archive: the file does not call itself PDF/A.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from formsvc.forms.mark import mark_of_blank
from formsvc.forms.spec import Align, Field, FormSpec, Kind, Line
from formsvc.rendering.blank_pdf import BLANK_DATE, MARK_PROPERTY
from formsvc.rendering.closing import closing_layer
from formsvc.rendering.fonts import Fonts, Role, bundled_fonts
from formsvc.rendering.layout import SIGN_INDENT, TITLE_SIZE, FormLayout, Rectangle
from formsvc.rendering.marks import POINTS_A_MM, Text
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.pdf import Document, Page, write

_FACE = "STSong-Light"
"""The Song every PDF program with Chinese has or replaces (Adobe-GB1)."""
_RESOURCE = "Song"
_YEAR_PLACE = "\u3000\u3000{year}"
"""Room in a title for four digits to be typed."""
_SIZE = 14
_TALLEST = 7.5
"""Height in mm of a field of one line; text that is too long for it is drawn smaller by the program."""
_APART = 0.5
"""White in mm between a field of many lines and the rules above and below it."""
_PRINTED = 4
_MANY_LINES, _COMBO = 1 << 12, 1 << 17
"""Flags of annotations and fields (ISO 32000-2, 12.5.3 and 12.7)."""
_ALIGN = {Align.LEFT: 0, Align.CENTRE: 1, Align.RIGHT: 2}


def write_fillable(spec: FormSpec, *, year: int | None, serial: str | None = None, fonts: Fonts | None = None) -> bytes:
    """Return the form as a fillable PDF; without a year its title has a field for it.

    Raises NoGlyphError for a character of the form no face has.
    """
    fonts = fonts or bundled_fonts()
    roomy = spec if year is not None else dataclasses.replace(spec, title=spec.title.replace("{year}", _YEAR_PLACE))
    layout = FormLayout(roomy, fonts)
    typed = [key for key, field in spec.fields.items() if not field.kind.is_mark and field.kind is not Kind.YEAR]
    inked = [key for key, field in spec.fields.items() if field.kind.is_mark]
    page = layout.pages(year, dict.fromkeys(typed, ("",)))[0]
    shown = layout.pages(year, dict.fromkeys(inked, ("",)))[0]
    mark = mark_of_blank(spec, year, serial)
    closing = closing_layer(spec, mark, fonts)
    if closing is not None:
        page = dataclasses.replace(page, layers=(*page.layers, closing))
    title = spec.title.replace("{year}", "" if year is None else str(year))
    metadata = Metadata(title, BLANK_DATE, properties={MARK_PROPERTY: mark.property_text})
    with Pdf.open(BytesIO(write([Document((page,), metadata)], fonts)[0])) as pdf:
        form = _Form(pdf, _blanks(pdf, dataclasses.replace(shown, layers=shown.layers[-1:]), metadata, fonts), spec)
        if year is None:
            form.add(spec.fields[spec.year_key], _year_place(page, spec, fonts), Align.CENTRE, size=TITLE_SIZE)
        for line, place in _places(layout):
            form.add(spec.fields[line.key], place, line.align, many_lines=line.grow)
        form.finish()
        return _saved(pdf)


def _places(layout: FormLayout) -> Iterator[tuple[Line, Rectangle]]:
    """Yield the lines to be typed and where, the field of one line in the middle of its place."""
    for cell in layout.spec.grid.cells:
        for line in cell.lines:
            if line.is_label or layout.spec.fields[line.key].kind.is_mark:
                continue
            box = layout.value_box(line.key)
            width = box.width - (SIGN_INDENT if line.align is Align.RIGHT else 0.0)
            height = box.height - 2 * _APART if line.grow else min(box.height, _TALLEST)
            yield line, Rectangle(box.x, box.y + (box.height - height) / 2, width, height)


def _year_place(page: Page, spec: FormSpec, fonts: Fonts) -> Rectangle:
    """Return where the title leaves room for the year: from what the form prints before it to what follows."""
    title = next(mark for mark in page.layers[0].marks if isinstance(mark, Text) and mark.role is Role.TITLE)
    advance = fonts.advance(Role.TITLE)
    extra = title.extra or (0.0,) * len(title.text)
    points = [advance(character) * title.size + more for character, more in zip(title.text, extra, strict=True)]
    before, after = (len(part) for part in spec.title.split("{year}"))
    start = sum(points[:before]) / POINTS_A_MM
    width = sum(points[before : len(points) - after]) / POINTS_A_MM
    height = 1.25 * title.size / POINTS_A_MM
    return Rectangle(title.x + start, title.y - 0.8 * height, width, height)


def _blanks(pdf: Pdf, page: Page, metadata: Metadata, fonts: Fonts) -> Object:
    """Return what an empty form prints at its fields, as one drawing of the size of the page."""
    with Pdf.open(BytesIO(write([Document((page,), metadata)], fonts)[0])) as drawn:
        return pdf.copy_foreign(drawn.pages[0].as_form_xobject())


class _Form:
    """Puts fields on the first page of a file."""

    def __init__(self, pdf: Pdf, blanks: Object, spec: FormSpec) -> None:
        self._pdf = pdf
        self._blanks = blanks
        self._height = spec.page.height
        self._fields: list[Object] = []

    def add(
        self, field: Field, place: Rectangle, align: Align, *, many_lines: bool = False, size: float = _SIZE
    ) -> None:
        """Add a field at a place in mm; text too long for it shrinks, but in the title."""
        left, bottom, right, top = corners = self._corners(place)
        drawn_size = 0 if size == _SIZE else size
        widget = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            P=self._pdf.pages[0].obj,
            Rect=Array(corners),
            F=_PRINTED,
            FT=Name.Ch if field.options else Name.Tx,
            T=String(field.key),
            TU=String(field.label),
            Q=_ALIGN[align],
            DA=String(f"/{_RESOURCE} {drawn_size:g} Tf 0 g"),
            Ff=(_COMBO if field.options else 0) | (_MANY_LINES if many_lines else 0),
            AP=Dictionary(N=self._appearance(left, bottom, right - left, top - bottom, empty=not field.blank)),
        )
        if field.options:
            widget.Opt = Array([String(option) for option in field.options])
        elif field.blank:
            widget.V = widget.DV = String(field.blank)
        self._fields.append(self._pdf.make_indirect(widget))

    def finish(self) -> None:
        """Make the fields known to the page and the file."""
        self._pdf.pages[0].obj.Annots = Array(self._fields)
        self._pdf.Root.AcroForm = Dictionary(
            Fields=Array(self._fields),
            DR=Dictionary(Font=Dictionary({f"/{_RESOURCE}": self._font()})),
            DA=String(f"/{_RESOURCE} {_SIZE} Tf 0 g"),
        )

    def _corners(self, place: Rectangle) -> tuple[float, float, float, float]:
        x, y = place.x * POINTS_A_MM, (self._height - place.y - place.height) * POINTS_A_MM
        width, height = place.width * POINTS_A_MM, place.height * POINTS_A_MM
        return round(x, 2), round(y, 2), round(x + width, 2), round(y + height, 2)

    def _appearance(self, x: float, y: float, width: float, height: float, *, empty: bool) -> Object:
        """Return how a field looks before anything is typed: the part of the blanks that lies under it."""
        drawing = "" if empty else f"q 1 0 0 1 {-x:g} {-y:g} cm /Blanks Do Q"
        made = self._pdf.make_stream(f"/Tx BMC {drawing} EMC".encode())
        made.Type, made.Subtype = Name.XObject, Name.Form
        made.BBox = Array([0, 0, round(width, 2), round(height, 2)])
        made.Resources = Dictionary() if empty else Dictionary(XObject=Dictionary(Blanks=self._blanks))
        return made

    def _font(self) -> Object:
        system = Dictionary(Registry=String("Adobe"), Ordering=String("GB1"), Supplement=4)
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name(f"/{_FACE}"),
            Flags=6,
            FontBBox=Array([-25, -254, 1000, 880]),
            ItalicAngle=0,
            Ascent=880,
            Descent=-120,
            CapHeight=880,
            StemV=93,
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType0,
            BaseFont=Name(f"/{_FACE}"),
            CIDSystemInfo=system,
            FontDescriptor=self._pdf.make_indirect(descriptor),
            DW=1000,
            W=Array([1, 95, 500]),
        )
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name(f"/{_FACE}-UniGB-UCS2-H"),
            Encoding=Name("/UniGB-UCS2-H"),
            DescendantFonts=Array([self._pdf.make_indirect(descendant)]),
        )
        return self._pdf.make_indirect(font)


def _saved(pdf: Pdf) -> bytes:
    """Return the file, the same bytes every time, without the claim to be PDF/A."""
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as about:
        for name in ("pdfaid:part", "pdfaid:conformance"):
            del about[name]
    saved = BytesIO()
    pdf.save(saved, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return saved.getvalue()
