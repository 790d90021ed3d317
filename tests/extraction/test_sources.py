"""Controls, cells and pictures are weighed against each other; what disagrees is asked about."""

from __future__ import annotations

from formsvc.extraction.document import Document, Paragraph, PlacedPicture, Table, TableCell
from formsvc.extraction.interpret import interpret
from formsvc.extraction.labels import form_map
from formsvc.forms.reading import Source
from tests.extraction.docx.factory import (
    PNG,
    codes,
    docx,
    p,
    picture,
    reading,
    run,
    sdt,
    table_of,
    tbl,
    tc,
    tr,
    untagged,
)
from tests.forms.factories import a_spec

TITLE = p("2011年度党员公开承诺书")


def test_a_picture_in_a_box_for_ink_is_unclear_and_kept() -> None:
    table = table_of(a_spec("annex1"), {"organisation": "清溪社区党支部", "pledges": "好事", "seal": "@"})
    drawn = docx(
        p("2011年度基层党组织公开承诺书"),
        table.replace(run("@"), picture("r9")),
        relations={"r9": ("image", "media/a.png")},
        parts={"word/media/a.png": PNG},
    )
    found = reading(drawn)
    assert (found.value("seal"), found.value("superior_seal")) == ("unclear", "absent")
    assert [(one.field, one.media_type, one.data) for one in found.pictures] == [("seal", "image/png", PNG)]
    assert [(one.code.value, one.field) for one in found.problems] == [("picture-in-box", "seal")]
    assert found.typed


def test_a_picture_beside_a_label_in_the_same_cell_is_found() -> None:
    signed = tc(p("承诺人（手写签名）：", picture("r9", 30, 12)), p("2011年2月20日"))
    found = reading(
        docx(
            TITLE,
            tbl(tr("姓名", "张三"), tr("公开承诺事项", "好事"), tr(signed)),
            relations={"r9": ("image", "media/a.png")},
            parts={"word/media/a.png": PNG},
        )
    )
    assert (found.value("signature"), found.value("signed_on")) == ("unclear", "2011-02-20")
    assert [(one.field, round(one.width)) for one in found.pictures] == [("signature", 30)]


def test_a_pdf_with_a_picture_in_a_box_for_ink_keeps_its_pages() -> None:
    shown = PlacedPicture("image/png", PNG, 30, 12, after=0)
    rows = [("姓名", "张三", ()), ("公开承诺事项", "好事", ()), ("承诺人（手写签名）：", "", (shown,))]
    cells = [
        TableCell(row, column, 1, 1, (text,), pictures=pictures if column else ())
        for row, (label, value, pictures) in enumerate(rows)
        for column, text in enumerate((label, value))
    ]
    for pages, typed in ((1, False), (None, True)):
        document = Document((Paragraph("2011年度党员公开承诺书"), Table(tuple(cells))), pages=pages)
        (found,) = interpret(document, [form_map(a_spec("annex2"))])
        assert (found.value("signature"), found.typed) == ("unclear", typed)


def test_a_picture_instead_of_a_value_is_asked_about() -> None:
    drawn = docx(TITLE, tbl(tr("姓名", "张三"), tr("公开承诺事项", "好事"), tr("监督电话", tc(p(picture("r9"))))))
    assert ("field-unreadable", "phone") in [(one.code.value, one.field) for one in reading(drawn).problems]


def test_a_control_goes_before_the_cell_and_the_cell_fills_an_empty_one() -> None:
    beside = tbl(tr("姓名", tc(p(sdt("name", run("请输入"), is_empty=True), "张三"))), tr("公开承诺事项", "好事"))
    found = reading(docx(TITLE, beside)).fields["name"]
    assert found.evidence is not None
    assert (found.value, found.evidence.source) == ("张三", Source.CELL)


def test_a_control_of_something_else_is_passed_over() -> None:
    beside = tbl(tr("姓名", tc(p(sdt("nobody", run("李四"))), p(sdt("name", run("张三"))))), tr("公开承诺事项", "好事"))
    assert reading(docx(TITLE, beside)).value("name") == "张三"


def test_numbers_that_word_shows_in_a_control_part_items() -> None:
    inside = sdt("pledges", p("引言："), p("学习", numbered=True), p("常学常新"), p("走访", numbered=True))
    found = reading(docx(TITLE, tbl(tr("姓名", "张三"), tr("公开承诺事项", tc(inside)))))
    assert found.value("pledges") == ("学习\n常学常新", "走访")


def test_sources_that_disagree_are_asked_about_with_both() -> None:
    beside = tbl(tr("姓名", tc(p(sdt("name", run("张")), "三"))), tr("公开承诺事项", "好事"))
    found = reading(docx(TITLE, beside))
    assert [(one.field, one.params) for one in found.problems if one.code == "sources-disagree"] == [
        ("name", {"raw": "张", "other": "张三"})
    ]
    assert (found.fields["name"].alternatives, found.fields["name"].confidence) == (("张三",), 0.5)


def test_a_pledge_that_repeats_itself_is_asked_about() -> None:
    found = reading(untagged({"name": "张三", "pledges": ["一、走访困难群众" * 4, "二、学习"]}))
    assert "low-confidence" in codes(found)
    assert "low-confidence" not in codes(reading(untagged({"name": "张三", "pledges": ["多多走访，多多学习"]})))


def test_a_row_of_one_sign_is_no_repetition() -> None:
    found = reading(untagged({"name": "张三", "pledges": [f"一、{'长' * 50}", f"二、{'长' * 30}"]}))
    assert "low-confidence" not in codes(found)


def test_text_that_libreoffice_wrote_anew_for_every_script_in_it_is_asked_about() -> None:
    pieces = ("一、走访", "A4", "纸不少于", "200", "户。")
    whole = "".join(pieces)
    for gap in ("", "\n"):
        raw = gap.join((whole, *(f"{piece}{whole}" for piece in pieces), whole))
        assert "low-confidence" in codes(reading(untagged({"name": "张三", "pledges": [*raw.split("\n"), "二、学习"]})))
    said = "一、每月走访一户，二月走访两户，三月走访三户，年底走访所有困难家庭"
    assert "low-confidence" not in codes(reading(untagged({"name": "张三", "pledges": [said]})))
