"""Pages that are no form: letters, tables of other kinds, separators and backs, taken like the rest."""

from __future__ import annotations

from benchmarks.scans.damage import Plan, Taken, take
from benchmarks.scans.hand import CLASSES, a_hand, write
from benchmarks.scans.paper import Paper
from benchmarks.scans.people import WORDS, Chance, name, organisation, pick, sentence

KINDS = ("letter", "table", "ballot", "back", "separator", "handwriting")
_WIDTH, _HEIGHT = 210.0, 297.0


def make_foreign(kind: str, plan: Plan, chance: Chance, per_mm: float = 8.0) -> Taken:
    """Make one page that is no form."""
    paper = Paper.white(_WIDTH, _HEIGHT, per_mm)
    makers = {
        "letter": _letter,
        "table": _table,
        "ballot": _ballot,
        "separator": _separator,
        "handwriting": _handwriting,
    }
    if kind in makers:
        makers[kind](paper, chance)
    return take(paper, plan, chance)


def _title(paper: Paper, text: str) -> None:
    paper.print_text(text, max(12.0, (_WIDTH - 7.0 * len(text)) / 2), 40, 7.0, font="hei")


def _letter(paper: Paper, chance: Chance) -> None:
    _title(paper, pick(chance, WORDS["letters"]["titles"]))
    font, y = pick(chance, ["song", "hei", "kai"]), 58.0
    for _ in range(int(chance.integers(3, 9))):
        text = "\u3000\u3000" + "；".join(sentence(chance, pick(chance, WORDS["pledges"])) for _ in range(3)) + "。"
        for start in range(0, len(text), 33):
            paper.print_text(text[start : start + 33], 27, y, 4.7, font=font)
            y += 8.5
    paper.print_text(organisation(chance), 120, y + 10, 4.7, font=font)


def _table(paper: Paper, chance: Chance) -> None:
    _title(paper, pick(chance, WORDS["letters"]["titles"]))
    columns, rows = int(chance.integers(3, 9)), int(chance.integers(4, 26))
    left, top, width = 24.0, 55.0, 162.0
    height = min(9.0 * rows, 215.0)
    for number in range(columns + 1):
        x = left + width * number / columns
        paper.line((x, top), (x, top + height), 0.25)
    for number in range(rows + 1):
        y = top + height * number / rows
        paper.line((left, y), (left + width, y), 0.25)
    for row in range(rows):
        for column in range(columns):
            text = name(chance) if column == 0 and row else str(int(chance.integers(1, 999)))
            text = pick(chance, WORDS["work"])[:4] if row == 0 else text
            paper.print_text(
                text, left + width * column / columns + 1.5, top + height * (row + 0.5) / rows + 1.4, 3.8, font="song"
            )


def _ballot(paper: Paper, chance: Chance) -> None:
    """Draw a sheet much like a form: labels, boxes, a seal's place, but other rows and another title."""
    _title(
        paper, pick(chance, ["党员民主评议测评表", "党员基本情况登记表", "入党志愿情况统计表", "党员承诺践诺公示表"])
    )
    left, top, width = 24.0, 52.0, 162.0
    heights = [float(chance.uniform(10, 34)) for _ in range(int(chance.integers(4, 8)))]
    y = top
    for height in heights:
        count = int(chance.integers(1, 6))
        for number in range(count + 1):
            x = left + width * number / count
            paper.line((x, y), (x, y + height), 0.25)
            if number < count:
                label = pick(
                    chance,
                    ["姓名", "性别", "年龄", "单位", "职务", "评议意见", "优秀", "合格", "基本合格", "电话", "备注"],
                )
                paper.print_text(label, x + 2, y + height / 2 + 1.5, 4.2, font="song")
        paper.line((left, y), (left + width, y), 0.25)
        y += height
    paper.line((left, y), (left + width, y), 0.25)


def _separator(paper: Paper, chance: Chance) -> None:
    paper.print_text(pick(chance, ["分隔页", "第三支部", "城东片", "补交材料"]), 60, 150, 18, font="hei")


def _handwriting(paper: Paper, chance: Chance) -> None:
    hand = a_hand(pick(chance, CLASSES), chance)
    for number in range(int(chance.integers(3, 12))):
        text = sentence(chance, pick(chance, WORDS["pledges"]))
        write(paper, text, 22, 50 + 11.0 * number, 5.4, hand=hand, room=165, chance=chance)
