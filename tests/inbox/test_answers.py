"""Answers in the shared folder are given whole, and once for each claim."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from formsvc.inbox import answers
from formsvc.inbox.areas import DUPLICATES, RECEIPTS, REJECTED
from formsvc.storage import LocalStore, MemoryStore, Store
from tests.inbox.factories import an_inbox, drop, names_in

DAY = "2011-02-21"


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else LocalStore(an_inbox(tmp_path))


def reject(
    store: Store, claim: str, *, name: str = "张三.docx", data: bytes = b"a form", text: str = "No form.\n", **more: str
) -> str:
    reason = {"schema": 1, "claim": claim, **more}
    return answers.reject(store, DAY, name, {answers.untouched_name(name): data}, reason, text)


def test_a_rejected_file_lies_untouched_beside_its_reason(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    received = drop(tmp_path, "spooled.docx", b"as received")
    folder = answers.reject(LocalStore(inbox), DAY, "张三.docx", {"张三.docx": received}, {"claim": "c-1"}, "为什么\n")
    assert folder == f"{REJECTED}/{DAY}/张三.docx"
    assert names_in(inbox / folder) == ["reason.json", "reason.txt", "张三.docx"]
    assert (inbox / folder / "张三.docx").read_bytes() == b"as received"
    assert (inbox / folder / "reason.txt").read_text("utf-8") == "为什么\n"
    assert json.loads((inbox / folder / "reason.json").read_bytes()) == {"claim": "c-1"}
    assert received.exists()


def test_a_duplicate_lies_in_its_own_area(store: Store) -> None:
    folder = answers.duplicate(store, DAY, "张三.docx", {"张三.docx": b"a form"}, {"claim": "c-1"}, "")
    assert folder == f"{DUPLICATES}/{DAY}/张三.docx"
    assert store.get(f"{folder}/张三.docx") == b"a form"


def test_another_file_of_the_same_name_has_a_folder_of_its_own(store: Store) -> None:
    assert [reject(store, f"c-{number}", data=str(number).encode()) for number in (1, 2, 3)] == [
        f"{REJECTED}/{DAY}/张三.docx",
        f"{REJECTED}/{DAY}/张三.docx-2",
        f"{REJECTED}/{DAY}/张三.docx-3",
    ]
    assert store.get(f"{REJECTED}/{DAY}/张三.docx-2/张三.docx") == b"2"


def test_a_claim_worked_off_again_gets_no_second_answer_in_whatever_words(store: Store) -> None:
    reject(store, "c-0")
    folder = reject(store, "c-1")
    assert reject(store, "c-1") == folder
    assert reject(store, "c-1", text="没有可识别的表。\n") == folder
    assert store.get(f"{folder}/reason.txt") == b"No form.\n"


def test_each_form_of_a_claim_that_waited_has_an_answer_of_its_own(store: Store) -> None:
    assert reject(store, "c-1", waiting="q-1") != reject(store, "c-1", waiting="q-2")
    assert reject(store, "c-1", record="r-1") != reject(store, "c-1", record="r-2")


def test_a_file_named_as_a_reason_is_not_written_over(store: Store) -> None:
    for number, name in enumerate(("reason.txt", "reason.json", "REASON.TXT")):
        folder = reject(store, f"c-{number}", name=name, data=b"mine")
        assert store.get(f"{folder}/_{name}") == b"mine"
        assert json.loads(store.get(f"{folder}/reason.json"))["claim"] == f"c-{number}"


def test_an_answer_whose_reason_a_clerk_took_or_spoilt_is_nobody_elses(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    store = LocalStore(inbox)
    folder = reject(store, "c-1")
    (inbox / folder / "reason.json").write_bytes(b"spoilt")
    assert reject(store, "c-1") == f"{folder}-2"
    shutil.rmtree(inbox / f"{folder}-2")
    (inbox / folder / "reason.json").unlink()
    assert reject(store, "c-1") == f"{folder}-2"


@pytest.mark.parametrize("name", ["长" * 200 + ".docx", "CON.docx", "..", "a/b\\c:d.docx", "\udcd5\udcc5.docx", ""])
def test_any_name_makes_a_folder_every_system_can_hold(store: Store, name: str) -> None:
    folder = reject(store, "c-1", name=name)
    assert folder.startswith(f"{REJECTED}/{DAY}/")
    assert folder.count("/") == 2
    assert store.get(f"{folder}/{answers.untouched_name(name)}") == b"a form"


def test_a_receipt_tells_each_line_once(store: Store) -> None:
    answers.receipt(store, DAY, ["one", "two", "one"])
    answers.receipt(store, DAY, ["two", "three"])
    answers.receipt(store, DAY, ["three"])
    answers.receipt(store, DAY, [])
    assert store.get(f"{RECEIPTS}/{DAY}.txt").decode() == "one\ntwo\nthree\n"


def test_a_line_a_power_cut_tore_is_finished(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, f"{DAY}.txt", b"one\ntw", place=RECEIPTS)
    answers.receipt(LocalStore(inbox), DAY, ["one", "two"])
    assert (inbox / RECEIPTS / f"{DAY}.txt").read_bytes() == b"one\ntwo\n"


def test_receipts_that_a_clerk_saved_in_another_code_are_added_to(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, f"{DAY}.txt", "已归档\n".encode("gb18030"), place=RECEIPTS)
    answers.receipt(LocalStore(inbox), DAY, ["张三"])
    assert (inbox / RECEIPTS / f"{DAY}.txt").read_bytes() == "已归档\n".encode("gb18030") + "张三\n".encode()
