"""Crops are plain pictures of what stands in a box, with a little around it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from formsvc.extraction.crops import LONGEST
from formsvc.extraction.scan.crops import crop_of
from formsvc.extraction.scan.registered import PixelBox
from formsvc.rendering.pictures import raster_of
from tests.extraction.scan.marked import Paper


def test_a_crop_shows_its_box_with_a_margin_and_says_its_size() -> None:
    registered = Paper().signature(45, 205).registered()
    crop = crop_of(registered, "signature", (360, 1640, 560, 1720))
    shown = np.asarray(Image.open(io.BytesIO(crop.data)))
    assert (crop.field, crop.media_type, crop.width, crop.height) == ("signature", "image/png", 28.0, 13.0)
    assert (shown == registered.upright[1628:1732, 348:572]).all()


def test_a_large_crop_is_made_smaller_and_keeps_its_size_on_paper() -> None:
    crop = crop_of(Paper().registered(), "pledges", (400, 700, 1460, 1500))
    size = Image.open(io.BytesIO(crop.data)).size
    assert max(size) == LONGEST
    assert (crop.width, crop.height) == (135.5, 103.0)


def test_a_crop_can_be_drawn_without_a_decoder_of_pictures() -> None:
    raster = raster_of(crop_of(Paper().registered(), "signature", (360, 1640, 560, 1720)))
    assert (raster.width, raster.height, raster.bits, raster.channels) == (224, 104, 8, 3)


@pytest.mark.parametrize(
    "box", [(-90, -90, 40, 40), (1600, 2300, 1990, 2990), (5000, 5000, 5010, 5010), (10, 10, 10, 10)]
)
def test_a_box_that_reaches_over_the_page_is_cut_off_at_its_edge(box: PixelBox) -> None:
    crop = crop_of(Paper().registered(), "seal", box)
    assert min(Image.open(io.BytesIO(crop.data)).size) >= 1
