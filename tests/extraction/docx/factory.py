"""Word documents made for tests, element by element: what Word, WPS and LibreOffice write, in few bytes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from formsvc.extraction.read import read_bytes
from formsvc.forms.reading import Reading
from formsvc.forms.spec import Cell, FormSpec
from tests.forms.factories import a_spec

_OFFICE = "http://schemas.openxmlformats.org"
_KINDS = f"{_OFFICE}/officeDocument/2006/relationships"
_NAMES = (
    f'xmlns:w="{_OFFICE}/wordprocessingml/2006/main" xmlns:r="{_KINDS}" '
    f'xmlns:wp="{_OFFICE}/drawingml/2006/wordprocessingDrawing" xmlns:a="{_OFFICE}/drawingml/2006/main" '
    f'xmlns:mc="{_OFFICE}/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    f'xmlns:m="{_OFFICE}/officeDocument/2006/math"'
)
_STRICT = {
    f"{_OFFICE}/wordprocessingml/2006/main": "http://purl.oclc.org/ooxml/wordprocessingml/main",
    _KINDS: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    f"{_OFFICE}/drawingml/2006/wordprocessingDrawing": "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing",
    f"{_OFFICE}/drawingml/2006/main": "http://purl.oclc.org/ooxml/drawingml/main",
    f"{_OFFICE}/officeDocument/2006/custom-properties": "http://purl.oclc.org/ooxml/officeDocument/customProperties",
}


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = b"\x89PNG\r\n\x1a\n" + b"".join(
    (
        _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")),
        _chunk(b"IEND", b""),
    )
)
"""One red pixel."""
FORMS = ("annex1", "annex2", "annex3")
Text = str | Sequence[str]
"""The value of a field as typed: one paragraph or several."""


def docx(
    *body: str,
    properties: Mapping[str, str] | None = None,
    parts: Mapping[str, str | bytes] | None = None,
    relations: Mapping[str, tuple[str, str]] | None = None,
    strict: bool = False,
) -> bytes:
    """Return a package with this body; `relations` are those of the document: id to kind and target."""
    top = {"r1": ("officeDocument", "word/document.xml"), "r2": ("custom-properties", "docProps/custom.xml")}
    custom = "".join(
        f"<property name={quoteattr(name)}><vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for name, value in (properties or {}).items()
    )
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": _relations(top),
        "word/document.xml": part("document", f"<w:body>{''.join(body)}</w:body>"),
        "docProps/custom.xml": (
            f'<Properties xmlns="{_OFFICE}/officeDocument/2006/custom-properties" '
            f'xmlns:vt="{_OFFICE}/officeDocument/2006/docPropsVTypes">{custom}</Properties>'
        ),
        "word/_rels/document.xml.rels": _relations(relations or {}),
        **(parts or {}),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, _as_strict(content) if strict and isinstance(content, str) else content)
    return packed.getvalue()


def part(element: str, content: str) -> str:
    """Return the XML of a part: the document, a header."""
    return f"<w:{element} {_NAMES}>{content}</w:{element}>"


def _relations(relations: Mapping[str, tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="{name}" Type="{_KINDS}/{kind}" Target="{target}"/>'
        for name, (kind, target) in relations.items()
    )
    return f'<Relationships xmlns="{_OFFICE}/package/2006/relationships">{rows}</Relationships>'


def _as_strict(text: str) -> str:
    for transitional, strict in _STRICT.items():
        text = text.replace(f'="{transitional}"', f'="{strict}"').replace(f'="{transitional}/', f'="{strict}/')
    return text


def run(text: str, properties: str = "") -> str:
    """Return a run; line ends become breaks and tabs tabs."""
    pieces = escape(text).replace("\n", "</w:t><w:br/><w:t>").replace("\t", "</w:t><w:tab/><w:t>")
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{pieces}</w:t></w:r>'


def p(*content: str, numbered: bool = False) -> str:
    """Return a paragraph of runs, or of texts that become runs."""
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>' if numbered else ""
    inner = "".join(piece if piece.startswith("<") else run(piece) for piece in content)
    return f"<w:p><w:pPr>{number}<w:tabs><w:tab/></w:tabs></w:pPr>{inner}</w:p>"


def tc(*blocks: str, columns: int = 1, merge: str = "") -> str:
    """Return a cell of blocks, or of texts that become paragraphs; `merge` is restart or continue."""
    down = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    inner = "".join(block if block.startswith("<") else p(block) for block in blocks) or p()
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{columns}"/>{down}</w:tcPr>{inner}</w:tc>'


def tr(*cells: str) -> str:
    """Return a row of cells, or of texts that become cells."""
    return f"<w:tr>{''.join(cell if cell.startswith('<') else tc(cell) for cell in cells)}</w:tr>"


def tbl(*rows: str) -> str:
    """Return a table."""
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def sdt(key: str, *content: str, is_empty: bool = False) -> str:
    """Return a content control."""
    empty = "<w:showingPlcHdr/>" if is_empty else ""
    return (
        f"<w:sdt><w:sdtPr><w:tag w:val={quoteattr(key)}/>{empty}</w:sdtPr>"
        f"<w:sdtContent>{''.join(content)}</w:sdtContent></w:sdt>"
    )


def bookmark(key: str, *content: str, number: int = 1) -> str:
    """Return a bookmark of ours around something."""
    start = f'<w:bookmarkStart w:id="{number}" w:name="formsvc_{key}"/>'
    return f'{start}{"".join(content)}<w:bookmarkEnd w:id="{number}"/>'


def picture(relation: str, width: float = 40, height: float = 20) -> str:
    """Return a run with a picture; lengths in mm."""
    size = f'<wp:extent cx="{round(width * 36000)}" cy="{round(height * 36000)}"/>'
    blip = f'<a:graphic><a:blip r:embed="{relation}"/></a:graphic>'
    return f"<w:r><w:drawing><wp:inline>{size}{blip}</wp:inline></w:drawing></w:r>"


def table_of(form: FormSpec, values: Mapping[str, Text], labels: Mapping[str, str] | None = None) -> str:
    """Return the form's table as its paper has it, without a tag; `labels` replaces printed labels."""
    rows = []
    for row in range(len(form.grid.rows)):
        cells = [
            tc(
                *(_lines(form, cell, values, labels or {}) if cell.row == row else ()),
                columns=cell.columns,
                merge="" if cell.rows == 1 else "restart" if cell.row == row else "continue",
            )
            for cell in sorted(form.grid.cells, key=lambda cell: cell.column)
            if cell.row <= row < cell.row + cell.rows
        ]
        rows.append(tr(*cells))
    return tbl(*rows)


def _lines(form: FormSpec, cell: Cell, values: Mapping[str, Text], labels: Mapping[str, str]) -> list[str]:
    lines: list[str] = []
    for line in cell.lines:
        field = form.fields[line.key]
        if line.is_label:
            text: Text = labels.get(line.key, field.printed)
        else:
            text = values.get(line.key, field.blank)
        lines += (p(one) for one in ([text] if isinstance(text, str) else text))
    return lines


def untagged(
    values: Mapping[str, Text],
    form: str = "annex2",
    *,
    year: str = "2011",
    labels: Mapping[str, str] | None = None,
    before: Sequence[str] = (),
    after: Sequence[str] = (),
) -> bytes:
    """Return a form typed into the notice's own layout; `before` and `after` are further paragraphs."""
    spec = a_spec(form)
    title = spec.title.format(year=year)
    body = [p(spec.heading), p(title), *before, table_of(spec, values, labels), p(spec.note), *after]
    return docx(*body)


def readings(data: bytes) -> tuple[Reading, ...]:
    """Return what is read in a Word document by the three forms the tests know."""
    return read_bytes(data, map(a_spec, FORMS))


def reading(data: bytes) -> Reading:
    """Return the one reading of a document."""
    (found,) = readings(data)
    return found


def codes(found: Reading) -> list[str]:
    """Return the codes of a reading's problems but for the missing ink every typed form has."""
    return [
        problem.code.value
        for problem in found.problems
        if not problem.code.value.endswith(("signature-missing", "seal-missing"))
    ]


def values(found: Reading) -> dict[str, object]:
    """Return the values a reading has, without ink."""
    return {
        key: list(field.value) if isinstance(field.value, tuple) else field.value
        for key, field in found.fields.items()
        if field.value not in (None, "absent")
    }
