"""The colour profile is sRGB."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageCms

from formsvc.rendering.srgb import profile


def test_the_profile_is_small_and_names_itself() -> None:
    opened = ImageCms.ImageCmsProfile(BytesIO(profile()))
    assert ImageCms.getProfileDescription(opened).strip() == "sRGB"
    assert len(profile()) == int.from_bytes(profile()[:4], "big") < 600


@pytest.mark.parametrize(
    "colour", [(0, 0, 0), (255, 255, 255), (10, 200, 30), (128, 128, 128), (255, 0, 0), (3, 5, 250)]
)
def test_colours_come_through_it_as_through_srgb(colour: tuple[int, int, int]) -> None:
    ours = ImageCms.ImageCmsProfile(BytesIO(profile()))
    turn = ImageCms.buildTransform(ours, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    assert turn is not None
    shown = ImageCms.applyTransform(Image.new("RGB", (1, 1), colour), turn)
    assert shown is not None
    assert shown.getpixel((0, 0)) == pytest.approx(colour, abs=1)
