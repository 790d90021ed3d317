"""A job whose preparation fails for some requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.extraction.sandbox.jobs import read_back

__all__ = ["prepare", "read_back"]


def prepare(request: Mapping[str, Any]) -> None:
    if request.get("is_bad"):
        raise ValueError("no such form")
