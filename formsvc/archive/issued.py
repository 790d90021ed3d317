"""Runs of blanks that were issued, as facts of the archive: which serials stand on paper, and for whom.

A run is a plain blank, which may be copied for everybody and has one serial, or papers with a serial each. The tag of
a run comes from what it is, so that printing the same again issues the same serials. `docs/archive-format.md` has the
format.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from formsvc.archive import layout
from formsvc.errors import DamagedArchiveError
from formsvc.forms.json_values import as_list, as_text
from formsvc.storage.store import ReadableStore

SCHEMA = 1
TAG_LENGTH = 4
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters without those that are taken for others when they are read out."""
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Run:
    """What was printed at once."""

    form: str
    version: int
    year: int | None
    people: tuple[str, ...] | None
    """The name on each paper, empty where none is printed; None for a plain blank, which may be copied."""
    tag: str = ""
    """What its serials begin with; empty as long as it is not chosen."""
    at: str = ""
    """When it was issued first: ISO 8601 with offset."""

    def serials(self) -> list[str]:
        """Return the serial of each paper; a plain blank has one, the tag alone."""
        if self.people is None:
            return [self.tag]
        return [f"{self.tag}{number:04}" for number in range(1, len(self.people) + 1)]

    def person(self, serial: str) -> str:
        """Return the name on the paper of this serial; empty when it was printed on none."""
        number = serial[TAG_LENGTH:]
        if not self.people or not number.isdecimal() or not 0 < int(number) <= len(self.people):
            return ""
        return self.people[int(number) - 1]

    @property
    def is_shared(self) -> bool:
        """Whether many papers may bear its one serial."""
        return self.people is None


def tags(run: Run) -> Iterator[str]:
    """Yield the tags a run may have; a later one is taken only when a run that is not the same has those before."""
    what = json.dumps([run.form, run.version, run.year, run.people], ensure_ascii=False)
    for attempt in range(_TRIES):
        digest = sha256(f"{attempt}:{what}".encode()).digest()
        yield "".join(_SIGNS[byte % len(_SIGNS)] for byte in digest[:TAG_LENGTH])


def encode_run(run: Run) -> bytes:
    """Return the bytes a run is kept as."""
    data = {"schema": SCHEMA, "form": run.form, "version": run.version, "year": run.year, "tag": run.tag, "at": run.at}
    data["people"] = None if run.people is None else list(run.people)
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def decode_run(data: bytes) -> Run:
    """Return a run that was kept; raises ValueError when it is out of shape."""
    try:
        found: dict[str, Any] = json.loads(data.decode("utf-8"))
        people = found["people"]
        names = None if people is None else tuple(map(as_text, as_list(people)))
        year = None if found["year"] is None else int(found["year"])
        texts = [as_text(found[key]) for key in ("form", "tag", "at")]
        return Run(texts[0], int(found["version"]), year, names, texts[1], texts[2])
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"a run out of shape: {error!r}") from error


def name_of_run(run: Run, data: bytes) -> str:
    """Return where a run is kept."""
    return layout.issued_name(run.form, run.tag, sha256(data).hexdigest())


def runs_of(store: ReadableStore, form: str, tag: str) -> list[Run]:
    """Return what is kept of the form's runs of this tag; there is more than one only by chance.

    Raises DamagedArchiveError.
    """
    begin = layout.issued_name(form, tag, "").removesuffix(".json")
    found = []
    for name in store.names(layout.ISSUED):
        if name.startswith(begin):
            try:
                found.append(decode_run(store.get(name)))
            except ValueError as error:
                raise DamagedArchiveError(path=name, reason=str(error)) from error
    return found
