"""One line of text as the recogniser sees it: scaled to its height, at the line's own width.

A line far longer than high is set narrower, which costs a third of the time and was measured to cost no accuracy;
white gaps between its words are shortened, since the recogniser reads each of their columns too.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.recognition.decode import Line, best_path
from formsvc.extraction.scan.recognition.models import Features, Models, Probabilities
from formsvc.extraction.scan.recognition.prior import sign_weights

HEIGHT = 48
_NARROWEST, _WIDEST = 32, 2400
"""Pixels at the recogniser's height; a longer line is squeezed into the widest."""
_WHITE = 255
_INK = 200
_GAP = 1.2
"""White gaps longer than this many heights are shortened to it."""


def look(models: Models, grey: Grey, *, squeeze: float = 1.0) -> tuple[Probabilities, Features]:
    """Return what the recogniser says and makes of one line of dark text; `squeeze` below 1 sets it narrower."""
    height, width = grey.shape
    if not height or not width:
        return np.zeros((0, len(models.signs)), dtype=np.float32), np.zeros((0, 0), dtype=np.float32)
    wanted = int(min(max(round(width * HEIGHT / height * squeeze), _NARROWEST), _WIDEST))
    shrinks = height > HEIGHT
    scaled = cv2.resize(grey, (wanted, HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    told, features = models.look(scaled.astype(np.float32) / 127.5 - 1)
    weighed = told * sign_weights(models.signs)
    return np.asarray(weighed / weighed.sum(axis=1, keepdims=True), dtype=np.float32), features


def read_line(models: Models, grey: Grey) -> Line:
    """Return one line read without any knowledge of what it may say."""
    return best_path(models, look(models, grey)[0])


def read_text(models: Models, grey: Grey) -> str:
    """Return the text of one line, for whoever needs a witness and no value."""
    return read_line(models, grey).text


def without_gaps(grey: Grey, longest: float = _GAP) -> Grey:
    """Return a line whose white gaps are at most `longest` heights wide."""
    height, width = grey.shape
    limit = max(int(longest * height), 4)
    has_ink = (grey < _INK).any(axis=0)
    kept: NDArray[np.bool_] = np.ones(width, dtype=np.bool_)
    start = 0
    for column in [*np.flatnonzero(has_ink).tolist(), width]:
        if column - start > limit:
            middle = (start + column) // 2
            cut = column - start - limit
            kept[middle - cut // 2 : middle - cut // 2 + cut] = False
        start = column + 1
    return np.ascontiguousarray(grey[:, kept])
