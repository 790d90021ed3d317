"""However often filing is stopped midway, each form is filed exactly once, and nothing that was dropped is lost.

Files say themselves what is read in them; the stores of archive and inbox fail at a step that hypothesis chooses.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from formsvc.errors import Code, DecidedError, Problem
from formsvc.forms.reading import Reading
from formsvc.inbox.areas import DUPLICATES, RECEIPTS, REJECTED, SPOOL, STAGING
from formsvc.inbox.sweep import sweep
from formsvc.operations.check import check
from formsvc.operations.indexing import rebuild
from formsvc.operations.ingest import work_off
from formsvc.operations.queue import confirm, queue, reject
from formsvc.operations.recover import recover
from formsvc.operations.workspace import Workspace, open_workspace
from tests.forms.factories import a_field, a_reading
from tests.forms.test_load import MINIMAL
from tests.operations.factories import Clock
from tests.operations.faults import Fault, bytes_of, failing, read_plainly

NAMES = ("张三", "李四", "王五")
FAULTS = st.integers(0, 24)
"""The step at which the disk is full; 0 for never."""
DOUBT = Problem(Code.ALIAS_LABEL, "name", {"label": "承诺人"})
REFUSAL = Problem(Code.OTHER_DOCUMENT)


def small(name: str, number: int, *, doubtful: bool = False) -> Reading:
    """Return a reading of the smallest form there is."""
    made = Reading(number, "small", 1, a_reading().year, {"name": a_field(name)})
    return made.with_problems([DOUBT]) if doubtful else made


class Office(RuleBasedStateMachine):
    """An inbox that is dropped into and served while the disk fails; a person who confirms and rejects."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        (self.folder / "inbox").mkdir()
        (self.folder / "formsvc.toml").write_text('language = "en"\n', encoding="utf-8")
        (self.folder / "templates" / "small").mkdir(parents=True)
        (self.folder / "templates" / "small" / "form.toml").write_text(MINIMAL, encoding="utf-8")
        self.clock = Clock()
        self.dropped: Counter[str] = Counter()
        self.count = 0
        self.workspace = open_workspace(self.folder, environ={}, clock=self.clock)
        read_plainly(self.workspace)
        rebuild(self.workspace)

    def teardown(self) -> None:
        if not hasattr(self, "workspace"):
            return
        with self.workspace:
            self.serve(0)
            self.recover(0)
            self.look_at_everything()
        shutil.rmtree(self.folder)

    @rule(names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3), salt=st.integers(0, 2))
    def drop(self, names: list[str], salt: int) -> None:
        """Drop a file with some forms; the same bytes may come again."""
        self._drop(bytes_of(*(small(name, number) for number, name in enumerate(names, 1))) + b" " * salt)

    @rule(name=st.sampled_from(NAMES), salt=st.integers(0, 2))
    def drop_what_is_doubtful(self, name: str, salt: int) -> None:
        self._drop(bytes_of(small(name, 1, doubtful=True), small("赵六", 2)) + b" " * salt)

    @rule()
    def drop_what_is_no_form(self) -> None:
        nothing = Reading(1, None, None, a_reading().year, {}, (REFUSAL,))
        self._drop(bytes_of(nothing))

    def _drop(self, data: bytes) -> None:
        self.count += 1
        (self.folder / "inbox" / f"{self.count:03}.json").write_bytes(data)
        self.dropped[hashlib.sha256(data).hexdigest()] += 1

    @rule(fault=FAULTS)
    def serve(self, fault: int) -> None:
        """Claim and work off what is there, as a process that ends at the first failure."""
        with self.workspace.spool() as spool, suppress(OSError), failing(self.workspace, Fault(fault)):
            claims = spool.claim(sweep(self.workspace.inbox), self.workspace.now())
            list(work_off(self.workspace, spool, claims))

    @rule(fault=FAULTS)
    def recover(self, fault: int) -> None:
        with self.workspace.spool() as spool, suppress(OSError), failing(self.workspace, Fault(fault)):
            list(recover(self.workspace, spool))

    @precondition(lambda self: queue(self.workspace) != [])
    @rule(fault=FAULTS, place=st.integers(0, 9), record=st.sampled_from([None, "new"]))
    def confirm_one(self, fault: int, place: int, record: str | None) -> None:
        waiting = queue(self.workspace)
        chosen = waiting[place % len(waiting)].id
        with suppress(OSError, DecidedError), failing(self.workspace, Fault(fault)):
            confirm(self.workspace, chosen, by="赵六", record=record)

    @precondition(lambda self: queue(self.workspace) != [])
    @rule(fault=FAULTS, place=st.integers(0, 9))
    def reject_one(self, fault: int, place: int) -> None:
        waiting = queue(self.workspace)
        chosen = waiting[place % len(waiting)].id
        with suppress(OSError), failing(self.workspace, Fault(fault)):
            reject(self.workspace, chosen, why="不要", by="赵六")

    def look_at_everything(self) -> None:
        """Everything dropped is somewhere; each form was filed at most once; archive, index and inbox agree."""
        workspace = self.workspace
        filed = foundings(workspace)
        assert max(Counter(filed).values(), default=1) == 1
        waiting = {one.sha256 for one in queue(workspace)}
        aside = {hashlib.sha256(path.read_bytes()).hexdigest() for path in set_aside(workspace, REJECTED)}
        assert set(self.dropped) == {sha256 for sha256, _ in filed} | waiting | aside
        again = {hashlib.sha256(path.read_bytes()).hexdigest() for path in set_aside(workspace, DUPLICATES)}
        assert again <= set(self.dropped)
        assert check(workspace, full=True).findings == ()
        before = list(workspace.finder.dump())
        rebuild(workspace)
        assert list(workspace.finder.dump()) == before
        assert sweep(workspace.inbox) == []
        assert list((workspace.inbox / SPOOL).iterdir()) == []
        assert {path.name for path in (workspace.archive_folder / STAGING).iterdir()} <= {"lock"}
        lines = "".join(path.read_text("utf-8") for path in (workspace.inbox / RECEIPTS).glob("*.txt")).splitlines()
        assert len(lines) == len(set(lines)) == len(filed)


def foundings(workspace: Workspace) -> list[tuple[str, int]]:
    """Return (hash of the file, number of the form in it) of every filed version."""
    return [
        (version.original.sha256, version.original.reading)
        for prefix in workspace.archive.prefixes()
        for version in workspace.archive.history(prefix).versions
    ]


def set_aside(workspace: Workspace, area: str) -> list[Path]:
    """Return the untouched files in an area."""
    found = (workspace.inbox / area).rglob("*.json")
    return [path for path in found if path.is_file() and path.name != "reason.json"]


TestOffice = Office.TestCase
TestOffice.settings = settings(
    max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
