"""An archive through a long life: filings, stamps, clocks put back, writers that die, damage and repair."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from importlib import resources
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from formsvc.archive import journal, layout
from formsvc.archive.chain import following
from formsvc.archive.repair import Planner
from formsvc.records.record_json import encode_event
from tests.archive.factories import PREFIXES, a_bare_archive, an_archive, file, findings, say
from tests.forms.factories import a_spec
from tests.records.factories import a_correction, a_stamp


class Life(RuleBasedStateMachine):
    """What was said of each record, against what the archive holds."""

    @initialize()
    def begin(self) -> None:
        self.top = Path(tempfile.mkdtemp())
        self.folder = self.top / "archive"
        self.archive = an_archive(self.folder)
        self.moment = dt.datetime(2011, 2, 21, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
        self.versions: dict[str, int] = {}
        self.events: dict[str, int] = {}

    @property
    def at(self) -> str:
        return self.moment.isoformat()

    @rule(days=st.integers(-40, 40))
    def set_the_clock(self, days: int) -> None:
        self.moment += dt.timedelta(days=days)

    @rule(prefix=st.sampled_from(PREFIXES))
    def hand_in(self, prefix: str) -> None:
        number = self.versions.get(prefix, 0) + 1
        file(self.archive, self.top, prefix, number=number, at=self.at)
        self.versions[prefix] = number
        self.events[prefix] = self.events.get(prefix, 0) + 1

    @precondition(lambda self: self.versions)
    @rule(data=st.data(), correction=st.booleans())
    def say_something(self, data: st.DataObject, correction: bool) -> None:  # noqa: FBT001 - hypothesis names it
        prefix = data.draw(st.sampled_from(sorted(self.versions)))
        version = self.versions[prefix]
        history = self.archive.history(prefix)
        said = a_correction(version, age=("41", "42")) if correction else a_stamp(version=version)
        say(self.archive, history, said, at=self.at)
        self.events[prefix] += 1

    @precondition(lambda self: self.versions)
    @rule(data=st.data(), written=st.booleans())
    def die_while_writing(self, data: st.DataObject, written: bool) -> None:  # noqa: FBT001 - as above
        """Leave an event noted, and perhaps in its place, but not told; the next turn at writing finishes it."""
        prefix = data.draw(st.sampled_from(sorted(self.versions)))
        history = self.archive.history(prefix)
        (event,) = following(history, self.at, [("李四", a_stamp(version=self.versions[prefix]))])
        noted = {layout.event_name(prefix, event.number): encode_event(event)}
        with self.archive.writer:
            self.archive.writer.set_pending(noted)
            if written:
                self.archive.store.put_many(noted)
        with self.archive.writing():
            pass
        self.events[prefix] += 1

    @precondition(lambda self: self.versions)
    @rule(data=st.data())
    def lose_a_file_and_mend_it(self, data: st.DataObject) -> None:
        """Lose any file; a repair puts the very bytes back from a copy of the archive."""
        mirror = Path(shutil.copytree(self.folder, self.top / "mirror"))
        names = [name for name in self.archive.store.names() if not layout.is_working(name)]
        told = [name for name in names if journal.is_file(name)]
        lost = data.draw(st.sampled_from(names) | st.sampled_from(told))
        content = (self.folder / lost).read_bytes()
        (self.folder / lost).unlink()
        spec = a_spec("annex2")
        known = {
            layout.README: resources.files("formsvc.archive").joinpath("README.txt").read_bytes(),
            layout.form_name(spec.id, spec.version): spec.source,
        }
        plan = Planner(self.archive.store, [a_bare_archive(mirror).store], known, {}).plan()
        assert plan.left == ()
        assert {step.path: step.data for step in plan.steps} == {lost: content}
        self.archive.store.put_many({step.path: step.data for step in plan.steps if step.data is not None})
        shutil.rmtree(mirror)

    @invariant()
    def nothing_is_wrong(self) -> None:
        assert findings(self.archive) == []

    @invariant()
    def everything_said_is_there_once(self) -> None:
        for prefix, number in self.events.items():
            history = self.archive.history(prefix)
            assert (len(history.versions), len(history.events)) == (self.versions[prefix], number)
        assert journal.head(self.archive.store).number == sum(self.events.values())

    def teardown(self) -> None:
        if hasattr(self, "top"):
            shutil.rmtree(self.top)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=20, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
