"""Copies handed out: endorsed, whole or not at all, with nothing withheld on what is posted; PDF/A-3 for the unit."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from formsvc.archive import layout
from formsvc.archive.chain import following
from formsvc.errors import DamagedArchiveError, TakenError, UnknownCopyError, UnknownIdError
from formsvc.forms.reading import Reading
from formsvc.operations.delivered import Delivered, DeliveryFormat, LeftOut, Selection
from formsvc.operations.delivery import deliver
from formsvc.operations.desk import own_copy
from formsvc.operations.filing import file_group
from formsvc.operations.review import review
from formsvc.operations.workspace import Workspace
from formsvc.operations.writing import writing
from formsvc.records.event import Redrawn, ReviewDecision
from formsvc.records.history import History
from formsvc.rendering.docx import write_docx
from tests.forms.factories import VALUES, a_reading, a_spec
from tests.operations.factories import Clock, a_filing, a_workspace, file_one
from tests.operations.test_repair import contents
from tests.operations.test_roster import bring
from tests.organisations.factories import a_row
from tests.rendering.scan_files import a_jpeg, a_scan_reading, image_data
from tests.rendering.test_appended import flaws
from tests.rendering.test_withheld import characters_of_fonts, everything_in

HOSTILE = ("../../etc/passwd", "a\u202exslx.exe", 'q"u)o(t\\e<d>&.docx', "record.json", "EVENT-0001.json", "名" * 90)
OPINION = "同意，请于6月底前完成。鼍龘"


def approve(workspace: Workspace, history: History, *, opinion: str = OPINION, step: str | None = None) -> History:
    return review(
        workspace,
        history.id,
        decision=ReviewDecision.APPROVE,
        by="赵敏",
        organisation="清溪镇党委",
        on="2011-02-21",
        opinion=opinion,
        step=step,
    )


def send_back(workspace: Workspace, history: History) -> History:
    decision, on = ReviewDecision.RETURN, "2011-02-21"
    return review(workspace, history.id, decision=decision, by="赵敏", organisation="甲", on=on, opinion="请改写")


def file_as(workspace: Workspace, reading: Reading, data: bytes, name: str = "表.docx") -> History:
    """File a reading of these bytes that came under this name."""
    with writing(workspace):
        filing = a_filing(workspace, reading, data=data)
        (history,) = file_group(workspace, [dataclasses.replace(filing, name=name, name_bytes=name.encode())])
    return history


def handed(folder: Path) -> dict[str, bytes]:
    return contents(folder)


def filed(workspace: Workspace, history: History, role: str) -> bytes:
    copy = workspace.archive.history(history.prefix).copy(role)
    assert copy is not None
    return (workspace.archive_folder / history.prefix / copy.path).read_bytes()


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def test_without_a_stamp_the_copies_are_handed_out_byte_for_byte(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        done = deliver(workspace, DeliveryFormat.COPIES, tmp_path / "out", Selection())
        assert done == Delivered(4)
        found = handed(tmp_path / "out")
        name = f"2011-张三-{history.id}.pdf"
        assert {path: found[path] for path in (f"本人/{name}", f"公示/{name}")} == {
            f"本人/{name}": filed(workspace, history, "member"),
            f"公示/{name}": filed(workspace, history, "posting"),
        }


def test_an_approval_is_told_on_every_copy_behind_its_own_bytes(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = approve(workspace, file_one(workspace))
        before = contents(workspace.archive_folder)
        deliver(workspace, DeliveryFormat.COPIES, tmp_path / "out", Selection())
        assert contents(workspace.archive_folder) == before
        found = handed(tmp_path / "out")
        assert len(found) == 4
        for path, pdf in found.items():
            role = {"本人": "member", "工作地": "workplace", "居住地": "residence", "公示": "posting"}[
                path.split("/")[0]
            ]
            assert pdf.startswith(filed(workspace, history, role))
            assert flaws(pdf, "2b") == []
            said = text_of(pdf)
            assert "审定签注" in said
            assert "不是印章" in said
            assert "党组织审核：同意" in said
            for part in ("清溪镇党委", "赵敏", "请于6月底前完成"):
                assert (part in said) is (role != "posting")


def test_a_scan_keeps_its_page_and_the_endorsement_stands_on_another(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = approve(workspace, file_as(workspace, a_scan_reading(), a_jpeg(), "扫描.jpg"))
        copy = filed(workspace, history, "member")
        deliver(workspace, DeliveryFormat.COPIES, tmp_path / "out", Selection(copy="本人"))
        (pdf,) = handed(tmp_path / "out").values()
        assert pdf.startswith(copy)
        assert image_data(pdf) == image_data(copy)
        assert flaws(pdf, "2b") == []
        pages = PdfReader(io.BytesIO(pdf)).pages
        assert ["审定签注" in page.extract_text() for page in pages] == [False, True]
        assert "张三" in pages[0].extract_text()


@pytest.mark.parametrize("form", ["annex1", "annex2", "annex3"])
def test_nothing_that_the_form_withholds_is_anywhere_in_a_posted_copy(form: str, tmp_path: Path) -> None:
    secret = "鼍龘馕齉" * 30  # so long that it would stand on a page of its own
    spec = a_spec(form)
    label = next(copy.label for copy in spec.copies if copy.is_public)
    posted = []
    for opinion, name in ((secret, "one"), ("行", "two")):
        with a_workspace(tmp_path / name) as workspace:
            history = file_one(workspace, a_reading(form))
            for step in spec.reviews:
                history = approve(workspace, history, opinion=opinion, step=step.key)
            deliver(workspace, DeliveryFormat.COPIES, tmp_path / f"{name}-out", Selection(copy=label))
        (pdf,) = handed(tmp_path / f"{name}-out").values()
        posted.append(pdf)
        inside = everything_in(pdf)
        for hidden in ("赵敏", "清溪镇党委"):
            for written in (hidden.encode(), hidden.encode("utf-16-be"), hidden.encode("utf-16-be").hex().encode()):
                assert written not in inside
        assert "同意" in text_of(pdf)
    is_public = all(spec.fields[step.opinion].public for step in spec.reviews if step.opinion)
    assert (set(secret) <= characters_of_fonts(posted[0])) is is_public
    assert bool(set(secret) & characters_of_fonts(posted[0])) is is_public
    assert (posted[0] == posted[1]) is not is_public


def test_a_returned_pledge_is_handed_back_with_its_reason_and_not_posted(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = send_back(workspace, approve(workspace, file_one(workspace)))
        done = deliver(workspace, DeliveryFormat.COPIES, tmp_path / "out", Selection())
        assert done == Delivered(3, ((history.id, LeftOut.RETURNED),))
        found = handed(tmp_path / "out")
        assert not any(path.startswith("公示") for path in found)
        for pdf in found.values():
            assert "党组织审核：退回修改" in text_of(pdf)
            assert "党组织审核：同意" not in text_of(pdf)


def test_what_a_paper_brought_along_and_nobody_decided_is_told_by_the_paper_alone(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace, a_reading(review_opinion="同意", reviewed_on="2011-02-21"))
        assert len(history.stamps) == 1
        deliver(workspace, DeliveryFormat.COPIES, tmp_path / "out", Selection(copy="member"))
        assert [*handed(tmp_path / "out").values()] == [filed(workspace, history, "member")]


def test_a_stamp_of_an_earlier_version_is_not_told_on_the_next(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        send_back(workspace, file_one(workspace))
        file_one(workspace, a_reading(phone="0000-5550103"))
        done = deliver(workspace, DeliveryFormat.COPIES, tmp_path / "out", Selection())
        assert done == Delivered(4)
        assert not any("审定签注" in text_of(pdf) for pdf in handed(tmp_path / "out").values())


@pytest.mark.parametrize("kind", DeliveryFormat)
def test_the_same_archive_gives_the_same_bytes_whenever(kind: DeliveryFormat, tmp_path: Path) -> None:
    clock = Clock()
    with a_workspace(tmp_path / "w", clock=clock) as workspace:
        approve(workspace, file_one(workspace))
        deliver(workspace, kind, tmp_path / "one", Selection())
        clock.set("2031-01-01T00:00:00+08:00")
        deliver(workspace, kind, tmp_path / "two", Selection())
    assert handed(tmp_path / "one") == handed(tmp_path / "two")


@pytest.mark.parametrize("kind", DeliveryFormat)
def test_what_is_there_is_not_overwritten_and_nothing_is_left_half_written(
    kind: DeliveryFormat, tmp_path: Path
) -> None:
    target = tmp_path / "place" / "out"
    target.mkdir(parents=True)
    (target / "mine.txt").write_bytes(b"mine")
    with a_workspace(tmp_path / "w") as workspace:
        history = approve(workspace, file_one(workspace))
        with pytest.raises(TakenError):
            deliver(workspace, kind, target, Selection())
        copy = workspace.archive_folder / history.prefix / "v1" / history.latest.copies[0].path
        copy.chmod(0o600)
        copy.write_bytes(copy.read_bytes()[:-30] + bytes(30))
        with pytest.raises(DamagedArchiveError):
            deliver(workspace, kind, tmp_path / "place" / "other", Selection())
    assert contents(tmp_path / "place") == {"out/mine.txt": b"mine"}


@pytest.mark.parametrize("kind", DeliveryFormat)
def test_a_copy_that_is_not_what_was_filed_is_not_handed_out(kind: DeliveryFormat, tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = approve(workspace, file_one(workspace))
        copy = workspace.archive_folder / history.prefix / "v1" / history.latest.copies[0].path
        copy.chmod(0o600)
        data = copy.read_bytes()
        copy.write_bytes(data.replace(b"endobj", b"endobJ", 1) if kind is DeliveryFormat.COPIES else data + b" ")
        with pytest.raises(DamagedArchiveError) as told:
            deliver(workspace, kind, tmp_path / "out", Selection())
        assert told.value.params["path"] == f"{history.prefix}/v1/{history.latest.copies[0].path}"
        assert not (tmp_path / "out").exists()


def test_records_are_chosen_as_find_chooses_them_or_by_their_ids(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        one = file_one(workspace)
        other = file_one(workspace, a_reading("annex1"))

        def names(selection: Selection, place: str) -> set[str]:
            done = deliver(workspace, DeliveryFormat.PDFA3, tmp_path / place, selection)
            found = handed(tmp_path / place) if done.files else {}
            assert len(found) == done.files
            return {path[-16:-4] for path in found}

        assert names(Selection(), "all") == {one.id, other.id}
        assert names(Selection(name="zhangsan", year=2011), "name") == {one.id}
        assert names(Selection(form="annex1"), "form") == {other.id}
        assert names(Selection(organisation="居委会"), "organisation") == {one.id}
        assert names(Selection(records=(other.id[:6], other.id)), "id") == {other.id}
        assert names(Selection(name="无此人"), "none") == set()
        assert not (tmp_path / "none").exists()
        with pytest.raises(UnknownIdError):
            names(Selection(records=("ffffffffffff",)), "unknown")
        with pytest.raises(UnknownCopyError):
            deliver(workspace, DeliveryFormat.COPIES, tmp_path / "x", Selection(records=(one.id,), copy="superior"))


def test_a_holders_copies_lie_together(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
        file_one(workspace, a_reading(name="李四"))
        bring(workspace, a_row(), a_row("李四"))
        deliver(workspace, DeliveryFormat.COPIES, tmp_path / "out", Selection())
        places = [path.rpartition("/")[0] for path in handed(tmp_path / "out")]
        assert sorted(set(places)) == sorted(["本人", "工作地/清溪社区党支部", "居住地/东风社区党支部", "公示"])
        assert {places.count(place) for place in places} == {2}


def attached(pdf: bytes) -> dict[str, tuple[bytes, str, str, str]]:
    """Return name -> content, relationship, media type, ASCII name."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        found: dict[str, tuple[bytes, str, str, str]] = {}
        for spec in opened.Root.AF:
            stream: Any = spec.EF.F
            facts = (str(spec.AFRelationship), str(stream.Subtype), str(spec.F))
            found[str(spec.UF)] = (bytes(stream.read_bytes()), *facts)
            assert int(stream.Params.Size) == len(found[str(spec.UF)][0])
            assert str(stream.Params.ModDate).startswith("D:2011022")
        assert set(found) == set(opened.attachments)
        return found


def test_a_pdfa3_holds_record_original_and_events_byte_for_byte(tmp_path: Path) -> None:
    data = write_docx(a_spec(), year=2011, values=dict(VALUES["annex2"]))
    with a_workspace(tmp_path / "w") as workspace:
        history = approve(
            workspace, file_as(workspace, a_reading(unit_post="清溪㛃社区 书记"), data, "张三 承诺书.docx")
        )
        done = deliver(workspace, DeliveryFormat.PDFA3, tmp_path / "out", Selection())
        assert done == Delivered(1)
        (pdf,) = handed(tmp_path / "out").values()
        folder = workspace.archive_folder / history.prefix
        found = attached(pdf)
        assert set(found) == {"张三 承诺书.docx", "record.json", "event-0001.json", "event-0002.json"}
        word = "/application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        assert found["张三 承诺书.docx"] == (data, "/Source", word, "original.docx")
        kept = (folder / "v1" / "record.json").read_bytes()
        assert found["record.json"] == (kept, "/Data", "/application/json", "record.json")
        assert json.loads(kept)["fields"]["unit_post"]["value"] == "清溪㛃社区 书记"
        assert found["event-0002.json"][0] == (folder / "events" / "0002.json").read_bytes()
        assert found["event-0002.json"][1] == "/Supplement"
        assert pdf.startswith(filed(workspace, history, "member"))
        assert "审定签注" in text_of(pdf)
        assert flaws(pdf, "3b") == []
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            about = opened.open_metadata()
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "B")


def test_a_pdfa3_of_a_scan_has_its_page_and_the_scan_itself(tmp_path: Path) -> None:
    data = a_jpeg()
    with a_workspace(tmp_path / "w") as workspace:
        history = file_as(workspace, a_scan_reading(), data, "IMG_0001.JPG")
        deliver(workspace, DeliveryFormat.PDFA3, tmp_path / "out", Selection())
        (pdf,) = handed(tmp_path / "out").values()
        assert pdf.startswith(filed(workspace, history, "member"))
        assert attached(pdf)["IMG_0001.JPG"] == (data, "/Source", "/image/jpeg", "original.jpg")
        assert flaws(pdf, "3b") == []


def test_a_form_out_of_a_file_of_several_has_that_file_attached(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        data = b"%PDF of two forms"
        readings = [a_reading(), a_reading(name="李四", number=2)]
        with writing(workspace):
            file_group(workspace, [a_filing(workspace, one, data=data, forms=2) for one in readings])
        assert deliver(workspace, DeliveryFormat.PDFA3, tmp_path / "out", Selection()).files == 2
        for pdf in handed(tmp_path / "out").values():
            assert attached(pdf)["张三承诺书.docx"][:3] == (data, "/Source", "/application/pdf")


def test_originals_of_hostile_names_are_attached_under_harmless_ones(tmp_path: Path) -> None:
    junk = b"\xff\xfe not a document"
    with a_workspace(tmp_path / "w") as workspace:
        for number, name in enumerate(HOSTILE):
            file_as(workspace, a_reading(name=f"张{'一二三四五六'[number]}"), junk + bytes([number]), name)
        deliver(workspace, DeliveryFormat.PDFA3, tmp_path / "out", Selection())
    made = handed(tmp_path / "out")
    assert len(made) == len(HOSTILE)
    for pdf in made.values():
        found = attached(pdf)
        ((shown, original),) = [(key, one) for key, one in found.items() if one[1] == "/Source"]
        assert original[0].startswith(junk)
        assert not set(shown) & set('/\\"<>\u202e\0')
        assert not shown.startswith(".")
        assert len({key.lower() for key in found}) == 3
        assert original[3].isascii()
        assert flaws(pdf, "3b") == []


@pytest.mark.parametrize("lost", ["original", "record.json"])
def test_a_pdfa3_is_not_made_of_what_is_not_whole(lost: str, tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        folder = workspace.archive_folder / history.prefix
        place = folder / "v1" / history.latest.original.path if lost == "original" else folder / "v1" / lost
        place.chmod(0o600)
        place.write_bytes(place.read_bytes() + b"\n")
        with pytest.raises(DamagedArchiveError):
            deliver(workspace, DeliveryFormat.PDFA3, tmp_path / "out", Selection())
        assert not (tmp_path / "out").exists()


def test_pages_that_are_not_pdf_a_become_no_pdfa3_and_the_record_is_named(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        data = filed(workspace, history, "member")
        path = layout.redrawn_name(2, history.latest.copies[0].path)
        workspace.archive.store.put_new(f"{history.prefix}/{path}", data)
        sha256 = hashlib.sha256(data).hexdigest()
        told = Redrawn(1, "member", path, sha256, None, history.latest.copies[0].path)
        with workspace.archive.writing():
            workspace.archive.append(
                [(history.prefix, event) for event in following(history, workspace.now(), [(None, told)])]
            )
        done = deliver(workspace, DeliveryFormat.PDFA3, tmp_path / "out", Selection())
        assert done == Delivered(0, ((history.id, LeftOut.NOT_ARCHIVABLE),))
        assert not (tmp_path / "out").exists()
        deliver(workspace, DeliveryFormat.COPIES, tmp_path / "copies", Selection(copy="member"))
        assert [*handed(tmp_path / "copies").values()] == [data]


@pytest.mark.parametrize("form", ["annex1", "annex2", "annex3"])
def test_the_pages_of_a_pdfa3_are_never_those_of_a_posting_copy(form: str) -> None:
    spec = a_spec(form)
    copy = own_copy(spec)
    assert copy is not None
    assert not copy.is_public
    only_posted = dataclasses.replace(spec, copies=tuple(one for one in spec.copies if one.is_public))
    assert own_copy(only_posted) is None
