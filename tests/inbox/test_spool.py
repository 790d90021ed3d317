"""Claims: a file is taken out of the inbox once, by one process, and what a dead one held is taken over."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from formsvc.durable import Lock, Unopened
from formsvc.errors import MissingInboxError
from formsvc.inbox.areas import REVIEW, SPOOL
from formsvc.inbox.spool import Claim, Spool, next_plan, plans, read_claim
from formsvc.inbox.sweep import look, sweep
from tests.inbox.children import ROOT, WAITING, command, hear, started, tell
from tests.inbox.factories import AT, a_spool, an_inbox, claimed, drop, names_in


def test_a_claimed_file_is_out_of_the_inbox_byte_for_byte(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, "张三.docx", b"a form", place="2011/城东")
    with claimed(inbox) as (_, (claim,)):
        assert claim.original.read_bytes() == b"a form"
        assert (claim.name, claim.name_bytes, claim.place) == ("张三.docx", "张三.docx".encode(), "2011/城东")
        assert (claim.arrived_at, claim.came_from) == (AT, None)
        assert sweep(inbox) == []


def test_a_claim_is_a_rename_and_no_copy(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    inode = drop(inbox).stat().st_ino
    with claimed(inbox) as (_, (claim,)):
        assert claim.original.stat().st_ino == inode


def test_a_claim_read_back_is_the_claim(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, b"\xd5\xc5\xc8\xfd.docx", place="城东")
    os.link(drop(tmp_path, "own.docx"), inbox / os.fsdecode(b"\xc0\xee.docx"))
    with claimed(inbox) as (_, claims):
        assert [read_claim(claim.folder) for claim in claims] == claims


def test_names_keep_their_bytes_and_are_shown_as_what_they_mean(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    for name in ("张三.docx".encode("gb18030"), b"\xff\xfe.pdf", b"a\nb\x1b[31m.docx", "名".encode() * 80):
        drop(inbox, name, name)
    with claimed(inbox) as (_, claims):
        assert {claim.name_bytes for claim in claims} == {claim.original.read_bytes() for claim in claims}
        shown = {claim.name for claim in claims}
        assert shown == {"张三.docx", "__.pdf", "ab[31m.docx", "名" * 80}


def test_a_file_that_is_gone_is_left_out(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, "a.docx")
    gone = drop(inbox, "b.docx")
    files = sweep(inbox)
    gone.unlink()
    with claimed(inbox, files) as (_, claims):
        assert [claim.name for claim in claims] == ["a.docx"]


def test_many_files_are_claimed_at_once(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    for number in range(40):
        drop(inbox, f"{number}.docx", str(number).encode())
    with claimed(inbox) as (spool, claims):
        assert {claim.name for claim in claims} == {f"{number}.docx" for number in range(40)}
        assert len({claim.id for claim in claims}) == 40
        assert all(claim.original.read_bytes().decode() == claim.name.removesuffix(".docx") for claim in claims)
        for claim in claims:
            spool.clear(claim)


def test_two_files_of_one_name_are_two_claims(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, "a.docx", b"1", place="x")
    drop(inbox, "a.docx", b"2", place="y")
    with claimed(inbox) as (_, claims):
        assert [claim.original.read_bytes() for claim in claims] == [b"1", b"2"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are of POSIX")
def test_links_and_pipes_are_taken_as_they_are(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    secret = drop(tmp_path, "secret.docx")
    (inbox / "link.docx").symlink_to(secret)
    os.mkfifo(inbox / "pipe.docx")
    with claimed(inbox) as (_, (link, pipe)):
        assert link.original.readlink() == secret
        assert pipe.original.is_fifo()
    assert secret.read_bytes() == b"a form"


def test_a_file_with_a_second_name_is_copied_and_goes_when_it_is_answered(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    own = drop(tmp_path, "own.docx")
    os.link(own, inbox / "form.docx")
    with claimed(inbox) as (spool, (claim,)):
        assert (inbox / "form.docx").exists()
        own.write_bytes(b"changed through the other name")
        assert claim.original.read_bytes() == b"a form"
        own.write_bytes(b"a form")
        spool.clear(claim)
        assert not (inbox / "form.docx").exists()
        assert own.read_bytes() == b"a form"


def test_what_was_put_in_place_of_a_copied_file_meanwhile_stays(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    os.link(drop(tmp_path, "own.docx"), inbox / "form.docx")
    with claimed(inbox) as (spool, (claim,)):
        (inbox / "form.docx").unlink()
        drop(inbox, "form.docx", b"another form")
        spool.clear(claim)
        assert (inbox / "form.docx").read_bytes() == b"another form"
        assert not claim.folder.exists()


def test_a_folder_put_in_place_of_a_copied_file_meanwhile_stays(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    os.link(drop(tmp_path, "own.docx"), inbox / "form.docx")
    with claimed(inbox) as (spool, (claim,)):
        (inbox / "form.docx").unlink()
        drop(inbox, "inside.docx", place="form.docx")
        spool.clear(claim)
    assert names_in(inbox / "form.docx") == ["inside.docx"]


def test_a_named_file_is_copied_and_stays_where_it_is(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    own = drop(tmp_path, "own.docx")
    with a_spool(inbox) as spool:
        claim = spool.copy(own, AT)
        assert isinstance(claim, Claim)
        assert (claim.original.read_bytes(), claim.came_from) == (b"a form", None)
        spool.clear(claim)
    assert own.read_bytes() == b"a form"


def test_what_is_no_file_is_not_copied(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    (tmp_path / "link.docx").symlink_to(drop(tmp_path, "own.docx"))
    with a_spool(inbox) as spool:
        assert spool.copy(tmp_path / "link.docx", AT) is Unopened.LINK
        assert spool.copy(tmp_path / "gone.docx", AT) is Unopened.GONE
        assert spool.copy(tmp_path, AT) is Unopened.FOLDER
    assert names_in(inbox / SPOOL) == []


def test_nothing_is_left_of_a_spool_whose_claims_are_answered(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox)
    with claimed(inbox) as (spool, (claim,)):
        spool.clear(claim)
    assert list((inbox / SPOOL).iterdir()) == []
    with a_spool(inbox):
        pass
    assert list((inbox / SPOOL).iterdir()) == []


def test_what_is_not_answered_stays_for_the_next_process(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox)
    with claimed(inbox) as (_, (claim,)):
        pass
    with a_spool(inbox) as spool:
        assert spool.has_left_behind()
        (folder,) = spool.left_behind()
        found = read_claim(folder)
        assert found is not None
        assert (found.id, found.original.read_bytes()) == (claim.id, b"a form")
        spool.clear(found)
        assert not spool.has_left_behind()
    assert list((inbox / SPOOL).iterdir()) == []


def test_what_this_process_was_interrupted_at_is_left_behind_too(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox)
    with claimed(inbox) as (spool, (claim,)):
        assert spool.has_left_behind()
        assert spool.left_behind() == [claim.folder]


def test_an_inbox_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(MissingInboxError), Spool(tmp_path / "inbox", "worker"):
        pass
    assert not (tmp_path / "inbox").exists()


def test_many_claims_are_cleared_with_one_sync_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = an_inbox(tmp_path)
    for number in range(64):
        drop(inbox, f"{number}.docx")
    synced: list[int] = []
    with claimed(inbox) as (spool, claims):
        monkeypatch.setattr(os, "fsync", synced.append)
        spool.clear(*claims)
        monkeypatch.undo()
    assert (len(claims), len(synced)) == (64, 1)
    assert list((inbox / SPOOL).iterdir()) == []


def test_a_claim_whose_note_is_lost_is_still_a_claim(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, "张三.docx")
    with claimed(inbox) as (_, (claim,)):
        for note in (b"", b"{"):
            (claim.folder / "claim.json").write_bytes(note)
            found = read_claim(claim.folder)
            assert found is not None
            assert (found.name, found.arrived_at, found.came_from) == ("张三.docx", "", None)
        (claim.folder / "claim.json").unlink()
        assert read_claim(claim.folder) is not None


def test_a_copy_that_was_cut_short_is_no_claim(tmp_path: Path) -> None:
    """A kill while a file is copied in leaves nothing that could be taken for the file."""
    inbox = an_inbox(tmp_path)
    drop(tmp_path, "own.docx", b"x" * (3 << 20))
    done = subprocess.run(command("copy_and_die", inbox), cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert any(path.stat().st_size for path in (inbox / SPOOL).rglob("*") if path.is_file())
    with a_spool(inbox) as spool:
        (folder,) = spool.left_behind()
        assert read_claim(folder) is None


def test_a_waiting_folder_is_taken_by_one_of_two(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, "reading.json", place=f"{REVIEW}/{WAITING}")
    with started("take", inbox) as one, started("take", inbox) as other:
        assert [hear(child) for child in (one, other)] == ["ready", "ready"]
        for child in (one, other):
            tell(child)
        assert sorted(hear(child) for child in (one, other)) == ["False", "True"]
        assert names_in(inbox / REVIEW) == []
        assert [name.split("/")[1:] for name in names_in(inbox / SPOOL) if not name.endswith(".lock")] == [
            [WAITING, "reading.json"]
        ]
        for child in (one, other):
            tell(child)


def how_often_open(path: Path) -> int:
    """Return how many descriptors of this process are open on a file."""
    found = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found += descriptor.readlink() == path
    return found


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="descriptors are looked up in /proc")
def test_a_lock_taken_away_while_it_was_waited_for_is_taken_anew(tmp_path: Path) -> None:
    """Somebody looking for dead processes holds the new lock for a moment, and removes it as one of the dead."""
    inbox = an_inbox(tmp_path)
    lock_file = inbox / SPOOL / "worker.lock"
    lock_file.parent.mkdir()
    entered, may_leave = threading.Event(), threading.Event()

    def work() -> None:
        with Spool(inbox, "worker"):
            entered.set()
            may_leave.wait()

    worker = threading.Thread(target=work)
    with Lock(lock_file):
        worker.start()
        while how_often_open(lock_file) < 2:
            threading.Event().wait(0.001)
        lock_file.unlink()
    entered.wait()
    with a_spool(inbox) as other:
        assert lock_file.exists()
        assert other.left_behind() == []
    may_leave.set()
    worker.join()


def test_plans_are_read_in_the_order_they_were_made(tmp_path: Path) -> None:
    for number in (1, 2):
        path = next_plan(tmp_path)
        assert path.name == f"plan-000{number}.json"
        path.write_text(json.dumps({"versions": [number]}))
    assert plans(tmp_path) == [{"versions": [1]}, {"versions": [2]}]


def test_a_file_that_cannot_be_taken_away_is_answered_once(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, place="ro")
    mount = 'mount --bind "$0/ro" "$0/ro" && mount -o remount,ro,bind "$0/ro" && exec "$@"'
    apart = ["unshare", "--mount", "sh", "-c", mount, str(inbox)]
    if shutil.which("unshare") is None or subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    done = subprocess.run(
        [*apart, *command("serve_what_stays", inbox)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [seen.path.name for seen in sweep(inbox)] == ["张三.docx"]
    with a_spool(inbox) as spool:  # by now it can be taken away
        (claim,) = [read_claim(folder) for folder in spool.left_behind()]
        assert claim is not None
        assert claim.is_answered
        spool.clear(claim)
    assert names_in(inbox) == []


def test_a_kept_file_that_changes_is_served_again(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    path = drop(inbox)
    seen = look(path, "")
    assert seen is not None
    with a_spool(inbox) as spool:
        assert not spool.is_kept(seen)


def test_a_waiting_file_is_taken_again_under_the_name_it_came_with(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    folder = inbox / REVIEW / "q-0123456789ab"
    (folder / "original").mkdir(parents=True)
    (folder / "original" / "safe.pdf").write_bytes(b"a scan")
    with a_spool(inbox) as spool:
        claim = spool.take_again(
            folder, name_bytes=b"a\x01\xff.pdf", place="2011", arrived_at="2011-02-21T09:00:00+08:00"
        )
        assert claim is not None
        assert claim.original.read_bytes() == b"a scan"
        assert read_claim(claim.folder) == claim
        assert not folder.exists()
        assert spool.take_again(folder, name_bytes=b"x", place="", arrived_at="") is None
