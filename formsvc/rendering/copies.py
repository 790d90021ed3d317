"""The copies of a version as PDF/A-2b: drawn from the values, each with its copy mark.

The posting copy is drawn from the public fields alone and embeds fonts of its own, so that no withheld value is in it
in any form.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from formsvc.forms.reading import Reading
from formsvc.forms.spec import CopySpec, FormSpec
from formsvc.rendering.fonts import Fonts, Role, bundled_fonts
from formsvc.rendering.layout import FormLayout, layout_of
from formsvc.rendering.lines import set_line
from formsvc.rendering.marks import POINTS_A_MM, Text
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.pdf import Document, Layer, write
from formsvc.rendering.printed import printed_lines

CONFORMANCE = "PDF/A-2b"
_MARK = "第{number}份/共{total}份 · 存：{place}"
_MARK_SIZE = 9.0
_MARK_BASELINE = 27.0
"""Millimetres from the top of the page: above the text block."""


@dataclass(frozen=True, slots=True)
class DrawnCopy:
    """One copy's file."""

    data: bytes
    conformance: str


def draw_copies(
    spec: FormSpec, reading: Reading, *, record: str, version: int, date: dt.datetime, fonts: Fonts | None = None
) -> dict[str, DrawnCopy]:
    """Return role -> copy for every copy the form asks for.

    Raises NoGlyphError for a character no face has.
    """
    fonts = fonts or bundled_fonts()
    layout = layout_of(spec, fonts)
    drawn: dict[str, DrawnCopy] = {}
    for public in (False, True):
        copies = [(number, copy) for number, copy in enumerate(spec.copies, 1) if copy.is_public is public]
        printed = printed_values(spec, reading, public=public)
        pages = layout.pages(reading.year.value, printed)
        documents = []
        for number, copy in copies:
            layer = copy_mark(layout, fonts, number, copy)
            marked = tuple(type(page)((*page.layers, layer), page.width, page.height) for page in pages)
            facts = {"form": f"{spec.id}/{spec.version}", "record": record, "version": str(version), "copy": copy.role}
            title = spec.title.replace("{year}", str(reading.year.value or ""))
            documents.append(Document(marked, Metadata(title, date, properties=facts)))
        if documents:
            for (_, copy), data in zip(copies, write(documents, fonts), strict=True):
                drawn[copy.role] = DrawnCopy(data, CONFORMANCE)
    return drawn


def printed_values(spec: FormSpec, reading: Reading, *, public: bool) -> Mapping[str, tuple[str, ...]]:
    """Return field key -> printed lines: the normal form, or the text as it stood where there is none."""
    printed = {}
    for key, found in reading.fields.items():
        field = spec.fields[key]
        if public and not field.public:
            continue
        if found.value is None and found.raw.strip() and not field.kind.is_mark:
            printed[key] = tuple(found.raw.splitlines())
        else:
            printed[key] = printed_lines(field, found.value)
    return printed


def copy_mark(layout: FormLayout, fonts: Fonts, number: int, copy: CopySpec) -> Layer:
    """Return the mark that says which copy it is and where it is kept, at the top right."""
    text = _MARK.format(number=number, total=len(layout.spec.copies), place=copy.place)
    line = set_line(text, size=_MARK_SIZE, advance=fonts.advance(Role.NOTES))
    width = line.right / POINTS_A_MM
    page = layout.spec.page
    return Layer(
        (Text(page.width - page.right - width, _MARK_BASELINE, line.text, _MARK_SIZE, Role.NOTES, line.extra),)
    )
