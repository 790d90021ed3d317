from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.chinese import Items, read_items, split_items

HAN: list[str] = ["", *"一二三四五六七八九"]
PLEDGES = ["加强理论学习，每月读书1.2小时；", "2011年6月底前走访30户；", "服务群众，做到第一、二、三产业协调。"]


def han(number: int) -> str:
    tens, unit = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else HAN[tens] + "十") + HAN[unit]


NUMBERINGS: dict[str, Callable[[int], str]] = {
    "1、": lambda n: f"{n}、",
    "1.": lambda n: f"{n}.",
    "1．": lambda n: f"{n}．",
    "1，": lambda n: f"{n}，",
    "1: ": lambda n: f"{n}: ",
    "１、": lambda n: "".join(chr(ord(digit) + 0xFEE0) for digit in str(n)) + "、",
    "1 、": lambda n: f"{n} 、",
    "1 ": lambda n: f"{n} ",
    "(1)": lambda n: f"({n})",
    "（1）": lambda n: f"（{n}）",
    "（1）、": lambda n: f"（{n}）、",
    "1)": lambda n: f"{n})",
    "1）": lambda n: f"{n}）",
    "一、": lambda n: f"{han(n)}、",
    "一．": lambda n: f"{han(n)}．",
    "一：": lambda n: f"{han(n)}：",
    "（一）": lambda n: f"（{han(n)}）",
    "一）": lambda n: f"{han(n)}）",
    "第一，": lambda n: f"第{han(n)}，",
    "第一、": lambda n: f"第{han(n)}、",
    "第1条 ": lambda n: f"第{n}条 ",
    "第一条": lambda n: f"第{han(n)}条",
    "承诺一：": lambda n: f"承诺{han(n)}：",
}
SHORT_NUMBERINGS: dict[str, Callable[[int], str]] = {
    "①": lambda n: chr(0x245F + n),
    "⑴": lambda n: chr(0x2473 + n),
    "⒈": lambda n: chr(0x2487 + n),
    "㈠": lambda n: chr(0x321F + n),
    "❶": lambda n: chr(0x2775 + n),
    "Ⅰ、": lambda n: chr(0x215F + n) + "、",
    "Ⅰ ": lambda n: chr(0x215F + n) + " ",
    "I.": lambda n: ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"][n] + ".",
    "a.": lambda n: chr(0x60 + n) + ".",
    "A、": lambda n: chr(0x40 + n) + "、",
}


@pytest.mark.parametrize("numbering", NUMBERINGS)
@pytest.mark.parametrize("count", [2, 3, 11, 30])
def test_numbered_paragraphs_are_items_without_their_numbers(numbering: str, count: int) -> None:
    pledges = [
        PLEDGES[n % 3] if not (numbering.endswith((" ", ".")) and n % 3 == 1) else "走访群众" for n in range(count)
    ]
    paragraphs = [NUMBERINGS[numbering](n) + pledge for n, pledge in enumerate(pledges, 1)]
    assert split_items(paragraphs) == pledges
    assert split_items("\n".join(f"\u3000\u3000{paragraph} " for paragraph in paragraphs)) == pledges


@pytest.mark.parametrize("numbering", SHORT_NUMBERINGS)
def test_numbering_by_one_sign_is_known(numbering: str) -> None:
    pledges = ["学习", "服务", "带头", "廉洁", "奉献", "守纪", "帮扶", "调研", "宣传", "治理"]
    assert split_items([SHORT_NUMBERINGS[numbering](n) + pledge for n, pledge in enumerate(pledges, 1)]) == pledges


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1.加强学习；2.服务群众；3.带头致富。", ["加强学习；", "服务群众；", "带头致富。"]),
        ("1、加强学习2、服务群众3、带头致富", ["加强学习", "服务群众", "带头致富"]),
        ("1、加强学习。 2、服务群众。", ["加强学习。", "服务群众。"]),
        ("一、加强学习；二、服务群众", ["加强学习；", "服务群众"]),
        ("一、加强学习，二、服务群众", ["加强学习，", "服务群众"]),
        ("①加强学习②服务群众", ["加强学习", "服务群众"]),
        ("（1）加强学习（2）服务群众", ["加强学习", "服务群众"]),
        ("（一）加强学习（二）服务群众", ["加强学习", "服务群众"]),
        ("一是加强学习；二是服务群众；三是带头", ["加强学习；", "服务群众；", "带头"]),
        ("第一，加强学习。第二，服务群众。", ["加强学习。", "服务群众。"]),
        ("1、学习；2、2011年底前修路；3、服务", ["学习；", "2011年底前修路；", "服务"]),
        ("1、学习；2、服务\n3、带头；4、廉洁", ["学习；", "服务", "带头；", "廉洁"]),
    ],
)
def test_numbers_running_on_in_a_paragraph_part_items(text: str, items: list[str]) -> None:
    assert split_items(text) == items


@pytest.mark.parametrize(
    "text",
    [
        "1、修路1.2公里，2011年6月底前完成",
        "1、走访困难户2、3次",
        "1、做好1、2号楼改造",
        "1、完成2.5公里道路",
        "1、争取在6月底前2次走访",
        "1、学习；3、服务",
        "1、服务；21、学习",
        "1、包干1—2、号楼",
        "1、落实第2、条要求",
        "一、做好第一、二、三产业",
        "一、统筹二、三产业",
    ],
)
def test_a_number_inside_an_item_parts_nothing(text: str) -> None:
    assert split_items(text) == [text[2:]]


@pytest.mark.parametrize(
    "text",
    [
        "1.2公里道路硬化",
        "2011年6月底前完成",
        "2011 年底前完成",
        "6月底前完成",
        "3 月底前走访",
        "三、四季度开展义诊",
        "一、二季度开展义诊",
        "一是一、二是二",
        "第一书记带头",
        "第一产业",
        "第一项目部带头",
        "十二五规划",
        "A类企业帮扶",
        "I love it",
        "5.12防灾日宣传",
        "一要学习",
    ],
)
def test_a_number_that_opens_a_sentence_is_kept(text: str) -> None:
    assert split_items(text) == [text]


def test_numbering_that_does_not_begin_at_one_or_stands_for_nothing_parts_nothing() -> None:
    assert split_items("2.5公里道路；3、绿化") == ["2.5公里道路；3、绿化"]
    assert split_items("（1）（2）两项") == ["（2）两项"]


def test_a_point_before_a_figure_counts_as_numbering_only_in_sequence() -> None:
    assert split_items("1.10户困难户帮扶\n2.修路1.2公里") == ["10户困难户帮扶", "修路1.2公里"]
    assert split_items("1.2011年底前修路\n2.3月底前完成") == ["2011年底前修路", "3月底前完成"]
    assert split_items("1.学习\n1.2公里道路硬化") == ["学习\n1.2公里道路硬化"]


def test_paragraphs_without_numbers_are_an_item_each() -> None:
    assert split_items("\u3000\u3000加强学习。\n\n\u3000\u3000服务群众。\n") == ["加强学习。", "服务群众。"]
    assert split_items(["● 加强学习", "● 服务群众", "\uf0d8带头"]) == ["加强学习", "服务群众", "带头"]
    assert split_items(["- 学习", "— 服务"]) == ["学习", "服务"]


def test_a_paragraph_without_a_number_continues_the_item_before_it() -> None:
    assert split_items("1、加强学习\n每周一次\n2、服务") == ["加强学习\n每周一次", "服务"]


def test_numbering_inside_an_item_stays_with_it() -> None:
    assert split_items("一、思想\n1、学习\n2、读书\n二、工作") == ["思想\n1、学习\n2、读书", "工作"]


def test_a_slip_in_the_numbering_of_paragraphs_loses_no_item() -> None:
    assert split_items("1、甲\n2、乙\n2、丙\n4、丁") == ["甲", "乙", "丙", "丁"]


def test_a_sentence_that_leads_in_is_told_apart_from_the_items() -> None:
    assert read_items("本人郑重承诺：\n1、学习\n2、服务") == Items(("学习", "服务"), "本人郑重承诺：")
    assert read_items("加强学习\n1、服务\n2、带头") == Items(("加强学习", "服务", "带头"))


def test_one_numbered_pledge_loses_its_number() -> None:
    assert split_items("1、加强学习") == ["加强学习"]
    assert split_items("一、加强学习") == ["加强学习"]


def test_lines_of_print_are_joined_into_items() -> None:
    assert split_items("1、加强学\n习；\n2、服务群\n众", wrapped=True) == ["加强学习；", "服务群众"]
    assert split_items("\u3000\u3000加强学\n习；\n\u3000\u3000服务", wrapped=True) == ["加强学习；", "服务"]
    assert split_items("加强学\n习", wrapped=True) == ["加强学习"]
    assert split_items("1、use open\nsource", wrapped=True) == ["use open source"]


@pytest.mark.parametrize("text", ["", "  \n\u3000\n", "1、", "\u200b"])
def test_an_empty_box_has_no_items(text: str) -> None:
    assert split_items(text) == []


LETTERS = st.text(alphabet="加强学习服务群众，。；1239.2年月（）", min_size=1, max_size=30)


@given(st.lists(LETTERS, min_size=1, max_size=8), st.sampled_from(list(NUMBERINGS)))
def test_no_sign_but_numbering_and_blanks_is_ever_lost(pledges: list[str], numbering: str) -> None:
    paragraphs = [NUMBERINGS[numbering](n) + pledge for n, pledge in enumerate(pledges, 1)]
    read = read_items(paragraphs)
    kept = "".join([read.lead, *read.items])
    wanted = "".join(sign for sign in "".join(pledges) if sign in "加强学习服务群众年月")
    assert "".join(sign for sign in kept if sign in "加强学习服务群众年月") == wanted
