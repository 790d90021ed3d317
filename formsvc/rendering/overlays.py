"""What is laid over the pages of a copy that keeps them: its copy mark, and the text that was read, to be searched.

The text is drawn where it was read, as large as its place allows; the job that lays it over hides it. What has no
place of its own (the title, what a person typed) stands along the upper edge of the first page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from formsvc.forms.reading import Reading
from formsvc.forms.spec import FormSpec
from formsvc.rendering.copies import LACKING, about, copy_mark, printed_values
from formsvc.rendering.fonts import Fonts, Role, bundled_fonts
from formsvc.rendering.layout import layout_of
from formsvc.rendering.marks import POINTS_A_MM, Text
from formsvc.rendering.metadata import Metadata, info, packet
from formsvc.rendering.pdf import Document, Layer, Page, write

_LINE = 0.8
"""The size of type to the height of its line, and where the baseline stands in it."""
_SMALLEST, _LARGEST = 1.0, 22.0
"""Points."""
_EDGE = (10.0, 4.0, 190.0, 2.0)
"""Where the lines along the upper edge stand, and how wide and high each is (mm)."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a copy's pages get, for all copies of a form."""

    pdf: bytes
    """The text of each page, then the mark of each copy."""
    texts: int
    """How many pages of text there are."""
    about: dict[str, Metadata]
    """What the copies say about themselves, by role, in the order of their marks."""

    def roles(self) -> dict[str, dict[str, str | int]]:
        """Return what the job is told of each copy."""
        return {
            role: {
                "mark": self.texts + number,
                "xmp": packet(metadata).decode("utf-8"),
                "info": info(metadata).decode("ascii"),
            }
            for number, (role, metadata) in enumerate(self.about.items())
        }


def overlay_of(
    spec: FormSpec, reading: Reading, *, record: str, version: int, date: dt.datetime, fonts: Fonts | None = None
) -> Overlay:
    """Return what is laid over the received pages of all copies but the public ones."""
    fonts = fonts or bundled_fonts()
    layout, paper = layout_of(spec, fonts), (spec.page.width, spec.page.height)
    copies = [(number, copy) for number, copy in enumerate(spec.copies, 1) if not copy.is_public]
    texts = _texts(spec, reading, fonts)
    layers = [Layer(tuple(texts[page])) for page in sorted(texts)]
    layers += [copy_mark(layout, fonts, number, copy) for number, copy in copies]
    told = {copy.role: about(spec, reading, copy, record=record, version=version, date=date) for _, copy in copies}
    pages = tuple(Page((layer,), *paper) for layer in layers)
    (pdf,) = write([Document(pages, Metadata(spec.name, date))], fonts)
    return Overlay(pdf, len(texts), told)


def _texts(spec: FormSpec, reading: Reading, fonts: Fonts) -> dict[int, list[Text]]:
    """Return the text of each page of the form, from 1, in the order of the form's fields."""
    pages = reading.pages or tuple(sorted({one.evidence.page or 1 for one in reading.fields.values() if one.evidence}))
    numbers = {page: number for number, page in enumerate(pages or (1,), 1)}
    texts: dict[int, list[Text]] = {number: [] for number in numbers.values()}
    loose = [spec.title.replace("{year}", str(reading.year.value or ""))]
    for key, lines in printed_values(spec, reading, fonts, public=False).items():
        shown = [line for line in lines if line.strip()]
        evidence = reading.fields[key].evidence
        page = None if evidence is None else numbers.get(evidence.page or 1)
        if evidence is None or evidence.box is None or page is None:
            loose += shown
        else:
            texts[page] += _in_box(shown, evidence.box, fonts)
    x, y, width, height = _EDGE
    above = ["".join(LACKING if fonts.missing(character) else character for character in line) for line in loose]
    texts[1] = [*_in_box(above, (x, y, width, height * len(above)), fonts), *texts[1]]
    return texts


def _in_box(lines: Sequence[str], box: Box, fonts: Fonts) -> Iterator[Text]:
    """Yield lines one below the other in a box (mm), each as large as it can be."""
    x, y, width, height = box
    advance = fonts.advance(Role.BODY)
    for number, line in enumerate(lines):
        room = max(height, 1.0) / len(lines)
        natural = sum(map(advance, line))
        size = min(room * POINTS_A_MM * _LINE, max(width, 1.0) * POINTS_A_MM / max(natural, 1.0), _LARGEST)
        yield Text(x, y + (number + _LINE) * room, line, max(size, _SMALLEST), weight=0.0)
