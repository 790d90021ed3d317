"""Handbook, plates and notice-board sheets: what stands on which page, where links lead, and PDF/A."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pypdf import PdfReader

from formsvc.errors import FormSpecError, NoGlyphError
from formsvc.rendering.board import Sheet, write_board
from formsvc.rendering.fonts import bundled_fonts
from formsvc.rendering.handbook import write_handbook
from formsvc.rendering.marks import Raster, Text
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.navigation import Bookmark, Link
from formsvc.rendering.papers import Pledge, Setter, load_words, spread
from formsvc.rendering.pdf import Document, Layer, Page, write
from formsvc.rendering.plates import write_plates
from tests.rendering.test_pdf import findings

WORDS = load_words()
ABOUT = Metadata("手册", dt.datetime(2011, 3, 1, tzinfo=dt.UTC))
OFFICE = "清溪镇党委"
FACE = Raster(2, 3, 8, 3, bytes([200, 30, 30] * 6))


def a_pledge(name: str = "张三", organisation: str = "城西社区党支部", **more: object) -> Pledge:
    whole = Pledge(
        name=name,
        organisation=organisation,
        unit="城西社区 网格员",
        items=("一、走访居民不少于200户。", "二、参加志愿服务12次。"),
        contacts=(("监督电话", "0574-62000000"), ("监督邮箱", "a@example.cn")),
        facts=(("承诺日期", "2011年2月21日"),),
        is_organisation=False,
    )
    return dataclasses.replace(whole, **more)  # type: ignore[arg-type]  # fields by name


def a_branch(name: str) -> Pledge:
    return a_pledge(name, name, unit="", contacts=(), is_organisation=True)


SOME = [
    a_branch("城西社区党支部"),
    a_pledge("张三"),
    a_pledge("李四"),
    a_branch("南门社区党支部"),
    a_pledge("王五", "南门社区党支部"),
    a_pledge("赵六", "其他党员"),
]
LONG = tuple(f"{number}、{'认真履行岗位职责，' * 40}" for number in range(1, 6))


def a_handbook(*pledges: Pledge) -> bytes:
    return write_handbook(pledges or SOME, WORDS, ABOUT, year=2011, office=OFFICE)


def a_board(*pledges: Pledge, sheet: Sheet = Sheet.A3) -> bytes:
    return write_board(pledges or SOME, WORDS, ABOUT, sheet=sheet, year=2011, office=OFFICE)


def texts(data: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(data)).pages]


def bookmarks(data: bytes) -> list[tuple[int, str, int]]:
    """Return depth, title and page of every bookmark."""
    with pypdfium2.PdfDocument(data) as pdf:
        found = []
        toc: Any = pdf
        for one in toc.get_toc():
            target = one.get_dest()
            assert target is not None
            found.append((one.level, one.get_title(), target.get_index()))
        return found


def links(data: bytes, number: int) -> list[int]:
    """Return the pages that the links of a page lead to."""
    with pikepdf.open(BytesIO(data)) as pdf:
        pages: list[object] = [page.obj.objgen for page in pdf.pages]
        page: Any = pdf.pages[number].obj
        return [pages.index(link.Dest[0].objgen) for link in page.get("/Annots", [])]


def sizes(data: bytes) -> set[tuple[int, int]]:
    with pypdfium2.PdfDocument(data) as pdf:
        return {
            (round(width / 72 * 25.4), round(height / 72 * 25.4))
            for width, height in map(pdf.get_page_size, range(len(pdf)))
        }


def test_every_paper_is_pdf_a_2b_and_the_same_bytes_every_time() -> None:
    faced = [dataclasses.replace(SOME[1], portrait=FACE), *SOME[2:]]
    draws: list[Callable[[], bytes]] = [a_handbook, a_board, lambda: write_plates(faced, WORDS, ABOUT)]
    for draw in draws:
        assert findings(draw()) == []
        assert draw() == draw()


def test_a_handbook_has_a_cover_contents_and_a_page_for_each_pledge() -> None:
    shown = texts(a_handbook())
    assert len(shown) == 2 + len(SOME)
    assert ["2011年度公开承诺履诺手册" in shown[0], OFFICE in shown[0], "目录" in shown[1]] == [True] * 3
    assert [pledge.name in page for pledge, page in zip(SOME, shown[2:], strict=True)] == [True] * len(SOME)
    assert [f"—{number}—" in page for number, page in enumerate(shown[2:], 1)] == [True] * len(SOME)
    assert all(part in shown[3] for part in ("走访居民不少于200户", "0574-62000000", "承诺日期：2011年2月21日"))


def test_the_contents_lead_to_the_pages_they_name() -> None:
    data = a_handbook()
    assert links(data, 1) == [2, 3, 4, 5, 6, 7, 7]
    assert [links(data, number) for number in (0, 2)] == [[], []]
    assert bookmarks(data) == [
        (0, "城西社区党支部", 2),
        (1, "张三", 3),
        (1, "李四", 4),
        (0, "南门社区党支部", 5),
        (1, "王五", 6),
        (0, "其他党员", 7),
        (1, "赵六", 7),
    ]


def test_a_long_pledge_goes_on_and_moves_the_pages_behind_it() -> None:
    data = a_handbook(a_pledge(items=LONG), a_pledge("李四"))
    shown = texts(data)
    assert len(shown) > 4
    assert "张三（续）" in shown[3]
    assert "".join(shown).count("责") == 200
    assert bookmarks(data)[2] == (1, "李四", len(shown) - 1)
    assert findings(data) == []


def test_contents_of_many_run_over_pages_and_keep_a_heading_with_its_first_member() -> None:
    many = [a_pledge(f"党员{number}", f"第{number // 3}支部") for number in range(120)]
    data = a_handbook(*many)
    fronts = len(texts(data)) - len(many)
    led = [target for number in range(1, fronts) for target in links(data, number)]
    assert len(led) == 160
    assert {*led} == set(range(fronts, fronts + 120))
    for number in range(1, fronts):
        assert not texts(data)[number].rstrip("0123456789").rstrip("·").endswith("支部")


def test_plates_stand_eight_on_a_page_of_a4() -> None:
    data = write_plates([a_pledge(f"党员{number}") for number in range(9)], WORDS, ABOUT)
    shown = texts(data)
    assert (len(shown), sizes(data)) == (2, {(210, 297)})
    assert (shown[0].count(WORDS.plates.title), shown[1].count(WORDS.plates.title)) == (8, 1)
    assert ("党员8" in shown[1], shown[1].count("0574-62000000"), "example" in shown[1]) == (True, 1, False)


def test_a_portrait_stands_on_its_plate_alone() -> None:
    data = write_plates([a_pledge(portrait=FACE), a_pledge("李四")], WORDS, ABOUT)
    with pikepdf.open(BytesIO(data)) as pdf:
        assert len(pdf.pages[0].get_images()) == 1
    with pikepdf.open(BytesIO(write_plates([a_pledge()], WORDS, ABOUT))) as pdf:
        assert len(pdf.pages[0].get_images()) == 0


@pytest.mark.parametrize(("sheet", "size", "room"), [(Sheet.A3, (297, 420), 12), (Sheet.A4, (210, 297), 8)])
def test_a_sheet_has_its_paper_and_its_cards(sheet: Sheet, size: tuple[int, int], room: int) -> None:
    data = a_board(*(a_pledge(f"党员{number}") for number in range(room + 1)), sheet=sheet)
    shown = texts(data)
    assert (sizes(data), len(shown)) == ({size}, 2)
    assert f"党员{room}" in shown[1]
    assert ["第1版／共2版" in shown[0], f"{OFFICE}2011年度" in shown[0]] == [True, True]


def test_nothing_of_a_pledge_too_long_for_its_card_is_lost() -> None:
    data = a_board(a_pledge(items=LONG, unit="余姚市马渚镇开元村党委组织委员兼综合服务中心副主任" * 2))
    shown = "".join(texts(data))
    assert (shown.count("责"), "张\u3000三（续）" in shown or "张三（续）" in shown) == (200, True)
    assert findings(data) == []


def test_no_text_leaves_the_paper() -> None:
    wide = a_pledge("买买提阿布都热合曼·阿不都克里木", unit="某某市某某镇" * 12, portrait=FACE)
    for data in (a_handbook(wide), a_board(wide), write_plates([wide], WORDS, ABOUT)):
        with pypdfium2.PdfDocument(data) as pdf:
            for page in pdf:
                width, height = page.get_size()
                text = page.get_textpage()
                for number in range(text.count_chars()):
                    left, bottom, right, top = text.get_charbox(number)
                    assert left >= 0
                    assert bottom >= 0
                    assert right <= width
                    assert top <= height


def test_a_character_no_face_has_stops_a_paper() -> None:
    with pytest.raises(NoGlyphError):
        a_handbook(a_pledge("张\ue000"))


def test_a_short_name_is_spread() -> None:
    assert [spread(name) for name in ("张三", "欧阳三", "Li", "李")] == ["张\u3000三", "欧阳三", "Li", "李"]


def test_a_line_shrinks_until_it_fits() -> None:
    setter = Setter(bundled_fonts())
    assert setter.line("长" * 10, (0, 0, 30.0), 14).size == 8.5
    assert setter.line("长" * 5, (0, 0, 30.0), 14).size == 14


def test_the_wording_of_an_office_takes_the_place_of_ours() -> None:
    own = (
        'elsewhere = "x"\nseparator = ":"\n[handbook]\ntitle = "t"\nyear = "{year}"\ncontents = "c"\npage = "{page}"\n'
    )
    own += 'running = ""\n[plates]\ntitle = "p"\nmotto = ""\n[board]\ntitle = "b"\nline = "l"\npage = "{pages}"\n'
    assert load_words(own.encode()).handbook.title == "t"
    for wrong in (
        "[",
        own.replace("motto", "moto"),
        own.replace('"p"', "1"),
        own.replace('separator = ":"\n', ""),
        "plates = 1\n" + own,
    ):
        with pytest.raises(FormSpecError):
            load_words(wrong.encode())


def test_links_and_bookmarks_lead_to_pages() -> None:
    page = Page((Layer((Text(20, 20, "一", 10),)),))
    linked = dataclasses.replace(page, links=(Link(10, 10, 30, 10, 1),))
    marks = (Bookmark("甲(1)", 0, (Bookmark("乙", 1),)), Bookmark("丙", 1))
    (data,) = write([Document((linked, page), ABOUT, marks)], bundled_fonts())
    assert (links(data, 0), bookmarks(data)) == ([1], [(0, "甲(1)", 0), (1, "乙", 1), (0, "丙", 1)])
    assert findings(data) == []
