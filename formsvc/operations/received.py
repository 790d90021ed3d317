"""Copies that keep the received pages, made in a sandbox of their own."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import datetime as dt
from pathlib import Path

from formsvc import durable
from formsvc.extraction.sandbox.limits import TYPED_CHILD
from formsvc.extraction.sandbox.outcome import Answer
from formsvc.extraction.sandbox.sandbox import open_sandbox
from formsvc.forms.reading import Reading
from formsvc.forms.spec import FormSpec
from formsvc.rendering.copies import DrawnCopy, copy_marks

_JOB = "formsvc.rendering.received:stamp_job"
"""Named, not imported: what takes PDFs apart is for the sandbox alone."""
_MOST = 256 << 20
"""Bytes of JSON: all copies of one form."""


def received_copies(original: Path, spec: FormSpec, reading: Reading, *, date: dt.datetime) -> dict[str, DrawnCopy]:
    """Return role -> copy with the pages as received, for all but the posting copy.

    Empty when the pages cannot be copied (a viewer shows more than a library can take apart): the copies are then
    drawn from the values, and the original is kept as always.
    """
    overlays = {role: base64.b64encode(data).decode("ascii") for role, data in copy_marks(spec, date=date).items()}
    opened = durable.open_regular(original)
    if not isinstance(opened, durable.OpenFile):
        return {}
    limits = dataclasses.replace(TYPED_CHILD, answer_bytes=_MOST)
    with opened, open_sandbox(_JOB) as sandbox:
        outcome = sandbox.read(opened.descriptor, {"overlays": overlays, "pages": list(reading.pages)}, limits)
    return _copies(outcome.value, set(overlays)) if isinstance(outcome, Answer) else {}


def _copies(value: object, roles: set[str]) -> dict[str, DrawnCopy]:
    """Return the copies in an answer, or none when it is out of shape."""
    match value:
        case {"copies": dict(copies)} if set(copies) == roles:
            pass
        case _:
            return {}
    drawn = {}
    for role, copy in copies.items():
        match copy:
            case {"data": str(data), "conformance": None | str() as conformance}:
                try:
                    drawn[role] = DrawnCopy(base64.b64decode(data, validate=True), conformance)
                except binascii.Error:
                    return {}
            case _:
                return {}
    return drawn
