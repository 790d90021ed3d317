"""Fields of typed forms without a tag are read from where their labels are, or somebody is asked."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from formsvc.forms.reading import Source
from tests.extraction.docx.factory import (
    Text,
    codes,
    docx,
    p,
    reading,
    readings,
    table_of,
    tbl,
    tc,
    tr,
    untagged,
    values,
)
from tests.forms.factories import a_spec

MEMBER: Mapping[str, Text] = {
    "name": "张三",
    "sex": "男",
    "age": "45",
    "joined": "1998.07",
    "unit_post": "清溪社区居委会 委员",
    "pledges": ["1、每月走访困难群众两次", "2、义务维修社区路灯"],
    "signed_on": "2011年2月20日",
    "phone": "0574-62700000",
    "email": "zhangsan@example.org",
}
READ = {
    "name": "张三",
    "sex": "男",
    "age": 45,
    "joined": "1998-07",
    "unit_post": "清溪社区居委会 委员",
    "pledges": ["每月走访困难群众两次", "义务维修社区路灯"],
    "signed_on": "2011-02-20",
    "phone": "0574-62700000",
    "email": "zhangsan@example.org",
}
TITLE = p("2011年度党员公开承诺书")


def member(**changes: Text) -> bytes:
    """Return a member's form typed without tags, with some values changed."""
    return untagged({**MEMBER, **changes})


def read(*rows: str, around: str = TITLE) -> dict[str, object]:
    """Return the values of a table of these rows, and the codes of what is doubtful."""
    found = reading(docx(around, tbl(*rows)))
    return {**values(found), "codes": codes(found)}


def test_a_form_in_the_notices_layout_is_read_whole() -> None:
    found = reading(member())
    assert values(found) == READ
    assert (found.form, found.year.value, codes(found)) == ("annex2", 2011, [])


def test_every_value_carries_raw_text_confidence_and_place() -> None:
    joined = reading(member()).fields["joined"]
    assert (joined.raw, joined.confidence) == ("1998.07", 0.99)
    assert joined.evidence is not None
    assert (joined.evidence.source, joined.evidence.cell) == (Source.CELL, (0, 7))


@pytest.mark.parametrize(
    "labels",
    [
        {"name": "姓　　名", "sex": "性 别", "phone": "监督\n电话"},
        {"name": "姓名：", "joined": "入党年月:"},
        {"pledges": "公\n开\n承\n诺\n事\n项"},
        {"unit_post": "单位 及 职务", "pledges": "（公开承诺事项）"},
        {"name": "1、姓名", "unit_post": "二、单位及职务"},
        {"signature": "承诺人(手写签名):", "review_opinion": "党 组 织 审 核 ："},
    ],
)
def test_a_label_varies_in_spacing_width_and_punctuation(labels: Mapping[str, str]) -> None:
    found = reading(untagged(MEMBER, labels=labels))
    assert values(found) == READ
    assert codes(found) == []


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("name", "党员姓名"),
        ("joined", "入党时间"),
        ("pledges", "承诺事项"),
        ("phone", "监督举报电话"),
        ("email", "E-mail"),
    ],
)
def test_an_alias_is_read_and_offered_naming_the_label_found(key: str, label: str) -> None:
    found = reading(untagged(MEMBER, labels={key: label}))
    assert values(found) == READ
    assert [
        (one.code.value, one.field, one.params.get("raw")) for one in found.problems if one.code.weight == "asks"
    ] == [("alias-label", key, label)]


def test_a_label_with_a_hint_in_brackets_is_offered() -> None:
    found = reading(untagged(MEMBER, labels={"pledges": "公开承诺事项（不少于三条）"}))
    assert (values(found), codes(found)) == (READ, ["alias-label"])


def test_a_value_that_reads_like_an_alias_is_a_value() -> None:
    found = reading(member(unit_post="党员"))
    assert (found.text("unit_post"), found.text("name"), codes(found)) == ("党员", "张三", [])


def test_an_alias_beside_the_printed_label_is_another_row() -> None:
    found = read(
        tr("姓名", "张三", "性别", "男"),
        tr("公开承诺事项", "做好事"),
        tr("承诺内容", "做坏事"),
        tr("单位及职务", "清溪社区"),
        tr("监督电话", "62700000"),
        tr("年龄", "45"),
    )
    assert found["pledges"] == ["做好事"]
    assert "extra-row" in str(found["codes"])


def test_values_below_their_labels_are_read() -> None:
    found = read(
        tr("姓名", "性别", "年龄", "入党年月", "民族"),
        tr("张三", "男", "45", "1998年7月", "汉"),
        tr(tc("公开承诺事项", columns=5)),
        tr(tc("做好事", columns=5)),
    )
    assert (found["name"], found["sex"], found["age"], found["joined"]) == ("张三", "男", 45, "1998-07")
    assert found["pledges"] == ["做好事"]
    assert "extra-row" in str(found["codes"])
    assert "text-left-over" not in str(found["codes"])


def test_further_people_below_a_row_of_labels_are_not_dropped() -> None:
    found = read(
        tr("姓名", "性别", "公开承诺事项"), tr("张三", "男", "好事"), tr("李四", "女", "实事"), tr("王五", "女", "难事")
    )
    assert found["name"] == "张三"
    assert "text-left-over" in str(found["codes"])


def test_a_label_merged_over_rows_takes_all_that_stands_beside_it() -> None:
    found = read(
        tr("姓名", tc("张三", columns=2)),
        tr(tc("公开承诺事项", merge="restart"), "1", "走访30户"),
        tr(tc("", merge="continue"), "2", "修1.2公里路"),
    )
    assert found["pledges"] == ["走访30户", "修1.2公里路"]


def test_a_second_cell_beside_a_label_of_one_row_is_not_taken_in_silence() -> None:
    found = read(tr("姓名", tc("张三", columns=2)), tr("公开承诺事项", "走访30户", "另有长长的补充说明一段，请看。"))
    assert found["pledges"] == ["走访30户"]
    assert "text-left-over" in str(found["codes"])


@pytest.mark.parametrize(
    "row",
    [
        tr(
            tc(p("党组织审核：同意"), p("（盖章）2011.2.22")),
            tc(p("居住地党组织审核：同意接收"), p("（盖章）2011.2.23")),
        ),
        tr(
            tc(p("党组织审核：同意"), p("（盖章）2011.2.22")),
            "居住地党组织意见",
            tc(p("同意接收"), p("（盖章）2011.2.23")),
        ),
        tr(tc(p("党组织审核：同意"), p("（盖章）")), "居住地党组织意见", tc(p("（盖章）2011.2.23"))),
    ],
)
def test_an_opinion_beside_another_keeps_its_text_seal_and_date(row: str) -> None:
    found = read(tr("姓名", "张三"), tr("公开承诺事项", "好事"), row)
    assert found["review_opinion"] == "同意"
    assert found.get("reviewed_on") in ("2011-02-22", None)
    assert "extra-row" in str(found["codes"])


def test_an_unknown_row_is_noted_and_holds_nothing_up() -> None:
    spec = a_spec("annex2")
    table = table_of(spec, MEMBER).replace(
        "</w:tbl>", tr("民族", tc("汉族", columns=7)) + tr(tc("备注：无", columns=8)) + "</w:tbl>"
    )
    found = reading(docx(TITLE, table))
    assert (values(found), codes(found), found.decision) == (READ, ["extra-row", "extra-row"], "file")


def test_an_unknown_pair_in_a_known_row_is_noted() -> None:
    found = read(tr("姓名", "张三", "民族", "汉族"), tr("公开承诺事项", tc("做好事", columns=3)))
    assert found["name"] == "张三"
    assert "extra-row" in str(found["codes"])


def test_an_unknown_row_where_a_label_is_missing_is_asked_about() -> None:
    found = reading(untagged(MEMBER, labels={"email": "邮箱地址"}))
    assert found.value("email") is None
    assert [(one.code.value, one.field) for one in found.problems if one.code.weight == "asks"] == [
        ("field-missing", "email")
    ]


def test_text_that_belongs_to_no_field_is_asked_about() -> None:
    found = read(tr("姓名", "张三"), tr("公开承诺事项", "做好事"), tr(tc("另外我还想说几句心里话。", columns=2)))
    assert "text-left-over" in str(found["codes"])


def test_a_heading_beside_rows_or_above_them_is_noted() -> None:
    found = read(
        tr(tc("余姚市清溪街道", columns=3)),
        tr(tc("基本情况", merge="restart"), "姓名", "张三"),
        tr(tc("", merge="continue"), "性别", "男"),
        tr(tc("公开承诺事项", columns=2), "做好事"),
    )
    assert (found["name"], found["pledges"], found["codes"]) == (
        "张三",
        ["做好事"],
        ["extra-row", "extra-row", "identity-missing"],
    )


def test_a_title_inside_the_table_gives_the_year() -> None:
    table = tbl(tr(tc("二〇一一年度党员公开承诺书", columns=2)), tr("姓名", "张三"), tr("公开承诺事项", "好事"))
    found = reading(docx(table))
    assert (found.form, found.year.value) == ("annex2", 2011)
    assert "text-left-over" not in codes(found)


def test_labels_and_values_in_one_cell_are_told_apart() -> None:
    found = read(
        tr(tc("姓名：张三  性 别：男   年龄：45", columns=2)),
        tr(tc(p("公开承诺事项："), p("1.学习"), p("2.走访"), columns=2)),
    )
    assert (found["name"], found["sex"], found["age"], found["pledges"]) == ("张三", "男", 45, ["学习", "走访"])


def test_a_label_inside_the_pledges_is_text_when_it_stands_elsewhere() -> None:
    found = read(
        tr("姓名", "张三"),
        tr("公开承诺事项", tc(p("1.学习"), p("2.走访"), p("监督电话：我来公布"))),
        tr("监督电话", "62700000"),
    )
    assert found["pledges"] == ["学习", "走访\n监督电话：我来公布"]
    assert found["phone"] == "62700000"


def test_a_signature_below_the_table_is_read() -> None:
    found = reading(
        docx(
            TITLE,
            tbl(tr("姓名", "张三"), tr("公开承诺事项", "好事")),
            p("承诺人（手写签名）：张三"),
            p("2011年2月20日"),
        )
    )
    assert (found.fields["signature"].raw, found.value("signed_on")) == ("张三", "2011-02-20")


def test_a_form_broken_into_two_tables_is_one() -> None:
    found = reading(
        docx(
            TITLE,
            tbl(tr("姓名", "张三", "性别", "男"), tr("单位及职务", "社区")),
            p(""),
            tbl(tr("公开承诺事项", "好事"), tr("监督电话", "62700000")),
        )
    )
    assert values(found) == {"name": "张三", "sex": "男", "unit_post": "社区", "pledges": ["好事"], "phone": "62700000"}


def test_rows_in_a_table_inside_a_cell_are_read() -> None:
    inner = tbl(tr("姓名", "张三"), tr("性别", "男"))
    found = read(tr(tc(inner, columns=2)), tr("公开承诺事项", "好事"), tr("监督电话", "62700000"))
    assert (found["name"], found["sex"], found["pledges"]) == ("张三", "男", ["好事"])


def test_pledges_in_a_table_inside_their_cell_are_read() -> None:
    inner = tbl(tr("1.", "走访"), tr("2.", "学习"))
    found = read(tr("姓名", "张三"), tr("公开承诺事项", tc(inner)))
    assert found["pledges"] == ["走访", "学习"]


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("sex", "男/女"), ("age", "约45"), ("joined", "98.7"), ("signed_on", "2011年2月31日"),
        ("email", "没有"), ("phone", "无"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_has_none_and_is_asked_about(key: str, raw: str) -> None:
    found = reading(member(**{key: raw}))
    assert (found.value(key), found.fields[key].raw) == (None, raw)
    assert [(one.field, one.params["raw"]) for one in found.problems if one.code == "field-unreadable"] == [(key, raw)]


@pytest.mark.parametrize("blank", ["", "    年   月   日", "______年___月___日", "年月日"])
def test_a_date_left_blank_is_none_and_never_guessed(blank: str) -> None:
    found = reading(member(signed_on=blank))
    assert (found.value("signed_on"), codes(found)) == (None, [])


def test_a_two_digit_year_of_signing_is_read_by_the_year_of_the_form() -> None:
    assert reading(member(signed_on="11年2月20日")).value("signed_on") == "2011-02-20"


def test_tracked_changes_are_asked_about() -> None:
    assert "tracked-changes" in codes(reading(docx(TITLE, p("<w:ins/>"), table_of(a_spec("annex2"), MEMBER))))


def test_several_forms_in_one_file_are_several_readings() -> None:
    one = (p("2011年度党员公开承诺书"), table_of(a_spec("annex2"), MEMBER))
    two = (p("2012年度党员公开承诺书"), table_of(a_spec("annex2"), {**MEMBER, "name": "李四"}))
    three = (p("2011年度基层党组织公开承诺书"), table_of(a_spec("annex1"), {"organisation": "支部", "pledges": "好"}))
    found = readings(docx(*one, *two, *three))
    assert [(one.number, one.form, one.year.value) for one in found] == [
        (1, "annex2", 2011), (2, "annex2", 2012), (3, "annex1", 2011),
    ]  # fmt: skip
    assert [one.value("name") for one in found] == ["张三", "李四", None]


def test_forms_pasted_into_one_table_are_several_readings() -> None:
    first = table_of(a_spec("annex2"), MEMBER)
    second = table_of(a_spec("annex2"), {**MEMBER, "name": "李四"})
    both = first.removesuffix("</w:tbl>") + second.partition("<w:tblGrid/>")[2]
    assert [one.value("name") for one in readings(docx(TITLE, both))] == ["张三", "李四"]


def test_two_forms_held_by_one_table_are_two_readings() -> None:
    sheets = [tc(TITLE, table_of(a_spec("annex2"), {**MEMBER, "name": name})) for name in ("张三", "李四")]
    found = readings(docx(tbl(tr(*sheets))))
    assert [(one.value("name"), one.year.value) for one in found] == [("张三", 2011), ("李四", 2011)]


def test_a_blank_beside_a_filled_form_is_left_out() -> None:
    blank = (p("年度基层党组织公开承诺书"), table_of(a_spec("annex1"), {}))
    filled = (p("2011年度党员公开承诺书"), table_of(a_spec("annex2"), MEMBER))
    found = readings(docx(*blank, *filled))
    assert [(one.number, one.form) for one in found] == [(1, "annex2")]
