"""What a font makes of a string: characters with their widths.

Only the font's dictionary is used, never the font program: ToUnicode first, then the encoding. Widths are in em.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from pypdf._codecs.adobe_glyphs import adobe_glyphs
from pypdf._codecs.core_font_metrics import CORE_FONT_METRICS
from pypdf.generic import DictionaryObject, NameObject

from formsvc.extraction.pdf.cmaps import UNREADABLE, Encoding, cleaned, embedded, predefined, to_unicode
from formsvc.extraction.pdf.errors import DamagedPdfError
from formsvc.extraction.pdf.objects import as_dict, as_list, as_name, entry, integer, number, resolve, stream_data

_GLYPHS = 65_536
_MAP_BYTES = 4 << 20
"""The longest character map read; one for 65,536 codes has about one million."""
_SYMBOLIC = 4
_TABLES = {"WinAnsiEncoding": "cp1252", "MacRomanEncoding": "mac_roman"}
_STANDARD = {0x27: "\u2019", 0x60: "\u2018"}
_NUMBERED = re.compile(r"[A-Za-z]{1,3}[0-9]+")
_UNI_NAME = re.compile(r"uni((?:[0-9A-F]{4})+)|u([0-9A-F]{4,6})")


class Sign(NamedTuple):
    """What one code of a string shows."""

    text: str
    width: float
    """In em; the height of an em for vertical writing."""
    is_space: bool
    """Whether word spacing widens it: the single-byte code 32."""


@dataclass(slots=True)
class Font:
    """One font of the file, ready to read strings."""

    encoding: Encoding | None
    """How strings are cut for a composite font; None for a simple font's single bytes."""
    texts: dict[int, str]
    """Code -> characters."""
    widths: dict[int, float]
    """Code (simple fonts) or glyph number (composite fonts) -> width in em."""
    default_width: float
    signs: dict[bytes, Sign] = field(default_factory=dict)
    """Codes met so far."""

    @property
    def vertical(self) -> bool:
        """Whether it writes from top to bottom."""
        return self.encoding is not None and self.encoding.vertical

    def read(self, data: bytes) -> list[Sign]:
        """Return what a string shows, code by code."""
        signs = self.signs
        if self.encoding is None:
            codes = [data[at : at + 1] for at in range(len(data))]
        elif self.encoding.codec is None and not self.encoding.spaces:
            codes = [data[at : at + 2] for at in range(0, len(data), 2)]
        else:
            codes = list(self.encoding.codes(data))
        found = []
        for code in codes:
            sign = signs.get(code)
            if sign is None:
                sign = signs[code] = self._sign(code)
            found.append(sign)
        return found

    def _sign(self, code: bytes) -> Sign:
        value = int.from_bytes(code, "big")
        text = self.texts.get(value)
        if self.encoding is None:
            return Sign(text or UNREADABLE, self.widths.get(value, self.default_width), code == b" ")
        if text is None:
            text = cleaned(self.encoding.text(code))
        glyph = self.encoding.glyph(code)
        width = self.default_width if glyph is None else self.widths.get(glyph, self.default_width)
        return Sign(text, 1.0 if self.vertical else width, code == b" ")


def read_font(value: object) -> Font:
    """Read a font dictionary; what is broken in it costs characters (UNREADABLE), never an error."""
    font = as_dict(value)
    if as_name(font.get("/Subtype")) == "Type0":
        return _composite(font)
    return _simple(font)


def _map_of(font: DictionaryObject) -> dict[int, str]:
    """Return what the font's ToUnicode says; nothing when it has none or it cannot be read."""
    found = resolve(font.get("/ToUnicode"))
    if found is None or isinstance(found, NameObject):
        return {}
    try:
        data = stream_data(found, "ToUnicode")
    except DamagedPdfError:
        return {}
    return to_unicode(data) if len(data) <= _MAP_BYTES else {}


def _composite(font: DictionaryObject) -> Font:
    descendants = as_list(font.get("/DescendantFonts"))
    below = as_dict(descendants[0] if descendants else None)
    width = number(below.get("/DW"))
    return Font(
        encoding=_encoding_of(font),
        texts=_map_of(font),
        widths=_glyph_widths(below),
        default_width=1.0 if width is None else width / 1000,
    )


def _encoding_of(font: DictionaryObject) -> Encoding:
    found = resolve(font.get("/Encoding"))
    if isinstance(found, DictionaryObject):
        try:
            data = stream_data(found, "CMap")
        except DamagedPdfError:
            data = b""
        return embedded(data if len(data) <= _MAP_BYTES else b"", as_name(found.get("/CMapName")))
    name = as_name(found)
    return Encoding(None, name.endswith("-V")) if name.startswith("Identity") else predefined(name)


def _glyph_widths(below: DictionaryObject) -> dict[int, float]:
    """Read /W (9.7.4.3): `first [widths]` and `first last width` in turn."""
    widths: dict[int, float] = {}
    items = as_list(below.get("/W"))
    at = 0
    while at + 1 < len(items) and len(widths) < _GLYPHS:
        first = integer(items[at], -1)
        row = as_list(items[at + 1])
        if row:
            for step, item in enumerate(row[:_GLYPHS]):
                widths[first + step] = (number(item) or 0.0) / 1000
            at += 2
            continue
        last, width = integer(items[at + 1], -1), number(items[at + 2]) if at + 2 < len(items) else None
        if width is not None and 0 <= first <= last < _GLYPHS:
            widths.update(dict.fromkeys(range(first, last + 1), width / 1000))
        at += 3 if number(items[at + 1]) is not None else 2
    return widths


def _simple(font: DictionaryObject) -> Font:
    descriptor = as_dict(font.get("/FontDescriptor"))
    kind = as_name(font.get("/Subtype"))
    matrix = as_list(font.get("/FontMatrix")) if kind == "Type3" else ()
    scale = (number(matrix[0]) or 0.001) if matrix else 0.001
    texts = _table_of(font, descriptor, kind)
    first = integer(font.get("/FirstChar"))
    given = as_list(font.get("/Widths"))[:256]
    widths = {first + step: abs((number(item) or 0.0) * scale) for step, item in enumerate(given)}
    if not widths:
        widths = _core_widths(as_name(font.get("/BaseFont")), texts)
    missing = number(descriptor.get("/MissingWidth"))
    default = 0.5 if missing is None else missing / 1000
    return Font(encoding=None, texts={**texts, **_map_of(font)}, widths=widths, default_width=default)


def _core_widths(name: str, texts: dict[int, str]) -> dict[int, float]:
    """Return the widths of the fonts every viewer has, which need not bring their own."""
    metrics = CORE_FONT_METRICS.get(name)
    if metrics is None:
        return {}
    known = metrics.character_widths
    return {code: known[text] / 1000 for code, text in texts.items() if text in known}


def _table_of(font: DictionaryObject, descriptor: DictionaryObject, kind: str) -> dict[int, str]:
    """Return what a simple font's encoding says of its 256 codes."""
    found = entry(font, "/Encoding")
    name = as_name(found)
    changes: dict[int, str] = {}
    if isinstance(found, DictionaryObject):
        name = as_name(found.get("/BaseEncoding"))
        changes = _differences(found)
    embeds = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    symbolic = bool(integer(descriptor.get("/Flags")) & _SYMBOLIC) or as_name(font.get("/BaseFont")) in {
        "Symbol",
        "ZapfDingbats",
    }
    if name in _TABLES:
        table = _code_page(_TABLES[name])
    elif kind == "Type3" or symbolic or (embeds and not changes and not descriptor.get("/Flags")):
        table = {}  # the codes number glyphs of the font itself
    else:
        table = {code: _STANDARD.get(code, chr(code)) for code in range(32, 127)}
    return table | changes


def _code_page(codec: str) -> dict[int, str]:
    table = {}
    for code in range(32, 256):
        text = bytes((code,)).decode(codec, "ignore")
        if text:
            table[code] = cleaned(text)
    return table


def _differences(encoding: DictionaryObject) -> dict[int, str]:
    changes: dict[int, str] = {}
    code = 0
    for item in as_list(encoding.get("/Differences")):
        found = number(item)
        if found is not None:
            code = int(found)
        else:
            changes[code] = glyph_text(as_name(item))
            code += 1
    return changes


def glyph_text(name: str) -> str:
    """Return the characters a glyph's name stands for (Adobe Glyph List); UNREADABLE when it is only a number."""
    bare = name.partition(".")[0]
    match = _UNI_NAME.fullmatch(bare)
    if match is None:
        found = adobe_glyphs.get("/" + bare)
        # pypdf lists a65 and the like as the character 65, which is a guess
        return UNREADABLE if not bare or found is None or _NUMBERED.fullmatch(bare) else cleaned(found)
    digits = match[1] or match[2].zfill(8)
    codec = "utf-16-be" if match[1] else "utf-32-be"
    return cleaned(bytes.fromhex(digits).decode(codec, "replace"))
