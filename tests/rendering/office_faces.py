"""Fonts as offices have them, made for tests: any name, outlines of either kind, any units, rights and flaws."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.ttCollection import TTCollection
from pylopdf_fonts_zh_cn import sans_path, serif_path

PRINTED = "党员公开承诺书张三城西社区支部服务群众2011年 月日，。（）1234567890"
"""Characters that are enough for most tests."""
INSTALLABLE, RESTRICTED, EDITABLE, NO_SUBSETTING = 0x0000, 0x0002, 0x0008, 0x0100
"""Values of fsType."""


def a_face(
    family: str,
    characters: str = PRINTED,
    *,
    is_cff: bool = False,
    units: int = 1000,
    rights: int = INSTALLABLE,
    postscript: str = "",
    chinese: str = "",
    blank: str = "",
    is_sans: bool = True,
    style: str = "Regular",
    weight: int = 400,
) -> bytes:
    """Return a font of this family with glyphs of the bundled Hei or Song; those of `blank` are empty."""
    return _data(
        _built(
            family,
            "".join(dict.fromkeys(characters + blank)),
            is_cff=is_cff,
            units=units,
            rights=rights,
            postscript=postscript or "".join(filter(str.isascii, family)).replace(" ", "") or "Nameless",
            chinese=chinese,
            blank=blank,
            source=_source(is_sans=is_sans),
            style=style,
            weight=weight,
        )
    )


def a_collection(faces: Sequence[bytes]) -> bytes:
    """Return a collection of fonts."""
    collection = TTCollection()
    collection.fonts = [TTFont(BytesIO(face)) for face in faces]
    made = BytesIO()
    collection.save(made)
    return made.getvalue()


def faces_in_pdf(file: Path | BytesIO) -> set[str]:
    """Return the names of the fonts in a PDF, without the letters of the subset."""
    names = set()
    with pikepdf.open(file) as pdf:
        for page in pdf.pages:
            for font in page.Resources.Font.values():
                names.add(str(font.BaseFont).partition("+")[2].removesuffix("-Identity-H"))
    return names


@functools.cache
def _source(*, is_sans: bool) -> tuple[Any, Mapping[int, str]]:
    font = TTFont(sans_path() if is_sans else serif_path(), lazy=True)
    return font.getGlyphSet(), font.getBestCmap()


def _built(
    family: str,
    characters: str,
    *,
    is_cff: bool,
    units: int,
    rights: int,
    postscript: str,
    chinese: str,
    blank: str,
    source: tuple[Any, Mapping[int, str]],
    style: str,
    weight: int,
) -> TTFont:
    glyphs, known = source
    names = {character: f"u{ord(character):04X}" for character in characters}
    scale = units / 1000
    metrics, outlines = {".notdef": (units, 0)}, {}
    drawn: list[tuple[str | None, str]] = [(None, ".notdef"), *names.items()]
    for character, name in drawn:
        glyph = None if character is None or character in blank else glyphs[known[ord(character)]]
        metrics[name] = (round((1000 if glyph is None else glyph.width) * scale), 0)
        pen: Any = T2CharStringPen(metrics[name][0], None) if is_cff else TTGlyphPen(None)
        quadratic = pen if is_cff else Cu2QuPen(pen, max_err=0.5, reverse_direction=True)
        if glyph is not None:
            glyph.draw(TransformPen(quadratic, (scale, 0, 0, scale, 0, 0)))
        outlines[name] = pen.getCharString() if is_cff else pen.glyph()
    builder = FontBuilder(units, isTTF=not is_cff)
    builder.setupGlyphOrder(list(outlines))
    builder.setupCharacterMap({ord(character): name for character, name in names.items()})
    if is_cff:
        builder.setupCFF(postscript, {"FullName": family}, outlines, {})
    else:
        builder.setupGlyf(outlines)
        # HarfBuzz moves a TrueType glyph to its side bearing.
        bearings = {name: getattr(glyph, "xMin", 0) for name, glyph in outlines.items()}
        metrics = {name: (width, bearings[name]) for name, (width, _) in metrics.items()}
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=round(880 * scale), descent=round(-120 * scale))
    full = family if style == "Regular" else f"{family} {style}"
    named = {"familyName": family, "styleName": style, "fullName": full, "psName": postscript}
    builder.setupNameTable(named, mac=False)
    if chinese:
        for kind in (1, 4):
            builder.font["name"].setName(chinese, kind, 3, 1, 0x0804)
    builder.setupOS2(fsType=rights, usWeightClass=weight)
    builder.setupPost()
    return builder.font


def _data(font: TTFont) -> bytes:
    made = BytesIO()
    font.save(made)
    return made.getvalue()
