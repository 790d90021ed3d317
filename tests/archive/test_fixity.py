"""What is wrong with an archive is found, by its code and at its place; what is right is left in peace."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formsvc.archive import layout
from formsvc.archive.archive import Archive
from formsvc.archive.damage import Damage
from formsvc.archive.fixity import Inspection
from formsvc.archive.versions import manifest_of
from formsvc.records.record_json import decode, encode
from tests.archive.damages import (
    APRIL,
    DAMAGES,
    FIRST,
    ORIGINAL,
    RECORD_JSON,
    SECOND_LAST,
    SOURCE,
    THIRD,
    Change,
    edit,
    flip,
    swap,
    without_line,
    write,
)
from tests.archive.factories import a_bare_archive, a_full_archive, damage, file, findings, say
from tests.records.factories import a_stamp


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a full archive that nobody changes."""
    folder = tmp_path_factory.mktemp("pristine")
    a_full_archive(folder / "archive", folder / "spool")
    return folder / "archive"


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    """Return the folder of a full archive to be damaged."""
    return Path(shutil.copytree(pristine, tmp_path / "archive"))


@pytest.mark.parametrize(("change", "expected"), DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_found_by_its_code_and_at_its_place(
    folder: Path, change: Change, expected: set[tuple[Damage, str]]
) -> None:
    change(folder)
    assert damage(findings(a_bare_archive(folder))) == expected


def test_every_code_of_the_archive_has_its_damage() -> None:
    found = {code for _, expected in DAMAGES.values() for code, _ in expected}
    assert set(Damage) - found == {Damage.INDEX_DIFFERS, Damage.HEAD_CHANGED, Damage.HEADS_MISSING}
    assert {code.value for code in found} <= DAMAGES.keys() | {Damage.FILE_MISSING.value}


def imports_of(folder: Path) -> Path:
    (found,) = (folder / "organisations").iterdir()
    return found


@pytest.mark.parametrize(
    "change", [flip, lambda path: write(path, b""), lambda path: edit(path, "09:00:00", "10:00:00")]
)
def test_a_changed_roster_import_is_found(folder: Path, change: Callable[[Path], None]) -> None:
    path = imports_of(folder)
    change(path)
    assert damage(findings(a_bare_archive(folder))) == {(Damage.FILE_CHANGED, f"organisations/{path.name}")}


def test_a_roster_import_that_holders_came_from_is_missed(folder: Path) -> None:
    path = imports_of(folder)
    path.unlink()
    assert damage(findings(a_bare_archive(folder))) == {(Damage.FILE_MISSING, f"organisations/{path.name}")}


def test_a_source_edited_with_its_manifest_is_found(folder: Path) -> None:
    original = folder / SOURCE / "original" / "一批.docx"
    flip(original)
    hashes = {"original/一批.docx": hashlib.sha256(original.read_bytes()).hexdigest()}
    write(folder / SOURCE / layout.MANIFEST, manifest_of(hashes))
    assert damage(findings(a_bare_archive(folder))) == {(Damage.MANIFEST_CHANGED, f"{SOURCE}/{layout.MANIFEST}")}


def test_a_removed_line_is_still_missed_when_work_goes_on(folder: Path) -> None:
    without_line(0, APRIL)(folder)
    (folder / APRIL).unlink()
    archive = a_bare_archive(folder)
    say(archive, archive.history(THIRD), a_stamp(), at="2011-05-01T08:00:00+08:00")
    assert (Damage.JOURNAL_SILENT, SECOND_LAST) in damage(findings(archive))


def test_a_quick_look_finds_all_but_changed_bytes(folder: Path) -> None:
    flip(folder / ORIGINAL)
    archive = a_bare_archive(folder)
    assert findings(archive, full=False) == []
    (folder / ORIGINAL).unlink()
    assert damage(findings(archive, full=False)) == {(Damage.FILE_MISSING, ORIGINAL)}


def test_a_record_with_values_of_another_kind_is_a_finding_and_no_end(folder: Path) -> None:
    path = folder / RECORD_JSON
    data = decode(path.read_bytes())
    data["original"]["path"] = 3
    write(path, encode(data))
    assert (Damage.RECORD_UNREADABLE, RECORD_JSON) in damage(findings(a_bare_archive(folder)))


def test_a_sound_archive_has_no_findings(pristine: Path) -> None:
    assert findings(a_bare_archive(pristine), full=True) == []
    assert findings(a_bare_archive(pristine), full=False) == []


def test_an_empty_archive_has_no_findings(tmp_path: Path) -> None:
    archive = a_bare_archive(tmp_path / "archive")
    archive.declare()
    assert findings(archive) == []


def test_a_copy_of_a_sound_archive_is_sound(pristine: Path, tmp_path: Path) -> None:
    """As other programs copy: without modes and times, with what writers leave, in another order."""
    for path in sorted(pristine.rglob("*"), reverse=True):
        target = tmp_path / "archive" / path.relative_to(pristine)
        if path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (tmp_path / "archive" / "2012" / "empty").mkdir(parents=True)
    (tmp_path / "archive" / ".staging" / ".tmp-1-0" / "0").mkdir(parents=True)
    (tmp_path / "archive" / ".staging" / ".tmp-1-0" / "0" / "record.json").write_bytes(b"half")
    assert findings(a_bare_archive(tmp_path / "archive")) == []


def test_progress_counts_the_files(pristine: Path) -> None:
    seen: list[int] = []
    inspection = Inspection(a_bare_archive(pristine).store, full=False, progress=seen.append)
    assert list(inspection.findings()) == []
    assert seen == sorted(seen)
    assert seen[-1] == inspection.checked == len(list(inspection.store.names()))


CHANGES = ("flip", "cut", "grow", "delete", "rename", "add", "swap", "duplicate", "link", "folder")


def a_random_change(folder: Path, data: st.DataObject) -> str:
    """Do one thing to one file; return what, for the report."""
    files = [folder / name for name in a_bare_archive(folder).store.names() if name not in layout.WORKING]
    path = data.draw(st.sampled_from(files), label="file")
    kind = data.draw(st.sampled_from(CHANGES), label="change")
    before = path.read_bytes()
    name = data.draw(st.sampled_from(["x", "0009.json", "2011-06.jsonl", "v3", "form.toml", "a.pdf"]), label="name")
    beside = path.parent / name
    if kind == "flip":
        changed = bytearray(before)
        changed[data.draw(st.integers(0, len(before) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        write(path, bytes(changed))
    elif kind == "cut":
        write(path, before[: data.draw(st.integers(0, len(before) - 1))])
    elif kind == "grow":
        write(path, before + data.draw(st.binary(min_size=1, max_size=5)))
    elif kind == "delete":
        path.unlink()
    elif kind == "rename" and not beside.exists():
        path.rename(beside)
    elif kind in ("add", "duplicate", "rename") and not beside.exists():
        write(beside, before if kind == "duplicate" else data.draw(st.binary(max_size=5)))
    elif kind == "swap":
        other = data.draw(st.sampled_from([one for one in files if one.read_bytes() != before]), label="other")
        swap(path, other)
    else:
        path.unlink()
        if kind == "link":
            path.symlink_to("/etc/hostname")
        else:
            path.mkdir()
    return f"{kind} {path.relative_to(folder)}"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_of_any_file_is_found(pristine: Path, tmp_path: Path, data: st.DataObject) -> None:
    folder = tmp_path / os.urandom(6).hex()
    shutil.copytree(pristine, folder)
    what = a_random_change(folder, data)
    assert findings(a_bare_archive(folder)) != [], what
    shutil.rmtree(folder)


def two_archives(tmp_path: Path) -> Iterator[Archive]:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        yield a_full_archive(tmp_path / name / "archive", tmp_path / name / "spool")


def test_the_same_filings_make_the_same_archive(tmp_path: Path) -> None:
    one, other = two_archives(tmp_path)
    names = [name for name in one.store.names() if name not in layout.WORKING]
    assert {name: one.store.get(name) for name in names} == {name: other.store.get(name) for name in names}


def test_filing_goes_on_in_a_copied_archive(folder: Path, tmp_path: Path) -> None:
    archive = a_bare_archive(folder)
    file(archive, tmp_path, FIRST, number=3, at="2011-05-01T08:00:00+08:00")
    assert findings(archive) == []
