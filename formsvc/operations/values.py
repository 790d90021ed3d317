"""Reads the values a person gives for fields, by the kinds of the form's fields."""

from __future__ import annotations

from collections.abc import Mapping

from formsvc.chinese import fold_label
from formsvc.errors import BlankError, UnknownFieldError, UnreadableValueError
from formsvc.forms.reading import Evidence, FieldReading, Source
from formsvc.forms.spec import FormSpec
from formsvc.forms.values import normalise


def by_key(spec: FormSpec, values: Mapping[str, str]) -> dict[str, str]:
    """Return field key -> text for texts that a person gave by the field's key or by its label."""
    labels = [fold_label(field.label) for field in spec.fields.values()]
    keys = {label: key for key, label in zip(spec.fields, labels, strict=True) if labels.count(label) == 1}
    return {name if name in spec.fields else keys.get(fold_label(name), name): text for name, text in values.items()}


def require(**words: str) -> None:
    """Raise BlankError for the first of these words of a person, by option, that says nothing."""
    for option, word in words.items():
        if not word.strip():
            raise BlankError(option=option)


def read_values(spec: FormSpec, values: Mapping[str, str]) -> dict[str, FieldReading]:
    """Return field key -> reading for texts a person typed.

    Raises UnknownFieldError naming the field that the form lacks, or the text that is not of the field's kind.
    """
    read = {}
    for key, text in values.items():
        field = spec.fields.get(key)
        if field is None:
            raise UnknownFieldError(form=spec.id, field=key)
        found = normalise(field, text)
        if found.value is None and text.strip():
            raise UnreadableValueError(field=field.label, value=text)
        read[key] = FieldReading(found.value, text, 1.0, Evidence(Source.PERSON))
    return read
