"""What a request cannot be prepared for is told, and ends no server."""

from __future__ import annotations

from pathlib import Path

from formsvc.errors import Code
from formsvc.extraction.sandbox.outcome import Answer, Stopped, problem_of
from formsvc.extraction.sandbox.sandbox import ReaderServer


def test_a_request_that_cannot_be_prepared_for_is_told_and_ends_no_server(tmp_path: Path) -> None:
    path = tmp_path / "form.txt"
    path.write_text("承诺", encoding="utf-8")
    with ReaderServer("tests.extraction.sandbox.picky:read_back") as server, path.open("rb") as file:
        form = file.fileno()
        server.warm({"is_bad": True})
        first = server.pid
        stopped = server.read(form, {"is_bad": True})
        assert stopped == Stopped("crash", "unprepared")
        assert problem_of(stopped).code is Code.READER_STOPPED
        answer = server.read(form, {})
        assert isinstance(answer, Answer)
        assert answer.value["text"] == "承诺"
        assert server.pid == first
