from __future__ import annotations

from typing import Any

from benchmarks.scans.generate import known_forms
from benchmarks.scans.scoring import FieldRead, PageRead, Row, distance, rows_of


def rows(values: dict[str, Any], read: dict[str, Any], *, form: str = "annex2") -> dict[str, Row]:
    """The rows of a page with these true values on which these were read."""
    plan = {"device": "flatbed", "tags": [], "turn": 0, "clean": True}
    truth = {
        "form": "annex2", "layout": "ours", "hand": "printed", "plan": plan, "values": values,
        "marks": {"signature": "present", "review_seal": "either"}, "hands": {}, "under_seal": [],
    }  # fmt: skip
    page = PageRead(form, {key: FieldRead(value) for key, value in read.items()}, decision="file")
    return {row.key: row for row in rows_of("it", "1.jpg", known_forms()["annex2"], truth, page)}


def test_width_and_blanks_are_no_errors_and_one_wrong_sign_is() -> None:
    found = rows({"name": "张三", "phone": "62701234"}, {"name": "张 三", "phone": "62701235"})
    assert found["name"].right
    assert not found["phone"].right


def test_a_page_taken_for_another_form_has_no_field_right_but_the_empty_ones() -> None:
    found = rows({"name": "张三", "age": None}, {"name": "张三"}, form="annex1")
    assert not found["name"].right
    assert found["age"].right


def test_items_are_right_when_all_are_and_their_wrong_signs_are_counted() -> None:
    found = rows({"pledges": ["走访十户", "植树"]}, {"pledges": ("走访千户", "植树")})
    assert not found["pledges"].right
    assert (found["pledges"].errors, found["pledges"].length) == (1, 6)


def test_a_mark_beside_a_decoy_can_be_told_either_way() -> None:
    found = rows({}, {"signature": "unclear", "review_seal": "unclear"})
    assert not found["signature"].right
    assert found["review_seal"].right


def test_the_distance_of_texts_counts_signs_left_out_put_in_and_changed() -> None:
    assert distance("abcd", "abcd") == 0
    assert distance("abcd", "abd") == 1
    assert distance("abcd", "axcde") == 2
    assert distance("", "abc") == 3
