"""What a document is: one of the forms, another kind of document, or nothing known."""

from __future__ import annotations

import pytest

from formsvc.errors import Code
from formsvc.extraction.labels import form_map
from formsvc.extraction.titles import TitleLines, find_title
from formsvc.forms.reading import Decision, YearSource
from tests.extraction.docx.factory import codes, docx, p, reading, readings, table_of, tbl, tr, untagged
from tests.forms.factories import a_spec

ROWS = (tr("姓名", "张三", "性别", "男"), tr("公开承诺事项", "好事"), tr("入党年月", "1998.7"))
MEMBER = {"name": "张三", "sex": "男", "joined": "1998.7", "pledges": "好事"}


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        (["2011年度党员公开承诺书"], 2011),
        (["２０１１ 年度 党员 公开承诺书"], 2011),
        (["二○一一年度党员公开承诺书"], 2011),
        (["二〇一一年度", "党员公开承诺书"], 2011),
        (["余姚市清溪街道2011年度党员公开承诺书"], 2011),
        (["党员公开承诺书", "（2011年度）"], 2011),
        (["2011年党员公开承诺书"], 2011),
        (["2011", "年度党员公开承诺书"], 2011),
        (["    年度党员公开承诺书"], None),
        (["____年度党员公开承诺书"], None),
        (["11年度党员公开承诺书"], None),
        (["编号2011", "年度党员公开承诺书"], None),
        (["党员公开承诺书"], None),
    ],
)
def test_the_year_is_that_of_the_title_in_any_digits(lines: list[str], year: int | None) -> None:
    found = reading(docx(*map(p, lines), tbl(*ROWS)))
    assert (found.form, found.year.value) == ("annex2", year)
    assert found.year.source is (YearSource.TITLE if year else None)
    assert ("year-missing" in codes(found)) is (year is None)


@pytest.mark.parametrize("title", ["志愿服务承诺书（2012年度）", "志愿服务承诺书( 二〇一二 年度 )"])
def test_a_year_may_stand_behind_the_words_of_a_title(title: str) -> None:
    found = find_title(TitleLines([title, ""]), form_map(a_spec("annex3")))
    assert found is not None
    assert found.year == 2012


def test_a_two_digit_year_of_a_title_is_kept_as_written() -> None:
    assert reading(docx(p("11年度党员公开承诺书"), tbl(*ROWS))).year.raw == "11"


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("2011年度党员公开承诺书测评表", "测评"),
        ("2011年度党员公开承诺情况统计表", "统计"),
        ("关于做好公开承诺工作的通知", "通知"),
        ("党员名册", "名册"),
    ],
)
def test_a_document_of_another_kind_is_refused_naming_the_word(title: str, word: str) -> None:
    found = reading(docx(p(title), tbl(tr("姓名", "性别", "年龄", "得分"), tr("张三", "男", "45", "90"))))
    (problem,) = found.problems
    assert (found.form, problem.code, found.decision) == (None, Code.OTHER_DOCUMENT, Decision.REFUSE)
    assert dict(problem.params) == {"raw": title, "word": word}


def test_a_letter_is_no_form() -> None:
    found = reading(docx(p("各位党员："), p("请如实填写姓名、性别、年龄等栏目。"), p("二○一一年二月")))
    assert [problem.code for problem in found.problems] == [Code.NOT_A_FORM]


def test_a_table_of_something_else_is_no_form() -> None:
    found = reading(docx(p("值班安排"), tbl(tr("日期", "值班人"), tr("2月1日", "张三"))))
    assert [problem.code for problem in found.problems] == [Code.NOT_A_FORM]


def test_the_notice_with_its_blank_annexes_is_refused() -> None:
    notice = [p("关于认真做好2011年度基层党组织和党员公开承诺工作的通知"), p("各乡镇、街道党委，市直各部门党组织：")]
    annexes = [
        block
        for form in ("annex1", "annex2")
        for block in (p(a_spec(form).title.format(year="    ")), table_of(a_spec(form), {}), p(a_spec(form).note))
    ]
    found = reading(docx(*notice, *annexes))
    assert ([problem.code for problem in found.problems], found.decision) == ([Code.EMPTY_FORM], Decision.REFUSE)


def test_the_notices_own_file_with_one_annex_filled_in_is_that_form() -> None:
    notice = [p("关于认真做好2011年度基层党组织和党员公开承诺工作的通知"), p("各乡镇、街道党委：")]
    one = (p("年度基层党组织公开承诺书"), table_of(a_spec("annex1"), {}))
    two = (p("2011年度党员公开承诺书"), table_of(a_spec("annex2"), MEMBER))
    found = readings(docx(*notice, *one, *two))
    assert [(form.form, form.year.value, form.value("name")) for form in found] == [("annex2", 2011, "张三")]


@pytest.mark.parametrize("form", ["annex1", "annex2", "annex3"])
def test_an_untouched_blank_is_refused(form: str) -> None:
    found = reading(untagged({}, form))
    assert (found.form, [problem.code for problem in found.problems]) == (form, [Code.EMPTY_FORM])


def test_a_form_is_known_by_its_labels_when_the_title_is_gone() -> None:
    found = reading(docx(table_of(a_spec("annex1"), {"organisation": "清溪社区党支部", "pledges": "好事"})))
    assert (found.form, found.year.value, codes(found)) == ("annex1", None, ["year-missing"])


def test_a_title_that_contradicts_the_labels_is_asked_about() -> None:
    found = reading(docx(p("2011年度基层党组织公开承诺书"), table_of(a_spec("annex2"), MEMBER)))
    assert found.form == "annex2"
    assert [problem.params["forms"] for problem in found.problems if problem.code is Code.FORM_UNSURE] == [
        "annex2, annex1"
    ]


def test_half_a_form_without_a_title_is_asked_about() -> None:
    rows = [tr(label, "甲") for label in ("姓名", "性别", "年龄", "入党年月", "单位及职务")]
    assert "form-unsure" in codes(reading(docx(tbl(*rows))))


def test_a_full_form_below_a_line_about_a_notice_is_asked_about() -> None:
    found = reading(docx(p("关于公开承诺的通知"), table_of(a_spec("annex2"), MEMBER)))
    assert (found.form, "form-unsure" in codes(found)) == ("annex2", True)


def test_an_unrelated_table_below_a_form_is_not_dropped_in_silence() -> None:
    below = tbl(tr("还有一些话要说"))
    found = reading(docx(p("2011年度党员公开承诺书"), table_of(a_spec("annex2"), MEMBER), below))
    assert [problem.params["raw"] for problem in found.problems if problem.code is Code.TEXT_LEFT_OVER] == [
        "还有一些话要说"
    ]


def test_the_mark_of_a_blank_gives_serial_and_year() -> None:
    found = reading(marked("annex2/1/2011/000123", "年度党员公开承诺书"))
    assert (found.serial, found.year.value, found.year.source) == ("000123", 2011, YearSource.MARK)
    assert codes(found) == []


def test_a_title_that_contradicts_the_mark_is_asked_about() -> None:
    found = reading(marked("annex2/1/2010/-", "2011年度党员公开承诺书"))
    assert [dict(problem.params) for problem in found.problems if problem.code is Code.YEAR_CONFLICT] == [
        {"year": 2011, "other": 2010}
    ]
    assert found.serial is None


@pytest.mark.parametrize("mark", ["annex1/1/-/-", "annex2/9/-/-"])
def test_a_mark_of_another_form_or_version_is_asked_about(mark: str) -> None:
    assert "mark-mismatch" in codes(reading(marked(mark, "2011年度党员公开承诺书")))


def test_something_else_in_the_marks_place_is_no_mark() -> None:
    assert codes(reading(marked("made with love", "2011年度党员公开承诺书"))) == []


def marked(mark: str, title: str) -> bytes:
    table = table_of(a_spec("annex2"), MEMBER)
    return docx(p(title), table, properties={"formsvc.template": mark})


@pytest.mark.parametrize(
    ("signed", "proposed"), [("2011年2月20日", 2011), ("2月20日", None), ("", None), ("2011年2月31日", None)]
)
def test_the_day_of_signing_proposes_a_year_and_no_more(signed: str, proposed: int | None) -> None:
    found = reading(untagged({**MEMBER, "signed_on": signed}, year=""))
    assert (found.year.value, found.year.source) == (proposed, YearSource.DATE if proposed else None)
    assert ("year-proposed" if proposed else "year-missing") in codes(found)
