"""The marks of a blank in Word: pictures at fixed places of the page.

They are anchored in the header of the first page, which is laid out once; what differs from paper to paper is the
picture of the DataMatrix and the serial's text. In a document of many forms they are anchored in the title of each.
"""

from __future__ import annotations

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from formsvc.forms.mark import ClosingMarks, Spot
from formsvc.rendering.closing import SERIAL_GAP, SERIAL_SIZE, black_png
from formsvc.rendering.docx_package import StyleName, W

HEADER = "word/header1.xml"
MATRIX = "word/media/mark.png"
SERIAL_SLOT = "{serial}"
"""Where in the header the serial goes."""

_BLACK = "word/media/black.png"
_EMU_A_MM = 36_000
_TWIPS_A_MM = 1440 / 25.4
_SERIAL_WIDTH = 40.0
"""Room in mm for the serial, left of the DataMatrix."""
_SERIAL_HEIGHT = 4.2
_LOW = f'<w:pPr><w:pStyle w:val="{StyleName.END.value}"/></w:pPr>'
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = f'xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:a="{_DRAWING}/main" xmlns:pic="{_DRAWING}/picture"'
"""The names of markup that pictures need, for the root of their part."""


def add_header(document: Document, places: ClosingMarks) -> None:
    """Give the first page its header; the DataMatrix and the serial are left to whoever fills the form."""
    package = document.part.package
    header = Part(PackURI(f"/{HEADER}"), CONTENT_TYPE.WML_HEADER, b"", package)
    black = Part(PackURI(f"/{_BLACK}"), CONTENT_TYPE.PNG, black_png(), package)
    matrix = Part(PackURI(f"/{MATRIX}"), CONTENT_TYPE.PNG, b"", package)
    black_id = header.relate_to(black, RELATIONSHIP_TYPE.IMAGE)
    matrix_id = header.relate_to(matrix, RELATIONSHIP_TYPE.IMAGE)
    header._blob = _header(places, black_id, matrix_id).encode()  # noqa: SLF001 - its relations have to be there first
    reference = OxmlElement("w:headerReference")
    reference.set(qn("w:type"), "first")
    reference.set(qn("r:id"), document.part.relate_to(header, RELATIONSHIP_TYPE.HEADER))
    section = document.element.body.find(qn("w:sectPr"))
    section.insert(0, reference)
    section.append(OxmlElement("w:titlePg"))


def add_black(document: Document) -> str:
    """Give the document's body the picture of the corner squares; return the id of its relationship."""
    part = Part(PackURI(f"/{_BLACK}"), CONTENT_TYPE.PNG, black_png(), document.part.package)
    return document.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)


def pictures(places: ClosingMarks, black: str, matrix: str, *, form: str = "", text: str = "") -> str:
    """Return runs with the marks, by the ids of their pictures' relationships.

    `form` stands for the form's number in a document of many, since ids are unique in it; `text` is what the DataMatrix
    holds, for who cannot see it and for who reads the file.
    """
    found = [(spot, black, "corner", "") for spot in places.squares]
    found.append((places.matrix, matrix, "mark", text))
    return "".join(
        _drawing(spot, relation, f'id="{form}{number}" name="{name} {form}{number}"', number, described)
        for number, (spot, relation, name, described) in enumerate(found, 1)
    )


def _header(places: ClosingMarks, black: str, matrix: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<w:hdr xmlns:w="{W}" xmlns:r="{_RELATIONS}" {NAMES}>'
        f"<w:p>{_LOW}{pictures(places, black, matrix)}</w:p>{serial_line(places.matrix, SERIAL_SLOT)}"
        f"<w:p>{_LOW}</w:p></w:hdr>"
    )


def serial_line(matrix: Spot, serial: str) -> str:
    """Return the paragraph of the serial, in a frame whose lower right corner meets the DataMatrix."""
    width = min(_SERIAL_WIDTH, matrix.x - SERIAL_GAP)
    x, y = matrix.x - SERIAL_GAP - width, matrix.y + matrix.side - _SERIAL_HEIGHT
    frame = (
        f'<w:framePr w:w="{_twips(width)}" w:h="{_twips(_SERIAL_HEIGHT)}" w:hRule="exact" w:wrap="around" '
        f'w:vAnchor="page" w:hAnchor="page" w:x="{_twips(x)}" w:y="{_twips(y)}"/>'
    )
    size = round(SERIAL_SIZE * 2)
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{StyleName.END.value}"/>{frame}'
        f'<w:spacing w:line="{_twips(_SERIAL_HEIGHT)}" w:lineRule="exact"/><w:jc w:val="right"/></w:pPr>'
        f'<w:r><w:rPr><w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr><w:t>{serial}</w:t></w:r></w:p>'
    )


def _drawing(spot: Spot, relation: str, name: str, order: int, text: str) -> str:
    """Return a run with a picture; `name` are its id and name as attributes."""
    described = f' descr="{text}"' if text else ""
    side = round(spot.side * _EMU_A_MM)
    places = "".join(
        f'<wp:position{axis} relativeFrom="page"><wp:posOffset>{round(at * _EMU_A_MM)}</wp:posOffset>'
        f"</wp:position{axis}>"
        for axis, at in (("H", spot.x), ("V", spot.y))
    )
    return (
        '<w:r><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" '
        f'relativeHeight="{order}" behindDoc="1" locked="1" layoutInCell="1" allowOverlap="1">'
        f'<wp:simplePos x="0" y="0"/>{places}<wp:extent cx="{side}" cy="{side}"/>'
        f"<wp:wrapNone/><wp:docPr {name}{described}/>"
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        f'<a:graphic><a:graphicData uri="{_DRAWING}/picture"><pic:pic><pic:nvPicPr>'
        f"<pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{side}" cy="{side}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:anchor></w:drawing></w:r>"
    )


def _twips(length: float) -> int:
    return round(length * _TWIPS_A_MM)
