"""Many forms in one Word document, for a printer: each begins a page, with its own controls, bookmarks and marks.

The document is one section. What is the same in every form (the squares, styles, placeholders) is there once; a form
adds its body and the picture of its DataMatrix, whose alternative text says what it holds, so that a reader of the
file tells the papers apart. Forms are filled and deflated one by one, and only what came of it is held.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from lxml import etree

from formsvc.forms.mark import closing_marks, mark_of_blank
from formsvc.forms.reading import Value
from formsvc.forms.spec import FormSpec
from formsvc.rendering.closing import matrix_png, serial_shown
from formsvc.rendering.docx import MARK_PROPERTY
from formsvc.rendering.docx_body import Body, build_body, members_of
from formsvc.rendering.docx_controls import xml_text
from formsvc.rendering.docx_header import NAMES, add_black, pictures, serial_line
from formsvc.rendering.docx_package import StyleName, add_properties, slim_xml
from formsvc.rendering.docx_zip import Package, deflated, stored

MOST = 50_000
"""How many forms a document may hold: a zip counts its members with 16 bits."""

_DOCUMENT, _RELATIONS = "word/document.xml", "word/_rels/document.xml.rels"
_NUMBER, _MARK, _SERIAL = "\x01", "\x02", "\x03"
"""What stands in the compiled form for its number, its mark and its serial: signs that no text in XML can have."""
_PICTURES, _LINE = "formsvc-marks", "formsvc-serial"
"""The targets of the processing instructions that stand where marks and serial go."""


def write_one_docx(
    spec: FormSpec, *, year: int | None, filled: Iterable[Mapping[str, Value]], serials: Sequence[str | None]
) -> bytes:
    """Return one document with a form for each of these values, at most MOST; `serials` are theirs in the same order.

    Each form is as `DocxTemplate.fill` makes it. Raises UnknownFieldError for a key the form does not have.
    """
    document, before, body, after = _compiled(spec)
    alone = mark_of_blank(spec, year, serials[0] if len(serials) == 1 else None)
    title = spec.title.replace("{year}", "" if year is None else str(year))
    add_properties(document, title=title, mark_name=MARK_PROPERTY, mark=alone.property_text)
    whole = Package()
    members = members_of(document)
    del members[_DOCUMENT]
    relations = members.pop(_RELATIONS)
    for name, data in members.items():
        whole.add(deflated(name, data, level=9))
    marks = [mark_of_blank(spec, year, serial) for serial in serials]
    if closing_marks(spec) is not None:
        for number, mark in enumerate(marks, 1):
            whole.add(stored(f"word/{_picture(number)}", matrix_png(mark)))
        relations = _with_pictures(relations, len(marks))
    whole.add(deflated(_RELATIONS, relations))

    def pieces() -> Iterator[bytes]:
        yield before
        for number, (values, mark) in enumerate(zip(filled, marks, strict=True), 1):
            form = body.filled(year, values)
            own = ((_NUMBER, str(number)), (_MARK, mark.matrix_text), (_SERIAL, xml_text(serial_shown(mark))))
            for slot, text in own:
                form = form.replace(slot.encode(), text.encode())
            yield form
        yield after

    whole.add_pieces(_DOCUMENT, pieces())
    return whole.done()


def _compiled(spec: FormSpec) -> tuple[Document, bytes, Body, bytes]:
    """Return the document, its XML up to the first form, the form, and the XML behind the last one."""
    document, places = build_body(spec)
    content = document.element.body
    if not spec.heading:
        content.insert(0, document.add_paragraph("", style=StyleName.END.value)._p)  # noqa: SLF001 - to move it
    document.paragraphs[0].paragraph_format.page_break_before = True
    title = next(one for one in document.paragraphs if one.style is not None and one.style.name == StyleName.TITLE)
    marks = closing_marks(spec)
    drawn = line = ""
    if marks is not None:
        black = add_black(document)
        drawn = pictures(marks, black, f"mark{_NUMBER}", form=_NUMBER, text=_MARK)
        line = serial_line(marks.matrix, _SERIAL)
    title._p.addprevious(etree.ProcessingInstruction(_LINE))  # noqa: SLF001 - python-docx has no way to XML of one's own
    title._p.insert(1, etree.ProcessingInstruction(_PICTURES))  # noqa: SLF001 - as above
    xml = slim_xml(document).decode().replace("<w:document ", f"<w:document {NAMES} ", 1)
    xml = xml.replace(f"<?{_PICTURES} ?>", drawn).replace(f"<?{_LINE} ?>", line)
    start, end = xml.index("<w:body>") + len("<w:body>"), xml.rindex("<w:sectPr")
    numbered = [dataclasses.replace(place, form=_NUMBER) for place in places]
    return document, xml[:start].encode(), Body(spec, xml[start:end], numbered), xml[end:].encode()


def _picture(number: int) -> str:
    return f"media/mark{number}.png"


def _with_pictures(relations: bytes, forms: int) -> bytes:
    """Return the document's relationships with those to the DataMatrix of each form."""
    begin, end, behind = relations.rpartition(b"</Relationships>")
    added = "".join(
        f'<Relationship Id="mark{number}" Type="{RELATIONSHIP_TYPE.IMAGE}" Target="{_picture(number)}"/>'
        for number in range(1, forms + 1)
    )
    return b"".join((begin, added.encode(), end, behind))
