"""What lies in an inbox besides documents: links, pipes, giants, deep folders, odd names."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pypdf
import pytest

from formsvc.errors import Code
from formsvc.operations.ingest import ingest
from formsvc.operations.outcome import Filed, NeedsConfirmation, Outcome, Rejected
from formsvc.operations.queue import confirm
from formsvc.operations.workspace import open_workspace
from formsvc.rendering.docx import write_docx
from formsvc.watch import watch_once
from tests.road import DATA, MEMBER, a_member, a_workspace

FORM = write_docx(MEMBER, year=2011, values=a_member())


def served(root: Path) -> list[Outcome]:
    with open_workspace(root) as workspace:
        return list(watch_once(workspace))


def left_in(root: Path) -> list[str]:
    """Return what lies in the inbox outside our own folders."""
    return [path.name for path in (root / "inbox").iterdir() if not path.name.startswith(("_", "."))]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are of POSIX")
def test_links_and_pipes_are_set_aside_without_being_followed_or_opened(tmp_path: Path) -> None:
    root = a_workspace(tmp_path / "w")
    secret = tmp_path / "secret.docx"
    secret.write_bytes(FORM)
    (root / "inbox" / "link.docx").symlink_to(secret)
    (root / "inbox" / "self").symlink_to("self")
    os.mkfifo(root / "inbox" / "pipe.docx")
    outcomes = served(root)
    assert [type(outcome) for outcome in outcomes] == [Rejected] * 3
    assert {problem.code for outcome in outcomes for problem in outcome.about.problems} == {Code.NOT_A_FILE}
    assert secret.read_bytes() == FORM
    assert left_in(root) == []
    assert list((root / "archive").glob("2*")) == []


def test_a_file_of_a_terabyte_is_set_aside_unread(tmp_path: Path) -> None:
    root = a_workspace(tmp_path / "w")
    path = root / "inbox" / "sparse.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(1 << 40)
        file.seek(-6, os.SEEK_END)
        file.write(b"%%EOF\n")
    (outcome,) = served(root)
    assert isinstance(outcome, Rejected)
    assert {problem.code for problem in outcome.about.problems} == {Code.TOO_LARGE}
    assert left_in(root) == []
    (kept,) = (root / "inbox" / outcome.folder).glob("*.pdf")
    assert kept.stat().st_size == 1 << 40


def test_a_file_with_a_second_name_is_copied_and_the_second_name_stays(tmp_path: Path) -> None:
    root = a_workspace(tmp_path / "w")
    own = tmp_path / "own.docx"
    own.write_bytes(FORM)
    os.link(own, root / "inbox" / "form.docx")
    (outcome,) = served(root)
    assert isinstance(outcome, Filed)
    assert own.read_bytes() == FORM
    assert left_in(root) == []


def test_a_form_three_hundred_folders_deep_is_filed(tmp_path: Path) -> None:
    root = a_workspace(tmp_path / "w")
    folder = root / "inbox"
    for _ in range(300):
        folder /= "d"
    folder.mkdir(parents=True)
    (folder / "form.docx").write_bytes(FORM)
    (outcome,) = served(root)
    assert isinstance(outcome, Filed)


def test_every_hostile_name_is_served_or_known_as_junk(tmp_path: Path) -> None:
    root = a_workspace(tmp_path / "w")
    names = [b"\xd5\xc5\xc8\xfd.docx", b"a\x1b[31mb.docx", b"<img src=x>.docx", "🎉.docx".encode()]
    names += [
        "张三.docx.".encode(),
        ("名" * 80 + ".docx").encode(),
        "承诺书".encode(),
        b"-rf.docx",
        b"CON.docx",
    ]
    forms = [write_docx(MEMBER, year=2011, values=a_member(name=f"王{sign}")) for sign in "一二三四五六七八九"]
    for name, form in zip(names, forms, strict=True):
        (root / "inbox" / os.fsdecode(name)).write_bytes(form)
    for junk in ("~$张三.docx", "Thumbs.db", ".DS_Store", "张三.docx.crdownload", "desktop.ini"):
        (root / "inbox" / junk).write_bytes(b"junk")
    outcomes = served(root)
    assert [type(outcome) for outcome in outcomes] == [Filed] * len(names)
    assert sorted(left_in(root)) == ["Thumbs.db", "desktop.ini", "~$张三.docx", "张三.docx.crdownload"]
    kept = set()
    for path in (root / "archive").rglob("record.json"):
        kept.add(base64.b64decode(json.loads(path.read_bytes())["original"]["name_base64"]))
    assert kept == set(names)
    assert max(len(str(path.relative_to(root))) for path in (root / "archive").rglob("*")) <= 200


def test_a_character_no_font_has_is_asked_about_and_then_printed_as_a_mark(tmp_path: Path) -> None:
    root = a_workspace(tmp_path / "w")
    name = "王\U000323af"
    (root / "inbox" / "form.docx").write_bytes(write_docx(MEMBER, year=2011, values=a_member(name=name)))
    (outcome,) = served(root)
    assert isinstance(outcome, NeedsConfirmation)
    assert Code.UNPRINTABLE in {problem.code for problem in outcome.about.problems}
    with open_workspace(root) as workspace:
        history = confirm(workspace, outcome.waiting, by="李红")
        copy = workspace.archive_folder / history.prefix / "v1" / history.latest.copies[0].path
    assert history.latest.name == name
    assert "王〓" in pypdf.PdfReader(copy).pages[0].extract_text()


def test_hostile_values_never_become_paths_outside_the_archive(tmp_path: Path) -> None:
    values = json.loads((DATA / "hostile-names.json").read_text("utf-8"))
    texts = [text for text in _texts(values) if text.strip()][:60]
    root = a_workspace(tmp_path / "w")
    before = {path for path in tmp_path.rglob("*") if root not in path.parents}
    for number, text in enumerate(texts):
        try:
            form = write_docx(MEMBER, year=2011, values=a_member(name=text[:2000], unit_post=text[:2000]))
        except ValueError:
            continue
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{number}.docx").write_bytes(form)
    with open_workspace(root) as workspace:
        outcomes = list(ingest(workspace, [tmp_path / "in"]))
    assert {type(outcome) for outcome in outcomes} <= {Filed, NeedsConfirmation, Rejected}
    after = {path for path in tmp_path.rglob("*") if root not in path.parents and tmp_path / "in" not in path.parents}
    assert after - before == {tmp_path / "in"}
    assert max(len(str(path.relative_to(root))) for path in (root / "archive").rglob("*")) <= 200


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    return [text for one in value for text in _texts(one)] if isinstance(value, list) else []
