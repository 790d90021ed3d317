"""What a reader may answer, and how its end is told."""

from __future__ import annotations

import json

import pytest

from formsvc.errors import Code
from formsvc.extraction.sandbox.outcome import Stopped, parsed, problem_of


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"answer": ',
        b'{"stopped": "because"}',
        b'{"stopped": "exception", "detail": 1}',
        b'{"answer": "\\ud800"}',
        b'{"answer": "\xff"}',
        b'{"answer": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"answer": ' + b"9" * 5000 + b"}",
    ],
    ids=range(11),
)
def test_what_a_taken_over_reader_may_write_is_no_answer(text: bytes) -> None:
    outcome = parsed(text)
    assert isinstance(outcome, Stopped)
    assert outcome.reason == "crash"


def test_the_name_of_an_exception_holds_no_other_text() -> None:
    text = json.dumps({"stopped": "exception", "detail": "张三 110101"}).encode()
    assert parsed(text) == Stopped("exception", "")


@pytest.mark.parametrize(
    ("stopped", "code"),
    [
        (Stopped("time"), Code.TOO_COMPLEX),
        (Stopped("cpu"), Code.TOO_COMPLEX),
        (Stopped("memory"), Code.TOO_COMPLEX),
        (Stopped("too-much-output"), Code.TOO_COMPLEX),
        (Stopped("crash", "SIGSEGV"), Code.READER_STOPPED),
        (Stopped("exception", "XMLSyntaxError"), Code.DAMAGED_FILE),
        (Stopped("exception", "LimitReachedError"), Code.TOO_COMPLEX),
        (Stopped("exception", "FileNotDecryptedError"), Code.ENCRYPTED),
    ],
)
def test_a_stop_is_told_to_the_sender_by_its_cause(stopped: Stopped, code: Code) -> None:
    assert problem_of(stopped).code is code
