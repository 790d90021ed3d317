"""The characters of 通用规范汉字表 (State Council, 2013) and rare ones of names, drawn and looked for in the file.

The table has 8,105 characters. Those of the first plane are all among the ideographs U+4E00 to U+9FFF and U+3400 to
U+4DBF, and every one of these is drawn; the others are written down here. A character counts as drawn when the font
embedded in the file has a glyph with ink under its code; nothing of the program is asked but to draw.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import pikepdf
from fontTools.cffLib import CFFFontSet

from formsvc.rendering.fonts import Role, bundled_fonts
from formsvc.rendering.marks import Text
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.pdf import Document, Layer, Page, write
from torture.corpus import moment

OTHER_PLANES = (
    "𠙶𬣙𨙸𬇕𬣞𬘓𫭟𫭢𫇭𫐄𫵷𣲘𣲗𬇙𬣡𫸩𨚕𫘜𬘘𫘝𦭜𬨂𬀩𬀪𬬩𫍣𬣳𬩽𬮿𬯀𫰛𬳵𬳶𫠊𬍛𬜬𦰡𪾢𪨰𫓧𬬮𬬱𬬭𦙶𬘡𬳽𬘩𫄧𪟝𬍤𫭼𬜯𬂩𫠆𨐈𬌗𫑡𪨶"
    "𬬸𬬻𬬹𬬿𬭁𫢸𫗧𬊈𬒈𨺙𬳿𫄨𬘫𫮃𬱖𬟽𫓯𫟹𫟼𠅤𬇹𬍡𬤇𫍯𬤊𫍲𬯎𬘬𬘭𬴂𫘦𫟅𬘯𫘧𪣻𡎚𬃊𬷕𫐐𬹼𧿹𫶇𫖮𬭊𨱇𫓶𬭎𫖯𬱟𫛭𫷷𬮱𬊤𣸣𬴃𫘨𤧛"
    "𬪩𬒔𬨎𫐓𫫇𫓹𬭚𬭛𬕂𬶋𬶍𦝼𫔶𫌀𫖳𫘪𫘬𫞩𡐓𪤗𣗋𬸘𬒗𥔲𫚖𨱏𬭤𫚕𬶐𬶏𩽾𬸚𬤝𬙂𬭩𩾃𬸣𫍽𬴊𬞟𥕢𫟦𬺈𫠜𪩘𬭬𨱑𬭯𫗴𬸦𫄷𤩽𬭳𬭶𫔍𬭸"
    "𨱔𬭼𫔎𬸪𬶟𬶠𬶨𦈡𫄸𬟁𥖨𦒍𬙊𬶭𩾌𨟠𬶮𨭉𬙋𤫉𬺓𫚭"
)
"""The characters of the table past U+FFFF."""
NAMES = "㛃䶮堃喆犇淼燚翀赟珺祎玥璟晟昇瑄璠翾骉麤鱻鑫嫕垚"
"""Characters that registers of names ask for most often and programs lack."""
_PLANE = (range(0x4E00, 0xA000), range(0x3400, 0x4DC0))


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of the characters."""

    asked: int
    refused: str
    """What the program says no face has."""
    blank: str
    """What it drew without a glyph that has ink."""


def campaign(step: int = 1) -> Drawn:
    """Draw all characters, or every so many, and look for their glyphs."""
    wanted = [chr(point) for plane in _PLANE for point in plane][::step] + list(OTHER_PLANES + NAMES)
    wanted = list(dict.fromkeys(wanted))
    fonts = bundled_fonts()
    refused = fonts.missing(wanted)
    there = [sign for sign in wanted if sign not in refused]
    rows = ["".join(there[start : start + 20]) for start in range(0, len(there), 20)]
    pages = [
        Page((Layer(tuple(Text(20, 20 + 12 * down, row, 12, Role.BODY) for down, row in enumerate(some))),))
        for some in (rows[start : start + 20] for start in range(0, len(rows), 20))
    ]
    (data,) = write([Document(tuple(pages), Metadata("", moment()))], fonts)
    inked = _inked(data)
    return Drawn(len(wanted), "".join(sorted(refused)), "".join(sign for sign in there if sign not in inked))


def _inked(data: bytes) -> set[str]:
    """Return the characters whose codes have a glyph with ink in the fonts of a file."""
    found = set()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        fonts = pdf.pages[0].Resources.Font
        for font in fonts.as_dict().values():
            told = dict(re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", font.ToUnicode.read_bytes()))
            program = CFFFontSet()
            program.decompile(io.BytesIO(font.DescendantFonts[0].FontDescriptor.FontFile3.read_bytes()), None)
            glyphs = program[0].CharStrings
            for glyph in program[0].charset[1:]:
                outline = glyphs[glyph]
                outline.decompile()
                code = b"%04X" % int(glyph.removeprefix("cid"))
                if len(outline.program) > 4 and code in told:
                    found.add(bytes.fromhex(told[code].decode()).decode("utf-16-be"))
    return found
