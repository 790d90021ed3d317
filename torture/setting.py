"""Lines and characters as they stand on paper: made-up texts in columns of any width, drawn and read back by PDFium.

Nothing of the program's own rules is asked here. The tables below are those of GB/T 15834-2011, 5.1 (where marks may
stand), written down anew; what stands where is what PDFium finds in the drawn file.
"""

from __future__ import annotations

import ctypes
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import pypdfium2
import pypdfium2.raw as pdfium
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from formsvc.rendering.fonts import Role, bundled_fonts
from formsvc.rendering.lines import Paragraph, fit
from formsvc.rendering.marks import POINTS_A_MM, texts_of_block
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.pdf import Document, Layer, Page, write
from torture.corpus import moment

_NEVER_FIRST = frozenset("、，。．：；！？）」』”’》〉】〕·～,.;:!?)]}%％‰℃")
_NEVER_LAST = frozenset("（「『“‘《〈【〔([{")
_WHOLE = re.compile(r"[0-9]+(?:[.,:/-][0-9]+)*[%‰℃]?|[A-Za-z][A-Za-z0-9@._-]*|——|……")
"""Numbers, words, and marks of two characters: none of them is ever divided."""
_GLUED = re.compile(r"[（「『“‘《〈【〔(\[{]*(?:[!-~‰℃]+|——|……|.)[、，。．：；！？）」』”’》〉】〕·～,.;:!?)\]}%％‰℃]*")
_SIZE, _LEADING = 14.0, 1.6
_EDGE = 12.0
"""White around a column, in millimetres."""
LEFT = _EDGE * POINTS_A_MM
"""Where columns begin, in points."""
_INK = 0.35
"""How far ink may reach past a column, in points: outlines of some signs are a hair wider than their advance."""
_HAN = "党员公开承诺书立足本职做好全村规划实施工作年内走访农户带头参加美丽乡村建设路绿化组织社区困难家庭结对帮扶宣讲"
_WORDS = ("PDF", "A4", "e-mail", "m12@example.cn", "Word", "CCTV", "WiFi")
_MARKED = (
    "“十二五”",
    "（6月底前）。",
    "《承诺书》，",
    "：“",
    "。”（",
    "）、（",
    "——",
    "……",
    "、",
    "，",
    "。",
    "；",
    "？",
    "·",
    " ",
)


@dataclass
class Set:
    """What came of the lines."""

    lines: int = 0
    marks: int = 0
    """Lines that begin or end with a mark that must not stand there."""
    divided: int = 0
    clipped: int = 0
    """Characters that reach past their column, or lines past its foot."""
    lost: int = 0
    """Paragraphs that do not read on paper as they were written."""
    examples: list[str] = field(default_factory=list)


def campaign(lines: int, seed: int) -> Set:
    """Set, draw and check so many lines at least."""
    chance = random.Random(seed)
    done = Set()
    while done.lines < lines:
        texts = [_text(chance) for _ in range(min(400, 1 + (lines - done.lines) // 6))]
        _check(done, [(text, _width(chance, text)) for text in texts])
    return done


def _text(chance: random.Random) -> str:
    def chunk() -> str:
        kind = chance.random()
        if kind < 0.55:
            return "".join(chance.choices(_HAN, k=chance.randint(1, 12)))
        if kind < 0.75:
            return _number(chance)
        return chance.choice(_WORDS if kind < 0.82 else _MARKED)

    text = "".join(chunk() for _ in range(chance.randint(6, 30)))
    return text.strip(" ") or "承诺"


def _number(chance: random.Random) -> str:
    whole = str(chance.randint(0, 10 ** chance.randint(1, 6)))
    return whole + chance.choice(("", "", f".{chance.randint(0, 99)}", "%", "℃", f"-{chance.randint(0, 9999)}", ",000"))


def _width(chance: random.Random, text: str) -> float:
    """Return the width of a column in em, such that the widest thing that stays whole has room in it."""
    widest = max(sum(0.75 if sign.isascii() else 1.0 for sign in found) for found in _GLUED.findall(text))
    return max(chance.uniform(4.0, 40.0), widest + 1.5)


def _check(done: Set, cases: Sequence[tuple[str, float]]) -> None:
    advance = bundled_fonts().advance(Role.BODY)
    pages, wanted = [], []
    for text, em in cases:
        width = em * _SIZE
        block = fit(
            [Paragraph(text, 2.0)],
            width=width,
            height=5000,
            size=_SIZE,
            leading=_LEADING,
            minimum=_SIZE,
            advance=advance,
        )
        height = len(block.lines) * block.leading / POINTS_A_MM + 2 * _EDGE
        marks = texts_of_block(block, x=_EDGE, y=_EDGE)
        pages.append(Page((Layer(marks),), width / POINTS_A_MM + 2 * _EDGE, height))
        wanted.append((text, width))
    (data,) = write([Document(tuple(pages), Metadata("", moment()))], bundled_fonts())
    with pypdfium2.PdfDocument(data) as opened:
        for page, (text, width) in zip(opened, wanted, strict=True):
            judge(done, text, width, list(_lines(page)), page.get_height())


@dataclass(frozen=True, slots=True)
class Line:
    """What stands on one baseline, and how far its ink reaches, in points."""

    text: str
    left: float
    right: float
    top: float
    bottom: float


def _lines(page: pypdfium2.PdfPage) -> Iterator[Line]:
    """Yield the lines of a page from the top: the characters on one baseline, and how far their ink reaches."""
    textpage = page.get_textpage()
    rows: dict[int, list[tuple[float, str]]] = {}
    x, y = ctypes.c_double(), ctypes.c_double()
    for number in range(textpage.count_chars()):
        sign = chr(pdfium.FPDFText_GetUnicode(textpage, number))
        if pdfium.FPDFText_IsGenerated(textpage, number) == 1 or sign.isspace():
            continue
        pdfium.FPDFText_GetCharOrigin(textpage, number, x, y)
        rows.setdefault(round(y.value * 10), []).append((x.value, sign))
    for baseline, row in sorted(rows.items(), reverse=True):
        inks = [(x, _ink(sign)) for x, sign in row]
        yield Line(
            "".join(sign for _x, sign in row),
            min(x + ink[0] * _SIZE for x, ink in inks),
            max(x + ink[2] * _SIZE for x, ink in inks),
            baseline / 10 + max(ink[3] for _x, ink in inks) * _SIZE,
            baseline / 10 + min(ink[1] for _x, ink in inks) * _SIZE,
        )


@cache
def _ink(sign: str) -> tuple[float, float, float, float]:
    """Return how far the ink of a sign reaches from its origin, in em: left, bottom, right, top."""
    for name in ("NotoSerifSC-Regular.otf", "NotoSansSC-Regular.otf"):
        font = _font(name)
        glyph = font.getBestCmap().get(ord(sign))
        if glyph is not None:
            glyphs = font.getGlyphSet()
            pen = BoundsPen(glyphs)
            glyphs[glyph].draw(pen)
            left, bottom, right, top = pen.bounds or (0, 0, 0, 0)
            return left / 1000, bottom / 1000, right / 1000, top / 1000
    raise ValueError(sign)


@cache
def _font(name: str) -> TTFont:
    return TTFont(str(files("pylopdf_fonts_zh_cn") / name))


def judge(done: Set, text: str, width: float, lines: Sequence[Line], height: float) -> None:
    """Count what is wrong about the lines of a paragraph."""
    done.lines += len(lines)
    found: Counter[str] = Counter()
    found["lost"] += "".join(line.text for line in lines) != "".join(text.split())
    found["marks"] += sum(line.text[0] in _NEVER_FIRST for line in lines[1:])
    found["marks"] += sum(line.text[-1] in _NEVER_LAST for line in lines[:-1])
    for line in lines:
        found["clipped"] += line.left < LEFT - _INK or line.right > LEFT + width + _INK
        found["clipped"] += line.top > height or line.bottom < 0
    ends, at = set(), 0
    for line in lines:
        at += len(line.text)
        ends.add(at)
    before = [len("".join(text[:place].split())) for place in range(len(text) + 1)]
    for whole in _WHOLE.finditer(text):
        found["divided"] += any(before[whole.start()] < end < before[whole.end()] for end in ends)
    for what, count in found.items():
        setattr(done, what, getattr(done, what) + count)
    if found.total() and len(done.examples) < 10:
        done.examples.append(f"{dict(found)} {width / _SIZE:.2f} em: {' | '.join(line.text for line in lines)}")
