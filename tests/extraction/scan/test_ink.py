"""Red ink is dropped, blue and black writing stays, paper becomes white."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from formsvc.extraction.scan.ink import (
    darker,
    flattened,
    has_dark,
    has_tones,
    inks_of,
    is_grey,
    lighter,
    red_free,
    red_mask,
)
from formsvc.extraction.scan.page import Grey, Pixels

RED, BLUE, BLACK = (205, 35, 40), (40, 60, 150), (25, 25, 25)
SIZE = 480


def a_page(*marks: tuple[str, tuple[int, int, int]]) -> Pixels:
    """Return white paper with marks on it whose inks add up: a ring, a bar across it, a stroke beside it."""
    paper = np.full((SIZE, SIZE, 3), 255.0)
    for kind, colour in marks:
        paper *= np.where(where(kind)[:, :, None], np.array(colour) / 255, 1.0)
    return paper.astype(np.uint8)


def where(kind: str) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return the pixels of a mark."""
    shape: Grey = np.zeros((SIZE, SIZE), np.uint8)
    if kind == "ring":
        cv2.circle(shape, (200, 240), 150, 255, 9)
    elif kind == "bar":
        cv2.line(shape, (20, 240), (400, 240), 255, 5)
    else:
        cv2.line(shape, (410, 100), (450, 380), 255, 5)
    return np.asarray(shape > 0)


def photographed(page: Pixels) -> Pixels:
    """Return the page as a photo: a yellow lamp, a shadow, compression."""
    shade = np.linspace(0.5, 1.0, SIZE)[None, :, None] * np.array([0.98, 0.9, 0.7])
    _, data = cv2.imencode(".jpg", (page * shade).astype(np.uint8)[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 60])
    photo = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert photo is not None
    return np.ascontiguousarray(photo[:, :, ::-1], dtype=np.uint8)


@pytest.mark.parametrize("ink", [BLUE, BLACK])
@pytest.mark.parametrize("is_photo", [False, True])
def test_a_seal_is_dropped_and_writing_under_it_stays(ink: tuple[int, int, int], *, is_photo: bool) -> None:
    page = a_page(("ring", RED), ("bar", ink), ("stroke", ink))
    left = red_free(photographed(page) if is_photo else page)
    ring, written = where("ring") & ~where("bar"), where("bar") | where("stroke")
    assert np.median(left[ring]) > 220
    assert np.median(left[written]) < 90
    assert np.median(left[written & where("ring")]) < 110
    assert np.median(left[~ring & ~written]) > 240


def test_more_of_a_seal_is_dropped_than_the_bare_red_channel_drops() -> None:
    page = photographed(a_page(("ring", (150, 20, 30))))
    ring = where("ring")
    assert float(red_free(page)[ring].mean()) > float(flattened(np.ascontiguousarray(page[:, :, 0]))[ring].mean()) + 40


@pytest.mark.parametrize("colour", [RED, (235, 150, 150), (225, 90, 60), (205, 45, 80)])
def test_red_ink_is_found_be_it_faint_orange_or_pink(colour: tuple[int, int, int]) -> None:
    found = red_mask(photographed(a_page(("ring", colour), ("stroke", BLACK), ("bar", BLUE))))
    assert found[where("ring") & ~where("bar")].mean() > 0.9
    assert found[where("stroke")].mean() < 0.1


@pytest.mark.parametrize("colour", [(190, 160, 115), (150, 110, 90)])
def test_coffee_is_not_red(colour: tuple[int, int, int]) -> None:
    assert red_mask(a_page(("ring", colour))).mean() < 0.001


def test_a_page_without_colour_keeps_all_its_ink() -> None:
    grey = np.ascontiguousarray(np.repeat(photographed(a_page(("ring", RED)))[:, :, 1:2], 3, axis=2))
    inks = inks_of(grey)
    assert is_grey(grey)
    assert not inks.red_mask.any()
    assert (inks.red_free == inks.grey).all()
    assert np.median(inks.grey[where("ring")]) < 120


def test_shadow_and_lamp_are_gone() -> None:
    inks = inks_of(photographed(a_page()))
    assert int(inks.grey.min()) > 235


def test_a_black_border_does_not_become_paper() -> None:
    plane = np.full((SIZE, SIZE), 230, np.uint8)
    plane[:, :120] = 8
    made = flattened(plane)
    assert made[:, :100].max() < 80
    assert made[:, 160:].min() > 245


def test_edges_of_black_are_no_tones_and_pale_places_are() -> None:
    grey: Grey = np.full((SIZE, SIZE), 255, np.uint8)
    grey[where("ring")] = 0
    smooth = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.7), np.uint8)
    assert not has_tones(grey)
    assert not has_tones(smooth)
    smooth[where("stroke")] = 150
    assert has_tones(smooth)


def test_pale_ink_is_made_darker_and_lighter_again_without_loss() -> None:
    page = np.full((60, 60, 3), 250, np.uint8)
    page[20:30, 10:50] = np.arange(160, 240, 2, dtype=np.uint8)[:, None]
    assert not has_dark(page)
    assert darker(page).min() < 70
    assert (lighter(darker(page)) == page).all()
    assert has_dark(darker(page))
