"""What the reader gives back is believed only when it can be readings of our forms."""

from __future__ import annotations

import dataclasses
import struct
import zlib
from typing import Any

import pytest

from formsvc.errors import Code
from formsvc.extraction.sandbox.outcome import Answer
from formsvc.forms.reading import Decision, Picture, Reading
from formsvc.forms.reading_json import reading_to_json
from formsvc.operations.examine import looked_of
from tests.forms.factories import FORM_FILES, a_field, a_reading, a_spec

FORMS = {form: a_spec(form) for form in FORM_FILES}


def answered(*readings: Reading) -> tuple[Reading, ...]:
    return looked_of(Answer({"readings": [reading_to_json(reading) for reading in readings]}), FORMS).readings


def is_refused(readings: tuple[Reading, ...]) -> bool:
    (only,) = readings
    return only.decision is Decision.REFUSE and only.problems[0].code is Code.READER_STOPPED


def a_png(width: int = 2, height: int = 2) -> bytes:
    """Return a plain picture as the reader makes them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * 3 * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def with_picture(data: bytes, field: str = "signature") -> Reading:
    return dataclasses.replace(a_reading(), pictures=(Picture(field, "image/png", data, 30.0, 12.0),))


def test_readings_of_our_forms_are_taken() -> None:
    both = (a_reading(), a_reading("annex1", number=2))
    assert answered(*both) == both
    assert answered(with_picture(a_png())) == (with_picture(a_png()),)


@pytest.mark.parametrize("value", [None, [], {}, {"readings": None}, {"readings": []}, {"readings": [1]}, "text", 3])
def test_an_answer_out_of_shape_is_refused(value: Any) -> None:
    assert is_refused(looked_of(Answer(value), FORMS).readings)


@pytest.mark.parametrize(
    "readings",
    [
        (a_reading(number=2),),
        (a_reading(number=0),),
        (a_reading(), a_reading()),
        (a_reading(number=2), a_reading(number=1)),
        (dataclasses.replace(a_reading(), form="annex9"),),
        (a_reading(), a_reading(number=2).with_field("nickname", a_field("小张"))),
        (a_reading().with_field("name", a_field(("张三",))),),
        (with_picture(b""),),
        (with_picture(a_png()[:40]),),
        (with_picture(a_png().replace(b"IDAT", b"idat")),),
        (with_picture(a_png()[:41] + b"\xff" * 40),),
        (with_picture(a_png(), "../seal"),),
        (with_picture(a_png(), "name"),),
    ],
)
def test_readings_that_cannot_be_are_refused_whole(readings: tuple[Reading, ...]) -> None:
    assert is_refused(answered(*readings))
