"""A made-up filled form in Word's format, read once by the reader server before it forks.

What reading compiles and learns on the way (patterns, labels) is then shared by every child, which would otherwise
make it anew for every file: a typed form is read in a fraction of the time.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from types import MappingProxyType

from formsvc.forms.markup import escaped
from formsvc.forms.spec import FormSpec, Kind, Line

_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_SAMPLES: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.NAME: ("欧阳 春晓",),
        Kind.INTEGER: ("４１",),
        Kind.MONTH: ("一九九八年7月",),
        Kind.DATE: ("２０１１年 2 月21日",),
        Kind.PHONE: ("0574－62000000",),
        Kind.EMAIL: ("a@example.cn",),
        Kind.ITEMS: ("一、1.2", "（二）3", "3. 4"),
    }
)
_OTHER = ("2011",)


def sample_docx(spec: FormSpec) -> bytes:
    """Return a Word file of this form, filled with made-up values."""
    rows = []
    for row in range(len(spec.grid.rows)):
        cells = [_cell(spec, cell.lines) for cell in spec.grid.cells if cell.row == row]
        rows.append(f"<w:tr>{''.join(cells)}</w:tr>")
    title = _paragraph(spec.title.replace("{year}", "２０１１"))
    table = f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"
    document = f'<w:document xmlns:w="{_NAMESPACE}"><w:body>{title}{table}{_paragraph(spec.note)}</w:body></w:document>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _RELATIONS)
        package.writestr("word/document.xml", document)
    return packed.getvalue()


def _cell(spec: FormSpec, lines: tuple[Line, ...]) -> str:
    texts: list[str] = []
    for line in lines:
        field = spec.fields[line.key]
        if line.is_label:
            texts.append(field.printed)
        elif field.kind.is_mark:
            texts.append(field.blank)
        else:
            texts += field.options[:1] or _SAMPLES.get(field.kind, _OTHER)
    return f"<w:tc><w:tcPr/>{''.join(map(_paragraph, texts))}</w:tc>"


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{escaped(text)}</w:t></w:r></w:p>"
