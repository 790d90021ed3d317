"""Makes one filled page with its truth: form, layout, values, hands, marks and what befell the sheet."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.scans import seals
from benchmarks.scans.damage import Plan, Taken, a_plan, drawn_at, take
from benchmarks.scans.hand import CLASSES, Hand, a_hand, width_of, write
from benchmarks.scans.paper import Box, printed_width
from benchmarks.scans.people import Chance, Person, Written, invent, organisation, pick
from benchmarks.scans.sheet import Sheet, Slot, a_style, other_sheet, our_sheet
from formsvc.forms.spec import Align, FormSpec, Kind

PRINT_FONTS = ("song", "hei", "old-song", "kai", "uming", "wenkai", "xiaowei", "ukai")
_NOT_AT_LINE_START = "，。；：、）%”》"


@dataclass
class Truth:
    """What a reader of the page should find."""

    form: str
    layout: str
    hand: str
    """printed, or the class of the hand that filled the form."""
    font: str
    plan: Plan
    year: int
    values: dict[str, Any] = field(default_factory=dict)
    """Field key -> its normal form; None where it was left empty."""
    hands: dict[str, str] = field(default_factory=dict)
    """Field key -> printed or the class of the hand; empty fields have none."""
    marks: dict[str, str] = field(default_factory=dict)
    """Signatures and seals: present, absent, or either where no answer is wrong."""
    under_seal: list[str] = field(default_factory=list)
    """Fields a seal lies over."""
    decoys: list[str] = field(default_factory=list)
    boxes: dict[str, list[int]] = field(default_factory=dict)
    """Field key -> the place of its cell in pixels; seals as they were pressed."""
    year_by_hand: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it for a JSON file."""
        plan = dataclasses.asdict(self.plan) | {"tags": sorted(self.plan.tags), "clean": self.plan.is_clean}
        return dataclasses.asdict(self) | {"plan": plan}


def make_page(
    spec: FormSpec, chance: Chance, plan: Plan | None = None, *, printed: bool = False
) -> tuple[Taken, Truth]:
    """Make one page of a form; a `printed` one has nothing written by hand but its signature."""
    plan = plan or a_plan(chance)
    person = invent(spec, chance)
    return _Filling(spec, person, plan, chance, printed=printed).page()


class _Filling:
    """Fills one sheet."""

    def __init__(self, spec: FormSpec, person: Person, plan: Plan, chance: Chance, *, printed: bool) -> None:
        self._spec, self._person, self._chance = spec, person, chance
        drawn = str(chance.choice(["printed", *CLASSES], p=[0.5, 0.18, 0.16, 0.11, 0.05]))
        hand = "printed" if printed else drawn
        self._hand = a_hand(hand if hand in CLASSES else pick(chance, ["neat", "mid", "running"]), chance)
        self._clerk = a_hand(pick(chance, ["neat", "mid", "running"]), chance)
        self._font = pick(chance, PRINT_FONTS) if hand == "printed" else self._hand.font
        self._late = not printed and (hand != "printed" or chance.random() < 0.35)
        """Whether dates and opinions are written by hand."""
        self.sheet, ours = self._sheet(hand, drawn_at(plan))
        self.truth = Truth(spec.id, ours, hand, self._font, plan, person.year)
        self._boxes: dict[str, Box] = {}

    def _sheet(self, hand: str, per_mm: float) -> tuple[Sheet, str]:
        chance, person = self._chance, self._person
        if chance.random() < 0.5:
            typed = hand == "printed" and chance.random() < 0.5
            values = {key: one.value for key, one in person.fields.items() if typed and not self._is_late(key)}
            self._typed = frozenset(values)
            marked = chance.random() < 0.7
            name = ("ours-typed" if typed else "ours") + ("" if marked else "-unmarked")
            return our_sheet(self._spec, person.year, per_mm, values, marked=marked), name
        self._typed = frozenset()
        style = a_style(self._spec, chance)
        if hand == "printed":
            style = dataclasses.replace(style, year_by_hand=False)
        return other_sheet(self._spec, person.year, per_mm, style, with_signs=chance.random() < 0.7), "other"

    def page(self) -> tuple[Taken, Truth]:
        for key, written in self._person.fields.items():
            self.truth.values[key] = (
                written.value if written.value is None or not isinstance(written.value, tuple) else list(written.value)
            )
            slot = self.sheet.slots[key]
            self._boxes[key] = slot.cell
            if written.lines:
                self._fill(slot, written)
        if self.sheet.year_room:
            left, right, baseline = self.sheet.year_room
            write(
                self.sheet.paper,
                str(self._person.year),
                left + 1,
                baseline,
                6.0,
                hand=self._hand,
                room=right - left - 2,
                chance=self._chance,
            )
            self.truth.year_by_hand = True
        for key, there in self._person.marks.items():
            self._boxes[key] = self.sheet.slots[key].cell
            self._mark(key, there=there)
        self._decoys()
        taken = take(self.sheet.paper, self.truth.plan, self._chance)
        self.truth.boxes = {key: taken.to_pixels(box) for key, box in self._boxes.items()}
        return taken, self.truth

    def _is_late(self, key: str) -> bool:
        """Say whether a field is filled in later, by a pen: dates beside marks, and opinions."""
        kind = self._spec.fields[key].kind
        opinion = any(step.opinion == key for step in self._spec.reviews)
        return self._late and (opinion or (kind is Kind.DATE and bool(self._spec.fields[key].blank)))

    def _fill(self, slot: Slot, written: Written) -> None:
        late = self._is_late(slot.key)
        review = any(slot.key in (step.opinion, step.date) for step in self._spec.reviews)
        hand = self._clerk if late and review else self._hand
        by_hand = late or self.truth.hand != "printed"
        self.truth.hands[slot.key] = hand.name if by_hand else "printed"
        if slot.key in self._typed:
            return
        if slot.signs:
            self._between_signs(slot, written, hand if by_hand else None)
        elif slot.grow:
            self._block(slot, written, hand if by_hand else None)
        else:
            self._line(slot, written.lines[0], hand if by_hand else None)

    def _line(self, slot: Slot, text: str, hand: Hand | None) -> None:
        x, y, width, height = slot.box
        chance = self._chance
        size = (
            float(min(height * 0.62, chance.uniform(4.0, 7.2)))
            if hand
            else float(min(height * 0.6, chance.choice([3.7, 4.2, 4.94])))
        )
        natural = width_of(text, hand, size) if hand else printed_width(text, size, self._font)
        if natural > width * 1.25 and height > 9:
            half = _breaks(text, natural / 2 * 1.06, size, hand, self._font)
            size = min(size, height * 0.42)
            for number, part in enumerate([half[0], "".join(half[1:])]):
                self._one(part, (x, y + number * height / 2, width, height / 2), size, hand, slot.align)
            return
        self._one(text, slot.box, size, hand, slot.align)

    def _one(self, text: str, box: Box, size: float, hand: Hand | None, align: Align) -> None:
        x, y, width, height = box
        chance = self._chance
        if hand is None:
            size = min(size, size * width / max(printed_width(text, size, self._font), 1e-6))
            spare = width - printed_width(text, size, self._font)
            shift = spare / 2 if align is Align.CENTRE else spare - 4 if align is Align.RIGHT and spare > 4 else 0.3
            self.sheet.paper.print_text(text, x + max(shift, 0), y + height / 2 + 0.37 * size, size, font=self._font)
            return
        natural = min(width_of(text, hand, size), width)
        spare = width - natural
        shift = (
            spare * float(np.clip(chance.normal(0.5, 0.16), 0.05, 0.95)) if align is not Align.LEFT else spare * 0.05
        )
        baseline = y + height / 2 + 0.37 * size + float(chance.normal(0, 0.05 * height))
        write(self.sheet.paper, text, x + shift, baseline, size, hand=hand, room=width, chance=chance)

    def _between_signs(self, slot: Slot, written: Written, hand: Hand | None) -> None:
        numbers = [str(int(part)) for part in str(written.value).split("-")]
        edge = slot.box[0]
        for (_, left, right, baseline), number, first in zip(slot.signs, numbers, (True, False, False), strict=True):
            size = 4.6
            room = (left - edge) if not first else 13.0
            start = edge if not first else left - 13.0
            if hand is None:
                size = 4.2
                wide = printed_width(number, size, self._font)
                size = min(size, size * (room + 0.6) / wide)
                at = (
                    left - printed_width(number, size, self._font) - 0.4
                    if first
                    else start + (room - printed_width(number, size, self._font)) / 2
                )
                self.sheet.paper.print_text(number, at, baseline - 0.2, size, font=self._font)
            else:
                wide = min(width_of(number, hand, size), room + 0.8)
                at = left - wide - 0.6 if first else start + (room - wide) / 2
                write(
                    self.sheet.paper,
                    number,
                    at,
                    baseline + float(self._chance.normal(0, 0.4)),
                    size,
                    hand=hand,
                    room=room + 0.8,
                    chance=self._chance,
                )
            edge = right

    def _block(self, slot: Slot, written: Written, hand: Hand | None) -> None:
        x, y, width, height = slot.box
        chance = self._chance
        indent = "\u3000" * 2 if hand is None and chance.random() < 0.6 else ""
        for size in (7.0, 6.2, 5.4, 4.94, 4.4, 4.2, 3.7, 3.3, 2.9, 2.5):
            if size > 5 and (hand is None or chance.random() < 0.5):
                continue
            pitch = size * (1.55 if hand is None else 1.5)
            lines = [
                part for text in written.lines for part in _breaks(indent + text, width - 0.5, size, hand, self._font)
            ]
            if len(lines) * pitch <= height:
                break
        pitch = min(pitch * float(chance.uniform(1.0, 1.25)), height / max(len(lines), 1))
        top = y + (0.8 if len(lines) > 1 else float(chance.uniform(0.0, 0.5)) * (height - pitch))
        for number, text in enumerate(lines):
            baseline = top + number * pitch + 0.5 * pitch + 0.37 * size
            if hand is None:
                self.sheet.paper.print_text(text, x + 0.3, baseline, size, font=self._font)
            else:
                start = x + float(abs(chance.normal(0, 0.6)))
                write(self.sheet.paper, text, start, baseline, size, hand=hand, room=width, chance=chance)

    def _mark(self, key: str, *, there: bool) -> None:
        chance, slot = self._chance, self.sheet.slots[key]
        self.truth.marks[key] = "present" if there else "absent"
        if self._spec.fields[key].kind is Kind.SIGNATURE:
            x, y, width, height = slot.cell
            if there and chance.random() < 0.05:
                seals.put_name_seal(self.sheet.paper, x + width * 0.5, y + height * 0.45, chance)
                self.truth.marks[key] = "either"
                self.truth.decoys.append("name-seal")
            elif there:
                name = self._person.fields[self._spec.subject.name].lines[0]
                seals.put_signature(self.sheet.paper, re.sub(r"\s", "", name), slot.box, self._hand, chance)
            elif chance.random() < 0.2:
                seals.put_thumbprint(self.sheet.paper, x + width * 0.5, y + height * 0.5, chance)
                self.truth.marks[key] = "either"
                self.truth.decoys.append("thumbprint")
        elif there:
            self._press(key, slot)

    def _press(self, key: str, slot: Slot) -> None:
        chance = self._chance
        x, y, width, height = slot.cell
        sx, sy, swidth, sheight = slot.box
        diameter = float(chance.uniform(38, 45))
        column = sx + swidth - chance.uniform(12, 26) if slot.align is Align.RIGHT else sx + swidth / 2
        row = sy + sheight / 2 + float(chance.normal(1, 5))
        if chance.random() < 0.1:
            column += float(chance.uniform(-18, 8))
        row = float(np.clip(row, y + diameter * 0.32, y + height - diameter * 0.1))
        column = float(np.clip(column, x + diameter * 0.2, x + width - diameter * 0.2))
        red = None if chance.random() < 0.96 else (32, 46, 150)
        self._boxes[key] = seals.put_seal(
            self.sheet.paper, organisation(chance), column, row, diameter=diameter, chance=chance, colour=red
        )
        for other, place in self.sheet.slots.items():
            if other in self.truth.hands and _touch(place, (column, row), diameter / 2):
                self.truth.under_seal.append(other)

    def _decoys(self) -> None:
        chance, paper = self._chance, self.sheet.paper
        if chance.random() < 0.08:
            seals.put_stamp(paper, chance)
            self.truth.decoys.append("stamp")
        if chance.random() < 0.08:
            seals.put_margin_note(paper, self._clerk, self.sheet.table, chance)
            self.truth.decoys.append("note")
        if chance.random() < 0.03:
            seals.put_cup_ring(paper, chance)
            self.truth.decoys.append("cup")
        if chance.random() < 0.06:
            x, y, width, height = self.sheet.table
            seals.put_tick(paper, x + width + 4, y + float(chance.uniform(0, height)), self._clerk, chance)
            self.truth.decoys.append("tick")
        if chance.random() < 0.15:
            paper.print_text(
                f"- {int(chance.integers(1, 60))} -",
                self._spec.page.width / 2 - 5,
                self._spec.page.height - 12,
                4.0,
                font="song",
            )
            self.truth.decoys.append("page-number")


def _touch(slot: Slot, middle: tuple[float, float], radius: float) -> bool:
    x, y, width, height = slot.box
    if slot.signs:
        x, width = slot.signs[0][1] - 12, slot.signs[-1][2] - slot.signs[0][1] + 12
    near = (min(max(middle[0], x), x + width), min(max(middle[1], y), y + height))
    return bool(np.hypot(near[0] - middle[0], near[1] - middle[1]) < radius)


def _breaks(text: str, width: float, size: float, hand: Hand | None, font: str) -> list[str]:
    """Break a text into lines of at most this width in mm; no line begins with a closing sign."""
    lines, line, used = [], "", 0.0
    for character in text:
        wide = width_of(character, hand, size) if hand else printed_width(character, size, font)
        if used + wide > width and line and character not in _NOT_AT_LINE_START:
            lines.append(line)
            line, used = "", 0.0
        line += character
        used += wide
    return [*lines, line] if line else lines
