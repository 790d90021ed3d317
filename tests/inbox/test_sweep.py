"""One sweep sees every name that is not ours and not junk, and opens none."""

from __future__ import annotations

import base64
import json
import os
import socket
from pathlib import Path

import pytest

from formsvc.errors import MissingInboxError
from formsvc.inbox.areas import DUPLICATES, RECEIPTS, REJECTED, REVIEW, SPOOL, STAGING, is_junk
from formsvc.inbox.sweep import look, sweep
from tests.inbox.factories import an_inbox, drop

HOSTILE = json.loads((Path(__file__).parents[1] / "data" / "hostile-names.json").read_text("utf-8"))["names"]


def seen(inbox: Path) -> list[str]:
    return [str(one.path.relative_to(inbox)) for one in sweep(inbox)]


def test_files_are_seen_in_the_order_of_folders_and_names(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    for name, place in (
        ("b.docx", ""),
        ("a.docx", ""),
        ("c.docx", "2011"),
        ("a.docx", "2011/城东"),
        ("z.docx", "2010"),
    ):
        drop(inbox, name, place=place)
    assert seen(inbox) == ["a.docx", "b.docx", "2010/z.docx", "2011/c.docx", "2011/城东/a.docx"]
    assert [one.place for one in sweep(inbox)] == ["", "", "2010", "2011", "2011/城东"]


def test_a_file_is_seen_with_its_size_and_shape(tmp_path: Path) -> None:
    path = drop(an_inbox(tmp_path), data=b"123")
    (one,) = sweep(path.parent)
    status = path.stat()
    assert (one.size, one.shape) == (3, (3, status.st_mtime_ns, status.st_ino))
    assert (one.is_regular, one.links) == (True, 1)
    assert look(path, "") == one


def test_an_inbox_that_is_not_there_is_no_empty_inbox(tmp_path: Path) -> None:
    for path in (tmp_path / "inbox", drop(tmp_path, "inbox.txt")):
        with pytest.raises(MissingInboxError):
            sweep(path)


def test_our_own_folders_are_not_looked_into(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    for area in (SPOOL, STAGING, REVIEW, REJECTED, DUPLICATES, RECEIPTS):
        drop(inbox, "a.docx", place=area)
    assert seen(inbox) == []


def test_only_folders_at_the_top_are_ours(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, "a.docx", place=f"2011/{REJECTED}")
    assert seen(inbox) == [f"2011/{REJECTED}/a.docx"]


@pytest.mark.parametrize(
    "name",
    [
        *("~$张三.docx", "~$", ".~张三.docx", ".~lock.张三.docx#", "~WRL0001.tmp", "张三.docx.tmp", "张三.docx.part"),
        *("张三.docx.crdownload", "张三.docx.filepart", "张三.docx - 快捷方式.lnk", "Thumbs.db", "THUMBS.DB"),
        *("desktop.ini", ".DS_Store", "._张三.docx", "__MACOSX", "@eaDir", "#recycle", ".stfolder", "$RECYCLE.BIN"),
        *("System Volume Information", ".goutputstream-AB12CD", ".fuse_hidden0000001", ".nfs0001", ".smbdeleteAAA1"),
        *(".syncthing.a.docx.tmp", ".gitkeep"),
    ],
)
def test_what_programs_leave_is_junk(tmp_path: Path, name: str) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, name)
    drop(inbox, "inside.docx", place=f"2011/{name}")
    assert seen(inbox) == []
    assert is_junk(name)


@pytest.mark.parametrize(
    "name",
    [
        *("张三", "张三.docx", "张三.docx.", ".张三.docx", "-rf.docx", "a\nb.docx", "~张三.docx", "张三~.docx", "tmp"),
        *(
            "张三(1).docx",
            "张三.sync-conflict-20110221-101010-ABCDEFG.docx",
            "part",
            "a.tmp.docx",
            "Thumbs.db.docx",
            "_x",
        ),
    ],
)
def test_everything_else_is_a_submission(tmp_path: Path, name: str) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, name)
    assert seen(inbox) == [name]


@pytest.mark.parametrize("case", HOSTILE, ids=[case["why"] for case in HOSTILE])
def test_hostile_names_are_seen_or_known_as_junk(tmp_path: Path, case: dict[str, str]) -> None:
    inbox = an_inbox(tmp_path)
    name = base64.b64decode(case["name_b64"])
    drop(inbox, name)
    found = [os.fsencode(one.path.name) for one in sweep(inbox)]
    assert found == ([] if is_junk(os.fsdecode(name)) else [name])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes and sockets are of POSIX")
def test_links_pipes_and_sockets_are_seen_and_not_followed(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    outside = tmp_path / "outside"
    drop(outside, "secret.docx")
    (inbox / "a-link").symlink_to(outside / "secret.docx")
    (inbox / "b-folder-link").symlink_to(outside)
    (inbox / "c-loop").symlink_to(inbox)
    (inbox / "d-nowhere").symlink_to("nowhere")
    os.mkfifo(inbox / "e-pipe.docx")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(inbox / "f-socket"))
    found = sweep(inbox)
    assert [one.path.name[0] for one in found] == list("abcdef")
    assert not any(one.is_regular for one in found)


def test_a_file_with_two_names_is_seen_as_such(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    os.link(drop(tmp_path, "own.docx"), inbox / "form.docx")
    assert [one.links for one in sweep(inbox)] == [2]


def test_three_hundred_folders_deep_is_no_recursion(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, "form.docx", place="/".join(["d"] * 300))
    assert len(seen(inbox)) == 1


def test_what_lies_deeper_than_the_system_has_paths_for_stops_nothing(tmp_path: Path) -> None:
    inbox = an_inbox(tmp_path)
    drop(inbox, "form.docx")
    folder = os.open(inbox, os.O_RDONLY)
    for _ in range(25):
        os.mkdir("d" * 200, dir_fd=folder)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=folder)
        os.close(os.open("lost.docx", os.O_WRONLY | os.O_CREAT, dir_fd=below))
        os.close(folder)
        folder = below
    os.close(folder)
    found = [one.path.name for one in sweep(inbox)]
    assert found[0] == "form.docx"
    assert set(found[1:]) == {"lost.docx"}


def test_what_is_gone_or_no_folder_any_more_is_passed_over(tmp_path: Path) -> None:
    assert look(tmp_path / "gone.docx", "") is None
    assert look(drop(tmp_path, "file") / "below.docx", "") is None
