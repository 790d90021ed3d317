"""Copies of a submission that keeps its pages: the copy mark laid over the first page, nothing else redrawn.

The received bytes are untrusted, so this runs as a job in the sandbox. Scripts, actions, attachments and whatever else
is not on the pages is dropped; image data stays as it is. A copy that passes PDF/A-2b says so; the others say nothing.
"""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Mapping
from typing import Any

import pikepdf
from pikepdf import pdfa

_CONFORMANCE = "PDF/A-2b"
_FLAVOUR = "2b"
_ACTIVE = ("/OpenAction", "/AA", "/AcroForm", "/Names", "/JavaScript", "/Outlines", "/Threads", "/Collection")


def stamp_job(descriptor: int, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy for each overlay of the request: {role: {"data", "conformance"}}.

    The request holds `overlays` (role -> base64 of a one-page PDF) and `pages` (the pages of the form, from 1; none
    means all).
    """
    data = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    copies = {}
    for role, overlay in request["overlays"].items():
        stamped, conformance = _stamped(data, request["pages"], base64.b64decode(overlay))
        copies[role] = {"data": base64.b64encode(stamped).decode("ascii"), "conformance": conformance}
    return {"copies": copies}


def _stamped(data: bytes, pages: list[int], overlay: bytes) -> tuple[bytes, str | None]:
    with pikepdf.open(io.BytesIO(data)) as received, pikepdf.open(io.BytesIO(overlay)) as mark:
        received.flatten_annotations("all")
        copy = pikepdf.new()
        for number in pages or range(1, len(received.pages) + 1):
            copy.pages.append(received.pages[number - 1])
        for page in copy.pages:
            for key in ("/AA", "/Annots", "/PieceInfo", "/Metadata", "/Trans"):
                if key in page:
                    del page[key]
        copy.pages[0].add_overlay(mark.pages[0], None)
        for key in _ACTIVE:
            if key in copy.Root:
                del copy.Root[key]
        pdfa.prepare(copy, _FLAVOUR)
        out = io.BytesIO()
        copy.save(out, **pdfa.resolve_save_kwargs(_FLAVOUR))
    report = pdfa.validate_written(io.BytesIO(out.getvalue()), _FLAVOUR)
    return out.getvalue(), _CONFORMANCE if report.verdict == "pass" else None
