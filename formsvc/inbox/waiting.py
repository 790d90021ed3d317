"""Readings that wait for a person: each a folder in the review area that says everything about itself.

`original/<name>` is the untouched file, `reading.json` what was read and what is doubtful, `reason.txt` the same for
people, and `crop-<field>.png` the pictures that matter.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from formsvc import chinese
from formsvc.errors import AmbiguousIdError, DamagedArchiveError, UnknownIdError
from formsvc.forms.reading import Picture, Reading
from formsvc.forms.reading_json import reading_from_json, reading_to_json
from formsvc.inbox.answers import REASON_TEXT
from formsvc.inbox.areas import REVIEW
from formsvc.storage.store import Content, Store

PREFIX = "q-"
_NAME = re.compile(r"q-[0-9a-f]{12}")
_READING = "reading.json"
_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One reading in the review queue."""

    id: str
    claim: str
    """The claim it came from."""
    name_bytes: bytes
    sha256: str
    """Of the submission."""
    size: int
    place: str
    arrived_at: str
    forms_in_file: int
    """How many forms the submission held."""
    candidates: tuple[str, ...]
    """Ids of the records it may belong to, when a person has to tell namesakes apart."""
    reading: Reading

    @property
    def name(self) -> str:
        """The file name as it can be shown and stored."""
        return chinese.safe_file_name(self.name_bytes.decode("utf-8", "surrogateescape"), 255)

    @property
    def original_name(self) -> str:
        """The name of the original inside the waiting folder."""
        return f"original/{chinese.safe_file_name(self.name, 120)}"


def put_waiting(store: Store, waiting: Waiting, original: Content, text: str) -> None:
    """Put a reading into the queue; raises TakenError when its id waits already."""
    files: dict[str, Content] = {
        waiting.original_name: original,
        _READING: json.dumps(_to_json(waiting), ensure_ascii=False, indent=1).encode("utf-8"),
        REASON_TEXT: text.encode("utf-8"),
    }
    for picture in waiting.reading.pictures:
        files[crop_name(picture)] = picture.data
    store.publish(f"{REVIEW}/{waiting.id}", files)


def crop_name(picture: Picture) -> str:
    """Return the name of a picture in the folder of its reading."""
    return f"crop-{picture.field}.{_SUFFIXES[picture.media_type]}"


def waiting_folder(inbox: Path, waiting_id: str) -> Path:
    """Return the folder of a waiting reading."""
    return inbox / REVIEW / waiting_id


def all_waiting(inbox: Path) -> list[Waiting]:
    """Return every waiting reading, the earliest arrival first, those of one file in the order of their pages."""
    found = map(read_waiting, _folders(inbox))
    return sorted(found, key=lambda one: (one.arrived_at, one.sha256, one.reading.pages, one.reading.number, one.id))


def find_waiting(inbox: Path, prefix: str) -> Waiting:
    """Return the waiting reading whose id begins so; raises UnknownIdError or AmbiguousIdError."""
    wanted = prefix if prefix.startswith(PREFIX) else f"{PREFIX}{prefix}"
    found = [folder for folder in _folders(inbox) if folder.name.startswith(wanted)]
    if not found:
        raise UnknownIdError(id=prefix)
    if len(found) > 1:
        raise AmbiguousIdError(id=prefix, candidates=", ".join(folder.name for folder in found))
    return read_waiting(found[0])


def _folders(inbox: Path) -> list[Path]:
    """Return the folders of waiting readings; what else people put beside them is none."""
    area = inbox / REVIEW
    found = [folder for folder in area.iterdir() if _NAME.fullmatch(folder.name)] if area.is_dir() else []
    return sorted(folder for folder in found if (folder / _READING).is_file())


def read_waiting(folder: Path) -> Waiting:
    """Read one waiting folder; raises DamagedArchiveError when it is out of shape."""
    path = folder / _READING
    try:
        return _from_json(json.loads(path.read_bytes()))
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedArchiveError(path=str(path), reason=str(error)) from error


def _to_json(waiting: Waiting) -> Mapping[str, Any]:
    return {
        "schema": 1,
        "id": waiting.id,
        "file": waiting.name,
        "file_base64": base64.b64encode(waiting.name_bytes).decode("ascii"),
        "sha256": waiting.sha256,
        "size": waiting.size,
        "claim": waiting.claim,
        "place": waiting.place,
        "arrived_at": waiting.arrived_at,
        "forms_in_file": waiting.forms_in_file,
        "candidates": list(waiting.candidates),
        "reading": reading_to_json(waiting.reading),
    }


def _from_json(data: Mapping[str, Any]) -> Waiting:
    return Waiting(
        id=str(data["id"]),
        claim=str(data["claim"]),
        name_bytes=base64.b64decode(data["file_base64"], validate=True),
        sha256=str(data["sha256"]),
        size=int(data["size"]),
        place=str(data["place"]),
        arrived_at=str(data["arrived_at"]),
        forms_in_file=int(data["forms_in_file"]),
        candidates=tuple(str(one) for one in data["candidates"]),
        reading=reading_from_json(data["reading"]),
    )
