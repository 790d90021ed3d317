from __future__ import annotations

import cv2
import numpy as np
import pytest

from formsvc.extraction.scan.registered import PER_MM, Registered
from formsvc.extraction.scan.registration.anchors import ReadLine, register_by_labels
from formsvc.extraction.scan.registration.register import NotAForm, prepare
from tests.extraction.scan.sheets import Sheet, Style, draw, forms

ATLAS = prepare(tuple(forms().values()))


def label_lines(form: str, sheet: Sheet) -> list[ReadLine]:
    """Return the labels of a sheet as a reader of the whole page would tell them, for cells with a label alone."""
    spec = forms()[form]
    lines: list[ReadLine] = []
    for number, cell in enumerate(spec.grid.cells):
        if len(cell.lines) != 1 or not cell.lines[0].is_label:
            continue
        middle = sheet.boxes[number].mean(axis=0)
        along = sheet.boxes[number][1] - sheet.boxes[number][0]
        along = along / np.hypot(*along)
        down = np.array([-along[1], along[0]])
        corners = np.array([-80 * along - 18 * down, 80 * along - 18 * down, 80 * along + 18 * down])
        corners = np.vstack([corners, -80 * along + 18 * down]) + middle
        lines.append((spec.fields[cell.lines[0].key].printed, corners))
    return lines


@pytest.mark.parametrize("degrees", [0.0, 3.0, 90.0, 180.0, 271.0])
@pytest.mark.parametrize("form", ["annex2", "annex3"])
def test_labels_alone_place_the_cells_of_a_form(form: str, degrees: float) -> None:
    sheet = draw(forms()[form], seed=1).turned(degrees)
    found = register_by_labels(sheet.as_page(), ATLAS, label_lines(form, sheet))
    assert isinstance(found, Registered)
    assert found.form.id == form
    assert found.confidence <= 0.8
    from_page = np.linalg.inv(found.to_page)
    for number, corners in sheet.boxes.items():
        truth = cv2.perspectiveTransform(corners[None], from_page)[0]
        box = np.array(found.cells[number])
        assert np.abs(box[:2] - truth[0]).max() / PER_MM < 4
        assert np.abs(box[2:] - truth[2]).max() / PER_MM < 4


def test_labels_somewhere_else_are_no_form() -> None:
    sheet = draw(forms()["annex2"], seed=1)
    rng = np.random.default_rng(2)
    lines = [(text, corners + rng.uniform(-600, 600, 2)) for text, corners in label_lines("annex2", sheet)]
    assert isinstance(register_by_labels(sheet.as_page(), ATLAS, lines), NotAForm)


def test_three_labels_are_too_few() -> None:
    sheet = draw(forms()["annex2"], Style(), seed=1)
    lines = label_lines("annex2", sheet)[:3]
    assert register_by_labels(sheet.as_page(), ATLAS, lines) == NotAForm("no-labels")
