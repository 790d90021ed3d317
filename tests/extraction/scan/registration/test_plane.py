from __future__ import annotations

import cv2
import numpy as np
import pytest

from formsvc.extraction.scan.page import ScanPage
from formsvc.extraction.scan.registration.plane import (
    red_free,
    reduced,
    sheet_on_desk,
    skews,
    thin_dark,
    thresholds,
    turned,
)


def test_red_ink_is_as_light_as_paper_where_there_is_colour() -> None:
    pixels = np.full((400, 400, 3), 255, np.uint8)
    pixels[100:200] = (250, 30, 30)
    assert red_free(ScanPage(1, pixels, None, has_colour=True)).min() >= 250
    assert red_free(ScanPage(1, pixels, None, has_colour=False)).min() < 150


def test_a_line_in_shadow_stands_out_as_much_as_one_in_the_light() -> None:
    grey = np.full((300, 300), 240, np.uint8)
    grey[100] = 120
    shaded = (grey * 0.5).astype(np.uint8)
    assert thin_dark(shaded, 5.0)[100, 150] == pytest.approx(int(thin_dark(grey, 5.0)[100, 150]), abs=3)


def test_what_is_wide_is_no_line_however_dark() -> None:
    grey = np.full((300, 300), 240, np.uint8)
    grey[:, :100] = 5
    assert thin_dark(grey, 5.0).max() == 0


def test_a_large_page_is_reduced_and_a_small_one_kept() -> None:
    assert max(reduced(np.full((3000, 2000), 255, np.uint8)).dark.shape) == 1500
    assert reduced(np.full((800, 600), 255, np.uint8)).scale == 1.0


@pytest.mark.parametrize("degrees", [-40.0, -12.5, 0.0, 3.25, 30.0])
def test_the_skew_of_a_grid_is_found(degrees: float) -> None:
    mask = np.zeros((900, 900), np.uint8)
    for place in range(200, 750, 100):
        cv2.line(mask, (200, place), (700, place), (255,), 2)
        cv2.line(mask, (place, 200), (place, 700), (255,), 2)
    askew, _ = turned(mask, -degrees)
    assert skews(askew)[0] == pytest.approx(degrees, abs=0.5)


@pytest.mark.parametrize("degrees", [0.0, 3.0, 45.0])
def test_a_page_with_a_single_line_is_turned_by_that_of_the_line(degrees: float) -> None:
    mask = np.zeros((900, 900), np.uint8)
    cv2.line(mask, (200, 450), (700, 450), (255,), 1)
    askew, _ = turned(mask, -degrees)
    assert abs(skews(askew)[0]) == pytest.approx(degrees, abs=0.5)


def test_faint_ink_is_above_the_second_threshold() -> None:
    rng = np.random.default_rng(0)
    dark = np.abs(rng.normal(0, 3, (600, 600))).astype(np.uint8)
    dark[100:104] = 200
    dark[300:302] = 30
    first, second = thresholds(dark)[:2]
    assert second < 30 < first < 200


def test_a_sheet_on_a_darker_ground_is_cut_out() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(60, 120, (1200, 1600, 3)).astype(np.uint8)
    pixels[200:1000, 400:1000] = 235
    page = ScanPage(1, pixels, None, has_colour=True)
    found = sheet_on_desk(page, red_free(page))
    assert found is not None
    plane, corner = found
    assert np.abs(np.array(corner) - (400, 200)).max() < 25
    assert plane.dark.max() == 0


def test_a_page_that_fills_the_picture_is_no_sheet_on_a_desk() -> None:
    page = ScanPage(1, np.full((1200, 900, 3), 240, np.uint8), None, has_colour=True)
    assert sheet_on_desk(page, red_free(page)) is None
