"""What a sandbox gave back, made into readings and distrusted: a hostile file may have written it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import Any

from formsvc.forms.fitting import fits
from formsvc.forms.reading import Reading
from formsvc.forms.reading_json import reading_from_json
from formsvc.forms.spec import FormSpec
from formsvc.rendering.pictures import raster_of


def sound_readings(value: Any, forms: Mapping[str, FormSpec]) -> tuple[Reading, ...]:
    """Return the readings of an answer: numbered from 1, of these forms, with plain pictures; raises ValueError."""
    found = value.get("readings") if isinstance(value, dict) else None
    if not isinstance(found, list):
        raise ValueError("no readings")  # noqa: TRY004 - one error for every answer out of shape
    readings = tuple(reading_from_json(data) for data in found)
    numbers = [one.number for one in readings]
    if numbers != [*range(1, len(readings) + 1)] or not all(_is_sound(forms, one) for one in readings):
        raise ValueError("readings out of shape")
    return readings


def _is_sound(forms: Mapping[str, FormSpec], reading: Reading) -> bool:
    try:
        return fits(forms, reading) and all(raster_of(picture) for picture in reading.pictures)
    except (ValueError, struct.error, zlib.error):
        return False
