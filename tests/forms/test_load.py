"""form.toml is read strictly: what is wrong with it is named by file, table and key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from formsvc.errors import BrokenFormError, FormSpecError
from formsvc.forms.load import load_form, load_forms
from formsvc.forms.spec import Align, HolderRule, Kind, SubjectKind
from tests.forms.factories import FORM_FILES, a_spec

SOUND = FORM_FILES["annex3"].read_text(encoding="utf-8")


def refused(text: str | bytes) -> tuple[object, ...]:
    """Return (table, key, reason) of what a form.toml is refused for."""
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(FormSpecError) as caught:
        load_form(data, "forms/annex3/form.toml")
    assert caught.value.params["file"] == "forms/annex3/form.toml"
    return tuple(caught.value.params[name] for name in ("table", "key", "reason"))


def changed(before: str, after: str, text: str = SOUND) -> str:
    """Return a form.toml with one place changed, the first of its kind."""
    assert before in text
    return text.replace(before, after, 1)


@pytest.mark.parametrize("form", FORM_FILES)
def test_every_form_of_the_house_is_sound(form: str) -> None:
    spec = a_spec(form)
    assert (spec.id, spec.source) == (form, FORM_FILES[form].read_bytes())
    assert spec.fields[spec.year_key].kind is Kind.YEAR
    assert spec.subject.name in spec.fields


def test_a_form_says_what_its_file_says() -> None:
    spec = a_spec("annex2")
    assert (spec.version, spec.heading, spec.basis) == (1, "附件2", "余创先办发〔2011〕3号")
    assert spec.printed_title == "年度党员公开承诺书"
    assert (spec.subject.kind, spec.subject.identity) == (SubjectKind.MEMBER, ("sex", "joined"))
    assert [copy.role for copy in spec.copies] == ["member", "workplace", "residence", "posting"]
    assert [copy.role for copy in spec.copies if copy.is_public] == ["posting"]
    assert next(criterion.key for criterion in spec.reviews[0].criteria) == "scientific_outlook"
    assert spec.retention_years == 10
    assert a_spec("annex3").retention_years is None


def test_a_label_is_printed_unless_the_file_says_otherwise() -> None:
    fields = a_spec("annex2").fields
    assert (fields["name"].printed, fields["signed_on"].printed) == ("姓名", "")
    assert fields["pledges"].printed == "公　 开　 承　 诺　 事　项"


def test_labels_stand_in_the_middle_and_values_at_the_left_by_default() -> None:
    lines = [line for cell in a_spec("annex2").grid.cells for line in cell.lines]
    assert next(line for line in lines if line.key == "name" and line.is_label).align is Align.CENTRE
    assert next(line for line in lines if line.key == "pledges" and not line.is_label).align is Align.LEFT


def test_a_step_is_found_by_its_key_and_the_first_one_without_any() -> None:
    spec = a_spec("annex3")
    first, second = spec.reviews
    assert (spec.step(None), spec.step(second.key), spec.step("none")) == (first, second, None)
    assert first.reviewer in HolderRule


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"\xff\xfe", 1),
        (b"id = 'x'\nname = '\xff'", 2),
        (b"id = ", 1),
        (b"id = 'x'\nname = = 'y'\n", 2),
        (b"a = 1\nb = [\n1,\n", 3),
    ],
)
def test_a_file_that_is_no_toml_is_told_by_its_line(data: bytes, line: int) -> None:
    with pytest.raises(BrokenFormError) as caught:
        load_form(data, "form.toml")
    assert caught.value.params == {"file": "form.toml", "line": line}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("id = 'x'", ("", "schema", "missing-key")),
        (changed("schema = 1", "schema = 2"), ("", "schema", "newer-schema")),
        (changed("schema = 1", "schema = true"), ("", "schema", "wrong-kind")),
        (changed('id = "annex3"', 'id = "Annex 3"'), ("", "id", "bad-name")),
        (changed('id = "annex3"', 'id = "../annex3"'), ("", "id", "bad-name")),
        (changed("version = 1", "version = 0"), ("", "version", "wrong-value")),
        (changed("version = 1", "version = -1"), ("", "version", "negative")),
        (changed("version = 1", 'version = "1"'), ("", "version", "wrong-kind")),
        (changed("heading =", "headline ="), ("", "headline", "unknown-key")),
        (changed("{year}年度", "年度"), ("", "title", "no-year-place")),
        (changed("negative_titles = [", "negative_titles = [1, "), ("", "negative_titles", "wrong-kind")),
        (changed("[retention]", "[retention]\nyears = 3"), ("retention", "years", "years-or-forever")),
        (changed("forever = true", "forever = 1"), ("retention", "forever", "wrong-kind")),
        (changed('kind = "member"', 'kind = "club"'), ("subject", "kind", "unknown-choice")),
        (changed('name = "volunteer"', 'name = "nobody"'), ("subject", "name", "unknown-field")),
        (changed('identity = ["born"]', 'identity = ["sex"]'), ("subject", "identity", "unknown-field")),
        (changed('identity = ["born"]', 'identity = "born"'), ("subject", "identity", "wrong-kind")),
        (changed('unit = "unit"', 'unit = "group"'), ("subject", "unit", "unknown-field")),
        (changed('date = "signed_on"', 'date = "when"'), ("signing", "date", "unknown-field")),
        (changed('mark = "signature"', 'seal = "signature"'), ("signing", "seal", "unknown-key")),
        (changed("[fields.year]", "[fields.Year]"), ("", "fields", "bad-name")),
        (changed('kind = "year"', 'kind = "text"'), ("", "fields", "one-year-field")),
        (changed('kind = "name"', 'kind = "nomen"'), ("fields.volunteer", "kind", "unknown-choice")),
        (changed("required = true", 'required = "yes"'), ("fields.year", "required", "wrong-kind")),
        (changed('options = ["平日", "周末", "均可"]', ""), ("fields.availability", "options", "options-for-choice")),
        (changed('label = "承诺时数"', ""), ("fields.hours", "label", "missing-key")),
        (changed("[page]", "[paper]"), ("", "page", "missing-key")),
        (changed("width = 210", "width = 0"), ("page", "width", "bad-length")),
        (changed("width = 210", "width = nan"), ("page", "width", "bad-length")),
        (changed("width = 210", "width = true"), ("page", "width", "wrong-kind")),
    ],
)
def test_what_is_wrong_is_named_by_table_and_key(text: str | bytes, place: tuple[str, str, str]) -> None:
    assert refused(text) == place


MINIMAL = """
schema = 1
id = "small"
version = 1
name = "小表"
title = "{year}小表"
[retention]
years = 1
[subject]
kind = "member"
name = "name"
[signing]
[fields.year]
kind = "year"
label = "年度"
[fields.name]
kind = "name"
label = "姓名"
[page]
width = 210
height = 297
top = 20
right = 20
bottom = 20
left = 20
[grid]
columns = [20, 30]
rows = [10]
cells = [
  { row = 0, column = 0, lines = [{ label = "name" }] },
  { row = 0, column = 1, lines = [{ field = "name" }] },
]
[[copies]]
role = "own"
label = "本人"
place = "本人"
holder = "subject"
"""


def test_a_form_needs_no_more_than_a_subject_a_grid_and_a_copy() -> None:
    spec = load_form(MINIMAL.encode(), "small")
    assert (spec.reviews, spec.signing.mark, spec.note, spec.subject.unit) == ((), None, "", None)


def test_a_byte_order_mark_of_an_editor_is_passed_over() -> None:
    assert load_form(b"\xef\xbb\xbf" + MINIMAL.encode(), "small").id == "small"


LABEL = '{ label = "name" }'
LINE = "grid.cells[1].lines[1]"


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("columns = [20, 30]", "columns = []", ("grid", "columns", "bad-length")),
        ("columns = [20, 30]", "columns = [20, true]", ("grid", "columns", "bad-length")),
        ("columns = [20, 30]", "columns = [20, 30, 5]", ("grid", "cells", "place-without-cell")),
        ("columns = [20, 30]", "columns = [20]", ("grid", "cells[2]", "cell-overlaps-or-outside")),
        ("column = 1,", "column = 0,", ("grid", "cells[2]", "cell-overlaps-or-outside")),
        ("column = 1,", "column = 1, rows = 0,", ("grid.cells[2]", "lines", "empty-cell")),
        ("column = 1,", "column = 1, colour = 3,", ("grid.cells[2]", "colour", "unknown-key")),
        ('lines = [{ field = "name" }]', "lines = []", ("grid.cells[2]", "lines", "empty-cell")),
        ('{ field = "name" }', LABEL, ("grid", "cells", "field-not-placed-once")),
        (LABEL, '{ field = "name" }', ("grid", "cells", "field-not-placed-once")),
        (LABEL, '{ field = "year" }', ("grid", "cells", "field-not-placed-once")),
        (
            '{ label = "name" }',
            '{ label = "name", field = "name" }',
            (LINE, "label", "label-or-field"),
        ),
        (LABEL, '{ label = "nom" }', (LINE, "label", "unknown-field")),
        (
            '{ label = "name" }',
            '{ label = "name", align = "up" }',
            (LINE, "align", "unknown-choice"),
        ),
        (LABEL, "1", (LINE, "", "not-a-table")),
        ('holder = "subject"', 'holder = "anybody"', ("copies[1]", "holder", "unknown-choice")),
        ('role = "own"', 'role = "Own Unit"', ("copies[1]", "role", "bad-name")),
        ("[[copies]]", "[[copy]]", ("", "copies", "roles-once-each")),
    ],
)
def test_the_grid_and_the_copies_are_checked(before: str, after: str, place: tuple[str, str, str]) -> None:
    assert refused(changed(before, after, MINIMAL)) == place


def test_no_two_copies_have_one_role() -> None:
    copy = MINIMAL[MINIMAL.index("[[copies]]") :]
    assert refused(MINIMAL + copy) == ("", "copies", "roles-once-each")


def test_a_review_names_fields_the_form_has() -> None:
    step = '[[reviews]]\nkey = "check"\nlabel = "审核"\nreviewer = "superior"\n'
    assert load_form((MINIMAL + step).encode(), "small").reviews[0].criteria == ()
    assert refused(MINIMAL + step + 'seal = "seal"') == ("reviews[1]", "seal", "unknown-field")
    assert refused(MINIMAL + step + 'criteria = [{ key = "Good", label = "好" }]') == (
        "reviews[1].criteria[1]",
        "key",
        "bad-name",
    )


@pytest.mark.parametrize("name", ["con", "nul", "com1", "x" * 17])
def test_an_id_is_a_short_folder_name_on_every_system(name: str) -> None:
    assert refused(changed('id = "small"', f'id = "{name}"', MINIMAL)) == ("", "id", "wrong-value")


def test_forms_are_found_by_folder_and_named_as_it(tmp_path: Path) -> None:
    for form in ("annex1", "annex2"):
        (tmp_path / form).mkdir()
        shutil.copy(FORM_FILES[form], tmp_path / form)
    assert list(load_forms(tmp_path)) == ["annex1", "annex2"]
    (tmp_path / "annex2").rename(tmp_path / "copy")
    with pytest.raises(FormSpecError) as caught:
        load_forms(tmp_path)
    assert caught.value.params["reason"] == "not-the-folder"
