"""What a dead process held is taken over by the next, whole and once."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from formsvc.inbox.areas import SPOOL
from formsvc.inbox.spool import read_claim
from formsvc.inbox.sweep import sweep
from tests.inbox.children import WAITING, hear, started
from tests.inbox.factories import AT, a_spool, an_inbox, claimed, drop, names_in


def test_the_folder_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox)
    with claimed(inbox) as (_, (claim,)), a_spool(inbox) as other:
        assert other.left_behind() == []
        assert claim.original.exists()


def a_dead_process(inbox: Path) -> None:
    """Let a process claim what is there, and kill it."""
    with started("hold", inbox) as child:
        assert hear(child) == "claimed"
        with a_spool(inbox) as spool:
            assert spool.left_behind() == []
        child.send_signal(signal.SIGKILL)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills need POSIX")
def test_what_a_killed_process_held_is_taken_over_once_it_is_dead(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, "a.docx", b"1", place="城东")
    os.link(drop(tmp_path, "own.docx", b"2"), inbox / "b.docx")
    a_dead_process(inbox)
    with a_spool(inbox) as spool:
        claims = [read_claim(folder) for folder in spool.left_behind()]
        assert [(claim.name, claim.place, claim.original.read_bytes()) for claim in claims if claim is not None] == [
            ("a.docx", "城东", b"1"),
            ("b.docx", "", b"2"),
        ]
        for claim in claims:
            assert claim is not None
            assert claim.arrived_at == AT
            spool.clear(claim)
    assert names_in(inbox) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills need POSIX")
def test_what_a_killed_process_held_is_taken_over_when_its_lock_is_lost_too(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox)
    a_dead_process(inbox)
    (lock_file,) = (inbox / SPOOL).glob("*.lock")
    lock_file.unlink()
    with a_spool(inbox) as spool:
        assert spool.has_left_behind()
        (folder,) = spool.left_behind()
        claim = read_claim(folder)
        assert claim is not None
        spool.clear(claim)
        assert not spool.has_left_behind()
    assert list((inbox / SPOOL).iterdir()) == []


def _dead(inbox: Path, number: int, claim: str) -> None:
    original = inbox / SPOOL / f"dead-{number:03}" / claim / "original" / "a.docx"
    original.parent.mkdir(parents=True)
    original.write_bytes(b"%d" % number)
    (inbox / SPOOL / f"dead-{number:03}.lock").touch()


def test_more_dead_processes_than_are_cleared_up_after_at_once_are_all_taken_over(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    for number in range(130):
        _dead(inbox, number, f"dead-{number:03}-000001")
    with a_spool(inbox) as spool:
        claims = [claim for claim in map(read_claim, spool.left_behind()) if claim is not None]
        assert [claim.original.read_bytes() for claim in claims] == [b"%d" % number for number in range(130)]
        spool.clear(*claims)
    assert list((inbox / SPOOL).iterdir()) == []


def test_two_dead_processes_with_one_name_for_their_claims_lose_neither(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    for number in range(2):
        _dead(inbox, number, "q-0123456789ab")
    found = []
    while True:
        with a_spool(inbox) as spool:
            folders = spool.left_behind()
            if not folders:
                break
            claims = [claim for claim in map(read_claim, folders) if claim is not None]
            found += [claim.original.read_bytes() for claim in claims]
            spool.clear(*claims)
    assert sorted(found) == [b"0", b"1"]
    assert list((inbox / SPOOL).iterdir()) == []


def test_nothing_of_a_dead_process_is_lost_when_its_name_is_taken_here(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    for worker in ("worker-1", "worker-2"):
        drop(inbox, "reading.json", worker.encode(), place=f"{SPOOL}/{worker}/{WAITING}")
        drop(inbox, f"{worker}.lock", place=SPOOL)
    with a_spool(inbox) as spool:
        (first,) = spool.left_behind()
        assert (first / "reading.json").read_bytes() == b"worker-1"
        assert (inbox / SPOOL / "worker-2" / WAITING / "reading.json").read_bytes() == b"worker-2"
        shutil.rmtree(first)
        (second,) = spool.left_behind()
        assert (second / "reading.json").read_bytes() == b"worker-2"


def test_the_name_a_power_cut_gave_back_to_a_claimed_file_is_taken_away(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    _dead(inbox, 1, "dead-001-000001")
    original = inbox / SPOOL / "dead-001" / "dead-001-000001" / "original" / "a.docx"
    (inbox / "城东").mkdir()
    os.link(original, inbox / "城东" / "a.docx")
    drop(inbox, "b.docx", b"another")
    with a_spool(inbox) as spool:
        (claim,) = [read_claim(folder) for folder in spool.left_behind()]
        assert claim is not None
        assert claim.original.read_bytes() == b"1"
        assert [seen.path.name for seen in sweep(inbox)] == ["b.docx"]


def test_a_file_that_is_merely_equal_to_a_claimed_one_stays_in_the_inbox(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    _dead(inbox, 1, "dead-001-000001")
    os.link(inbox / SPOOL / "dead-001" / "dead-001-000001" / "original" / "a.docx", tmp_path / "kept.docx")
    drop(inbox, "a.docx", b"1")
    with a_spool(inbox) as spool:
        assert len(spool.left_behind()) == 1
        assert [seen.path.name for seen in sweep(inbox)] == ["a.docx"]


def test_claims_keep_their_order_when_whoever_took_them_over_died_on_the_way(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    _dead(inbox, 1, "dead-001-000002")
    _dead(inbox, 2, "dead-001-000001")
    with a_spool(inbox) as spool:
        assert [folder.name for folder in spool.left_behind()] == ["dead-001-000001", "dead-001-000002"]


def _under_two_names(inbox: Path) -> None:
    """Let a claim lie with two dead processes, its files being the same ones."""
    _dead(inbox, 1, "dead-001-000001")
    first = inbox / SPOOL / "dead-001" / "dead-001-000001"
    second = inbox / SPOOL / "dead-002" / first.name
    (second / "original").mkdir(parents=True)
    os.link(first / "original" / "a.docx", second / "original" / "a.docx")


def test_a_claim_that_a_power_cut_left_with_two_dead_processes_is_taken_over_once(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    _under_two_names(inbox)
    with a_spool(inbox) as spool:
        (claim,) = [read_claim(folder) for folder in spool.left_behind()]
        assert claim is not None
        assert claim.original.read_bytes() == b"1"
        assert not any((inbox / SPOOL).glob("dead-*"))


def test_a_claim_under_two_names_that_says_more_under_one_of_them_is_not_thrown_away(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    _under_two_names(inbox)
    more = drop(inbox, "plan-0001.json", b"{}", place=f"{SPOOL}/dead-002/dead-001-000001")
    with a_spool(inbox) as spool:
        assert len(spool.left_behind()) == 1
        assert more.exists()
