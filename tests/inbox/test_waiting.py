"""Readings that wait for a person: each a folder that says everything about itself."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from formsvc.errors import AmbiguousIdError, Code, DamagedArchiveError, Problem, TakenError, UnknownIdError
from formsvc.forms.reading import Picture
from formsvc.inbox.areas import REVIEW
from formsvc.inbox.waiting import Waiting, all_waiting, find_waiting, put_waiting, read_waiting, waiting_folder
from formsvc.storage import LocalStore
from tests.forms.factories import a_reading
from tests.inbox.factories import a_waiting, an_inbox, drop, names_in

PNG = Picture("signature", "image/png", b"\x89PNG", 30.0, 12.0)
JPG = Picture("review_seal", "image/jpeg", b"\xff\xd8", 40.0, 40.0)


def put(inbox: Path, waiting: Waiting) -> Path:
    put_waiting(LocalStore(inbox), waiting, b"a form", "谁来看一下\n")
    return waiting_folder(inbox, waiting.id)


def test_a_waiting_reading_is_read_back_as_it_was_put(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    reading = a_reading(problems=[Problem(Code.NAMESAKE, params={"record": "7f3c9a0b12de"})])
    waiting = dataclasses.replace(
        a_waiting(reading=dataclasses.replace(reading, pictures=(PNG, JPG))),
        name_bytes="张三.docx".encode("gb18030"),
        candidates=("7f3c9a0b12de",),
        forms_in_file=2,
        place="2011/城东",
    )
    folder = put(inbox, waiting)
    assert read_waiting(folder) == waiting
    assert all_waiting(inbox) == [waiting]
    assert find_waiting(inbox, waiting.id) == waiting


def test_its_folder_holds_the_file_the_reason_and_the_pictures(tmp_path: Path) -> None:
    folder = put(an_inbox(tmp_path), a_waiting(reading=dataclasses.replace(a_reading(), pictures=(PNG, JPG))))
    assert names_in(folder) == [
        "crop-review_seal.jpg",
        "crop-signature.png",
        "original/张三.docx",
        "reading.json",
        "reason.txt",
    ]
    assert (folder / "original" / "张三.docx").read_bytes() == b"a form"
    assert (folder / "crop-signature.png").read_bytes() == b"\x89PNG"


def test_an_id_waits_once(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    put(inbox, a_waiting())
    with pytest.raises(TakenError):
        put(inbox, a_waiting(claim="claim-2"))
    assert all_waiting(inbox)[0].claim == "claim-1"


def test_the_earliest_arrival_comes_first(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    times = {b"a": "2011-02-23", b"b": "2011-02-21", b"c": "2011-02-22"}
    for data, day in times.items():
        put(inbox, dataclasses.replace(a_waiting(data), arrived_at=f"{day}T09:00:00+08:00"))
    assert [waiting.arrived_at[:10] for waiting in all_waiting(inbox)] == sorted(times.values())


def test_nothing_waits_where_nothing_was_put(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    assert all_waiting(inbox) == []
    with pytest.raises(UnknownIdError):
        find_waiting(inbox, "q-1")


def test_an_id_is_found_by_its_beginning_with_or_without_the_mark(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    waiting = a_waiting()
    put(inbox, waiting)
    for prefix in (waiting.id, waiting.id[:5], waiting.id[2:], waiting.id[2:6], "q-", ""):
        assert find_waiting(inbox, prefix) == waiting
    for prefix in ("q-nothing", waiting.id + "0", "../" + waiting.id):
        with pytest.raises(UnknownIdError):
            find_waiting(inbox, prefix)


def test_a_beginning_of_two_ids_is_told_as_such(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    both = [a_waiting(b"1"), a_waiting(b"2")]
    for waiting in both:
        put(inbox, waiting)
    with pytest.raises(AmbiguousIdError) as caught:
        find_waiting(inbox, "q-")
    assert caught.value.params["candidates"] == ", ".join(sorted(waiting.id for waiting in both))


def test_a_copy_a_clerk_made_of_a_folder_is_not_in_the_queue(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    folder = put(inbox, a_waiting())
    shutil.copytree(folder, folder.with_name(f"{folder.name} - 副本"))
    drop(inbox, "说明.txt", place=REVIEW)
    (inbox / REVIEW / "q-000000000000").mkdir()
    assert all_waiting(inbox) == [a_waiting()]
    assert find_waiting(inbox, a_waiting().id) == a_waiting()


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'{"id": 1}'])
def test_a_reading_out_of_shape_is_damage_and_named(tmp_path: Path, data: bytes) -> None:
    folder = put(an_inbox(tmp_path), a_waiting())
    (folder / "reading.json").chmod(0o644)
    (folder / "reading.json").write_bytes(data)
    with pytest.raises(DamagedArchiveError) as caught:
        read_waiting(folder)
    assert str(caught.value.params["path"]).endswith("reading.json")


def test_a_name_is_shown_as_what_its_bytes_mean() -> None:
    waiting = dataclasses.replace(a_waiting(), name_bytes="李四".encode("gb18030") + b".pdf")
    assert (waiting.name, waiting.original_name) == ("李四.pdf", "original/李四.pdf")
    long = dataclasses.replace(a_waiting(), name_bytes=("长" * 80).encode() + b".docx")
    assert len(long.original_name.encode()) <= 130
    assert long.original_name.endswith(".docx")
