"""Looking into Word files: parts by name, and the orders of children that the schema demands."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

ORDERS = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
    "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em "
    "lang eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tblBorders": "top left start bottom right end insideH insideV",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "tcBorders": "top start left bottom end right insideH insideV tl2br tr2bl",
    "tcMar": "top start left bottom end right",
    "tblCellMar": "top start left bottom end right",
    "tbl": "tblPr tblGrid tr",
    "tr": "tblPrEx trPr tc",
    "tc": "tcPr p bookmarkStart sdt bookmarkEnd",
    "sdt": "sdtPr sdtEndPr sdtContent",
    "sdtPr": "rPr alias tag id lock placeholder temporary showingPlcHdr dataBinding label tabIndex equation comboBox "
    "date docPartObj docPartList dropDownList picture richText text",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked "
    "personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
    "styles": "docDefaults latentStyles style",
    "docDefaults": "rPrDefault pPrDefault",
    "font": "altName panose1 charset family notTrueType pitch sig",
    "settings": "zoom defaultTabStop characterSpacingControl compat themeFontLang decimalSymbol listSeparator",
    "docPartPr": "name style category types behaviors description guid",
    "docPart": "docPartPr docPartBody",
}
"""Sequences of ISO/IEC 29500-1, transitional; where the schema leaves the order open, the one Word writes."""
UNORDERED = {"tc"}
"""Elements whose children repeat in any order; only their names are checked, and that properties come first."""


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def root(data: bytes, name: str = "word/document.xml") -> etree._Element:
    return etree.fromstring(parts(data)[name])


def local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def out_of_order(tree: etree._Element) -> Iterator[str]:
    """Yield what the schema does not allow where it stands."""
    for element in tree.iter():
        name = local(element)
        if name not in ORDERS:
            continue
        order = ORDERS[name].split()
        children = [local(child) for child in element]
        strangers = [child for child in children if child not in order]
        places = [order.index(child) for child in children if child in order]
        if strangers:
            yield f"{name} holds {strangers}"
        if name in UNORDERED:
            places = [min(place, 1) for place in places]
        if places != sorted(places):
            yield f"{name}: {children}"


def controls(tree: etree._Element) -> dict[str, etree._Element]:
    """Return the content controls by tag; a tag met twice is an error."""
    found: dict[str, etree._Element] = {}
    for sdt in tree.iter(f"{W}sdt"):
        tag = sdt.find(f"{W}sdtPr/{W}tag")
        assert tag is not None
        assert tag.attrib[VAL] not in found
        found[str(tag.attrib[VAL])] = sdt
    return found


def text_of(element: etree._Element) -> str:
    """Return the text in it as Word shows it, each paragraph that begins there on a line of its own, tabs as tabs."""
    signs = {f"{W}p": "\n", f"{W}tab": "\t"}
    found = element.iter(f"{W}t", *signs)
    return "".join(signs.get(piece.tag) or _shown(piece) for piece in found).removeprefix("\n")


def _shown(piece: etree._Element) -> str:
    """Return the text of a piece; Word trims one that does not ask for its blanks to be preserved."""
    text = piece.text or ""
    return text if piece.get(_SPACE) == "preserve" else text.strip()


def is_placeholder(control: etree._Element) -> bool:
    return control.find(f"{W}sdtPr/{W}showingPlcHdr") is not None


def bookmarked(tree: etree._Element) -> dict[str, str]:
    """Return the text between the ends of each bookmark."""
    texts: dict[str, str] = {}
    begun: dict[str, str] = {}
    for element in tree.iter():
        if element.tag == f"{W}bookmarkStart":
            name = str(element.attrib[f"{W}name"])
            begun[str(element.attrib[f"{W}id"])] = name
            texts[name] = ""
        elif element.tag == f"{W}bookmarkEnd":
            del begun[str(element.attrib[f"{W}id"])]
        elif element.tag in (f"{W}t", f"{W}p"):
            for name in begun.values():
                texts[name] += "\n" if element.tag == f"{W}p" else element.text or ""
    assert not begun
    return {name: text.removeprefix("\n") for name, text in texts.items()}
