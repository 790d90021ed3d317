"""Everything a PDF says, for whoever looks for what it must not say: in any revision, stream, string, name or glyph.

The file is taken apart three ways that do not trust each other: raw, every stream in its bytes inflated whatever the
tables of the file say; by pikepdf, each revision as a file of its own; and as text, codes of glyphs mapped back by the
fonts' own ToUnicode. What is packed inside (an attached PDF or zip) is taken apart in turn.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import pikepdf
from fontTools.cffLib import CFFFontSet

_STREAM = re.compile(rb"stream\r?\n")
_END = re.compile(rb"%%EOF\r?\n?")
_HEX_STRING = re.compile(rb"<([0-9A-Fa-f\s]{4,})>")
_MAPPED = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4,})>")
_DEEP = 4
_SHOWING = {"Tj", "TJ", "'", '"'}


@dataclass
class Said:
    """What was found in a file."""

    pieces: list[bytes] = field(default_factory=list)
    """Bytes of the file, of its streams inflated, of its strings and names."""
    texts: list[str] = field(default_factory=list)
    """What its pages and forms show, by the maps of its fonts."""
    characters: set[str] = field(default_factory=set)
    """The characters its fonts hold or map to."""

    def tells(self, secret: str) -> list[str]:
        """Return in which ways a secret is told; nothing for a file that keeps it."""
        everything = b"\n".join(self.pieces)
        found = [name for name, written in writings(secret) if written in everything]
        if any(secret in text for text in self.texts):
            found.append("drawn")
        return found + [
            f"glyph {sign}" for sign in dict.fromkeys(secret) if ord(sign) > 0xFF and sign in self.characters
        ]


def said_by(data: bytes) -> Said:
    """Take a file apart."""
    said = Said()
    _take_apart(data, said, _DEEP)
    return said


def writings(secret: str) -> Iterator[tuple[str, bytes]]:
    """Yield the usual ways to write a text as bytes, by name."""
    for code in ("utf-8", "utf-16-be", "utf-16-le", "utf-32-be", "gb18030"):
        plain = secret.encode(code)
        yield code, plain
        yield f"{code} in hex", plain.hex().encode()
        yield f"{code} in hex", plain.hex().upper().encode()
        yield f"{code} reversed", plain[::-1]
        for shift in range(3):
            packed = base64.b64encode(b"\0" * shift + plain)[4 if shift else 0 :].rstrip(b"=")[:-1]
            yield f"{code} in base64", packed
    yield "json", "".join(f"\\u{ord(sign):04x}" if ord(sign) > 0x7F else sign for sign in secret).encode()
    yield "xml", secret.encode("ascii", "xmlcharrefreplace")
    yield "xml in hex", "".join(f"&#x{ord(sign):X};" if ord(sign) > 0x7F else sign for sign in secret).encode()
    yield "url", "".join(f"%{byte:02X}" if byte > 0x7F else chr(byte) for byte in secret.encode()).encode()


def _take_apart(data: bytes, said: Said, deep: int) -> None:
    said.pieces.append(data)
    if not deep:
        return
    for inflated in _inflated(data):
        said.pieces.append(inflated)
        _look_into(inflated, said, deep)
    ends = [found.end() for found in _END.finditer(data)] or [len(data)]
    for end in ends:
        with suppress(pikepdf.PdfError), pikepdf.open(io.BytesIO(data[:end])) as pdf:
            for one in pdf.objects:
                _object(one, said, deep)
            for name in ("/Info", "/ID"):
                if name in pdf.trailer:
                    _strings(pdf.trailer[name], said, 0)
            for one in pdf.objects:
                _drawn(one, said)


def _inflated(data: bytes) -> Iterator[bytes]:
    """Yield every stream that stands in the bytes, as far as it can be inflated, referred to or not."""
    for found in _STREAM.finditer(data):
        inflater = zlib.decompressobj()
        with suppress(zlib.error):
            out = inflater.decompress(data[found.end() :])
            if out:
                yield out


def _look_into(content: bytes, said: Said, deep: int) -> None:
    """Take apart what a stream holds, if that is a file itself, or a map or a program of a font."""
    if content.startswith(b"%PDF"):
        _take_apart(content, said, deep - 1)
    elif content.startswith(b"PK\x03\x04"):
        with suppress(zipfile.BadZipFile, zlib.error), zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                said.pieces.append(name.encode())
                _take_apart(archive.read(name), said, deep - 1)
    if b"beginbf" in content:
        said.characters |= set("".join(_map_of(content).values()))
    for found in _HEX_STRING.finditer(content):
        digits = re.sub(rb"\s", b"", found[1])
        said.pieces.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()))


def _object(one: pikepdf.Object, said: Said, deep: int) -> None:
    if isinstance(one, pikepdf.Stream):
        with suppress(pikepdf.PdfError):
            content = one.read_bytes()
            said.pieces.append(content)
            _look_into(content, said, deep)
            if str(one.get("/Subtype", "")) == "/CIDFontType0C":
                said.characters |= _characters_of(content)
    _strings(one, said, 0)


def _strings(one: object, said: Said, depth: int) -> None:
    """Keep the strings and names inside an object, and what the strings mean."""
    if isinstance(one, pikepdf.String):
        said.pieces += [bytes(one), str(one).encode("utf-8", "surrogatepass")]
    elif isinstance(one, pikepdf.Name):
        said.pieces.append(str(one).encode("utf-8", "surrogatepass"))
    elif isinstance(one, pikepdf.Object) and not (depth and one.is_indirect):
        if isinstance(one, pikepdf.Array):
            for inside in list(one):
                _strings(inside, said, depth + 1)
        elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            for key in one.keys():  # noqa: SIM118 - a PDF dictionary is not iterable itself
                said.pieces.append(key.encode("utf-8", "surrogatepass"))
                _strings(one[key], said, depth + 1)


def _characters_of(program: bytes) -> set[str]:
    """Return the characters an embedded font draws, where its glyphs are numbered by their code points."""
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(program), None)
    numbers = (re.fullmatch(r"cid(\d+)", name) for name in fonts[0].charset)
    return {chr(int(found[1])) for found in numbers if found is not None}


def _map_of(content: bytes) -> dict[int, str]:
    return {
        int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
        for code, text in _MAPPED.findall(content)
    }


def _drawn(one: pikepdf.Object, said: Said) -> None:
    """Keep what a page or a form shows, its codes mapped back."""
    if not isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        return
    is_page = str(one.get("/Type", "")) == "/Page"
    if not is_page and str(one.get("/Subtype", "")) != "/Form":
        return
    maps = _maps(one)
    text, known = [], dict[int, str]()
    with suppress(pikepdf.PdfError):
        for step in pikepdf.parse_content_stream(pikepdf.Page(one) if is_page else one):
            if str(step.operator) == "Tf":
                known = maps.get(str(step.operands[0]), {})
            elif str(step.operator) in _SHOWING:
                text += [_mapped(bytes(piece), known) for piece in _shown(step.operands)]
    said.texts.append("".join(text))


def _maps(one: pikepdf.Object) -> Mapping[str, dict[int, str]]:
    fonts = one.get("/Resources", pikepdf.Dictionary()).get("/Font", pikepdf.Dictionary())
    return {
        name: _map_of(fonts[name]["/ToUnicode"].read_bytes()) if "/ToUnicode" in fonts[name] else {}
        for name in fonts.keys()  # noqa: SIM118 - as above
    }


def _shown(operands: object) -> Iterator[pikepdf.String]:
    for one in list(operands):  # type: ignore[call-overload]  # a list of PDF objects
        if isinstance(one, pikepdf.String):
            yield one
        elif isinstance(one, pikepdf.Array):
            yield from (piece for piece in list(one) if isinstance(piece, pikepdf.String))


def _mapped(codes: bytes, known: Mapping[int, str]) -> str:
    if not known:
        return codes.decode("latin-1")
    pairs = (int.from_bytes(codes[at : at + 2], "big") for at in range(0, len(codes), 2))
    return "".join(known.get(code, "\ufffd") for code in pairs)
