"""The log names codes, ids and files; what a form says never stands in it."""

from __future__ import annotations

import errno
import io
import logging
import os
from pathlib import Path

import pytest

from formsvc.cli.log import NAME, frames, logging_to, note_crash
from formsvc.rendering.docx import write_docx
from tests.cli.said import says
from tests.road import MEMBER, a_member

VALUE = "孙悟空"


def log_of(office: Path) -> str:
    return (office / ".formsvc" / NAME).read_text(encoding="utf-8")


def missing() -> None:
    raise KeyError(VALUE)


def failing() -> None:
    try:
        missing()
    except KeyError as error:
        raise ValueError(VALUE) from error


def raised() -> ValueError:
    with pytest.raises(ValueError, match=VALUE) as caught:
        failing()
    return caught.value


def test_what_became_of_a_form_is_logged_without_its_values(office: Path) -> None:
    values = a_member(name=VALUE, unit_post="水帘洞 大圣", joined="2001-07")
    (office / "inbox" / "a.docx").write_bytes(write_docx(MEMBER, year=2011, values=values))
    record = says(office, "watch", "--once").stdout.split("\t")[5]
    says(office, "correct", record, "--set", "email=a@b.cn", "--why", "猴毛", "--by", "唐三藏")
    text = log_of(office)
    assert f"filed a.docx {record} signature-missing" in text
    assert not any(value in text for value in (VALUE, "水帘洞", "a@b.cn", "猴毛", "唐三藏"))


def test_a_file_name_cannot_break_a_line_of_the_log(office: Path) -> None:
    (office / "inbox" / "a\nfiled b.docx").write_text("abc", encoding="utf-8")
    says(office, "watch", "--once")
    assert "rejected a\\nfiled b.docx" in log_of(office) or "rejected a filed" not in log_of(office)


def test_a_crash_is_logged_by_kind_and_place_and_not_by_what_it_says(tmp_path: Path) -> None:
    note_crash(raised(), tmp_path / "local")
    text = (tmp_path / "local" / NAME).read_text(encoding="utf-8")
    assert "ValueError" in text
    assert "from KeyError" in text
    assert "test_log.py" in text
    assert "in failing" in text
    assert VALUE not in "".join(line for line in text.splitlines() if "raise" not in line)


def test_the_frames_of_an_error_do_not_repeat_its_words() -> None:
    assert not any(VALUE in line for line in frames(raised()) if "raise" not in line)


def test_the_log_is_let_go_when_the_command_ends(tmp_path: Path) -> None:
    logger = logging.getLogger("formsvc")
    before = [*logger.handlers], logger.level, logger.propagate
    with logging_to(tmp_path):
        logging.getLogger("formsvc.x").info("x")
        assert len(logger.handlers) == len(before[0]) + 1
    assert (logger.handlers, logger.level, logger.propagate) == before
    assert " INFO " in (tmp_path / NAME).read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_to_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with logging_to(tmp_path / "file" / "below"):
        logging.getLogger("formsvc.x").info("x")


class Full(io.StringIO):
    """A file on a full disk."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_line_that_cannot_be_written_is_left_out_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with logging_to(tmp_path):
        (handler,) = logging.getLogger("formsvc").handlers
        assert isinstance(handler, logging.StreamHandler)
        before = handler.setStream(Full())
        logging.getLogger("formsvc").info("filed %s", VALUE)
        handler.setStream(before)
    assert capsys.readouterr().err == ""
