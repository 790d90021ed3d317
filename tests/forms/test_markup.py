"""What stands in XML comes back out of it as it was."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from formsvc.forms.markup import escaped, quoted

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


@given(TEXTS)
def test_a_text_between_tags_comes_back(text: str) -> None:
    assert (etree.fromstring(f"<a>{escaped(text)}</a>").text or "") == text


@given(TEXTS | st.text("\"'\t\n\r<>&甲", max_size=8))
def test_the_value_of_an_attribute_comes_back(text: str) -> None:
    assert etree.fromstring(f"<a b={quoted(text)}/>").get("b") == text


def test_the_end_of_a_section_cannot_be_written() -> None:
    assert not re.search(r"[<>]", escaped("]]><b>"))
