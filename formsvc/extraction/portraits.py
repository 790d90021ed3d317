"""The job that makes a portrait plain, inside the sandbox: what leaves it needs no picture decoder."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from typing import Any

from formsvc.extraction.crops import plain_picture
from formsvc.forms.reading import Picture

_LARGEST = 32 << 20
"""Bytes of a portrait that is looked at."""


def portrait_job(descriptor: int, _request: Mapping[str, Any]) -> dict[str, Any]:
    """Return `{"data": base64 of a plain PNG}`, or `{}` for what is no picture of a bearable size."""
    size = os.fstat(descriptor).st_size
    data = os.pread(descriptor, size, 0) if size <= _LARGEST else b""
    plain = plain_picture(Picture("portrait", "image/x-other", data, 0.0, 0.0))
    return {} if plain is None else {"data": base64.b64encode(plain.data).decode("ascii")}
