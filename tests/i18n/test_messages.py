"""A sentence is filled in with its facts, and nothing that was written in a form can break it."""

from __future__ import annotations

import pytest

from formsvc.errors import BusyError, Code, FormSpecError, Problem
from formsvc.i18n import Language, Messages

ZH = Messages.load(Language.ZH)
EN = Messages.load(Language.EN)


def test_a_problem_shows_the_label_of_its_field_and_what_was_written() -> None:
    problem = Problem(Code.FIELD_UNREADABLE, "joined", {"raw": "某年某月"})
    sentence = ZH.problem(problem, {"joined": "入党年月"}.__getitem__)
    assert sentence == "“入党年月”栏写的是“某年某月”，按这一栏的写法读不明白。请对照原件改成规范写法后确认。"


def test_a_field_without_a_label_shows_its_key() -> None:
    assert EN.problem(Problem(Code.SEAL_MISSING, "review_seal")).startswith("No seal was seen at “review_seal”.")


def test_an_error_is_a_sentence_in_either_language() -> None:
    error = BusyError(lock="inbox.lock")
    assert ZH.error(error) == "另一个 formsvc 正在工作（占用着 inbox.lock）。请等它结束后再试。"
    assert EN.error(error) == "Another formsvc is at work (it holds inbox.lock). Try again when it has finished."


def test_a_reason_is_shown_in_words() -> None:
    error = FormSpecError(file="form.toml", table="grid", key="rows", reason="negative", found="-3")
    assert "不能是负数" in ZH.error(error)
    assert "it must not be negative (found “-3”)" in EN.error(error)


def test_a_reason_that_is_a_problem_is_shown_as_its_sentence() -> None:
    sentence = ZH.text("error.not-allowed", reason=Code.YEAR_MISSING)
    assert sentence.startswith("现在不能这样办理：表上没有写明是哪一年度，程序不作猜测。")
    assert "。。" not in sentence


def test_a_reason_that_has_no_words_is_shown_as_it_is() -> None:
    assert "strange-new-reason" in EN.text("error.damaged", path="x", reason="strange-new-reason")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", Code)
def test_facts_that_are_missing_or_unknown_never_stop_a_sentence(code: Code, language: Language) -> None:
    messages = Messages.load(language)
    assert "{" not in messages.problem(Problem(code))
    assert messages.problem(Problem(code, None, {"nobody_asked": 1})) == messages.problem(Problem(code))


def test_a_missing_fact_shows_as_dots_and_an_empty_one_as_a_dash() -> None:
    assert "says “…”" in EN.text("problem.field-unreadable", field="year")
    assert "says “—”" in EN.text("problem.field-unreadable", field="year", raw="")


def test_an_unknown_entry_shows_as_its_name() -> None:
    assert ZH.text("no.such-entry", raw="x") == "no.such-entry"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("张三\t李四", r"张三\t李四"),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("\u202egnp.docx", r"\u202egnp.docx"),
        ("\u2066三\u2069", r"\u2066三\u2069"),
        ("张\u200b三", r"张\u200b三"),
        ("\udcff.pdf", r"\udcff.pdf"),
        ("\U000e0041", r"\U000e0041"),
        ("\x9b2J\x7f", r"\x9b2J\x7f"),
    ],
)
def test_what_cannot_be_seen_is_shown_escaped(written: str, shown: str) -> None:
    sentence = EN.text("problem.other-document", raw=written)
    assert f"titled “{shown}” and" in sentence
    sentence.encode("utf-8")


@pytest.mark.parametrize(
    "written", ["欧阳\u3000娜", "㛃𬎆", "阿依努尔·买买提", "葛\U000e0100", "{raw}", "C:\\x", "\U00032000"]
)
def test_rare_characters_full_width_blanks_and_braces_are_shown_as_they_are(written: str) -> None:
    assert f"titled “{written}” and" in EN.text("problem.other-document", raw=written)


def test_a_whole_page_in_one_cell_is_shown_shortened() -> None:
    sentence = EN.text("problem.other-document", raw="长" * 5000)
    assert "长" * 60 + "…" in sentence
    assert "长" * 61 not in sentence


def test_a_path_is_shown_at_length() -> None:
    assert "长" * 200 in EN.text("error.missing", path="长" * 200)


def test_what_was_written_on_several_lines_is_shown_on_one() -> None:
    assert "“一 / 二”" in EN.text("problem.other-document", raw="一\n二")


def test_a_number_of_bytes_is_shown_in_megabytes() -> None:
    problem = Problem(Code.TOO_LARGE, None, {"found": 65_431_142, "limit": 50 * 2**20})
    assert EN.problem(problem).startswith("The file is too large: 62.4 MB, and the limit is 50 MB.")


def test_a_size_that_is_no_number_is_shown_as_it_is() -> None:
    assert "large: huge, and" in EN.text("problem.too-large", found="huge", limit="50 MB")
