"""Whether a reading can be one of a form at all. Pure.

It is asked because a reading comes out of a process that a hostile file may have taken over.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from formsvc.forms.reading import MarkState, Reading, Value
from formsvc.forms.spec import Field, FormSpec, Kind

_TYPES: Mapping[Kind, type] = MappingProxyType({Kind.ITEMS: tuple, Kind.INTEGER: int, Kind.YEAR: int})
"""What the value of a field of this kind is; of every other kind it is a text."""


def fits(forms: Mapping[str, FormSpec], reading: Reading) -> bool:
    """Whether a reading names one of these forms and only its fields, each with a value of its kind.

    Pictures stand in the boxes of signatures and seals; of a scan they may show any field. A reading of no known form
    has no fields and no pictures.
    """
    if reading.form is None:
        return not reading.fields and not reading.pictures
    spec = forms.get(reading.form)
    if spec is None or not all(_may_show(spec, reading, picture.field) for picture in reading.pictures):
        return False
    return all(key in spec.fields and _fits(spec.fields[key], found.value) for key, found in reading.fields.items())


def _may_show(spec: FormSpec, reading: Reading, key: str) -> bool:
    return key in spec.fields and (spec.fields[key].kind.is_mark or not reading.typed)


def _fits(field: Field, value: Value) -> bool:
    if value is None:
        return True
    if field.kind.is_mark:
        return value in set(MarkState)
    return isinstance(value, _TYPES.get(field.kind, str))
