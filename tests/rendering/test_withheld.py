"""The posting copy tells nothing of what is withheld: it is the same bytes whatever stands in the withheld fields."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from formsvc.forms.reading import FieldReading, Reading
from formsvc.forms.spec import FormSpec
from formsvc.rendering.copies import draw_copies
from tests.forms.factories import a_field, a_reading, a_spec
from tests.operations.factories import Clock

FORMS = ("annex1", "annex2")
SECRETS = ("鼍龘馕齉", "CANARY-7731", "1987", "四十七")
"""What is written into every withheld field: rare characters, which would stand in the fonts, and plain ones."""


def posting(spec: FormSpec, reading: Reading) -> bytes:
    copies = draw_copies(spec, reading, record="7f3c9a0b12de", version=1, date=Clock().moment)
    (role,) = (copy.role for copy in spec.copies if copy.is_public)
    data = copies[role].data
    assert isinstance(data, bytes)
    return data


def withheld(spec: FormSpec) -> list[str]:
    return [field.key for field in spec.fields.values() if not field.public]


def with_secrets(spec: FormSpec, reading: Reading, text: str) -> Reading:
    for key in withheld(spec):
        reading = reading.with_field(key, FieldReading(None, text, 1.0, alternatives=(text,)))
    return reading


def everything_in(data: bytes) -> bytes:
    """Return the bytes of a PDF, of every stream of it decompressed, and of every string."""
    parts = [data]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for one in pdf.objects:
            if isinstance(one, pikepdf.Stream):
                parts.append(one.read_bytes())
            parts += [bytes(found) for found in strings_in(one, 0)]
        parts.append(bytes(pdf.trailer.get("/ID", pikepdf.Array())[0]) if "/ID" in pdf.trailer else b"")
    return b"\n".join(parts)


def strings_in(one: object, depth: int) -> list[pikepdf.String]:
    if isinstance(one, pikepdf.String):
        return [one]
    if depth > 6 or not isinstance(one, pikepdf.Object) or (one.is_indirect and depth):
        return []
    if isinstance(one, pikepdf.Array):
        inside = list(one)
    elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        inside = [one[key] for key in one.keys()]  # noqa: SIM118 - a PDF dictionary is not iterable itself
    else:
        inside = []
    return [found for each in inside for found in strings_in(each, depth + 1)]


def characters_of_fonts(data: bytes) -> set[str]:
    """Return every character that an embedded font, or its way back to text, knows."""
    found: set[str] = set()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for one in pdf.objects:
            if not isinstance(one, pikepdf.Stream):
                continue
            content = one.read_bytes()
            if b"beginbfchar" in content or b"beginbfrange" in content:
                for code in re.findall(rb"<([0-9A-Fa-f]{4,})>", content):
                    found |= set(bytes.fromhex(code.decode()).decode("utf-16-be", "ignore"))
            elif content[:4] in (b"OTTO", b"\0\1\0\0", b"true"):
                found |= {chr(code) for code in TTFont(io.BytesIO(content)).getBestCmap() or {}}
    return found


@pytest.mark.parametrize("form", FORMS)
def test_no_withheld_value_is_anywhere_in_the_posting_copy(form: str) -> None:
    spec = a_spec(form)
    if not withheld(spec):
        pytest.fail("the form withholds nothing")
    data = posting(spec, with_secrets(spec, a_reading(form), "".join(SECRETS)))
    inside = everything_in(data)
    for secret in SECRETS:
        for written in (secret.encode(), secret.encode("utf-16-be"), secret.encode("utf-16-be").hex().encode()):
            assert written not in inside
    assert not set(SECRETS[0]) & characters_of_fonts(data)


def test_the_search_finds_what_is_posted() -> None:
    """A search that cannot find anything proves nothing: what is public stands in the copy, and is found in it."""
    spec = a_spec("annex2")
    data = posting(spec, a_reading(pledges=(SECRETS[0],)))
    assert set(SECRETS[0]) <= characters_of_fonts(data)
    assert b"posting" in everything_in(data)


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(FORMS),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20),
    st.text("一二三龘甲乙0123456789abc", min_size=1, max_size=20),
)
def test_the_posting_copy_is_the_same_bytes_whatever_is_withheld(form: str, one: str, other: str) -> None:
    spec = a_spec(form)
    reading = a_reading(form)
    assert posting(spec, with_secrets(spec, reading, one)) == posting(spec, with_secrets(spec, reading, other))


def test_another_public_value_makes_another_copy() -> None:
    spec = a_spec("annex2")
    changed = a_reading().with_field("unit_post", a_field("东风社区 书记"))
    assert posting(spec, a_reading()) != posting(spec, changed)
