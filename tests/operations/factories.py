"""Workspaces made up for tests: two annexes and an invented form, a clock that is set, readings made by hand."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from formsvc.forms.reading import Reading
from formsvc.inbox.spool import Claim
from formsvc.inbox.waiting import Waiting, put_waiting
from formsvc.operations.filing import Filing, file_group
from formsvc.operations.plan import write_plans
from formsvc.operations.resolve import Place, resolve
from formsvc.operations.workspace import Workspace, open_workspace
from formsvc.operations.writing import writing
from formsvc.records.history import History
from tests.forms.factories import FORM_FILES, a_reading
from tests.inbox.factories import a_spool, a_waiting

SETTINGS = 'language = "en"\norganisation = "清溪镇党委"\n'


@dataclass
class Clock:
    """A clock that stands until it is set."""

    moment: dt.datetime = field(default_factory=lambda: dt.datetime(2011, 2, 21, 1, 30, tzinfo=dt.UTC))

    def __call__(self) -> dt.datetime:
        return self.moment

    def set(self, text: str) -> None:
        """Set the clock to an ISO 8601 moment with offset."""
        self.moment = dt.datetime.fromisoformat(text)


def make_workspace(folder: Path, *, settings: str = SETTINGS) -> Path:
    """Make the folder of a workspace; return it."""
    (folder / "inbox").mkdir(parents=True)
    (folder / "formsvc.toml").write_text(settings, encoding="utf-8")
    for form, path in FORM_FILES.items():
        (folder / "templates" / form).mkdir(parents=True)
        shutil.copy(path, folder / "templates" / form)
    return folder


@contextmanager
def a_workspace(folder: Path, *, clock: Clock | None = None, settings: str = SETTINGS) -> Iterator[Workspace]:
    """Open a workspace in `folder`, made when it is not there."""
    root = folder if (folder / "formsvc.toml").exists() else make_workspace(folder, settings=settings)
    with open_workspace(root, environ={}, clock=clock or Clock()) as workspace:
        yield workspace


def received(folder: Path, data: bytes) -> Path:
    """Return a file as it lies in the spool."""
    path = folder / f"{hashlib.sha256(data).hexdigest()[:8]}.docx"
    path.write_bytes(data)
    return path


def a_filing(
    workspace: Workspace, reading: Reading, *, data: bytes | None = None, place: Place | None = None, forms: int = 1
) -> Filing:
    """Return a reading on its way into the archive, resolved now; its file is as given, or one of its own."""
    content = repr(reading).encode() if data is None else data
    sha256 = hashlib.sha256(content).hexdigest()
    spec = workspace.form(reading.form or "")
    found = place or resolve(spec, reading, (sha256, reading.number), workspace.index, workspace.directory)
    assert isinstance(found, Place), found
    return Filing(
        spec=spec,
        reading=reading,
        place=found,
        name_bytes="张三承诺书.docx".encode(),
        name="张三承诺书.docx",
        original=received(workspace.local, content),
        sha256=sha256,
        size=len(content),
        forms_in_file=forms,
        arrived_at=workspace.now(),
    )


def file_all(workspace: Workspace, *readings: Reading) -> list[History]:
    """File readings one after another, each out of a file of its own."""
    filed = []
    for reading in readings:
        with writing(workspace):
            filed += file_group(workspace, [a_filing(workspace, reading)])
    return filed


def file_one(workspace: Workspace, reading: Reading | None = None) -> History:
    """File one reading."""
    (history,) = file_all(workspace, reading or a_reading())
    return history


def put_in_queue(workspace: Workspace, reading: Reading, data: bytes = b"a form") -> Waiting:
    """Let a reading wait for a person."""
    waiting = a_waiting(data, reading=reading)
    put_waiting(workspace.inbox_store, waiting, data, "who looks at this?\n")
    return waiting


def plan_and_file(workspace: Workspace, readings: Mapping[bytes, Reading]) -> list[History]:
    """Claim files, write their plans and file them, as the road does; what fails leaves its claims in the spool."""
    with a_spool(workspace.inbox) as spool, writing(workspace):
        group = {}
        for data, reading in readings.items():
            claim = spool.copy(received(workspace.local, data), workspace.now())
            assert isinstance(claim, Claim)
            group[claim.id] = (claim, [a_filing(workspace, reading, data=data)])
        write_plans(group)
        histories = file_group(workspace, [filing for _, filings in group.values() for filing in filings])
        for claim, _ in group.values():
            spool.clear(claim)
    return histories
