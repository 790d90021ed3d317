"""What seals leave on a page."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks.scans.traces import LEFT, traces
from formsvc.extraction.scan.page import ScanPage
from tests.forms.factories import a_spec

DPI = 200
TRUTH = {
    "plan": {"dpi": DPI},
    "marks": {"seal": "present", "superior_seal": "absent"},
    "boxes": {"seal": [100, 100, 420, 420], "superior_seal": [0, 0, 50, 50]},
}


@pytest.mark.parametrize("smaller", [1, 2])
@pytest.mark.parametrize(("degrees", "part"), [(360, 1.0), (90, 0.25), (0, 0.0)])
def test_the_part_of_a_ring_that_shows(smaller: int, degrees: int, part: float) -> None:
    pixels = np.full((600, 600, 3), 255, np.uint8)
    cv2.rectangle(pixels, (200, 200), (320, 320), (0, 0, 0), -1)
    if degrees:
        cv2.ellipse(pixels, (260, 260), (158, 158), 0, 0, degrees, (90, 90, 90), 6)
    pixels = np.ascontiguousarray(pixels[::smaller, ::smaller])
    found = traces(TRUTH, a_spec("annex1"), ScanPage(1, pixels, DPI / 25.4 / smaller, has_colour=False))
    assert list(found) == ["seal"]
    assert found["seal"] == pytest.approx(part, abs=0.03)
    assert (found["seal"] >= LEFT) is (part > 0)
