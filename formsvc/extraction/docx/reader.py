"""Reads a Word document (docx) into the neutral document: what a reader of the page sees, in reading order.

The XML is walked directly, because python-docx does not see text inside content controls. What is seen: text in runs,
controls, fields, links, tags and text boxes; inserted text, and not deleted or hidden text; placeholders of controls
as empty. An element that is not known is walked through, so that no text is lost for being wrapped in something new.

Merged cells become one cell with its spans. Text of a nested table stands in its cell, a line for each row, and the
table is kept beside it. The paragraphs of a text box follow the paragraph it hangs on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import ClassVar, TypeAlias

from lxml import etree

from formsvc.extraction.document import Document, Paragraph, PlacedPicture
from formsvc.extraction.docx.flow import Flow, TableDraft
from formsvc.extraction.docx.package import OTHER_PICTURE, Package, Relation
from formsvc.forms.mark import parse_mark
from formsvc.forms.reading import Source

BOOKMARK = re.compile(r"formsvc\d{0,5}_(\w+)", re.ASCII)
"""The bookmarks of our own blanks: the number of the form in a document of many, and the field's key."""

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PLACED = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_CHOICES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SHAPES = "{urn:schemas-microsoft-com:vml}"

_VAL, _ID = f"{_WORD}val", f"{_WORD}id"
_CHANGES = tuple(_WORD + name for name in ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge"))
_MARGINS = (f"{_WORD}headerReference", f"{_WORD}footerReference")
_HIDDEN, _NUMBERING = f"{_WORD}vanish", f"{_WORD}numPr"
_PICTURES = (f"{_DRAWING}blip", f"{_SHAPES}imagedata")
_OFF = frozenset({"0", "false", "off"})
_SIGNS = {
    0xF0FE: "☑", 0xF052: "☑", 0xF054: "☒", 0xF0FD: "☒", 0xF0FC: "✓", 0xF050: "✓", 0xF0FB: "✗", 0xF0A8: "□", 0xF06F: "□",
    0xF0A3: "□", 0xF0A4: "◉", 0xF0A1: "○", 0xF06C: "●", 0xF06E: "■", 0xF0A7: "■", 0xF075: "◆", 0xF0D8: "➢",
}  # fmt: skip
"""What the symbol fonts draw at the places forms use, boxes and ticks above all."""
_CHECKED, _UNCHECKED = "☑", "□"
_MM_A_UNIT = 1 / 36_000
_MM_A_POINT = 25.4 / 72
_SHAPE_SIZE = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*([\d.]+)pt")


def read_docx(data: bytes) -> Document:
    """Read a docx; raises zipfile.BadZipFile, lxml's XMLSyntaxError, KeyError or zlib.error for a damaged one."""
    package = Package(data)
    root = package.root(package.main)
    seen = {element.tag for element in root.iter(*_CHANGES, *_MARGINS, _HIDDEN, _NUMBERING)}
    flow = _Walker(package, seen).flow_of(root)
    headers, footers = ((), ()) if seen.isdisjoint(_MARGINS) else _margins(package, root)
    return Document(
        blocks=(*headers, *flow.blocks(), *footers),
        properties=package.properties(),
        has_tracked_changes=not seen.isdisjoint(_CHANGES),
        is_typed=flow.has_text or next(root.iter(*_PICTURES), None) is None,
    )


def _margins(package: Package, root: etree._Element) -> tuple[tuple[Paragraph, ...], tuple[Paragraph, ...]]:
    """Return what stands in the headers and in the footers, each part once."""
    walker = _Walker(package, {_HIDDEN}, is_margin=True)
    relations = package.relations(package.main)
    found: tuple[dict[str, tuple[Paragraph, ...]], ...] = ({}, {})
    for element in root.iter(*_MARGINS):
        relation = relations.get(element.get(f"{_OFFICE}id", ""))
        if relation is None or not package.has(relation.target):
            continue
        texts = walker.flow_of(package.root(relation.target)).texts()
        written = tuple(Paragraph(text) for text in texts if text.strip())
        found[_MARGINS.index(element.tag)][relation.target] = written
    headers, footers = (tuple(text for part in parts.values() for text in part) for parts in found)
    return headers, footers


_Role: TypeAlias = "Callable[[_Walker, etree._Element, Flow], None] | None"  # noqa: SLF001 - lxml has no public name


def _word(role: _Role, *names: str) -> dict[str, _Role]:
    return {_WORD + name: role for name in names}


class _Walker:
    """Walks the XML and feeds flows; one for the body, another for headers and footers, whose pictures are left."""

    def __init__(self, package: Package, seen: Collection[str], *, is_margin: bool = False) -> None:
        self._package = package
        self._relations: Mapping[str, Relation] | None = None
        self._roles = {**self._ROLES, f"{_WORD}r": _Walker._run} if _HIDDEN in seen else self._ROLES
        self._has_numbering = _NUMBERING in seen
        self._muted = 0
        self._boxes: list[etree._Element] = []
        self._size = (0.0, 0.0)
        self._is_margin = is_margin
        self._depth = int(is_margin)

    def flow_of(self, root: etree._Element) -> Flow:
        """Return what stands in a part."""
        flow = Flow()
        self._walk(root, flow)
        flow.finish()
        return flow

    def _walk(self, parent: etree._Element, flow: Flow) -> None:
        role_of = self._roles.get
        for child in parent:
            role = role_of(child.tag, _Walker._walk)
            if role is not None:
                role(self, child, flow)

    def _text(self, element: etree._Element, flow: Flow) -> None:
        text = element.text
        if text and not self._muted:
            flow.add(text)

    def _add(self, text: str, flow: Flow) -> None:
        if not self._muted:
            flow.add(text)

    def _run(self, run: etree._Element, flow: Flow) -> None:
        hidden = run.find(f"{_WORD}rPr/{_HIDDEN}")
        if hidden is None or hidden.get(_VAL) in _OFF:
            self._walk(run, flow)

    def _paragraph(self, paragraph: etree._Element, flow: Flow) -> None:
        boxes, self._boxes = self._boxes, []
        flow.begin(numbered=self._has_numbering and _is_numbered(paragraph))
        self._walk(paragraph, flow)
        flow.end()
        boxes, self._boxes = self._boxes, boxes
        for box in boxes:
            self._walk(box, flow)

    def _tab(self, _element: etree._Element, flow: Flow) -> None:
        self._add("\t", flow)

    def _break(self, _element: etree._Element, flow: Flow) -> None:
        self._add("\n", flow)

    def _hyphen(self, _element: etree._Element, flow: Flow) -> None:
        self._add("-", flow)

    def _symbol(self, element: etree._Element, flow: Flow) -> None:
        code = element.get(f"{_WORD}char", "")
        if re.fullmatch("[0-9A-Fa-f]{2,5}", code):
            number = int(code, 16)
            self._add(_SIGNS.get(number | 0xF000, chr(number)), flow)

    def _drop_down(self, element: etree._Element, flow: Flow) -> None:
        """Add the chosen entry of an old form field's list: it stands nowhere else."""
        entries = [entry.get(_VAL, "") for entry in element.findall(f"{_WORD}listEntry")]
        chosen = element.find(f"{_WORD}result")
        number = chosen.get(_VAL, "") if chosen is not None else "0"
        if number.isdecimal() and int(number) < len(entries):
            self._add(entries[int(number)], flow)

    def _check_box(self, element: etree._Element, flow: Flow) -> None:
        """Add the box of an old form field as a sign."""
        found = element.find(f"{_WORD}checked")
        found = element.find(f"{_WORD}default") if found is None else found
        checked = found is not None and found.get(_VAL) not in _OFF
        self._add(_CHECKED if checked else _UNCHECKED, flow)

    def _alternatives(self, element: etree._Element, flow: Flow) -> None:
        """Walk the first of several ways to show one thing."""
        chosen = element.find(f"{_CHOICES}Choice")
        if chosen is None:
            chosen = element.find(f"{_CHOICES}Fallback")
        if chosen is not None:
            self._walk(chosen, flow)

    def _control(self, element: etree._Element, flow: Flow) -> None:
        key, is_empty = _control_properties(element)
        start = flow.place
        self._muted += is_empty
        self._walk(element, flow)
        self._muted -= is_empty
        if key:
            flow.tag(key, Source.CONTROL, start)

    def _bookmark(self, element: etree._Element, flow: Flow) -> None:
        ours = BOOKMARK.fullmatch(element.get(f"{_WORD}name", ""))
        if ours is not None:
            flow.open_bookmark(element.get(_ID, ""), ours[1])

    def _bookmark_end(self, element: etree._Element, flow: Flow) -> None:
        flow.close_bookmark(element.get(_ID, ""))

    def _box(self, element: etree._Element, _flow: Flow) -> None:
        self._boxes.append(element)

    def _drawn_text(self, element: etree._Element, flow: Flow) -> None:
        self._add(element.get("string", ""), flow)

    def _drawing(self, element: etree._Element, flow: Flow) -> None:
        extent = next(element.iter(f"{_PLACED}extent"), None)
        if extent is not None:
            self._size = (_number(extent.get("cx")) * _MM_A_UNIT, _number(extent.get("cy")) * _MM_A_UNIT)
        picture = next(element.iter(f"{_PLACED}docPr"), None)
        text = "" if picture is None else picture.get("descr", "")
        if parse_mark(text) is not None:
            flow.add_mark(text)
        self._walk(element, flow)

    def _shape(self, element: etree._Element, flow: Flow) -> None:
        sizes = dict(re.findall(_SHAPE_SIZE, element.get("style", "")))
        self._size = (_number(sizes.get("width")) * _MM_A_POINT, _number(sizes.get("height")) * _MM_A_POINT)
        self._walk(element, flow)

    def _picture(self, element: etree._Element, flow: Flow) -> None:
        """Keep a picture that stands in a table's cell."""
        if not self._depth or self._is_margin or self._muted:
            return
        if self._relations is None:
            self._relations = self._package.relations(self._package.main)
        name = element.get(f"{_OFFICE}embed") or element.get(f"{_OFFICE}id") or ""
        relation = self._relations.get(name)
        media_type, data = self._package.picture(relation.target) if relation else (OTHER_PICTURE, b"")
        flow.pictures.append(PlacedPicture(media_type, data, *self._size, after=flow.length))

    def _table(self, element: etree._Element, flow: Flow) -> None:
        draft = TableDraft()
        self._depth += 1
        self._rows(element, draft)
        self._depth -= 1
        flow.add_table(draft.table(), as_text=self._depth > 0)

    def _rows(self, parent: etree._Element, draft: TableDraft) -> None:
        for child in parent:
            if child.tag == f"{_WORD}tr":
                self._row(child, draft)
            elif child.tag == f"{_WORD}sdt":
                self._control_of_cells(child, draft, self._rows)
            elif self._roles.get(child.tag, ...) is not None:
                self._rows(child, draft)

    def _row(self, row: etree._Element, draft: TableDraft) -> None:
        properties = _properties(row)
        if f"{_WORD}del" in properties or f"{_WORD}hidden" in properties:
            return
        draft.begin_row(_whole(properties.get(f"{_WORD}gridBefore"), 0))
        self._cells(row, draft)

    def _cells(self, parent: etree._Element, draft: TableDraft) -> None:
        for child in parent:
            if child.tag == f"{_WORD}tc":
                self._cell(child, draft)
            elif child.tag == f"{_WORD}sdt":
                self._control_of_cells(child, draft, self._cells)
            elif self._roles.get(child.tag, ...) is not None:
                self._cells(child, draft)

    def _control_of_cells(
        self, element: etree._Element, draft: TableDraft, walk: Callable[[etree._Element, TableDraft], None]
    ) -> None:
        """Walk a control around cells or rows; its text is that of its first cell."""
        key, is_empty = _control_properties(element)
        first = len(draft.cells)
        self._muted += is_empty
        walk(element, draft)
        self._muted -= is_empty
        if key and len(draft.cells) > first:
            draft.cells[first].flow.tag(key, Source.CONTROL, (0, 0))

    def _cell(self, cell: etree._Element, draft: TableDraft) -> None:
        properties = _properties(cell)
        columns = _whole(properties.get(f"{_WORD}gridSpan"), 1)
        if _continues(properties.get(f"{_WORD}vMerge")) and draft.extend_above(columns):
            return
        if _continues(properties.get(f"{_WORD}hMerge")) and draft.extend_left(columns):
            return
        flow = draft.add_cell(columns).flow
        self._walk(cell, flow)
        flow.end()

    _ROLES: ClassVar[Mapping[str, _Role]] = {
        f"{_WORD}t": _text,
        f"{_MATH}t": _text,
        f"{_DRAWING}t": _text,
        **_word(_paragraph, "p"),
        **_word(_table, "tbl"),
        **_word(_control, "sdt"),
        **_word(_bookmark, "bookmarkStart"),
        **_word(_bookmark_end, "bookmarkEnd"),
        **_word(_tab, "tab", "ptab"),
        **_word(_break, "br", "cr"),
        **_word(_hyphen, "noBreakHyphen"),
        **_word(_symbol, "sym"),
        **_word(_drop_down, "ddList"),
        **_word(_check_box, "checkBox"),
        **_word(_box, "txbxContent"),
        **_word(_drawing, "drawing"),
        f"{_CHOICES}AlternateContent": _alternatives,
        f"{_SHAPES}shape": _shape,
        f"{_SHAPES}textpath": _drawn_text,
        f"{_SHAPES}imagedata": _picture,
        f"{_DRAWING}blip": _picture,
        **_word(None, "pPr", "rPr", "tblPr", "tblGrid", "tblPrEx", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr"),
        **_word(None, "del", "moveFrom", "delText", "instrText", "delInstrText", "fldData", "rt"),
    }
    """What is done with an element; None leaves it out with all that is in it."""


def _is_numbered(paragraph: etree._Element) -> bool:
    """Whether Word shows a number of its own before the paragraph, at the first level."""
    numbering = _properties(paragraph).get(_NUMBERING)
    if numbering is None:
        return False
    number, level = numbering.find(f"{_WORD}numId"), numbering.find(f"{_WORD}ilvl")
    return _whole(number, 0) > 0 and _whole(level, 0) == 0


def _control_properties(element: etree._Element) -> tuple[str, bool]:
    """Return the tag of a control and whether it shows its placeholder."""
    properties = _properties(element)
    tag, placeholder = properties.get(f"{_WORD}tag"), properties.get(f"{_WORD}showingPlcHdr")
    key = "" if tag is None else tag.get(_VAL, "")
    return key, placeholder is not None and placeholder.get(_VAL) not in _OFF


_NO_PROPERTIES: Mapping[str, etree._Element] = MappingProxyType({})
_PROPERTIES = frozenset(_WORD + name for name in ("pPr", "sdtPr", "trPr", "tcPr"))


def _properties(element: etree._Element) -> Mapping[str, etree._Element]:
    """Return the properties of a paragraph, control, row or cell by tag; they stand first in it."""
    for child in element:
        if child.tag in _PROPERTIES:
            return {found.tag: found for found in child}
        if child.tag != f"{_WORD}tblPrEx":
            break
    return _NO_PROPERTIES


def _continues(merge: etree._Element | None) -> bool:
    return merge is not None and merge.get(_VAL, "continue") == "continue"


def _whole(element: etree._Element | None, default: int) -> int:
    """Return the number an element carries, at most what a page can hold."""
    text = "" if element is None else element.get(_VAL, "")
    return min(int(text), 1000) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else default


def _number(text: str | None) -> float:
    return float(text) if text and re.fullmatch(r"\d{1,12}(\.\d*)?", text, re.ASCII) else 0.0
