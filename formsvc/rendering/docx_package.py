"""The slim Word package every form starts from.

python-docx's own template carries 870 kB of style XML, a theme, numbering and a thumbnail that a form has no use for.
Here all of it is dropped but the parts Word needs, and the few styles a form uses are made. Sizes and faces stand in
paragraph styles: other programs lose those of runs inside content controls.

Faces are those of GB/T 9704-2012 and of the notice's annexes; word/fontTable.xml names their other names, so that an
office with only one of them draws the same. Lengths of type are points.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from enum import StrEnum

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from lxml import etree

from formsvc.forms.markup import escaped, quoted
from formsvc.forms.spec import Page

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CELL_SIZE = 14.0
"""四号, the size inside a form's table, in points."""
LINE = 20.0
"""The least height of a line in a cell, in points."""
SIGN_LINE = 24.0
"""The least height of a line for a date, a signature or a seal, in points."""
HEADING_LINE = 28.0
TITLE_SIZE, TITLE_LINE, TITLE_BEFORE, TITLE_AFTER = 22.0, 34.0, 10.0, 8.0
NOTE_SIZE, NOTE_LINE, NOTE_BEFORE = 11.0, 18.0, 2.0
"""二号 for the title, 11 pt for the note, with the heights of their lines and the white around them, in points."""
_HEADING_SIZE, _NARROW_SIZE, _ITEM_LINE = 16.0, 12.0, 26.0

BODY_FACE = "仿宋_GB2312"
_TITLE_FACE = "方正小标宋简体"
_HEAD_FACE = "黑体"
_NOTE_FACE = "楷体_GB2312"
_OTHER_NAMES = {
    BODY_FACE: "仿宋,FangSong",
    _TITLE_FACE: "FZXiaoBiaoSong-B05S,方正小标宋_GBK,小标宋体,华文中宋",
    _HEAD_FACE: "SimHei",
    _NOTE_FACE: "楷体,KaiTi",
}
_FAMILY = {BODY_FACE: "modern", _TITLE_FACE: "auto", _HEAD_FACE: "modern", _NOTE_FACE: "modern"}
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_KEPT_STYLES = ("Normal", "Default Paragraph Font", "Normal Table")


class StyleName(StrEnum):
    """The paragraph styles of a form."""

    HEADING = "FormHeading"
    TITLE = "FormTitle"
    LABEL = "FormLabel"
    NARROW_LABEL = "FormLabelNarrow"
    """For a label too long for its cell in the usual size."""
    CELL = "FormCell"
    SMALL_CELL = "FormCellSmall"
    SMALLEST_CELL = "FormCellSmallest"
    """For a value too long for its cell in the usual size: so that the row stays as high as it is."""
    ITEM = "FormItem"
    SIGN = "FormSign"
    NOTE = "FormNote"
    END = "FormEnd"
    """The paragraph Word wants after a table, as low as can be."""


CELL_SIZES = {
    StyleName.CELL: (CELL_SIZE, LINE),
    StyleName.SMALL_CELL: (10.5, 14.0),
    StyleName.SMALLEST_CELL: (8.0, 10.5),
}
"""Size and height of a line for values in cells, in points, from the usual one down."""


def slim_document(page: Page) -> Document:
    """Return an empty document of one section with this paper, the styles of a form and nothing else."""
    document = docx.Document()
    _drop_parts(document)
    _set_styles(document)
    _add(document, "/word/settings.xml", CONTENT_TYPE.WML_SETTINGS, RELATIONSHIP_TYPE.SETTINGS, _settings())
    _add(document, "/word/fontTable.xml", CONTENT_TYPE.WML_FONT_TABLE, RELATIONSHIP_TYPE.FONT_TABLE, _font_table())
    section = document.sections[0]
    section.page_width, section.page_height = Mm(page.width), Mm(page.height)
    section.top_margin, section.right_margin = Mm(page.top), Mm(page.right)
    section.bottom_margin, section.left_margin = Mm(page.bottom), Mm(page.left)
    properties = document.element.body.find(qn("w:sectPr"))
    properties.remove(properties.find(qn("w:docGrid")))
    properties.attrib.clear()
    return document


def add_placeholders(document: Document, placeholders: Mapping[str, str]) -> None:
    """Add the texts an empty control shows, by eight digits of base 16: without them Word prompts in a cleared one."""
    blocks = "".join(_block(name, text) for name, text in placeholders.items())
    blob = f'{_XML}<w:glossaryDocument xmlns:w="{W}"><w:docParts>{blocks}</w:docParts></w:glossaryDocument>'
    kind = RELATIONSHIP_TYPE.GLOSSARY_DOCUMENT
    _add(document, "/word/glossary/document.xml", CONTENT_TYPE.WML_DOCUMENT_GLOSSARY, kind, blob)


def add_properties(document: Document, *, title: str, mark_name: str, mark: str) -> None:
    """Set the title and one custom property; nothing says who made the file or when."""
    core = document.core_properties
    known = document.part.package.part_related_by(RELATIONSHIP_TYPE.CORE_PROPERTIES).element
    for element in list(known):
        known.remove(element)
    core.title, core.language = title, "zh-CN"
    blob = (
        f'{_XML}<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">'
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name={quoted(mark_name)}>'
        f"<vt:lpwstr>{escaped(mark)}</vt:lpwstr></property></Properties>"
    )
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), CONTENT_TYPE.OFC_CUSTOM_PROPERTIES, blob.encode(), package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)


def slim_xml(document: Document) -> bytes:
    """Return document.xml without the names of markup it does not use."""
    root = document.element
    for name in list(root.attrib):
        del root.attrib[name]
    etree.cleanup_namespaces(root, keep_ns_prefixes=["w", "r"])
    body: bytes = etree.tostring(root, encoding="UTF-8")
    return _XML.encode() + body


def _drop_parts(document: Document) -> None:
    kept = (RELATIONSHIP_TYPE.STYLES, RELATIONSHIP_TYPE.OFFICE_DOCUMENT, RELATIONSHIP_TYPE.CORE_PROPERTIES)
    for relations in (document.part.rels, document.part.package.rels):
        for name in [name for name, relation in relations.items() if relation.reltype not in kept]:
            del relations[name]


def _add(document: Document, name: str, content_type: str, relation: str, blob: str) -> None:
    part = Part(PackURI(name), content_type, blob.encode(), document.part.package)
    document.part.relate_to(part, relation)


def _set_styles(document: Document) -> None:
    root = document.styles.element
    for element in list(root):
        name = element.find(qn("w:name"))
        if element.tag == qn("w:latentStyles") or (name is not None and name.get(qn("w:val")) not in _KEPT_STYLES):
            root.remove(element)
    _set_defaults(root.find(qn("w:docDefaults")))
    normal = document.styles["Normal"]
    _set_face(normal, BODY_FACE, _HEADING_SIZE)
    left, centre, both = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
    _style(document, StyleName.HEADING, _HEAD_FACE, _HEADING_SIZE, line=HEADING_LINE, align=left)
    title = _style(document, StyleName.TITLE, _TITLE_FACE, TITLE_SIZE, line=TITLE_LINE, align=centre)
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(TITLE_BEFORE), Pt(TITLE_AFTER)
    _style(document, StyleName.LABEL, BODY_FACE, CELL_SIZE, line=LINE, align=centre)
    _style(document, StyleName.NARROW_LABEL, BODY_FACE, _NARROW_SIZE, line=LINE, align=centre)
    for name, (size, height) in CELL_SIZES.items():
        _style(document, name, BODY_FACE, size, line=height, align=left)
    item = _style(document, StyleName.ITEM, BODY_FACE, CELL_SIZE, line=_ITEM_LINE, align=both)
    item.paragraph_format.first_line_indent = Pt(2 * CELL_SIZE)
    item.element.pPr.ind.set(qn("w:firstLineChars"), "200")
    _style(document, StyleName.SIGN, BODY_FACE, CELL_SIZE, line=SIGN_LINE, align=left)
    note = _style(document, StyleName.NOTE, _NOTE_FACE, NOTE_SIZE, line=NOTE_LINE, align=left)
    note.paragraph_format.space_before = Pt(NOTE_BEFORE)
    end = _style(document, StyleName.END, BODY_FACE, 1, line=1, align=left)
    end.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY


def _set_defaults(defaults: etree._Element) -> None:
    """Let every default be Word's own, save for the face and the language."""
    for element in list(defaults):
        defaults.remove(element)
    run = etree.SubElement(etree.SubElement(defaults, qn("w:rPrDefault")), qn("w:rPr"))
    etree.SubElement(run, qn("w:rFonts"), {qn(f"w:{script}"): BODY_FACE for script in _SCRIPTS})
    etree.SubElement(run, qn("w:lang"), {qn("w:val"): "en-US", qn("w:eastAsia"): "zh-CN"})
    etree.SubElement(defaults, qn("w:pPrDefault"))


_SCRIPTS = ("ascii", "hAnsi", "eastAsia", "cs")


def _style(
    document: Document, name: StyleName, face: str, size: float, *, line: float, align: WD_ALIGN_PARAGRAPH
) -> ParagraphStyle:
    style: ParagraphStyle = document.styles.add_style(name.value, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    _set_face(style, face, size)
    layout = style.paragraph_format
    layout.line_spacing = Pt(line)
    layout.line_spacing_rule = WD_LINE_SPACING.AT_LEAST
    layout.alignment = align
    return style


def _set_face(style: ParagraphStyle, face: str, size: float) -> None:
    style.font.name, style.font.size = face, Pt(size)
    properties = style.element.get_or_add_rPr()
    for script in _SCRIPTS:
        properties.rFonts.set(qn(f"w:{script}"), face)
    complex_size = OxmlElement("w:szCs")
    complex_size.set(qn("w:val"), properties.find(qn("w:sz")).get(qn("w:val")))
    properties.find(qn("w:sz")).addnext(complex_size)


def _settings() -> str:
    uri = "http://schemas.microsoft.com/office/word"
    options = {
        "compatibilityMode": 15,
        "overrideTableStyleFontSizeAndJustification": 1,
        "enableOpenTypeFeatures": 1,
        "doNotFlipMirrorIndents": 1,
    }
    rows = "".join(
        f'<w:compatSetting w:name="{name}" w:uri="{uri}" w:val="{value}"/>' for name, value in options.items()
    )
    return (
        f'{_XML}<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>'
        f'<w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:useFELayout/>{rows}</w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/>'
        "</w:settings>"
    )


def _font_table() -> str:
    rows = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{_FAMILY[name]}"/><w:pitch w:val="default"/></w:font>'
        for name, other in _OTHER_NAMES.items()
    )
    return f'{_XML}<w:fonts xmlns:w="{W}">{rows}</w:fonts>'


def _block(name: str, text: str) -> str:
    guid = str(uuid.uuid5(uuid.NAMESPACE_URL, f"formsvc:{text}")).upper()
    return (
        f"<w:docPart><w:docPartPr><w:name w:val={quoted(name)}/>"
        '<w:category><w:name w:val="General"/><w:gallery w:val="placeholder"/></w:category>'
        '<w:types><w:type w:val="bbPlcHdr"/></w:types><w:behaviors><w:behavior w:val="content"/></w:behaviors>'
        f'<w:guid w:val="{{{guid}}}"/></w:docPartPr><w:docPartBody><w:p><w:r>'
        f'<w:t xml:space="preserve">{escaped(text)}</w:t></w:r></w:p></w:docPartBody></w:docPart>'
    )
