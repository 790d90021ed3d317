"""Scans on their way into the archive: copies that keep their pages, crops, and nothing of them on the posting copy."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest

from formsvc.archive.versions import read_manifest
from formsvc.errors import ChangedError
from formsvc.extraction.sandbox.outcome import Answer, Outcome, Stopped
from formsvc.forms.reading import Reading
from formsvc.operations.check import check
from formsvc.operations.filing import file_group
from formsvc.operations.received import Asked
from formsvc.operations.repair import repair
from formsvc.operations.workspace import Workspace
from formsvc.operations.writing import writing
from formsvc.records.history import History
from formsvc.records.record import Pages
from formsvc.rendering.spans import Spliced
from tests.operations.factories import a_filing, a_workspace
from tests.rendering.scan_files import (
    SECRET,
    a_crop,
    a_jpeg,
    a_scan_reading,
    a_sheet,
    as_file,
    findings,
    image_data,
)
from tests.rendering.test_received_pdf import RASTERISED


def file_scan(workspace: Workspace, data: bytes, *readings: Reading) -> list[History]:
    """File the readings of one scan."""
    with writing(workspace):
        group = [a_filing(workspace, reading, data=data, forms=len(readings)) for reading in readings]
        return file_group(workspace, group)


def copies_of(workspace: Workspace, history: History, number: int = 1) -> dict[str, bytes]:
    folder = workspace.archive_folder / history.prefix / f"v{number}"
    return {copy.role: (folder / copy.path).read_bytes() for copy in history.latest.copies}


def with_crops(reading: Reading, *fields: str) -> Reading:
    crops = tuple(a_crop(field, 40 + number) for number, field in enumerate(fields))
    return dataclasses.replace(reading, pictures=crops)


def test_a_filed_scan_keeps_its_pages_in_every_copy_but_the_public_one(tmp_path: Path) -> None:
    data = a_jpeg()
    with a_workspace(tmp_path / "w") as workspace:
        (history,) = file_scan(workspace, data, a_scan_reading())
        copies = copies_of(workspace, history)
        pages = {copy.role: copy.pages for copy in history.latest.copies}
        assert pages == dict.fromkeys(("member", "workplace", "residence"), Pages.RECEIVED) | {"posting": Pages.DRAWN}
        assert not history.latest.typed
        for copy in history.latest.copies:
            assert copy.conformance == "PDF/A-2b"
            assert copy.sha256 == hashlib.sha256(copies[copy.role]).hexdigest()
            assert findings(copies[copy.role]) == []
        (kept,) = image_data(copies["member"])
        assert kept[-500:] in data
        assert workspace.archive.history(history.prefix) == history
        assert check(workspace, full=True).findings == ()


def test_nothing_of_the_scan_is_in_the_posting_copy(tmp_path: Path) -> None:
    data = a_jpeg()
    reading = with_crops(a_scan_reading(phone="0571-5550199"), "signature", "review_seal", "name")
    with a_workspace(tmp_path / "w") as workspace:
        (history,) = file_scan(workspace, data, reading)
        posting = copies_of(workspace, history)["posting"]
    with pikepdf.open(io.BytesIO(posting)) as opened:
        streams = [one for one in opened.objects if isinstance(one, pikepdf.Stream)]
        assert all(one.get("/Subtype") != "/Image" for one in streams)
        held = b"".join(bytes(one.read_bytes()) + bytes(one.read_raw_bytes()) for one in streams)
    for secret in (data, *(picture.data for picture in reading.pictures)):
        pieces = {secret[place : place + 24] for place in range(0, len(secret) - 24, 24)}
        assert not any(piece in posting or piece in held for piece in pieces)
    text = pypdf.PdfReader(io.BytesIO(posting)).pages[0].extract_text()
    assert "0571-5550199" in text
    assert "1998" not in text
    assert SECRET not in posting


def test_crops_of_marks_are_kept_and_those_of_texts_are_not(tmp_path: Path) -> None:
    reading = with_crops(a_scan_reading(), "signature", "name", "review_seal", "review_seal")
    with a_workspace(tmp_path / "w") as workspace:
        (history,) = file_scan(workspace, a_jpeg(), reading)
        version, folder = history.latest, workspace.archive_folder / history.prefix / "v1"
        assert version.crops == {
            "signature": ("crops/signature.png",),
            "review_seal": ("crops/review_seal.png", "crops/review_seal-2.png"),
        }
        listed = read_manifest((folder / "manifest-sha256.txt").read_bytes())
        kept = sorted(path.name for path in (folder / "crops").iterdir())
        assert kept == ["review_seal-2.png", "review_seal.png", "signature.png"]
        assert (folder / "crops" / "signature.png").read_bytes() == reading.pictures[0].data
        assert listed["crops/signature.png"] == hashlib.sha256(reading.pictures[0].data).hexdigest()
        (stamp,) = history.stamps
        assert stamp.review.crop == "crops/review_seal.png"
        assert workspace.archive.history(history.prefix) == history
        assert check(workspace, full=True).findings == ()
        (folder / "crops" / "signature.png").chmod(0o600)
        (folder / "crops" / "signature.png").write_bytes(b"another")
        (finding,) = check(workspace, full=True).findings
        assert finding.path.endswith("v1/crops/signature.png")


def test_each_form_of_a_file_has_copies_of_its_own_pages(tmp_path: Path) -> None:
    sheets = [a_sheet((300 + number, 424)).convert("L") for number in range(4)]
    data = as_file(sheets[0], "TIFF", save_all=True, append_images=sheets[1:], compression="jpeg")
    readings = [
        a_scan_reading((1,), name="张三"),
        dataclasses.replace(a_scan_reading((3, 4), name="李四"), number=2),
    ]
    with a_workspace(tmp_path / "w") as workspace:
        histories = file_scan(workspace, data, *readings)
        widths = []
        for history in histories:
            with pikepdf.open(io.BytesIO(copies_of(workspace, history)["member"])) as opened:
                named = [page.obj.Resources.XObject["/Page0"] for page in opened.pages]
                widths.append([int(image.Width) for image in named])
        assert widths == [[300], [302, 303]]
        assert {history.latest.original.path for history in histories} == {
            f"sources/{hashlib.sha256(data).hexdigest()}/original/张三承诺书.docx"
        }
        assert check(workspace, full=True).findings == ()


def test_a_pdf_that_cannot_be_pdf_a_is_filed_as_pictures_and_the_record_says_so(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        (history,) = file_scan(workspace, RASTERISED["text in a font that is not there"](), a_scan_reading())
        folder = workspace.archive_folder / history.prefix / "v1"
        said = json.loads((folder / "record.json").read_bytes())["copies"]
        assert [copy["pages"] for copy in said] == ["rasterised"] * 3 + ["drawn"]
        assert {copy["conformance"] for copy in said} == {"PDF/A-2b"}
        assert findings(copies_of(workspace, history)["member"]) == []


@pytest.mark.parametrize("data", [b"%PDF-1.7 and nothing more", b"\xff\xd8\xff\xe0 cut", b"neither", a_jpeg()[:900]])
def test_pages_that_cannot_be_kept_are_drawn_from_the_values_and_the_record_says_so(
    data: bytes, tmp_path: Path
) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        (history,) = file_scan(workspace, data, a_scan_reading())
        assert {copy.pages for copy in history.latest.copies} == {Pages.DRAWN}
        assert all(copy.startswith(b"%PDF") for copy in copies_of(workspace, history).values())
        folder = workspace.archive_folder / history.prefix / "v1"
        assert (folder / history.latest.original.path).read_bytes() == data


def test_a_lost_copy_of_a_scan_is_made_again_byte_for_byte_from_its_original(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        (history,) = file_scan(workspace, a_jpeg(), with_crops(a_scan_reading(), "review_seal"))
        folder = workspace.archive_folder / history.prefix / "v1"
        lost = folder / history.latest.copies[1].path
        before = lost.read_bytes()
        lost.unlink()
        repair(workspace)
        assert lost.read_bytes() == before
        lost.unlink()
        (folder / history.latest.original.path).unlink()
        repair(workspace)
        assert not lost.exists()


def test_one_sandbox_serves_all_scans_of_a_workspace_and_ends_with_it(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        for name in ("张三", "李四"):
            file_scan(workspace, a_jpeg(), a_scan_reading(name=name))
            server = workspace.stamper
            pid = getattr(server, "pid", None)
            assert pid is not None
        assert workspace.stamper is server
        assert server.pid == pid  # type: ignore[union-attr]  # where there is fork
    assert server.pid is None  # type: ignore[union-attr]  # where there is fork


def test_a_scan_that_changed_since_it_was_looked_at_is_not_filed(tmp_path: Path) -> None:
    path = tmp_path / "scan"
    path.write_bytes(a_jpeg())
    pieces = tuple(
        Asked(path, path.stat().st_size, frozenset({"member"}), _Said(_answer([[0, 500]]))).copies().values()
    )
    (copy,) = pieces
    path.write_bytes(b"short")
    assert isinstance(copy.data, Spliced)
    with pytest.raises(ChangedError):
        list(copy.data)


class _Said:
    """A job whose outcome is known."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def result(self) -> Outcome:
        return self._outcome


def _answer(pieces: Any, **other: Any) -> Answer:
    said = {"archivable": True, "rasterised": False, "shared": [], "copies": {"member": pieces}}
    return Answer({**said, **other})


def _asked(outcome: Outcome) -> Asked:
    return Asked(Path("scan"), 1000, frozenset({"member"}), _Said(outcome))


def test_an_answer_is_taken_as_it_says() -> None:
    large = base64.b64encode(b"large").decode("ascii")
    copies = _asked(_answer([[0, 10], 0, "c21hbGw="], shared=[large], rasterised=True)).copies()
    assert copies["member"].pages is Pages.RASTERISED
    assert isinstance(copies["member"].data, Spliced)
    assert copies["member"].data.parts[1:] == (b"large", b"small")
    assert _asked(_answer([], archivable=False)).copies()["member"].conformance is None


@pytest.mark.parametrize(
    "outcome",
    [
        Stopped("time"),
        Answer(None),
        Answer([]),
        _answer([[0, 1001]]),
        _answer([[-1, 5]]),
        _answer([[999, 2]]),
        _answer([[0, -1]]),
        _answer([["0", 1]]),
        _answer([0]),
        _answer([-1]),
        _answer(["not base64!"]),
        _answer([None]),
        _answer("all"),
        _answer([], shared=[5]),
        _answer([], shared="x"),
        _answer([], rasterised="no"),
        _answer([], copies={}),
        _answer([], copies={"member": [], "posting": []}),
        _answer([[0, 1000]] * 200_000),
        _answer([[0, 0]] * 200_001),
    ],
)
def test_an_answer_out_of_shape_is_none(outcome: Outcome) -> None:
    assert _asked(outcome).copies() == {}
