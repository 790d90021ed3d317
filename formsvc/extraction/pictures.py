"""Pictures in a form's cells: in a box for a signature or a seal they are kept, elsewhere they are only noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from formsvc.extraction.document import PlacedPicture
from formsvc.extraction.labels import FormMap, Label
from formsvc.extraction.regions import Region
from formsvc.extraction.sheets import CellText
from formsvc.forms.reading import Picture

KEPT_BYTES = 600_000
"""All pictures of one form together; what is more is only noted, the original has it. A reader's answer, in which
pictures are a third longer, is at most a megabyte."""
_KEPT_TYPES = ("image/png", "image/jpeg")


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of one form."""

    boxes: tuple[str, ...]
    """Fields for ink whose box holds a picture."""
    elsewhere: tuple[str, ...]
    """Other fields whose cell holds one."""
    kept: tuple[Picture, ...]


def pictures_in(regions: Sequence[Region], labels: Mapping[CellText, Label], form: FormMap) -> Pictures:
    """Find to which field each picture belongs: to the marks behind the label of its cell, in their order.

    `labels` are the cells that are labels themselves: a seal may be pasted beside the label's own words.
    """
    boxes: dict[str, None] = {}
    elsewhere: dict[str, None] = {}
    kept: list[Picture] = []
    room = KEPT_BYTES
    for cell, inside in _cells(regions, labels).items():
        marks = _marks_of(cell, inside, form)
        for number, picture in enumerate(cell.cell.pictures):
            if not marks:
                elsewhere[inside[0]] = None
                continue
            key = marks[min(number, len(marks) - 1)]
            boxes[key] = None
            if picture.media_type in _KEPT_TYPES and len(picture.data) <= room:
                room -= len(picture.data)
                kept.append(_picture(key, picture))
    return Pictures(tuple(boxes), tuple(elsewhere), tuple(kept))


def _cells(regions: Sequence[Region], labels: Mapping[CellText, Label]) -> dict[CellText, list[str]]:
    """Return the cells with pictures and the keys of the labels they stand behind, or are."""
    found = {cell: [label.key] for cell, label in labels.items() if cell.cell.pictures}
    for region in regions:
        for cell in dict.fromkeys((*region.cells, *(line.cell for line in region.lines if line.cell is not None))):
            if cell.cell.pictures:
                found.setdefault(cell, []).append(region.label.key)
    return found


def _marks_of(cell: CellText, labels: Sequence[str], form: FormMap) -> list[str]:
    """Return the marks a picture in the cell may be: those tagged in it, else those behind its labels."""
    fields = form.form.fields
    tagged = [field.key for tag in cell.cell.tagged if (field := form.tagged_field(tag.key)) and field.kind.is_mark]
    behind = [key for label in labels for key in form.groups.get(label, (label,))]
    return list(dict.fromkeys(tagged or [key for key in behind if fields[key].kind.is_mark]))


def _picture(key: str, picture: PlacedPicture) -> Picture:
    return Picture(key, picture.media_type, picture.data, picture.width, picture.height)
