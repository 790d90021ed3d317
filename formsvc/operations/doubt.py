"""What a person sees of a doubtful field besides the problem: what was read, what else it may be, its picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from formsvc.errors import Problem
from formsvc.forms.reading import Reading
from formsvc.i18n import Messages
from formsvc.inbox.waiting import crop_name


def crop_names(reading: Reading) -> Mapping[str, str]:
    """Return field key -> the file name of its picture in the folder where the reading waits."""
    return {picture.field: crop_name(picture) for picture in reading.pictures}


def hints(messages: Messages, reading: Reading, problem: Problem, folder: str = "") -> Iterator[str]:
    """Yield sentences that help to decide about a problem's field; `folder` stands before the picture's name."""
    key = problem.field
    found = reading.fields.get(key) if key is not None else None
    if found is not None and found.raw.strip() and "raw" not in problem.params:
        yield messages.text("answer.read-as", raw=" ".join(found.raw.split()))
    if found is not None and found.alternatives:
        yield messages.text("answer.alternatives", values=" | ".join(found.alternatives))
    crop = crop_names(reading).get(key or "")
    if crop is not None:
        yield messages.text("answer.crop", path=f"{folder}{crop}")
