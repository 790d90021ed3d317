"""What is shown keeps its columns and its lines, whatever stands in a form."""

from __future__ import annotations

import io
import json

import click
import pytest

from formsvc.chinese import display_width
from formsvc.cli import screen
from formsvc.cli.paragraphs import Paragraphs, wrapped
from formsvc.i18n import Language, Messages

ZH = Messages.load(Language.ZH)


def test_a_piped_cell_cannot_break_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    screen.tsv(["a\tb", "c\nd", "\x1b[31m红", None, 7])
    assert capsys.readouterr().out == "a\\tb\tc\\nd\t\\x1b[31m红\t\t7\n"


def test_a_piped_table_has_heads_and_words_parted_by_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    screen.table(ZH, ("id", "status"), [["7f3c", "filed"]], {"status": "status"})
    assert capsys.readouterr().out == "编号\t状态\n7f3c\t已归档\n"


def test_columns_are_as_wide_as_their_widest_text(capsys: pytest.CaptureFixture[str]) -> None:
    screen.aligned([["a", "张三丰", "x"], ["bcd", "e", "y"]])
    assert capsys.readouterr().out == "a    张三丰  x\nbcd  e       y\n"


def test_a_row_that_is_too_wide_puts_its_last_text_below(capsys: pytest.CaptureFixture[str]) -> None:
    screen.aligned([["no.", "file"], ["1", "长" * 40]])
    assert capsys.readouterr().out == f"no.\n1\n    {'长' * 40}\n"


def test_json_is_utf_8_and_survives_half_characters(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    screen.as_json({"file": "张三\udcff.pdf"})
    out = capsysbinary.readouterr().out
    assert "张三".encode() in out
    assert json.loads(out) == {"file": "张三\udcff.pdf"}


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, []),
        ("一二三四五六", 8, ["一二三四", "五六"]),
        ("一二三四，五六", 8, ["一二三", "四，五六"]),
        ("一二（三四）五", 6, ["一二", "（三", "四）五"]),
        ("见 formsvc find。好", 12, ["见 formsvc", "find。好"]),
        ("wangwei 2011、ww、2011。", 16, ["wangwei 2011、", "ww、2011。"]),
        ("extraordinarily long", 5, ["extraordinarily", "long"]),
        ("“说”了", 4, ["“说”", "了"]),
    ],
)
def test_lines_break_between_chinese_signs_and_never_before_punctuation(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrapped(text, width) == lines


def test_no_line_of_help_is_wider_than_the_terminal() -> None:
    formatter = Paragraphs(width=40)
    long = "--a-very-long-option-that-needs-a-line-of-its-own"
    formatter.write_dl([("--form 表样", "只找这种表样的，" * 6), (long, "x")])
    formatter.write_text("公开承诺表的下发、收件、识读、归档和查找。" * 3 + "\n\n第二段。")
    with formatter.section("选项"):
        pass
    lines = formatter.getvalue().splitlines()
    assert max(display_width(line) for line in lines if long not in line) <= 40
    assert "选项：" in lines
    assert "第二段。" in lines


def test_a_sign_the_console_lacks_is_shown_escaped() -> None:
    console = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    click.echo("张三", file=console)
    console.flush()
    assert console.buffer.getvalue() == b"\\u5f20\\u4e09\n"
