"""Lines of print become paragraphs: a pledge that was broken over two lines becomes one string again.

A line was broken by its program only if what begins the next line had no room left on it. Where there was room, a
person broke it. Where there was none, numbering, indents, the spacing of lines and justification decide, and what they
leave open is taken for one paragraph. Joining drops or adds nothing but a blank: see `_joint`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from formsvc.chinese import is_han, parse_number
from formsvc.chinese.dates import HAN_DIGITS
from formsvc.extraction.document import Box
from formsvc.extraction.pdf.lines import Line, Placed, around
from formsvc.extraction.pdf.shown import UPRIGHT

_PADDING = 2.2
"""The widest usual distance of text from a cell's border, mm; Word keeps 1.9."""
_TOO_LOOSE = 3.0
"""The room on a line, in em, that a program may leave rather than stretch the line over it."""
_FIRST_INDENT = 4.5
"""How far a paragraph may begin from the left edge, in em; what begins further right is set to the right."""
_MIXED_GAP = 0.25
"""What programs put between Han and Latin, in em."""
_OPENING = "([{<（［｛〔【《〈「『“‘"
_CLOSING = ")]}>）］｝〕】》〉」』”’、。，．：；！？,.:;!?%％℃·…—～"
_FULL_STOP = "。！？"
_STOP = "。；！？;!?．."
_WORD = re.compile(r"[!-~\u00a1-\u02af]")
_NUMERAL = f"[{HAN_DIGITS}十廿]{{1,3}}"
_NUMBERING = re.compile(
    rf"\s*(?:(?P<digit>[0-9０-９]{{1,2}})[、．.，,：:)）]"
    rf"|(?P<han>{_NUMERAL})[、．.，,：:)）]"
    rf"|[（(]\s*(?P<inner>[0-9０-９]{{1,2}}|{_NUMERAL})\s*[)）]"
    rf"|第\s*(?P<ordinal>[0-9０-９]{{1,2}}|{_NUMERAL})\s*[条项点、]"
    r"|(?P<sign>[①-⑳⑴-⒛㈠-㈩])"
    r"|(?P<bullet>[●○■□◆◇★☆▲△▪▫•※➢►▶✓✔\ue000-\uf8ff]))"
)
_DECIMAL = re.compile(r"\s*[0-9０-９]+[．.](?!(?:19|20)[0-9]{2}年)[0-9０-９]+(?![．.0-9０-９])")
"""A number with decimals; a number of an item may be followed by a year, or by a number with decimals."""
_NUMBER_LIST = re.compile(r"\s*[0-9０-９]+[、，,]\s*[0-9０-９]")
"""Numbers one after the other, as in 3、4月份, unless the first is the number that is due."""
_TORN = re.compile(r"\d{1,3}(?:[、，,；;/]\d{6,}|[（(])")
"""The rest of a telephone number with what follows: LibreOffice keeps the last digit with the mark behind it."""


@dataclass(slots=True)
class Joined:
    """A paragraph and where it stands."""

    text: str
    lines: list[Line] = field(default_factory=list)
    unsure: bool = False
    """Whether it may be two: a line ended with a sentence, and nothing tells whether the next one goes on."""

    @property
    def box(self) -> Box:
        """Return the box around its lines."""
        return around(line.box for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Room:
    """The column some lines are set in."""

    left: float
    """Where its lines begin, mm."""
    right: float
    """Where they end."""
    em: float
    flush: float | None
    """Where three or more lines end exactly, if they do: justified text."""
    pitch: float
    """The usual distance of lines, mm; 0 when unknown."""
    first: float
    """Where the line begins that begins furthest to the left."""
    stops: bool
    """Whether every paragraph seems to be one sentence: full stops stand at the ends of lines only."""

    @property
    def width(self) -> float:
        return self.right - self.left


def paragraphs_of(lines: Sequence[Line], left: float, right: float, *, bordered: bool = True) -> list[Joined]:
    """Join lines into paragraphs; `left` and `right` are the borders of their cell or the edges of the text.

    Lines without characters part paragraphs and are dropped. Lines that are not upright are paragraphs by themselves.
    """
    room = _room([line for line in lines if line.places and line.way == UPRIGHT], left, right, bordered=bordered)
    paragraphs: list[Joined] = []
    numbers: dict[str, int] = {}
    parted = True
    for line in lines:
        if not line.places:
            parted = True
            continue
        numbered = _numbering(line)
        if parted or line.hard or room is None or not _continues(paragraphs[-1], line, room, numbers):
            paragraphs.append(Joined(_stripped(line.text), [line]))
            if numbered is not None:
                numbers[numbered[0]] = numbered[1]
        else:
            last = paragraphs[-1]
            last.unsure = last.unsure or (not numbers and not _is_told(last, line, room))
            last.text = _joint(last, line, room)
            last.lines.append(line)
        parted = line.hard
    return paragraphs


def _stripped(text: str) -> str:
    """Take off the blanks at the end, which programs print for the paragraph's end."""
    return text.rstrip()


def _room(lines: Sequence[Line], left: float, right: float, *, bordered: bool) -> _Room | None:
    if not lines:
        return None
    em = sorted(line.size for line in lines)[len(lines) // 2]
    starts = tuple(line.start for line in lines if line.places[0].text not in _OPENING)
    starts = starts or tuple(line.start for line in lines)
    ends = sorted(line.end for line in lines if line.places[-1].text[-1:] not in _CLOSING) or [
        line.end for line in lines
    ]
    padding = 0.0
    if bordered:
        padding = min(starts) - left
        padding = max(padding, 0.3) if padding <= 3 else _PADDING
        padding = min(padding, _PADDING)
    edge = min(max(right - padding, ends[-1]), right)
    flush = _flush(lines, em)
    if flush is not None and edge - 3 * em <= flush and ends[-1] - flush <= 0.2 * em:
        edge = flush
    printed = [line for line in lines if not line.hard]
    pitches = sorted(b.level - a.level for a, b in pairwise(printed) if b.level - a.level > 0.9 * em)
    return _Room(
        left=min(left + padding, *starts) if bordered else min(starts),
        right=edge,
        em=em,
        flush=flush,
        pitch=pitches[0] if len(pitches) > 1 else 0.0,
        first=min(starts),
        stops=_stops(lines, edge - 2 * em),
    )


def _stops(lines: Sequence[Line], edge: float) -> bool:
    """Whether lines that had room left end in a stop, and no line holds a full stop inside."""
    texts = [line.text.rstrip() for line in lines]
    inner = any(stop in text[:-1] for text in texts for stop in _FULL_STOP)
    return not inner and any(line.end < edge and text[-1:] in _STOP for line, text in zip(lines, texts, strict=True))


def _flush(lines: Sequence[Line], em: float) -> float | None:
    """Return where stretched lines end exactly, if three or more do; None for text that is not justified."""
    ends = sorted(line.end for line in lines if abs(line.gap) > 0.005 and line.places[-1].text not in _CLOSING)
    for low, middle, high in zip(ends[-3::-1], ends[-2::-1], ends[::-1], strict=False):
        if high - low <= 0.1 * em:
            return middle
    return None


def _continues(paragraph: Joined, line: Line, room: _Room, numbers: dict[str, int]) -> bool:
    """Whether a line goes on with the paragraph that ends in the line before it."""
    last = paragraph.lines[-1]
    if not _is_next(last, line, room):
        return False
    if _is_torn(last, line):
        return True
    centred = line.start > room.left + 0.1 * room.em and _is_centred(last, room, 0.7) and _is_centred(line, room, 0.3)
    left_over = room.width - (last.end - last.start) if centred else room.right - last.end
    if left_over >= _needed(last, line, room) + 0.15 * room.em:
        return False
    if centred:
        return True
    ragged = room.flush is not None and last.end < room.flush - 0.12 * room.em
    return (
        last.start - room.left <= _FIRST_INDENT * room.em
        and not _begins_item(paragraph, line, numbers)
        and not (ragged and left_over < _TOO_LOOSE * room.em)
        and not (room.stops and paragraph.text[-1:] in _FULL_STOP and not _is_wrapped(last, room))
        and _agrees_by_indent(paragraph, line, room)
    )


def _is_next(last: Line, line: Line, room: _Room) -> bool:
    """Whether two lines are of one kind and stand as close as lines of a paragraph do."""
    return (
        line.way == last.way == UPRIGHT
        and 0.75 < line.size / max(last.size, 0.01) < 1.34
        and (not room.pitch or line.level - last.level <= 1.45 * room.pitch)
    )


def _is_torn(last: Line, line: Line) -> bool:
    """Whether a number or an address was broken where nobody would: after a dash, or short of the mark behind it."""
    end = last.places[-1].text
    return (end in "-/_@" and _is_word(line.places[0].text)) or (end.isdigit() and _TORN.match(line.text) is not None)


def _is_centred(line: Line, room: _Room, near: float) -> bool:
    """Whether a line keeps the same distance from both sides, within `near` em."""
    return abs((line.start - room.left) - (room.right - line.end)) < near * room.em


def _needed(last: Line, line: Line, room: _Room) -> float:
    """Return the room the beginning of a line would have needed on the line before it, mm."""
    token = _first_unit(line.places)
    if _is_word(token[0].text) and _is_word(last.places[-1].text):
        before = _last_word(last.places)
        whole = before[-1].end - before[0].start + token[-1].end - token[0].start
        if whole > 0.98 * room.width:
            return token[0].end - token[0].start  # longer than any line: broken wherever the line was full
    mixed = is_han(token[0].text[:1]) != is_han(last.places[-1].text[-1:])
    return token[-1].end - token[0].start + (_MIXED_GAP * room.em if mixed else 0.0)


def _first_unit(places: tuple[Placed, ...]) -> tuple[Placed, ...]:
    """Return what has to stand together at the beginning of a line."""
    count = 0
    while count < len(places) - 1 and places[count].text in _OPENING:
        count += 1
    chained = _is_word(places[count].text)
    count += not chained
    chained = chained or (count < len(places) and places[count].text in _CLOSING)
    while chained and count < len(places) and (_is_word(places[count].text) or places[count].text in _CLOSING):
        count += 1  # LibreOffice does not part Latin words from the mark before them
    return places[:count]


def _last_word(places: tuple[Placed, ...]) -> tuple[Placed, ...]:
    begin = len(places)
    while begin and _is_word(places[begin - 1].text):
        begin -= 1
    return places[begin:]


def _is_word(text: str) -> bool:
    return _WORD.match(text) is not None


def _numbering(line: Line) -> tuple[str, int] | None:
    """Return the style and the number a line begins with."""
    found = _NUMBERING.match(line.text)
    if found is None or found.lastgroup is None:
        return None
    style, number = found.lastgroup, found[found.lastgroup]
    if style == "bullet":
        return style, 0
    if style == "sign":
        return style, ord(number) - 0x245F if number <= "⑳" else ord(number)
    return style, parse_number(number) or 0


def _begins_item(paragraph: Joined, line: Line, numbers: dict[str, int]) -> bool:
    """Whether a line on which a sentence might go on begins the next item instead."""
    found = _numbering(line)
    if found is None:
        return False
    style, number = found
    due = numbers.get(style)
    if _DECIMAL.match(line.text):
        return False
    if _NUMBER_LIST.match(line.text):
        return paragraph.text[-1:] in "：:" if due is None else number == due + 1
    follows = number == 1 if due is None else due < number <= due + 2
    return style == "bullet" or follows or paragraph.text[-1:] in _STOP


def _agrees_by_indent(paragraph: Joined, line: Line, room: _Room) -> bool:
    """Whether a line begins where a continued line of its paragraph would."""
    first = paragraph.lines[0].start
    known = paragraph.lines[1] if len(paragraph.lines) > 1 else paragraph.lines[0]
    opens = line.places[0].text in _OPENING or known.places[0].text in _OPENING
    near = (0.9 if opens else 0.4) * room.em  # half of an opening bracket may be trimmed off or hang out
    if len(paragraph.lines) > 1:
        return abs(line.start - known.start) <= near
    if line.start < first - near:
        return True
    if line.start <= first + near:
        indented = first - room.left > room.em
        witnessed = room.first < first - near
        return not indented or not (witnessed or paragraph.text[-1:] in _STOP)
    return _numbering(paragraph.lines[0]) is not None and line.start <= first + 3 * room.em


def _is_wrapped(line: Line, room: _Room) -> bool:
    """Whether a line was stretched to the edge of justified text, which the last line of a paragraph is not."""
    stretched = abs(line.gap) > 0.005
    return stretched and room.flush is not None and line.end > room.flush - 0.12 * room.em


def _is_told(paragraph: Joined, line: Line, room: _Room) -> bool:
    """Whether something beside the want of room tells that a line goes on with its paragraph."""
    wrapped = _is_wrapped(paragraph.lines[-1], room)
    indented = abs(paragraph.lines[0].start - line.start) > 0.4 * room.em
    return paragraph.text[-1:] not in _STOP or wrapped or indented


def _joint(paragraph: Joined, line: Line, room: _Room) -> str:
    """Join a line to its paragraph.

    Between Han characters a blank at the break is the program's and goes. Between Latin words it stays, and one the
    program dropped comes back, unless the two are the halves of a word or number longer than the line, or of a number
    on a line that was full to its last digit.
    """
    text = paragraph.text
    last = paragraph.lines[-1]
    blank = last.text != last.text.rstrip()
    added = line.text.strip()
    before, after = text[-1:], added[:1]
    if not before or not after:
        return text + added
    if not (_is_word(before) and _is_word(after)):
        keeps = blank and not (is_han(before) or is_han(after) or before in _CLOSING or after in _OPENING)
        return f"{text} {added}" if keeps else text + added
    if blank:
        return f"{text} {added}"
    if _is_torn(last, line) or before in "-/_@\\" or after in "-/_@.,:;!?)]}%":
        return text + added
    word, token = _last_word(last.places), _first_unit(line.places)
    whole = word[-1].end - word[0].start + token[-1].end - token[0].start if word else 0.0
    if whole > 0.98 * room.width:
        return text + added
    full = room.right - last.end < token[0].end - token[0].start and abs(last.gap) < 0.01
    halves = before.isdigit() and after.isdigit() and full
    return text + added if halves else f"{text} {added}"
