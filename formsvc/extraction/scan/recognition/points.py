"""The points between the figures of a date, which a scan loses because they are so small."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from formsvc.chinese import fold
from formsvc.chinese.dates import parted
from formsvc.extraction.scan.recognition.decode import Candidate

_POINTS, _RUN_TOGETHER, _LOST_POINTS = re.compile(r"[.,·、\s]"), (6, 7), 4.0
"""What parts a date, how many figures it has without noughts, and what it costs that the points were not seen."""


def with_points(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield readings of a date, and with its points those that lack them."""
    for one in found:
        yield one
        figures = _POINTS.sub("", fold(one.text))
        if figures.isdecimal() and len(figures) in _RUN_TOGETHER:
            yield from (Candidate(text, one.score - _LOST_POINTS) for text in parted(figures))
