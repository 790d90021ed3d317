"""DataMatrix symbols, read by a reader that is not ours."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from formsvc.rendering.datamatrix import symbol


def read(rows: tuple[str, ...]) -> list[str]:
    dots = np.array([[0 if module == "#" else 255 for module in row] for row in rows], dtype=np.uint8)
    picture = np.pad(np.kron(dots, np.ones((5, 5), dtype=np.uint8)), 20, constant_values=255)
    return [found.text for found in zxingcpp.read_barcodes(picture)]


@settings(max_examples=60, deadline=None)
@given(st.text("ABCXYZabcxyz0123456789;-_/", min_size=1, max_size=40))
def test_every_text_is_read_back(text: str) -> None:
    assert read(symbol(text)) == [text]


@pytest.mark.parametrize("size", [10, 12, 14, 16, 18, 20, 22, 24, 26])
def test_the_smallest_symbol_that_holds_a_text_is_taken(size: int) -> None:
    longest = {10: 3, 12: 5, 14: 8, 16: 12, 18: 18, 20: 22, 22: 30, 24: 36, 26: 44}[size]
    assert len(symbol("x" * longest)) == size
    assert read(symbol("x" * longest)) == ["x" * longest]


def test_two_digits_take_the_room_of_one_sign() -> None:
    assert len(symbol("0123456789" * 4)) == 20


@pytest.mark.parametrize("text", ["x" * 45, "党"])
def test_what_no_symbol_holds_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        symbol(text)


def test_damage_of_an_eighth_is_made_good() -> None:
    rows = [list(row) for row in symbol("F1;annex2;1;2011;K7Q20001")]
    for row in range(8, 13):
        for column in range(8, 13):
            rows[row][column] = " "
    assert read(tuple(map("".join, rows))) == ["F1;annex2;1;2011;K7Q20001"]
