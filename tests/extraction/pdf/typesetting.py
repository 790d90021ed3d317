"""Breaks paragraphs into lines as a word processor does, so that tests can ask for them back.

Marks that must not begin a line take the character before them along, opening marks the one behind them; Latin words
and numbers stay whole unless they are longer than a line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.extraction.pdf.sheets import Sheet, width_of

EM = 25.4 / 72
_UNIT = re.compile(r"[（“《]*(?:[!-~]+|.)[，。、；：！？）”》]* *")


@dataclass(frozen=True)
class Setting:
    """How paragraphs are set in a cell."""

    left: float
    width: float
    size: float = 14.0
    indent: float = 0.0
    """Of first lines, in em."""
    justified: bool = False
    centred: bool = False
    pitch: float = 1.5
    """The distance of lines, in em."""
    blanks: bool = True
    """Whether a blank at a break is printed at the line's end, as Word does, or dropped, as LibreOffice does."""


def measure(text: str) -> float:
    """Return a text's width in em."""
    return sum(map(width_of, text))


def lines_of(text: str, setting: Setting) -> list[str]:
    """Break a paragraph."""
    room = setting.width / (setting.size * EM)
    lines = [""]
    left = room - setting.indent
    for unit in _UNIT.findall(text):
        bare = unit.rstrip(" ")
        if measure(lines[-1] + bare) > left + 1e-6 and lines[-1]:
            lines.append("")
            left = room
        for sign in unit:
            if measure(lines[-1] + sign) > left + 1e-6 and sign != " " and measure(bare) > left:
                lines.append("")
                left = room
            lines[-1] += sign
    return lines


def typeset(sheet: Sheet, paragraphs: list[str], top: float, setting: Setting) -> float:
    """Print paragraphs from `top` (mm) downwards; return where the next line would stand."""
    em = setting.size * EM
    y = top + em
    for text in paragraphs:
        lines = lines_of(text, setting)
        for number, line in enumerate(lines):
            indent = setting.indent if number == 0 else 0.0
            is_last = number == len(lines) - 1
            shown = line if setting.blanks else line.rstrip(" ")
            shown += " " if is_last and setting.blanks else ""
            bare = line.rstrip(" ")
            spare = setting.width / em - indent - measure(bare)
            gap = spare / (len(bare) - 1) if setting.justified and not is_last and len(bare) > 1 else 0.0
            start = setting.left + indent * em + (spare * em / 2 if setting.centred else 0.0)
            sheet.text(start, y, shown, setting.size, gap)
            y += setting.pitch * em
    return y
