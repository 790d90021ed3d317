"""The only JSON of readings: for `extract --json`, the reader's pipe, the review queue and record.json.

`reading_to_json` and `reading_from_json` are inverse to each other, but for the sentences of problems, which a door
adds and nobody reads back. What comes from a reader child is untrusted: anything out of shape raises ValueError.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from formsvc.chinese.dates import YEARS
from formsvc.errors import Code, Param, Problem
from formsvc.forms.json_values import as_integer, as_list, as_number, as_optional_text, as_text, as_truth
from formsvc.forms.reading import Evidence, FieldReading, Picture, Reading, Source, Value, YearReading, YearSource

Json = dict[str, Any]
SCHEMA = 1


def reading_to_json(reading: Reading) -> Json:
    """Return the JSON object of one reading, with the keys `extract` prints and those the program needs back."""
    return {
        "number": reading.number,
        "form": reading.form,
        "form_version": reading.form_version,
        "year": year_to_json(reading.year),
        "fields": {key: field_to_json(field) for key, field in reading.fields.items()},
        "decision": reading.decision.value,
        "problems": [problem_to_json(problem) for problem in reading.problems],
        "pages": list(reading.pages),
        "serial": reading.serial,
        "typed": reading.typed,
        "pictures": [_picture_to_json(picture) for picture in reading.pictures],
    }


def reading_from_json(data: Json) -> Reading:
    """Return the reading of a JSON object; raises ValueError when it is out of shape."""
    try:
        return Reading(
            number=as_integer(data["number"]),
            form=as_optional_text(data["form"]),
            form_version=None if data["form_version"] is None else as_integer(data["form_version"]),
            year=year_from_json(data["year"]),
            fields=MappingProxyType({as_text(key): field_from_json(field) for key, field in data["fields"].items()}),
            problems=tuple(problem_from_json(problem) for problem in as_list(data["problems"])),
            pages=tuple(as_integer(page) for page in as_list(data["pages"])),
            serial=as_optional_text(data["serial"]),
            typed=as_truth(data["typed"]),
            pictures=tuple(_picture_from_json(picture) for picture in as_list(data["pictures"])),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a reading out of shape: {error!r}") from error


def year_to_json(year: YearReading) -> Json:
    """Return the JSON object of a year."""
    source = None if year.source is None else year.source.value
    return {"value": year.value, "source": source, "confidence": year.confidence, "raw": year.raw}


def year_from_json(data: Json) -> YearReading:
    """Return the year of a JSON object."""
    return YearReading(
        value=None if data["value"] is None else _year(data["value"]),
        source=None if data["source"] is None else YearSource(data["source"]),
        confidence=_confidence(data["confidence"]),
        raw=as_text(data.get("raw", "")),
    )


def field_to_json(field: FieldReading) -> Json:
    """Return the JSON object of one field's reading."""
    return {
        "value": value_to_json(field.value),
        "raw": field.raw,
        "confidence": field.confidence,
        "evidence": None if field.evidence is None else _evidence_to_json(field.evidence),
        "alternatives": list(field.alternatives),
    }


def field_from_json(data: Json) -> FieldReading:
    """Return one field's reading of a JSON object."""
    return FieldReading(
        value=value_from_json(data["value"]),
        raw=as_text(data["raw"]),
        confidence=_confidence(data["confidence"]),
        evidence=None if data["evidence"] is None else _evidence_from_json(data["evidence"]),
        alternatives=tuple(as_text(other) for other in as_list(data.get("alternatives", []))),
    )


def value_to_json(value: Value) -> str | int | list[str] | None:
    """Return a field's value as JSON has it: items are a list."""
    return list(value) if isinstance(value, tuple) else value


def value_from_json(value: object) -> Value:
    """Return a field's value from JSON; raises ValueError for what is no value."""
    if isinstance(value, list):
        return tuple(as_text(item) for item in value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return as_text(value)


def problem_to_json(problem: Problem, message: str | None = None) -> Json:
    """Return the JSON object of a problem, with its sentence where a door has one."""
    data: Json = {"code": problem.code.value, "field": problem.field, "params": dict(problem.params)}
    return data if message is None else {**data, "message": message}


def problem_from_json(data: Json) -> Problem:
    """Return the problem of a JSON object."""
    params: Mapping[str, Param] = {
        as_text(key): as_text(value) if isinstance(value, str) else as_integer(value)
        for key, value in data["params"].items()
    }
    return Problem(Code(data["code"]), as_optional_text(data["field"]), MappingProxyType(dict(params)))


def _evidence_to_json(evidence: Evidence) -> Json:
    return {
        "source": evidence.source.value,
        "page": evidence.page,
        "box": None if evidence.box is None else list(evidence.box),
        "cell": None if evidence.cell is None else list(evidence.cell),
    }


def _evidence_from_json(data: Json) -> Evidence:
    box, cell = data["box"], data["cell"]
    if (box is not None and len(box) != 4) or (cell is not None and len(cell) != 2):
        raise ValueError("a place out of shape")
    return Evidence(
        source=Source(data["source"]),
        page=None if data["page"] is None else as_integer(data["page"]),
        box=None if box is None else (as_number(box[0]), as_number(box[1]), as_number(box[2]), as_number(box[3])),
        cell=None if cell is None else (as_integer(cell[0]), as_integer(cell[1])),
    )


def _picture_to_json(picture: Picture) -> Json:
    return {
        "field": picture.field,
        "media_type": picture.media_type,
        "data": base64.b64encode(picture.data).decode("ascii"),
        "width": picture.width,
        "height": picture.height,
    }


def _picture_from_json(data: Json) -> Picture:
    if data["media_type"] not in ("image/png", "image/jpeg"):
        raise ValueError("a picture of another kind")
    return Picture(
        field=as_text(data["field"]),
        media_type=data["media_type"],
        data=base64.b64decode(as_text(data["data"]), validate=True),
        width=as_number(data["width"]),
        height=as_number(data["height"]),
    )


def _year(value: object) -> int:
    year = as_integer(value)
    if year not in YEARS:
        raise ValueError("not a year")
    return year


def _confidence(value: object) -> float:
    confidence = as_number(value)
    if not 0 <= confidence <= 1:
        raise ValueError("not a confidence")
    return confidence
