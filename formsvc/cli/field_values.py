"""The values of a form on the screen, under the labels that the form prints."""

from __future__ import annotations

from collections.abc import Mapping

from formsvc.chinese import display_width, pad
from formsvc.cli import screen
from formsvc.cli.outcomes import label
from formsvc.forms.spec import FormSpec
from formsvc.i18n import Messages

Shown = str | int | list[str] | None


def show_values(messages: Messages, spec: FormSpec, values: Mapping[str, Shown]) -> None:
    """Show every field of the form in the form's order; an empty one too, for it may be what is missing."""
    labels = {key: label(spec, key) for key in spec.fields}
    widest = max(map(display_width, labels.values()))
    for key, field in spec.fields.items():
        value = values.get(key)
        if field.kind.is_mark and isinstance(value, str):
            value = messages.text(f"mark.{value}")
        lines = [f"{number}. {item}" for number, item in enumerate(value, 1)] if isinstance(value, list) else [value]
        for number, text in enumerate(lines):
            screen.paragraph(screen.plain(text, "—"), bullet=f"  {pad('' if number else labels[key], widest)}  ")
