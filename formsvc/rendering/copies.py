"""The copies of a version as PDF/A-2b: drawn from the values, each with its copy mark.

The posting copy is drawn from the public fields alone and embeds fonts of its own, so that no withheld value is in it
in any form.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from formsvc.forms.reading import Reading
from formsvc.forms.spec import CopySpec, FormSpec
from formsvc.records.record import Pages
from formsvc.rendering.fonts import Fonts, Role, bundled_fonts
from formsvc.rendering.layout import FormLayout, layout_of
from formsvc.rendering.lines import set_line
from formsvc.rendering.marks import POINTS_A_MM, Picture, Text
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.pdf import Document, Layer, Page, write
from formsvc.rendering.pictures import raster_of
from formsvc.rendering.printed import printed_lines
from formsvc.rendering.spans import Spliced

CONFORMANCE = "PDF/A-2b"
LACKING = "\u3013"
"""The geta mark, which type has for a character that is lacking."""
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MARK = "第{number}份/共{total}份 · 存：{place}"
_PICTURE_MARGIN, _PICTURE_WIDTH = 2.0, 30.0
"""Millimetres between a pasted picture and the lines, and the width of one that does not say its own."""
_MARK_SIZE = 9.0
_MARK_BASELINE = 27.0
"""Millimetres from the top of the page: above the text block."""


@dataclass(frozen=True, slots=True)
class DrawnCopy:
    """One copy's file."""

    data: bytes | Spliced
    conformance: str | None
    """The PDF/A level it keeps; None when its received pages cannot."""
    pages: Pages = Pages.DRAWN


def draw_copies(
    spec: FormSpec,
    reading: Reading,
    *,
    record: str,
    version: int,
    date: dt.datetime,
    but: Collection[str] = (),
    fonts: Fonts | None = None,
) -> dict[str, DrawnCopy]:
    """Return role -> copy for every copy the form asks for, `but` those that were made otherwise.

    Raises NoGlyphError for a character no face has.
    """
    fonts = fonts or bundled_fonts()
    layout = layout_of(spec, fonts)
    drawn: dict[str, DrawnCopy] = {}
    for public in (False, True):
        copies = [
            (number, copy)
            for number, copy in enumerate(spec.copies, 1)
            if copy.is_public is public and copy.role not in but
        ]
        if not copies:
            continue
        printed = printed_values(spec, reading, fonts, public=public)
        pages = layout.pages(reading.year.value, printed)
        if not public and reading.pictures:
            pages = (_with_pictures(layout, pages[0], reading), *pages[1:])
        documents = []
        for number, copy in copies:
            layer = copy_mark(layout, fonts, number, copy)
            marked = tuple(dataclasses.replace(page, layers=(*page.layers, layer)) for page in pages)
            documents.append(Document(marked, about(spec, reading, copy, record=record, version=version, date=date)))
        for (_, copy), data in zip(copies, write(documents, fonts), strict=True):
            drawn[copy.role] = DrawnCopy(data, CONFORMANCE)
    return drawn


def about(
    spec: FormSpec, reading: Reading, copy: CopySpec, *, record: str, version: int, date: dt.datetime
) -> Metadata:
    """Return what a copy says about itself."""
    facts = {"form": f"{spec.id}/{spec.version}", "record": record, "version": str(version), "copy": copy.role}
    return Metadata(spec.title.replace("{year}", str(reading.year.value or "")), date, properties=facts)


def unprintable(spec: FormSpec, reading: Reading, fonts: Fonts | None = None) -> dict[str, str]:
    """Return field key -> the characters of its value that no face has, in order."""
    fonts = fonts or bundled_fonts()
    lacking = {}
    for key, lines in _lines_of(spec, reading, public=False).items():
        missing = fonts.missing("".join(lines))
        if missing:
            lacking[key] = "".join(sorted(missing))
    return lacking


def printed_values(spec: FormSpec, reading: Reading, fonts: Fonts, *, public: bool) -> Mapping[str, tuple[str, ...]]:
    """Return field key -> printed lines; a character no face has is printed as the mark for one that is lacking."""
    return {
        key: tuple(_with_marks(line, fonts.missing(line)) for line in lines)
        for key, lines in _lines_of(spec, reading, public=public).items()
    }


def _with_marks(line: str, missing: frozenset[str]) -> str:
    return "".join(LACKING if character in missing else character for character in line) if missing else line


def _lines_of(spec: FormSpec, reading: Reading, *, public: bool) -> dict[str, tuple[str, ...]]:
    """Return field key -> lines: the normal form, or the text as it stood where there is none; controls are blanks."""
    printed = {}
    for key, found in reading.fields.items():
        field = spec.fields[key]
        if public and not field.public:
            continue
        if found.value is None and found.raw.strip() and not field.kind.is_mark:
            lines = tuple(found.raw.splitlines())
        else:
            lines = printed_lines(field, found.value)
        printed[key] = tuple(_CONTROLS.sub(" ", line) for line in lines)
    return printed


def _with_pictures(layout: FormLayout, page: Page, reading: Reading) -> Page:
    """Return the page with the pictures pasted into its signature and seal boxes, as large as the boxes allow."""
    marks = []
    for picture in reading.pictures:
        if not layout.spec.fields[picture.field].kind.is_mark:
            continue
        try:
            raster = raster_of(picture)
        except ValueError:  # a picture that is not plain is kept as evidence and not drawn
            continue
        box, line = layout.cell_box(layout.cell_of(picture.field)), layout.value_box(picture.field)
        room = (box.width - 2 * _PICTURE_MARGIN, box.height - 2 * _PICTURE_MARGIN)
        wanted = (picture.width or _PICTURE_WIDTH, picture.height or _PICTURE_WIDTH * raster.height / raster.width)
        scale = min(1.0, room[0] / wanted[0], room[1] / wanted[1])
        width, height = wanted[0] * scale, wanted[1] * scale
        x = box.x + box.width - width - _PICTURE_MARGIN
        lowest = box.y + box.height - height - _PICTURE_MARGIN
        y = min(max(line.y + (line.height - height) / 2, box.y + _PICTURE_MARGIN), lowest)
        marks.append(Picture(x, y, width, height, raster))
    return dataclasses.replace(page, layers=(Layer(tuple(marks)), *page.layers))


def copy_mark(layout: FormLayout, fonts: Fonts, number: int, copy: CopySpec) -> Layer:
    """Return the mark that says which copy it is and where it is kept, at the top right."""
    text = _MARK.format(number=number, total=len(layout.spec.copies), place=copy.place)
    line = set_line(text, size=_MARK_SIZE, advance=fonts.advance(Role.NOTES))
    width = line.right / POINTS_A_MM
    page = layout.spec.page
    return Layer(
        (Text(page.width - page.right - width, _MARK_BASELINE, line.text, _MARK_SIZE, Role.NOTES, line.extra),)
    )
