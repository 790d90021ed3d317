"""Content streams cut into operations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.extraction.pdf.tokens import Name, operations


def cut(data: bytes) -> list[tuple[bytes, list[object]]]:
    return list(operations(data))


@pytest.mark.parametrize(
    ("data", "operands"),
    [
        (b"1 -2 +3 .5 4. -.25 op", [1.0, -2.0, 3.0, 0.5, 4.0, -0.25]),
        (b"(plain)op", [b"plain"]),
        (b"(a\\(b\\)\\n\\101\\7\\\\) op", [b"a(b)\nA\x07\\"]),
        (b"(nested (brackets) stay) op", [b"nested (brackets) stay"]),
        (b"(line \\\r\nbreak\rend) op", [b"line break\nend"]),
        (b"<48 65 6C6> op", [b"Hel`"]),
        (b"/Name/A#20B op", [Name("Name"), Name("A B")]),
        (b"[(a) -120 <42>] op", [[b"a", -120.0, b"B"]]),
        (b"/P <</MCID 0/T (x)/A[1 true null]>> op", [Name("P"), {"MCID": 0.0, "T": b"x", "A": [1.0, True, None]}]),
        (b"% a comment ( not a string\n7 op", [7.0]),
        (b"1 ) > } { 2 op", [1.0, 2.0]),
    ],
)
def test_operands_of_every_kind_are_read(data: bytes, operands: list[object]) -> None:
    assert cut(data) == [(b"op", operands)]


def test_operators_need_no_blank_before_the_next_operand() -> None:
    assert cut(b"q(a)Tj[(b)]TJ T*/F1 12Tf") == [
        (b"q", []),
        (b"Tj", [b"a"]),
        (b"TJ", [[b"b"]]),
        (b"T*", []),
        (b"Tf", [Name("F1"), 12.0]),
    ]


def test_the_data_of_an_inline_image_is_stepped_over() -> None:
    found = cut(b"q BI /W 4 /H 4 ID \x00(\xff EIx\x80 Tj [ \nEI Q 5 w")
    assert found == [(b"q", []), (b"BI", [{"W": 4.0, "H": 4.0}]), (b"Q", []), (b"w", [5.0])]


def test_an_array_that_is_never_closed_swallows_nothing_behind_the_operator() -> None:
    assert cut(b"1 [2 3 op 4 op") == [(b"op", [1.0]), (b"op", [4.0])]


def test_a_string_that_is_never_closed_ends_the_stream() -> None:
    assert cut(b"1 op (a (b) c") == [(b"op", [1.0])]


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    assert all(isinstance(operator, bytes) for operator, _ in operations(data))


@given(st.binary(max_size=60))
def test_any_string_comes_back_in_hexadecimal_and_escaped(text: bytes) -> None:
    escaped = b"".join(b"\\%03o" % byte for byte in text)
    assert cut(b"<%s> op (%s) op" % (text.hex().encode(), escaped)) == [(b"op", [text]), (b"op", [text])]
