"""`formsvc watch`: a line a form, a clean end when asked, and the names of what had to be left."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from formsvc.rendering.docx import write_docx
from tests.cli.said import process, says, shows
from tests.road import MEMBER, a_member

WORD = write_docx(MEMBER, year=2011, values=a_member(name="郑爽朗"))


@contextlib.contextmanager
def watching(office: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the watcher until it says that it serves; kill it at the end if it still runs."""
    with process(office, "--lang", "zh", "watch") as child:
        assert child.stderr is not None
        assert "正在看守收件箱" in child.stderr.readline()
        try:
            yield child
        finally:
            child.kill()


def test_once_shows_a_line_for_each_form_and_ends(office: Path) -> None:
    (office / "inbox" / "郑爽朗.docx").write_bytes(WORD)
    result = says(office, "watch", "--once")
    (line,) = result.stdout.splitlines()
    assert line.split("\t")[:5] == ["filed", "郑爽朗.docx", "annex2", "2011", "郑爽朗"]
    assert (result.exit_code, result.stderr) == (0, "")


def test_once_names_what_is_not_whole_yet_and_leaves_it(office: Path) -> None:
    half = office / "inbox" / "sub" / "半份.docx"
    half.parent.mkdir()
    half.write_bytes(WORD[: len(WORD) // 2])
    result = says(office, "watch", "--once")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "sub/半份.docx" in result.stderr
    assert half.exists()


def test_once_exits_with_one_when_a_form_is_rejected(office: Path) -> None:
    (office / "inbox" / "x.docx").write_text("abc", encoding="utf-8")
    assert says(office, "watch", "--once").exit_code == 1


def test_on_a_terminal_the_line_is_a_sentence_and_the_counter_goes_away(office: Path) -> None:
    (office / "inbox" / "郑爽朗.docx").write_bytes(WORD)
    seen = shows(office, "--lang", "zh", "watch", "--once")
    assert "已归档  郑爽朗.docx：2011 年 党员公开承诺书，郑爽朗，第 1 版" in seen.text
    assert seen.text.rstrip(" ").endswith("\r")
    assert seen.code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGTERM")
@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_form_dropped_is_shown_and_being_asked_to_stop_ends_it_cleanly(office: Path, asked: signal.Signals) -> None:
    with watching(office) as child:
        (office / "inbox" / "郑爽朗.docx").write_bytes(WORD)
        assert child.stdout is not None
        assert child.stdout.readline().split("\t")[:2] == ["filed", "郑爽朗.docx"]
        child.send_signal(asked)
        out, err = child.communicate(timeout=60)
        assert (out, err.strip(), child.returncode) == ("", "已停止。", 0)
    assert says(office, "find", "郑爽朗").exit_code == 0


def test_an_empty_file_is_said_at_once_to_wait(office: Path) -> None:
    with watching(office) as child:
        (office / "inbox" / "空.docx").touch()
        assert child.stderr is not None
        assert "空.docx 是空文件" in child.stderr.readline()


def test_a_second_watcher_is_told_that_the_first_serves(office: Path) -> None:
    with watching(office):
        result = says(office, "watch", "--once")
    assert (result.exit_code, "另一个 formsvc" in result.stderr) == (5, True)


def test_an_inbox_that_is_not_there_is_told(office: Path) -> None:
    (office / "inbox").rename(office / "elsewhere")
    result = says(office, "watch", "--once")
    assert (result.exit_code, "找不到收件箱" in result.stderr) == (1, True)
