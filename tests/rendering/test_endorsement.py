"""Endorsements stand where the paper says nothing, lose nothing however long they are, and look like no seal."""

from __future__ import annotations

import dataclasses

import pytest
from PIL import ImageChops

from formsvc.forms.spec import FormSpec
from formsvc.rendering.copies import LACKING, draw_copies
from formsvc.rendering.endorsement import INK, Drawn, Endorsement, Words, draw_endorsement
from formsvc.rendering.fonts import bundled_fonts
from formsvc.rendering.marks import Box, Mark, Rule, Text
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.pdf import Document, Page, write
from tests.forms.factories import a_field, a_reading, a_spec
from tests.rendering.scan_files import DATE, shown

WORDS = Words(
    title="审定签注",
    notice="由档案系统按审定记录打印，不是印章，不代替签字盖章",
    record="档案编号 7f3c9a0b12de　第 1 版",
    behind="审定情况见所附的末页。",
    labels={
        "step": "审定环节",
        "decision": "审定结果",
        "organisation": "审定组织",
        "by": "审定人",
        "on": "审定日期",
        "opinion": "审定意见",
    },
)
STAMP = Endorsement("党组织审核", "同意", "清溪社区党支部", "赵敏", "2011年2月25日", ("同意，请按期完成。",))
LONG = "第2项与本人岗位无关，建议提出可以检查的具体事项，写明每月次数、完成时间和由谁验收。" * 120


def drawn(*stamps: Endorsement, form: str = "annex2", is_drawn: bool = True, spec: FormSpec | None = None) -> Drawn:
    spec = spec or a_spec(form)
    return draw_endorsement(
        spec, stamps, WORDS, bundled_fonts(), about="2011年度　姓名：张三", mark="第1份", is_drawn=is_drawn
    )


def marks_of(page: Page) -> list[Mark]:
    return [mark for layer in page.layers for mark in layer.marks]


def text_of(*pages: Page) -> str:
    return "".join(mark.text for page in pages for mark in marks_of(page) if isinstance(mark, Text))


def as_pdf(*pages: Page) -> bytes:
    return write([Document(pages, Metadata("", DATE))], bundled_fonts())[0]


@pytest.mark.parametrize("form", ["annex1", "annex2", "annex3"])
def test_the_frame_covers_nothing_that_a_drawn_form_says(form: str) -> None:
    spec = a_spec(form)
    long = tuple("很长的承诺" * 60 for _ in range(20))
    key = next(field.key for field in spec.fields.values() if field.kind.value == "items")
    reading = a_reading(form).with_field(key, a_field(long))
    copies = draw_copies(spec, reading, record="7f3c9a0b12de", version=1, date=DATE)
    over = drawn(STAMP, form=form).over
    assert over is not None
    frame = shown(as_pdf(over), dpi=60)
    white = ImageChops.constant(frame, 255).convert("RGB")
    box = ImageChops.difference(frame, white).getbbox()
    assert box is not None
    for copy in copies.values():
        assert isinstance(copy.data, bytes)
        page = shown(copy.data, dpi=60)
        assert page.size == frame.size
        assert ImageChops.difference(page, white).crop(box).getbbox() is None


def test_a_short_endorsement_stands_in_the_margin_and_on_no_page_of_its_own() -> None:
    found = drawn(STAMP)
    assert found.behind == ()
    assert found.over is not None
    said = text_of(found.over)
    for part in ("党组织审核：同意", "清溪社区党支部", "赵敏", "2011年2月25日", "同意，请按期完成。", WORDS.notice):
        assert part in said


def test_pages_that_are_pictures_are_not_drawn_on() -> None:
    found = drawn(STAMP, is_drawn=False)
    assert found.over is None
    (page,) = found.behind
    said = text_of(page)
    for part in ("姓名：张三", "第1份", "7f3c9a0b12de", "党组织审核", "清溪社区党支部", "赵敏", WORDS.notice):
        assert part in said


def test_a_form_without_room_below_it_gets_a_page_behind_it() -> None:
    spec = a_spec("annex2")
    tight = dataclasses.replace(spec, page=dataclasses.replace(spec.page, bottom=8.0), source=b"another form")
    found = drawn(STAMP, spec=tight)
    assert found.over is None
    assert len(found.behind) == 1


def test_what_the_margin_does_not_hold_goes_on_pages_whole_and_the_margin_says_so() -> None:
    found = drawn(dataclasses.replace(STAMP, opinion=(LONG, "　另：请补签。")))
    assert found.over is not None
    assert WORDS.behind in text_of(found.over)
    assert len(found.behind) > 1
    told = "".join(
        mark.text for sheet in found.behind for mark in marks_of(sheet) if isinstance(mark, Text) and mark.size == 12.0
    )
    for name in ("审定意见（续）", "2011年度　姓名：张三", WORDS.record, "审定意见"):
        told = told.replace(name, "")
    for number in range(1, len(found.behind) + 1):
        assert f"— {number} —" in told
        told = told.replace(f"— {number} —", "")
    assert LONG in told
    assert "另：请补签。" in told


def test_everything_on_a_page_of_its_own_stands_between_its_margins() -> None:
    stamps = [dataclasses.replace(STAMP, step=f"第{number}步", opinion=(LONG[:900],)) for number in range(4)]
    for sheet in drawn(*stamps, is_drawn=False).behind:
        for mark in marks_of(sheet):
            if isinstance(mark, Box):
                assert mark.x >= 28 - 1e-6
                assert mark.x + mark.width <= 184 + 1e-6
                assert mark.y + mark.height <= 262 + 1e-6
            elif isinstance(mark, Text):
                assert 28 - 2.5 <= mark.x <= 184
                assert mark.y <= 276 + 1e-6


def test_nothing_of_it_is_red_or_as_black_as_the_form() -> None:
    found = drawn(dataclasses.replace(STAMP, opinion=(LONG,)))
    assert found.over is not None
    for page in (found.over, *found.behind):
        for mark in marks_of(page):
            if isinstance(mark, Text | Box | Rule) and not (isinstance(mark, Text) and mark.text == "第1份"):
                assert mark.colour == INK
    red, _, blue = INK
    assert red < blue


def test_a_character_no_face_has_is_printed_as_the_mark_for_one_that_is_lacking() -> None:
    found = drawn(dataclasses.replace(STAMP, opinion=("好\U0001f600\x07了",), by="\ue000"))
    assert found.over is not None
    said = text_of(found.over)
    assert f"好{LACKING} 了" in said
    assert "\ue000" not in said
