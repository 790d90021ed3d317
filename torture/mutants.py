"""Good forms and what can be made of them: bytes changed blindly, and parts changed by whoever knows the format."""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from formsvc.forms.load import load_forms
from formsvc.forms.reading import Reading, YearReading, YearSource
from formsvc.forms.reading_json import field_from_json
from formsvc.rendering.blank_pdf import write_pdf
from formsvc.rendering.copies import draw_copies
from formsvc.rendering.fillable import write_fillable
from torture.corpus import ROOT, filled, moment

_NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"65535",
    b"2147483647",
    b"-2147483648",
    b"4294967296",
    b"99999999999999999999",
    b"1e309",
)
_BYTES = (0, 1, 0x7F, 0x80, 0xFF, 0x20, 0x0A)
_NUMBER = re.compile(rb"\d+")
_TAG = re.compile(rb"<[^<>]{1,300}>")
_DEFLATED = re.compile(rb"stream\r?\n")


@dataclass(frozen=True, slots=True)
class Seed:
    """A good file."""

    kind: str
    data: bytes


def seeds() -> list[Seed]:
    """Return good forms of every kind that is read, and pictures, whose headers are looked at."""
    forms = load_forms(ROOT / "templates")
    found = [Seed("docx", filled(number)) for number in range(2)]
    for form in forms.values():
        found += [Seed("pdf", write_pdf(form, year=2011)), Seed("fillable", write_fillable(form, year=2011))]
        copies = draw_copies(form, _reading(form.id, form.version), record="0" * 12, version=1, date=moment())
        found += [Seed("pdf", copy.data) for copy in copies.values() if isinstance(copy.data, bytes)][:1]
    picture = Image.new("L", (210, 297), 255)
    for name in ("PNG", "JPEG", "TIFF"):
        out = io.BytesIO()
        picture.save(out, name)
        found.append(Seed(name.lower(), out.getvalue()))
    return found


def _reading(form: str, version: int) -> Reading:
    field: dict[str, Any] = {
        "value": None,
        "raw": "城西社区 2011-02",
        "confidence": 1.0,
        "evidence": None,
        "alternatives": [],
    }
    spec = load_forms(ROOT / "templates")[form]
    fields = {key: field_from_json(field) for key in spec.fields if key != spec.year_key}
    return Reading(1, form, version, YearReading(2011, YearSource.TITLE, 1.0, "2011"), fields)


def mutant(chance: random.Random, good: Sequence[Seed]) -> tuple[str, bytes]:
    """Return the kind of a seed and what one to four changes made of it."""
    seed = chance.choice(good)
    data = seed.data
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        change = chance.choice(_AWARE.get(seed.kind, _BLIND) if chance.random() < 0.6 else _BLIND)
        data = change(chance, data, good)
    return seed.kind, data


Change = Callable[[random.Random, bytes, Sequence[Seed]], bytes]


def _flip(chance: random.Random, data: bytes, _: Sequence[Seed]) -> bytes:
    changed = bytearray(data)
    for _number in range(chance.choice((1, 1, 2, 8, 64))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _set(chance: random.Random, data: bytes, _: Sequence[Seed]) -> bytes:
    place = chance.randrange(len(data) + 1)
    size = chance.choice((1, 2, 4, 16))
    return data[:place] + bytes([chance.choice(_BYTES)]) * size + data[place + size :]


def _cut(chance: random.Random, data: bytes, _: Sequence[Seed]) -> bytes:
    return data[: len(data) * chance.randrange(65) // 64]


def _drop(chance: random.Random, data: bytes, _: Sequence[Seed]) -> bytes:
    start, size = chance.randrange(len(data) + 1), chance.choice((1, 4, 64, 1024))
    return data[:start] + data[start + size :]


def _repeat(chance: random.Random, data: bytes, _: Sequence[Seed]) -> bytes:
    start, size = chance.randrange(len(data) + 1), chance.choice((4, 64, 1024))
    return data[: start + size] + data[start : start + size] * chance.choice((1, 2, 16)) + data[start + size :]


def _splice(chance: random.Random, data: bytes, good: Sequence[Seed]) -> bytes:
    other = chance.choice(good).data
    start, size = chance.randrange(len(other) + 1), chance.choice((16, 256, 4096))
    place = chance.randrange(len(data) + 1)
    return data[:place] + other[start : start + size] + data[place:]


def _number(chance: random.Random, data: bytes, _: Sequence[Seed]) -> bytes:
    """Put an extreme number in the place of one."""
    found = list(_NUMBER.finditer(data))
    if not found:
        return data
    match = chance.choice(found)
    return data[: match.start()] + chance.choice(_NUMBERS) + data[match.end() :]


def _in_part(chance: random.Random, data: bytes, good: Sequence[Seed]) -> bytes:
    """Change a part of a package and pack it again, so that what unpacks it finds nothing wrong."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return data
    if not parts:
        return data
    name = "word/document.xml" if chance.random() < 0.7 and "word/document.xml" in parts else chance.choice(list(parts))
    parts[name] = chance.choice((_tag, _tag, _number, _flip, _drop, _repeat))(chance, parts[name], good)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part, content in parts.items():
            entry = zipfile.ZipInfo(part)  # of one moment, so that a seed's mutants are the same whenever they are made
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, content)
    return out.getvalue()


def _tag(chance: random.Random, data: bytes, _: Sequence[Seed]) -> bytes:
    """Take a tag out, double it, or put it elsewhere."""
    found = list(_TAG.finditer(data))
    if not found:
        return data
    one, other = chance.choice(found), chance.choice(found)
    return chance.choice(
        (
            data[: one.start()] + data[one.end() :],
            data[: one.end()] + one[0] * chance.choice((1, 50)) + data[one.end() :],
            data[: other.start()] + one[0] + data[other.start() :],
        )
    )


def _in_stream(chance: random.Random, data: bytes, good: Sequence[Seed]) -> bytes:
    """Unpack a stream of a PDF, change it and pack it again."""
    found = list(_DEFLATED.finditer(data))
    if not found:
        return data
    start = chance.choice(found).end()
    end = data.find(b"endstream", start)
    try:
        content = zlib.decompress(data[start:end])
    except zlib.error:
        return data
    changed = chance.choice((_number, _flip, _drop, _repeat, _splice))(chance, content, good)
    return data[:start] + zlib.compress(changed) + b"\n" + data[end:]


def _swap_reference(chance: random.Random, data: bytes, _: Sequence[Seed]) -> bytes:
    """Let a reference in a PDF point to another object, or to the one that holds it."""
    found = list(re.finditer(rb"(\d+) 0 R", data))
    if not found:
        return data
    one, other = chance.choice(found), chance.choice(found)
    return data[: one.start()] + other[0] + data[one.end() :]


_BLIND: Sequence[Change] = (_flip, _set, _cut, _drop, _repeat, _splice)
_PDF: Sequence[Change] = (_number, _in_stream, _in_stream, _swap_reference)
_AWARE: dict[str, Sequence[Change]] = {"docx": (_in_part,), "pdf": _PDF, "fillable": _PDF}
