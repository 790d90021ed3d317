"""The DataMatrix of our own blanks on a page set straight: form, year and serial without any guessing."""

from __future__ import annotations

import numpy as np
import zxingcpp

from formsvc.extraction.scan.registered import PER_MM, Registered
from formsvc.forms.mark import BlankMark, closing_marks, parse_mark

_AROUND = 25.0
"""Millimetres around the place of the mark that are looked at: a copier shifts and scales."""


def read_blank_mark(registered: Registered) -> BlankMark | None:
    """Return what the page's own mark says, or None when it has none that can be read."""
    marks = closing_marks(registered.form)
    if marks is None:
        return None
    spot, (height, width) = marks.matrix, registered.upright.shape[:2]
    left, top = (max(0, round((side - _AROUND) * PER_MM)) for side in (spot.x, spot.y))
    right, bottom = (round((side + spot.side + _AROUND) * PER_MM) for side in (spot.x, spot.y))
    part = np.ascontiguousarray(registered.upright[top : min(bottom, height), left : min(right, width)])
    if not part.size:
        return None
    found = zxingcpp.read_barcodes(part, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.DataMatrix]))
    said = {mark for one in found if (mark := parse_mark(one.text)) is not None}
    return said.pop() if len(said) == 1 else None
