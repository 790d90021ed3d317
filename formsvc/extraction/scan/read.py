"""The job of the sandbox for scans: from an open file and some of its pages to the readings on them.

The request carries the forms as `extraction.read` gets them, `pages` (from 1), `lexicon` (names and organisations that
may be met) and `draw`. The answer is `{"readings": […], "others": […], "drawn": {…}}`: readings numbered from 1 in the
order of their pages; `{"page": n, "blank": …, "texts": […]}` for each page without a form, with what its rows say; and
page -> base64 of a PNG with what was read drawn on it, when that was asked for. What a decoder throws at a damaged
file is for whoever asked to explain.
"""

from __future__ import annotations

import base64
import mmap
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import cv2

from formsvc.chinese import is_pinyin
from formsvc.errors import FormSpecError
from formsvc.extraction.preflight.sniff import look
from formsvc.extraction.read import forms_in
from formsvc.extraction.scan.drawing import drawn
from formsvc.extraction.scan.pixels import Undecoded, pages_of
from formsvc.extraction.scan.reader import SURE, NoForm, ScanReader, Unreadable, unreadable
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.models import Models, load_models
from formsvc.forms.reading import Reading
from formsvc.forms.reading_json import reading_to_json

_READERS: dict[tuple[str, ...], ScanReader] = {}
_MODELS: list[Models] = []


def prepare(request: Mapping[str, Any]) -> None:
    """Load the models and derive from the forms what reading needs, for all children to come."""
    cv2.setNumThreads(0)
    with suppress(FormSpecError, KeyError, AttributeError):
        _reader(request)
    is_pinyin("")  # reads the table of syllables, which every child with an address would read again


def scan_job(descriptor: int, request: Mapping[str, Any]) -> dict[str, Any]:
    """Read the pages as the request says; see the head of this file."""
    data = mmap.mmap(descriptor, 0, access=mmap.ACCESS_COPY)
    reader = _reader(request)
    lexicon = Lexicon(**{key: tuple(texts) for key, texts in request["lexicon"].items()})
    readings: list[Reading] = []
    others: list[dict[str, Any]] = []
    pictures: dict[str, str] = {}
    for page in pages_of(look(descriptor), data, request["pages"]):
        if isinstance(page, Undecoded):
            readings.append(unreadable(len(readings) + 1, page.number, page.finding))
            continue
        found = reader.read(page, lexicon, number=len(readings) + 1)
        if isinstance(found, NoForm):
            others.append({"page": page.number, "blank": found.is_blank, "texts": list(found.texts)})
        elif isinstance(found, Unreadable):
            readings.append(unreadable(len(readings) + 1, page.number, found.finding))
        else:
            readings.append(found.reading)
            if request.get("draw"):
                picture = drawn(found.registered, found.reading, found.boxes, SURE)
                pictures[str(page.number)] = base64.b64encode(picture).decode("ascii")
    return {"readings": [reading_to_json(one) for one in readings], "others": others, "drawn": pictures}


def _reader(request: Mapping[str, Any]) -> ScanReader:
    texts = tuple(request["forms"].values())
    if texts not in _READERS:
        if not _MODELS:
            _MODELS.append(load_models())
        _READERS[texts] = ScanReader([form.form for form in forms_in(request)], _MODELS[0])
    return _READERS[texts]
