"""Pages read field by field."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import ImageDraw

from formsvc.errors import Code
from formsvc.extraction.scan.page import ScanPage
from formsvc.extraction.scan.reader import SURE
from formsvc.extraction.scan.recognition import fields
from formsvc.extraction.scan.recognition.fields import FieldsRead, read_fields
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.lines import Row
from formsvc.extraction.scan.registered import PER_MM, PixelBox, Registered
from formsvc.forms.reading import FieldReading, Reading, Source, Value, YearReading, YearSource
from formsvc.rendering.copies import draw_copies
from formsvc.rendering.fonts import bundled_fonts
from formsvc.rendering.layout import layout_of
from tests.extraction.scan.marked import Paper, face, px
from tests.extraction.scan.recognisers import models
from tests.forms.factories import a_spec

MEMBER: dict[str, Value] = {
    "name": "赵翀堃",
    "sex": "女",
    "age": 47,
    "joined": "1998-07",
    "unit_post": "余姚市城西社区卫生院护士长",
    "pledges": (
        "每月为老年人免费量血压2次",
        "带头遵守廉洁自律各项规定，不收受礼品礼金；全年参加志愿服务不少于6次，主动汇报思想",
    ),
    "signed_on": "2011-02-19",
    "review_opinion": "经审核，同意公开。",
    "reviewed_on": "2011-02-25",
    "phone": "0574-62718350",
    "email": "zhao.chk1974@163.com",
}


def a_filled_page(form: str, values: dict[str, Value], *, year: int | None = 2011) -> Registered:
    """Return a form drawn with values, its cells where its layout has them."""
    spec = a_spec(form)
    filled = {key: FieldReading(value, "", 1.0) for key, value in values.items()}
    reading = Reading(1, form, 1, YearReading(year, YearSource.TITLE, 1.0), filled)
    drawn = draw_copies(spec, reading, record="0" * 12, version=1, date=dt.datetime(2011, 3, 1, tzinfo=dt.UTC))
    page = pypdfium2.PdfDocument(next(iter(drawn.values())).data)[0]
    pixels = np.array(page.render(scale=PER_MM * 25.4 / 72).to_pil().convert("RGB"))
    layout = layout_of(spec, bundled_fonts())
    cells: dict[int, PixelBox] = {}
    for number, cell in enumerate(spec.grid.cells):
        box = layout.cell_box(cell)
        left, top = round(box.x * PER_MM) + 3, round(box.y * PER_MM) + 3
        cells[number] = (left, top, left + round(box.width * PER_MM) - 6, top + round(box.height * PER_MM) - 6)
    table = (
        min(box[0] for box in cells.values()),
        min(box[1] for box in cells.values()),
        max(box[2] for box in cells.values()),
        max(box[3] for box in cells.values()),
    )
    return Registered(spec, ScanPage(1, pixels, PER_MM, True), pixels, np.eye(3), cells, table, 1.0)


@cache
def the_member() -> FieldsRead:
    return read_fields(a_filled_page("annex2", MEMBER), models(), Lexicon())


def values(read: FieldsRead) -> dict[str, Value]:
    return {key: found.value for key, found in read.fields.items()}


def test_every_text_field_of_a_printed_form_is_read() -> None:
    assert values(the_member()) == MEMBER


def test_the_year_is_that_of_the_title() -> None:
    assert (the_member().year.value, the_member().year.source) == (2011, YearSource.TITLE)
    assert the_member().has_title


def test_each_reading_says_where_it_stands_on_the_page() -> None:
    evidence = the_member().fields["phone"].evidence
    assert evidence is not None
    assert evidence.box is not None
    x, y, width, height = evidence.box
    assert (evidence.source, evidence.page, evidence.cell) == (Source.CELL, 1, (4, 1))
    assert 45 < x < 110
    assert 220 < y < 250
    assert 20 < width < 50
    assert 3 < height < 12


def test_what_hangs_over_from_the_next_cell_is_no_part_of_a_date_and_makes_it_less_sure() -> None:
    page = a_filled_page("annex2", {"signed_on": "2011-02-19"})
    number = next(n for n, cell in enumerate(page.form.grid.cells) if any(one.key == "signed_on" for one in cell.lines))
    right = page.cells[number][2]
    before = read_fields(page, models(), Lexicon())
    _, top, _, bottom = before.boxes["signed_on"]
    cv2.putText(
        page.upright, "20", (right - 34, bottom - 8), cv2.FONT_HERSHEY_SIMPLEX, (bottom - top) / 40, (0, 0, 0), 2
    )
    found = read_fields(page, models(), Lexicon()).fields["signed_on"]
    assert found.value == "2011-02-19"
    assert found.confidence < before.fields["signed_on"].confidence


def test_raw_text_keeps_the_numbering_that_the_items_lose() -> None:
    raw = the_member().fields["pledges"].raw
    assert raw.startswith("一、")
    assert raw.count("\n") == 2


def test_fields_left_empty_are_empty_and_no_problem() -> None:
    read = read_fields(a_filled_page("annex2", {}, year=None), models(), Lexicon())
    assert set(values(read).values()) == {None}
    assert read.problems == ()
    assert read.year.value is None
    assert all(found.confidence > 0.8 for found in read.fields.values())


def test_an_organisations_pledges_end_where_its_seal_and_date_begin() -> None:
    organisation: dict[str, Value] = {
        "organisation": "余姚市梨洲街道城西社区党总支",
        "pledges": ("结对帮扶困难群众12户", "春节前走访慰问老党员"),
        "pledged_on": "2011-02-08",
        "superior_opinion": "同意",
        "reviewed_on": None,
    }
    read = read_fields(a_filled_page("annex1", organisation), models(), Lexicon())
    assert values(read) == organisation


def test_text_and_date_under_a_red_seal_are_read() -> None:
    paper = Paper().text(115, 196, "党组织审核：").text(115, 203, "同意公示").text(140, 222, "2011年2月16日")
    read = read_fields(paper.seal(155, 215).registered(), models(), Lexicon())
    assert (read.fields["reviewed_on"].value, read.fields["review_opinion"].value) == ("2011-02-16", "同意公示")


def test_on_a_pale_page_that_seems_to_be_empty_paler_ink_is_read_and_asked_about() -> None:
    page = Paper().text(57, 73.5, "王建国", colour=(195, 195, 195)).registered()
    pale = dataclasses.replace(page, upright=255 - (255 - page.upright) // 3)
    found = read_fields(pale, models(), Lexicon()).fields["name"]
    assert found.value == "王建国"
    assert found.confidence < SURE


def test_a_known_name_supports_its_reading_and_a_near_one_casts_doubt() -> None:
    page = Paper().text(57, 73.5, "王戌").registered()
    alone, known, rivals = (
        read_fields(page, models(), Lexicon(names)).fields["name"] for names in ((), ("王戌",), ("王戌", "王戍"))
    )
    assert alone.value == known.value == rivals.value == "王戌"
    assert rivals.confidence < known.confidence
    assert "王戍" in rivals.alternatives


def test_a_name_that_is_not_known_is_kept_as_it_was_read() -> None:
    found = read_fields(Paper().text(57, 73.5, "王建国").registered(), models(), Lexicon(["王建军", "李建国"]))
    assert found.fields["name"].value == "王建国"


def test_a_cell_that_was_not_found_is_a_problem_of_its_fields() -> None:
    page = a_filled_page("annex2", MEMBER)
    cells = {number: box for number, box in page.cells.items() if number != 1}
    lacking = Registered(page.form, page.page, page.upright, page.to_page, cells, page.table, 1.0)
    read = read_fields(lacking, models(), Lexicon())
    assert read.fields["name"].value is None
    assert [(one.code, one.field) for one in read.problems] == [(Code.FIELD_UNREADABLE, "name")]


def test_a_pale_pen_between_dark_signs_is_read() -> None:
    paper = Paper().text(30, 196, "承诺人（手写签名）：").text(52, 226, "年").text(63, 226, "月").text(73, 226, "日")
    for x, digits in ((40, "2011"), (58, "2"), (68, "17")):
        paper.text(x, 226, digits, colour=(150, 165, 205))
    assert read_fields(paper.registered(), models(), Lexicon()).fields["signed_on"].value == "2011-02-17"


def test_that_a_field_of_a_fax_is_empty_is_never_sure() -> None:
    paper = Paper().text(115, 196, "党组织审核：")
    scan, fax = (
        read_fields(page, models(), Lexicon()).fields["review_opinion"]
        for page in (paper.registered(), paper.registered(has_colour=False, black=160))
    )
    assert (scan.value, fax.value) == (None, None)
    assert fax.confidence < SURE <= scan.confidence


def test_that_a_field_of_a_pale_copy_is_empty_is_never_sure() -> None:
    page = Paper().text(115, 196, "党组织审核：").registered()
    pale = dataclasses.replace(page, upright=(255 - (255 - page.upright.astype(np.float32)) * 0.35).astype(np.uint8))
    dark, faint = (read_fields(one, models(), Lexicon()).fields["review_opinion"] for one in (page, pale))
    assert (dark.value, faint.value) == (None, None)
    assert faint.confidence < SURE <= dark.confidence


def test_a_cell_without_its_own_label_is_not_believed() -> None:
    labelled, bare = (
        read_fields(paper.text(108, 203, "经研究，同意公开", 4.6).registered(), models(), Lexicon()).fields
        for paper in (Paper().text(104, 195, "党组织审核："), Paper())
    )
    assert labelled["review_opinion"].value == bare["review_opinion"].value == "经研究，同意公开"
    for key in ("review_opinion", "reviewed_on"):
        assert bare[key].confidence < SURE <= labelled[key].confidence


@pytest.mark.parametrize(
    ("key", "edge", "beside", "value"),
    [("phone", 52, "2011-03-24", "17777884644"), ("unit_post", 74, "所在服务队", "城西社区网格员")],
)
def test_what_ends_at_the_rule_in_the_cell_beside_is_no_part_of_a_value(
    key: str, edge: float, beside: str, value: str
) -> None:
    top = 235 if key == "phone" else 86
    wide = face(32).getlength(beside) / PER_MM
    paper = Paper().text(edge - 0.3 - wide, top, beside, 4.0).text(edge + 1, top, value, 4.0)
    assert read_fields(paper.registered(), models(), Lexicon()).fields[key].value == value


@pytest.mark.parametrize("beside", ["性别", "性"])
def test_the_label_of_the_next_cell_is_no_part_of_a_name(beside: str) -> None:
    paper = (
        Paper().text(73.3 - face(32).getlength("管琪荷") / PER_MM, 73.5, "管琪荷", 4.0).text(74.3, 73.5, beside, 4.0)
    )
    name = read_fields(paper.registered(), models(), Lexicon()).fields["name"]
    assert name.value == "管琪荷"


def test_a_name_that_runs_over_the_edge_is_asked_about() -> None:
    wide = face(32).getlength("管琪") / PER_MM
    within, over = (
        read_fields(paper.registered(), models(), Lexicon()).fields["name"]
        for paper in (
            Paper().text(56, 73.5, "管琪荷", 4.0),
            Paper().text(73.4 - wide, 73.5, "管琪", 4.0).text(74.3, 73.5, "荷", 4.0),
        )
    )
    assert within.value == over.value == "管琪荷"
    assert within.confidence >= SURE > over.confidence


def test_specks_above_an_address_are_no_row_of_it() -> None:
    paper = Paper().text(135.4, 235.4, "luofeng2974@126.com", 4.0)

    def specks(draw: ImageDraw.ImageDraw) -> None:
        for across, down in np.random.default_rng(3).random((60, 2)):
            x, y = px(134.4 + 30 * across, 231.7 + 2.4 * down)
            draw.ellipse((x, y, x + 6, y + 6), 255)

    paper.add(specks)
    read = read_fields(paper.registered(has_colour=False, black=160), models(), Lexicon()).fields["email"]
    assert (read.value, read.confidence > SURE) == ("luofeng2974@126.com", True)


@pytest.mark.parametrize("left", [152, 150])
def test_a_text_of_which_a_comma_hangs_beyond_the_edge_is_asked_about(left: float) -> None:
    paper = Paper().text(104, 195, "党组织审核：").text(left, 203, "经研究，同意", 4.9).text(104, 211, "公开承诺", 4.9)
    plain = read_fields(paper.registered(), models(), Lexicon())
    paper.add(lambda d: d.line((184.2 * 8, 206.6 * 8, 185.4 * 8, 209 * 8), fill=255, width=6))
    hung = read_fields(paper.registered(), models(), Lexicon())
    assert plain.fields["review_opinion"].confidence >= SURE > hung.fields["review_opinion"].confidence


def test_a_hand_makes_a_value_less_sure_and_hands_all_around_it_do_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def sure_of_name(*by_hand: str) -> float:
        def odds(rows: Sequence[Row]) -> float:
            return 5.0 if ("name" if "翀" in rows[0].line.text else "others") in by_hand else -5.0

        monkeypatch.setattr(fields, "hand_odds", odds)
        return read_fields(a_filled_page("annex2", MEMBER), models(), Lexicon()).fields["name"].confidence

    assert sure_of_name("name") < sure_of_name("others") < sure_of_name()
    assert sure_of_name("name", "others") < sure_of_name("name")


def test_pledges_of_which_the_cells_edge_halves_a_row_are_asked_about() -> None:
    paper = Paper().text(54, 99, "1、下半年组织课后辅导6次。").text(54, 106, "2、认真学习党的理论。")
    whole = read_fields(paper.registered(), models(), Lexicon()).fields["pledges"]
    paper.text(54, 91.5, "推行垃圾分类指导制度，群众满意率保持在")
    halved = read_fields(paper.registered(), models(), Lexicon()).fields["pledges"]
    assert whole.confidence >= SURE > halved.confidence


def test_a_label_alone_leaves_its_fields_empty() -> None:
    paper = Paper().text(115, 196, "党组织审核：").text(32, 196, "承诺人（手写签名）：")
    read = read_fields(paper.registered(), models(), Lexicon())
    assert (read.fields["reviewed_on"].value, read.fields["review_opinion"].value) == (None, None)
    assert read.problems == ()


def test_a_scrawl_is_never_read_with_confidence() -> None:
    page = Paper().text(115, 196, "党组织审核：").signature(140, 212).registered()
    found = read_fields(page, models(), Lexicon()).fields["review_opinion"]
    assert found.value is None or found.confidence < 0.8


def test_a_date_that_could_not_be_told_from_the_text_above_it_is_a_problem_and_not_empty() -> None:
    paper = Paper().text(115, 196, "党组织审核：").text(115, 203, "同意公示").text(130, 226, "2011年2月16日")
    page = paper.seal(155, 218, colour=(120, 120, 120)).registered(has_colour=False)
    read = read_fields(page, models(), Lexicon())
    assert read.fields["reviewed_on"].value == "2011-02-16" or "reviewed_on" in {one.field for one in read.problems}


def test_a_date_of_which_only_a_figure_is_seen_is_a_problem_and_not_empty() -> None:
    paper = Paper().text(115, 196, "党组织审核：").text(125, 224, "2").text(134, 224, "年     月     日")
    read = read_fields(paper.registered(), models(), Lexicon())
    assert read.fields["reviewed_on"].value is None
    assert "reviewed_on" in {one.field for one in read.problems}


def test_nothing_is_believed_of_a_page_whose_ink_is_almost_too_faint() -> None:
    page = a_filled_page("annex2", MEMBER)
    faint = page.upright // 6 + 212
    read = read_fields(dataclasses.replace(page, upright=faint), models(), Lexicon(), page=faint[..., 1].copy())
    assert {key for key, found in read.fields.items() if found.confidence > 0.9} == set()
    assert values(read) == MEMBER
    for key, found in read.fields.items():
        assert found.evidence is not None
        assert found.evidence.box == page.in_mm(read.boxes[key]), key


def test_what_was_read_beside_faint_writing_of_one_cell_is_asked_about() -> None:
    page = a_filled_page("annex2", {**MEMBER, "email": ""})
    left, top, right, bottom = next(
        box
        for n, box in page.cells.items()
        if any(line.key == "email" and not line.is_label for line in page.form.grid.cells[n].lines)
    )
    pale = page.upright.copy()
    middle = (top + bottom) // 2
    for x in range(left + 20, right - 40, 40):
        cv2.putText(pale, "W", (x, middle + 10), cv2.FONT_HERSHEY_SIMPLEX, 1, (214, 214, 214), 3)
    read = read_fields(dataclasses.replace(page, upright=pale), models(), Lexicon())
    assert read.fields["email"].value is None
    assert read.fields["email"].confidence < 0.9
    assert read.fields["phone"].confidence > 0.9
