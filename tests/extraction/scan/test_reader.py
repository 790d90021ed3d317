"""What is doubtful about a page as a whole."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from formsvc.errors import Code, Problem, Weight
from formsvc.extraction.scan.reader import SURE, NoForm, ReadPage, ScanReader, unsure_blanks, unsure_marks
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.forms.reading import FieldReading, MarkState
from tests.extraction.scan.recognisers import models
from tests.extraction.scan.sheets import Style, draw, forms
from tests.forms.factories import a_reading, a_spec


def test_a_field_that_may_not_be_empty_is_asked_about_once() -> None:
    faint = a_reading().with_field("age", FieldReading(None, "", SURE - 0.1))
    assert unsure_blanks(a_spec(), faint) == [Problem(Code.EMPTY_UNSURE, "age")]
    asked = faint.with_problems([Problem(Code.FIELD_UNREADABLE, "age")])
    assert unsure_blanks(a_spec(), asked) == []


def test_a_field_that_is_surely_empty_and_a_mark_are_not_asked_about() -> None:
    reading = a_reading().with_field("age", FieldReading(None, "", SURE))
    assert unsure_blanks(a_spec(), reading.with_field("signature", FieldReading(None, "", 0.5))) == []


def test_a_missing_mark_is_asked_about_where_it_may_only_be_lost() -> None:
    missing = a_reading().with_problems([Problem(Code.SIGNATURE_MISSING, "signature")])
    lost = missing.with_field("signature", FieldReading(MarkState.ABSENT.value, "", SURE - 0.2))
    assert unsure_marks(lost) == [Problem(Code.MARK_UNCLEAR, "signature")]
    assert Code.MARK_UNCLEAR.weight is Weight.ASKS
    assert unsure_marks(missing.with_field("signature", FieldReading(MarkState.ABSENT.value, "", SURE))) == []


def test_a_mark_that_nobody_misses_is_not_asked_about() -> None:
    assert unsure_marks(a_reading().with_field("review_seal", FieldReading(MarkState.ABSENT.value, "", 0.5))) == []


def test_a_pale_form_without_lines_is_no_blank_page_and_a_pale_back_is_one() -> None:
    spec = forms()["annex2"]
    sheet = draw(spec, Style(rule=0, outer=0))
    pale = 255 - (255 - sheet.pixels) // 7
    reader = ScanReader([spec], models())
    found = reader.read(dataclasses.replace(sheet, pixels=pale).as_page(), Lexicon(), number=1)
    assert isinstance(found, ReadPage)
    back = np.ascontiguousarray(pale[:, ::-1])
    assert reader.read(dataclasses.replace(sheet, pixels=back).as_page(), Lexicon(), number=1) == NoForm(is_blank=True)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_form_whose_lines_are_lost_is_found_by_its_words_however_it_lies(quarters: int) -> None:
    spec = forms()["annex2"]
    sheet = draw(spec, Style(rule=0, outer=0))
    sheet = dataclasses.replace(sheet, pixels=np.ascontiguousarray(np.rot90(sheet.pixels, quarters)))
    found = ScanReader([spec], models()).read(sheet.as_page(), Lexicon(), number=1)
    assert isinstance(found, ReadPage)
    assert found.reading.form == "annex2"
