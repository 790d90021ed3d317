"""The table of a Word form: measures of the grid, all on one page, cells that grow without losing their bottom."""

from __future__ import annotations

import pytest

from formsvc.forms.load import load_forms
from formsvc.rendering.docx_table import fitted_rows
from tests.rendering.word_forms import EVERY_FORM, FORMS, ROOT, SPECS, a_filled_form
from tests.rendering.wordml import VAL, W, controls, local, root, text_of


@EVERY_FORM
def test_columns_and_rows_measure_what_the_grid_says(form: str) -> None:
    spec = SPECS[form]
    tree = root(FORMS[form].fill(year=None))
    twip = 25.4 / 1440
    widths = [int(column.attrib[f"{W}w"]) * twip for column in tree.iter(f"{W}gridCol")]
    heights = [int(height.attrib[VAL]) * twip for height in tree.iter(f"{W}trHeight")]
    assert widths == pytest.approx(spec.grid.columns, abs=0.02)
    assert sum(heights) == pytest.approx(sum(fitted_rows(spec)), abs=0.1)
    assert {height.get(f"{W}hRule") for height in tree.iter(f"{W}trHeight")} == {"atLeast"}
    assert [layout.get(f"{W}type") for layout in tree.iter(f"{W}tblLayout")] == ["fixed"]


@EVERY_FORM
def test_heading_title_table_and_note_fit_the_text_block(form: str) -> None:
    spec = SPECS[form]
    points = sum(fitted_rows(spec)) * 72 / 25.4
    styles = root(FORMS[form].fill(year=None), "word/styles.xml")
    for style in styles.iter(f"{W}style"):
        spacing = style.find(f"{W}pPr/{W}spacing")
        if spacing is None or style.get(f"{W}styleId") not in {"FormHeading", "FormTitle", "FormNote"}:
            continue
        lines = 2 if style.get(f"{W}styleId") == "FormNote" and len(spec.note) > 40 else 1
        points += sum(int(spacing.get(f"{W}{side}", "0")) for side in ("before", "after")) / 20
        points += lines * int(spacing.attrib[f"{W}line"]) / 20
    assert points <= (spec.page.height - spec.page.top - spec.page.bottom) * 72 / 25.4


def test_the_notices_forms_keep_the_heights_of_their_rows() -> None:
    for name in load_forms(ROOT / "templates"):
        assert fitted_rows(SPECS[name]) == SPECS[name].grid.rows


def test_a_form_too_high_for_its_page_loses_height_in_its_highest_growing_row() -> None:
    changed = [
        (before, after)
        for name in load_forms(ROOT / "tests" / "data")
        for before, after in zip(SPECS[name].grid.rows, fitted_rows(SPECS[name]), strict=True)
        if before != after
    ]
    assert len(changed) == 1
    assert changed[0][0] == max(row for name in load_forms(ROOT / "tests" / "data") for row in SPECS[name].grid.rows)
    assert changed[0][1] < changed[0][0]


def test_a_stacked_label_has_one_character_a_paragraph() -> None:
    for form, spec in SPECS.items():
        tree = root(FORMS[form].fill(year=None))
        cells = [[text_of(paragraph) for paragraph in cell.iter(f"{W}p")] for cell in tree.iter(f"{W}tc")]
        for cell in spec.grid.cells:
            if cell.stacked:
                assert list("".join(spec.fields[cell.lines[0].key].printed.split())) in cells


@EVERY_FORM
def test_lines_for_seal_and_date_stand_below_without_a_line_between(form: str) -> None:
    tree = root(FORMS[form].fill(year=None))
    for cell in SPECS[form].grid.cells:
        growing = [number for number, line in enumerate(cell.lines) if line.grow]
        if not growing or growing[-1] == len(cell.lines) - 1:
            continue
        above, below = (
            next(controls(tree)[line.key].iterancestors(f"{W}tc")) for line in (cell.lines[growing[-1]], cell.lines[-1])
        )
        assert above is not below
        for found, edge, place in ((above, "bottom", "top"), (below, "top", "bottom")):
            line = found.find(f"{W}tcPr/{W}tcBorders/{W}{edge}")
            vertical = found.find(f"{W}tcPr/{W}vAlign")
            assert line is not None
            assert line.get(VAL) == "nil"
            assert vertical is not None
            assert vertical.get(VAL) == place


@EVERY_FORM
def test_every_cell_has_its_last_paragraph(form: str) -> None:
    for data in (FORMS[form].fill(year=None), a_filled_form(form)):
        for cell in root(data).iter(f"{W}tc"):
            blocks = [local(child) for child in cell if not local(child).startswith("bookmark")]
            assert blocks[-1] in {"p", "sdt"}


LONG = {
    "name": "阿不都热合曼·买买提艾力江",
    "unit_post": "浙江省宁波市余姚市马渚镇开元村党总支第三党支部 宣传委员兼青年委员、村民小组组长",
    "email": "kaiyuan.cunwei.dangzongzhi@yuyao.zhejiang.example.gov.cn",
    "phone": "0574-62000000、13800138000",
}


def styles_of(values: dict[str, str]) -> dict[str, str | None]:
    tree = root(FORMS["annex2"].fill(year=2011, values=values))
    found = {}
    for key, control in controls(tree).items():
        paragraph = next((one for one in control.iterancestors(f"{W}p")), None)
        style = None if paragraph is None else paragraph.find(f"{W}pPr/{W}pStyle")
        found[key] = None if style is None else style.get(VAL)
    return found


def test_a_value_too_long_for_its_cell_is_set_in_smaller_type_and_others_are_not() -> None:
    long, short = styles_of(LONG), styles_of({"name": "司马相如", "email": "a@b.cn", "unit_post": "开元村 书记"})
    assert [long[key] for key in LONG] == ["FormCellSmallest", "FormCellSmall", "FormCellSmallest", "FormCellSmall"]
    assert {short[key] for key in LONG} == {"FormCell"}


def test_rows_without_room_go_to_the_next_page_whole() -> None:
    rows = list(root(FORMS["annex2"].fill(year=2011)).iter(f"{W}tr"))
    kept = [row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows]
    assert (kept[0], kept[1], kept[2], kept[-1]) == (True, True, False, True)
