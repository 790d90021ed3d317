"""What a seal left on a page as it came: how much of its ring shows any ink at all.

A fax turns pale red into white. A seal of which nothing shows is no reader's to find; this says of how many that holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from formsvc.extraction.scan.page import ScanPage
from formsvc.forms.spec import FormSpec, Kind

LEFT = 0.2
"""The part of a ring that shows from which on a seal left a trace."""
_DIRECTIONS = 72
_BAND = (0.92, 1.06)
"""Where the ring lies, as parts of half the width of the seal's box; a page that is askew makes the box larger."""
_INK = 200
_MM = 25.4


def traces(truth: Mapping[str, Any], form: FormSpec, page: ScanPage) -> dict[str, float]:
    """Return of each seal that was pressed which part of its ring's directions shows ink on the page."""
    scale = (page.per_mm or 0.0) * _MM / truth["plan"]["dpi"] or 1.0
    grey = page.pixels.min(axis=2)
    return {
        key: _trace(grey, [side * scale for side in truth["boxes"][key]])
        for key, state in truth["marks"].items()
        if state == "present" and form.fields[key].kind is Kind.SEAL
    }


def _trace(grey: np.ndarray[Any, Any], box: list[float]) -> float:
    left, top, right, bottom = box
    x, y, radius = (left + right) / 2, (top + bottom) / 2, min(right - left, bottom - top) / 2
    angles = np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False)
    reach = np.linspace(_BAND[0] * radius, _BAND[1] * radius, max(round(0.2 * radius), 4))
    columns = np.clip(x + np.outer(np.cos(angles), reach), 0, grey.shape[1] - 1).astype(np.intp)
    rows = np.clip(y + np.outer(np.sin(angles), reach), 0, grey.shape[0] - 1).astype(np.intp)
    return float((grey[rows, columns] < _INK).any(axis=1).mean())
