"""What stands on many pages: a file holds it once, and every page looks and reads as if it had its own."""

from __future__ import annotations

import random
from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from formsvc.rendering.fonts import bundled_fonts
from formsvc.rendering.marks import Layer, Mark, Repeated, Rule, Text
from formsvc.rendering.pdf import Document, Page, write
from tests.rendering.test_papers import LONG, a_handbook, a_pledge, texts
from tests.rendering.test_pdf import ABOUT, findings, shown, written

RED = (1.0, 0.0, 0.0)
MANY = 8
"""So many pledges of the same words are written once."""


def drawings(data: bytes) -> int:
    """How many drawings that pages share are in a file."""
    with pikepdf.open(BytesIO(data)) as opened:
        streams = [one for one in opened.objects if isinstance(one, pikepdf.Stream)]
        return sum(one.get("/Subtype") == "/Form" for one in streams)


def pixels(data: bytes, number: int) -> bytes:
    """The pixels of a page, counted from 0."""
    return bytes(pypdfium2.PdfDocument(data)[number].render(scale=2).to_pil().tobytes())


@pytest.mark.parametrize(
    "items",
    [("一、走访居民不少于200户。", "二、参加志愿服务12次。"), ("零、不少于200户。", *LONG)],
    ids=["short", "long"],
)
def test_pledges_in_the_same_words_look_and_read_as_one_by_itself(items: tuple[str, ...]) -> None:
    one = a_handbook(a_pledge(items=items))
    many = a_handbook(*[a_pledge(items=items)] * MANY)
    pages = len(texts(one)) - 2
    assert [pixels(many, 2 + number) for number in range(pages)] == [pixels(one, 2 + number) for number in range(pages)]
    assert texts(many)[2 : 2 + pages] == texts(one)[2:]
    assert drawings(many) > drawings(one) == 1, "the rule above the details is every book's"
    assert findings(many) == []


def test_a_file_hardly_grows_with_words_that_were_said_before() -> None:
    words = [
        "".join(random.Random(number).sample(LONG[0] + "走访居民参加志愿服务党员公开承诺", 60)) for number in range(40)
    ]
    same, others = (a_handbook(*(a_pledge(items=(one,)) for one in said)) for said in (words[:1] * 40, words))
    assert len(others) - len(same) > 40 * 60


def test_what_was_set_before_does_not_colour_what_is_repeated() -> None:
    again: tuple[Mark, ...] = (Text(20, 40, "承诺", 14, extra=(0.5, 0)), Rule(20, 50, 90, 50))
    before = Text(20, 20, "党员公开", 14, extra=(3, 3, 3, 0), colour=RED), Rule(20, 30, 90, 30, 3, RED)
    one, other = written(*before, *again), written(*before, Repeated("A", Layer(again)))
    assert shown(one).tobytes() == shown(other).tobytes()


def test_two_layers_of_one_name_are_refused() -> None:
    marks = [Repeated("A", Layer((Text(20, 40, text, 14),))) for text in ("承诺", "党员")]
    page = Page(tuple(Layer((mark,)) for mark in marks))
    with pytest.raises(ValueError, match="A"):
        write([Document((page,), ABOUT)], bundled_fonts())
