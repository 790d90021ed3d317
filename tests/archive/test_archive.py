"""The archive over every store: declared, filled by events that are told once and in order, read by record."""

from __future__ import annotations

import dataclasses
from hashlib import sha256
from pathlib import Path

import pytest

from formsvc.archive import journal, layout
from formsvc.archive.archive import Archive
from formsvc.archive.chain import extended, following
from formsvc.archive.damage import Damage
from formsvc.archive.writer import LocalWriter
from formsvc.errors import DamagedArchiveError, FormSpecError, MissingError, NewerFormatError, TakenError
from formsvc.records.event import FIRST_PREVIOUS, Event, Filed
from formsvc.records.history import History
from formsvc.records.record_json import encode_event
from formsvc.storage import MemoryStore
from tests.archive.factories import PREFIXES, MemoryWriter, a_bare_archive, damage, file, findings, publish, say
from tests.forms.factories import a_reading, a_spec
from tests.records.factories import a_correction, a_stamp, a_version

FEBRUARY = "2011-02-28T23:59:59+08:00"
MARCH = "2011-03-01T00:00:00+08:00"


class ArchiveContract:
    """What every archive does, whatever store keeps it."""

    @pytest.fixture
    def bare(self, tmp_path: Path) -> Archive:
        """Return an archive with nothing in it."""
        raise NotImplementedError

    @pytest.fixture
    def archive(self, bare: Archive) -> Archive:
        """Return an archive that is declared."""
        bare.declare()
        return bare

    def test_a_new_archive_is_declared_and_says_how_it_is_read(self, archive: Archive) -> None:
        archive.declare()
        assert set(archive.store.names()) - layout.WORKING == {"README.txt", "formsvc-archive-1.0"}
        assert "sha256sum" in archive.store.get("README.txt").decode()
        assert findings(archive) == []

    @pytest.mark.parametrize("name", ["formsvc-archive-1.1", "formsvc-archive-2.0", "formsvc-archive-10.0"])
    def test_an_archive_of_a_newer_format_is_refused_as_it_is(self, bare: Archive, name: str) -> None:
        bare.store.put_new(name, b"")
        with pytest.raises(NewerFormatError):
            bare.declare()
        assert set(bare.store.names()) - layout.WORKING == {name}

    def test_a_declared_archive_keeps_its_own_readme(self, bare: Archive) -> None:
        text = b"of an earlier program"
        bare.store.put_new("README.txt", text)
        bare.store.put_new(layout.DECLARATION, layout.declaration(sha256(text).hexdigest()).encode())
        bare.declare()
        assert bare.store.get("README.txt") == text
        assert findings(bare) == []

    def test_a_readme_that_nothing_declares_is_kept_and_told_of(self, bare: Archive) -> None:
        bare.store.put_new("README.txt", b"edited")
        bare.declare()
        assert bare.store.get("README.txt") == b"edited"
        assert damage(findings(bare)) == {(Damage.FILE_CHANGED, "README.txt")}

    def test_a_record_is_read_back_with_versions_and_events(self, archive: Archive, tmp_path: Path) -> None:
        file(archive, tmp_path)
        again = file(archive, tmp_path, number=2)
        assert [version.number for version in again.versions] == [1, 2]
        assert [event.number for event in archive.history(PREFIXES[0]).events] == [1, 2]
        assert archive.history(PREFIXES[0]).head == again.head

    def test_a_record_that_is_not_there_is_missing(self, archive: Archive) -> None:
        with pytest.raises(MissingError):
            archive.history(PREFIXES[0])

    @pytest.mark.parametrize("name", ["v1/record.json", "events/0001.json"])
    @pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'{"schema": 1'])
    def test_a_file_out_of_shape_is_damage_and_named(self, archive: Archive, name: str, data: bytes) -> None:
        archive.store.put_new(f"{PREFIXES[0]}/{name}", data)
        with pytest.raises(DamagedArchiveError) as caught:
            archive.history(PREFIXES[0])
        assert caught.value.params["path"] == f"{PREFIXES[0]}/{name}"

    def test_a_version_exists_when_its_manifest_does(self, archive: Archive) -> None:
        assert not archive.is_published(f"{PREFIXES[0]}/v1")
        publish(archive, PREFIXES[0], a_version())
        assert archive.is_published(f"{PREFIXES[0]}/v1")

    def test_records_are_listed_once_and_in_order(self, archive: Archive, tmp_path: Path) -> None:
        for prefix in reversed(PREFIXES):
            file(archive, tmp_path, prefix)
        file(archive, tmp_path, PREFIXES[0], number=2)
        archive.store.put_new("2011/annex2/清溪社区党支部/赵六-00000000000f/desktop.ini", b"")
        assert list(archive.prefixes()) == sorted(PREFIXES)

    def test_each_event_names_the_hash_of_the_one_before(self, archive: Archive, tmp_path: Path) -> None:
        file(archive, tmp_path)
        history = say(archive, archive.history(PREFIXES[0]), a_stamp(), a_correction(age=("41", "42")))
        first, second, third = history.events
        assert (first.previous, [event.number for event in history.events]) == (FIRST_PREVIOUS, [1, 2, 3])
        assert second.previous == journal.hash_of(encode_event(first))
        assert third.previous == journal.hash_of(encode_event(second))
        assert archive.history(PREFIXES[0]).events == history.events

    def test_the_journal_tells_every_event_once_and_in_order(self, archive: Archive, tmp_path: Path) -> None:
        file(archive, tmp_path, PREFIXES[0], at=FEBRUARY)
        file(archive, tmp_path, PREFIXES[1], at=MARCH)
        say(archive, archive.history(PREFIXES[0]), a_stamp(), at=MARCH)
        assert journal.files(archive.store) == ["journal/2011-02.jsonl", "journal/2011-03.jsonl"]
        lines = [line for name in journal.files(archive.store) for _, line in journal.read(archive.store, name)]
        assert [(line.number, line.record, line.event, line.kind) for line in lines] == [
            (1, PREFIXES[0], 1, "filed"),
            (2, PREFIXES[1], 1, "filed"),
            (3, PREFIXES[0], 2, "reviewed"),
        ]
        assert findings(archive) == []

    def test_a_clock_that_goes_back_does_not_break_the_journal(self, archive: Archive, tmp_path: Path) -> None:
        file(archive, tmp_path, PREFIXES[0], at=MARCH)
        file(archive, tmp_path, PREFIXES[1], at=FEBRUARY)
        file(archive, tmp_path, PREFIXES[2], at="2011-04-01T00:00:00+08:00")
        assert journal.files(archive.store) == ["journal/2011-03.jsonl", "journal/2011-04.jsonl"]
        assert journal.head(archive.store).number == 3
        assert findings(archive) == []

    def test_one_group_of_events_may_cross_a_month_in_any_order(self, archive: Archive) -> None:
        archive.keep_form(a_spec("annex2"))
        group: list[tuple[str, Event]] = []
        for prefix, at in zip(PREFIXES, (MARCH, FEBRUARY, "2011-04-01T00:00:00+08:00"), strict=True):
            name, _, record = prefix.rpartition("/")[2].partition("-")
            version = a_version(reading=a_reading(name=name), record=record)
            manifest = publish(archive, prefix, version)
            history = History(prefix, (version,), (), FIRST_PREVIOUS)
            group += [(prefix, event) for event in following(history, at, [(None, Filed(1, manifest))])]
        with archive.writing():
            archive.append(group)
        assert journal.head(archive.store).number == 3
        assert findings(archive) == []

    def test_nothing_appended_writes_nothing(self, archive: Archive) -> None:
        with archive.writing():
            assert archive.append([]) == ()
        assert journal.files(archive.store) == []

    def test_an_event_somebody_else_wrote_first_is_told_as_taken(self, archive: Archive, tmp_path: Path) -> None:
        file(archive, tmp_path)
        before = archive.history(PREFIXES[0])
        say(archive, before, a_stamp())
        late = [(PREFIXES[0], event) for event in following(before, MARCH, [(None, a_correction(age=("41", "42")))])]
        with archive.writing():
            (error,) = archive.append(late)
        assert isinstance(error, TakenError)
        assert archive.history(PREFIXES[0]).events[1].details == a_stamp()
        assert findings(archive) == []

    def test_an_event_of_a_group_that_is_taken_leaves_the_others(self, archive: Archive, tmp_path: Path) -> None:
        for prefix in PREFIXES[:2]:
            file(archive, tmp_path, prefix)
        before = [archive.history(prefix) for prefix in PREFIXES[:2]]
        say(archive, before[0], a_stamp())
        group = [(one.prefix, event) for one in before for event in following(one, MARCH, [(None, a_stamp())])]
        with archive.writing():
            first, second = archive.append(group)
        assert isinstance(first, TakenError)
        assert second is None
        assert findings(archive) == []

    def test_what_a_dead_writer_had_noted_is_finished_by_the_next(self, archive: Archive, tmp_path: Path) -> None:
        """Between noting and the last journal line, whatever part of the events got there."""
        file(archive, tmp_path)
        before = archive.history(PREFIXES[0])
        events = following(before, MARCH, [(None, a_stamp()), (None, a_correction(age=("41", "42")))])
        files = {layout.event_name(PREFIXES[0], event.number): encode_event(event) for event in events}
        archive.writer.set_pending(files)
        archive.store.put_new(*list(files.items())[1])
        with archive.writing():
            assert archive.writer.pending() == {}
        assert archive.history(PREFIXES[0]).events == extended(before, events).events
        assert findings(archive) == []

    def test_a_journal_line_told_before_death_is_not_told_again(self, archive: Archive, tmp_path: Path) -> None:
        history = file(archive, tmp_path)
        archive.writer.set_pending({f"{PREFIXES[0]}/events/0001.json": encode_event(history.events[0])})
        with archive.writing():
            pass
        assert journal.head(archive.store).number == 1
        assert findings(archive) == []

    def test_a_form_is_kept_once_for_every_version(self, archive: Archive) -> None:
        spec = a_spec("annex2")
        archive.keep_form(spec)
        archive.keep_form(spec)
        assert archive.store.get("forms/annex2-1/form.toml") == spec.source
        changed = dataclasses.replace(spec, source=spec.source + b"\n# changed")
        with pytest.raises(FormSpecError) as caught:
            archive.keep_form(changed)
        assert caught.value.params["reason"] == "changed-under-version"
        archive.keep_form(dataclasses.replace(changed, version=2))
        assert archive.store.get("forms/annex2-1/form.toml") == spec.source

    def test_a_journal_out_of_shape_is_damage_and_named(self, archive: Archive, tmp_path: Path) -> None:
        history = file(archive, tmp_path)
        archive.store.append_line("journal/2011-02.jsonl", '{"n":2}')
        with pytest.raises(DamagedArchiveError) as caught:
            say(archive, history, a_stamp())
        assert caught.value.params["path"] == "journal/2011-02.jsonl"


class TestInMemory(ArchiveContract):
    @pytest.fixture
    def bare(self) -> Archive:
        return Archive(MemoryStore(), MemoryWriter())


class TestInAFolder(ArchiveContract):
    @pytest.fixture
    def bare(self, tmp_path: Path) -> Archive:
        return a_bare_archive(tmp_path / "archive")

    def test_a_torn_journal_line_is_written_again_from_its_event(self, archive: Archive, tmp_path: Path) -> None:
        history = file(archive, tmp_path)
        path = tmp_path / "archive" / "journal" / "2011-02.jsonl"
        whole = path.read_bytes()
        for length in (0, 1, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:length])
            archive.writer.set_pending({f"{PREFIXES[0]}/events/0001.json": encode_event(history.events[0])})
            with archive.writing():
                assert path.read_bytes() == whole


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff"])
def test_a_note_of_a_dead_writer_that_cannot_be_read_is_damage(tmp_path: Path, data: bytes) -> None:
    (tmp_path / layout.WRITER_PENDING).write_bytes(data)
    with pytest.raises(DamagedArchiveError):
        LocalWriter(tmp_path).pending()
