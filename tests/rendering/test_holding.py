"""Files with image data put back where its mark stood: every place in them is right again."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.rendering.bodies import Holder
from formsvc.rendering.holding import spliced
from formsvc.rendering.spans import Span, joined, size_of


def saved(marks: list[bytes]) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root.Held = pikepdf.Array([pikepdf.Stream(pdf, mark, Filter=pikepdf.Name.JBIG2Decode) for mark in marks])
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
    return out.getvalue()


@given(sizes=st.lists(st.integers(0, 200_000), min_size=1, max_size=5), is_split=st.booleans())
def test_every_stream_is_found_again(sizes: list[int], *, is_split: bool) -> None:
    holder = Holder(b"seed")
    wanted = [bytes([number]) * size for number, size in enumerate(sizes)]
    marks = [holder.hold([data[:9], data[9:]] if is_split else [data]) for data in wanted]
    parts = spliced(saved(marks), holder.parts)
    file = b"".join(part for part in parts if isinstance(part, bytes))
    with pikepdf.open(io.BytesIO(file), suppress_warnings=False, attempt_recovery=False) as pdf:
        assert [bytes(held.read_raw_bytes()) for held in pdf.Root.Held] == wanted
    table = int(re.findall(rb"startxref\n(\d+)", file)[0])
    assert file[table : table + 5] == b"xref\n"


def test_marks_differ_from_file_to_file() -> None:
    assert Holder(b"one").hold([b"x"]) != Holder(b"two").hold([b"x"])


def test_a_file_with_packed_objects_is_refused() -> None:
    pdf = pikepdf.new()
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    with pytest.raises(ValueError, match="cross references"):
        spliced(out.getvalue(), {})


def test_neighbouring_parts_become_one() -> None:
    assert joined([b"a", b"", b"b", Span(3, 2), Span(5, 0), Span(5, 4), Span(10, 1), b"c"]) == (
        b"ab",
        Span(3, 6),
        Span(10, 1),
        b"c",
    )


@given(st.lists(st.binary(max_size=5) | st.builds(Span, st.integers(0, 9), st.integers(0, 9))))
def test_joining_parts_keeps_their_bytes(parts: list[bytes | Span]) -> None:
    data = bytes(range(20))
    whole = [
        b"".join(part if isinstance(part, bytes) else data[part.start :][: part.length] for part in some)
        for some in (parts, joined(parts))
    ]
    assert whole[0] == whole[1]
    assert sum(map(size_of, parts)) == len(whole[0])
