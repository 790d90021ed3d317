"""Papers made from filed records: who is in them, in what order, and that nothing withheld is."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from pypdf import PdfReader

from formsvc.errors import FormSpecError, UnknownFormError
from formsvc.operations.correct import correct
from formsvc.operations.ingest import ingest
from formsvc.operations.lookup import TEMPLATES
from formsvc.operations.outcome import Filed
from formsvc.operations.papers import Paper, Wanted, board, handbook, plates
from formsvc.operations.review import review
from formsvc.operations.sorting import Order
from formsvc.operations.workspace import Workspace
from formsvc.records.event import ReviewDecision
from formsvc.rendering.docx import write_docx
from tests.cli.said import says
from tests.operations.factories import SETTINGS, a_workspace
from tests.road import MEMBER, a_member
from tests.road import a_workspace as a_folder

NAMES = ("赵敏", "单雄", "曾国", "王伟")


def filed(workspace: Workspace, **values: str) -> str:
    path = workspace.root / f"{values['name']}{values.get('sex', '')}.docx"
    path.write_bytes(write_docx(MEMBER, year=2011, values=a_member(**values)))
    (outcome,) = ingest(workspace, [path])
    assert isinstance(outcome, Filed)
    return outcome.record


def shown(path: Path) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(path).pages]


@pytest.mark.parametrize("make", [handbook, plates, board])
def test_a_character_no_face_has_is_told_by_record_form_and_field(
    tmp_path: Path, make: Callable[[Workspace, Wanted, Path], Paper | None]
) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        filed(workspace, name="王伟")
        record = filed(workspace, name="张三")
        correct(workspace, record, {"unit_post": "城西\ue000社区 书记"}, why="抄错", by="李四")
        paper = make(workspace, Wanted(2011), tmp_path / "out")
        assert paper is not None
        assert [(one.record, one.form, "".join(one.field.split()), one.named()) for one in paper.lacking] == [
            (record, MEMBER.name, "单位及职务", "\ue000 U+E000"),
        ]  # fmt: skip
        assert "城西〓社区" in "".join(shown(paper.path))


def test_members_stand_in_the_order_of_pinyin_or_strokes(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w", settings=f'{SETTINGS}office = "清溪镇党委"\n') as workspace:
        for name in NAMES:
            filed(workspace, name=name)
        paper = handbook(workspace, Wanted(2011), tmp_path / "out")
        assert paper is not None
        assert (paper.path.name, paper.pledges) == ("2011公开承诺履诺手册.pdf", 4)
        pages = shown(paper.path)
        assert "清溪镇党委" in pages[0]
        names = ("单雄", "王伟", "曾国", "赵敏")
        assert [name in page for name, page in zip(names, pages[2:], strict=True)] == [True] * 4
        assert handbook(workspace, Wanted(2011), tmp_path / "out") == paper
        by_strokes = handbook(workspace, Wanted(2011, order=Order.STROKES), tmp_path / "by strokes")
        assert by_strokes is not None
        names = ("王伟", "单雄", "赵敏", "曾国")
        assert [name in page for name, page in zip(names, shown(by_strokes.path)[2:], strict=True)] == [True] * 4


def test_nothing_withheld_is_in_any_paper(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        filed(workspace, name="王伟", sex="男", joined="1987-09")
        wanted, out = Wanted(2011), tmp_path / "out"
        for paper in (handbook(workspace, wanted, out), plates(workspace, wanted, out), board(workspace, wanted, out)):
            assert paper is not None
            with pikepdf.open(paper.path) as pdf:
                streams = [bytes(one.read_bytes()) for one in pdf.objects if isinstance(one, pikepdf.Stream)]
            text = "".join(shown(paper.path))
            assert [secret in text for secret in ("1987", "男", "41")] == [False] * 3
            assert not any(b"1987-09" in data or "男".encode("utf-16-be") in data for data in streams)


def test_what_was_returned_is_left_out(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        record = filed(workspace, name="王伟")
        filed(workspace, name="赵敏")
        review(workspace, record, decision=ReviewDecision.RETURN, by="李", organisation="镇党委", on="2011-02-21")
        paper = board(workspace, Wanted(2011), tmp_path / "out")
        assert paper is not None
        text = "".join(shown(paper.path))
        assert ("赵敏" in text.replace("\u3000", ""), "王伟" in text, paper.pledges) == (True, False, 1)


def test_portraits_are_found_by_id_and_by_a_name_nobody_else_has(tmp_path: Path) -> None:
    faces = tmp_path / "faces"
    faces.mkdir()
    with a_workspace(tmp_path / "w") as workspace:
        record = filed(workspace, name="王伟")
        filed(workspace, name="赵敏", sex="女")
        filed(workspace, name="赵敏", sex="男")
        filed(workspace, name="单雄")
        for number, name in enumerate((record, "赵敏", "单雄")):
            Image.new("RGB", (30, 40), (number * 80, 10, 10)).save(faces / f"{name}.png")
        (faces / "曾国.jpg").write_bytes(b"no picture")
        filed(workspace, name="曾国")
        paper = plates(workspace, Wanted(2011), tmp_path / "out", portraits=faces)
        assert paper is not None
        with pikepdf.open(BytesIO(paper.path.read_bytes())) as pdf:
            assert len(pdf.pages[0].get_images()) == 2


def test_a_paper_of_nobody_is_not_written(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        filed(workspace, name="王伟")
        assert handbook(workspace, Wanted(2012), tmp_path / "out") is None
        assert plates(workspace, Wanted(2011, organisation="南门"), tmp_path / "out") is None
        assert not (tmp_path / "out").exists()
        with pytest.raises(UnknownFormError):
            board(workspace, Wanted(2011, form="annex9"), tmp_path / "out")


def test_an_office_words_its_papers_itself(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        filed(workspace, name="王伟")
        own = workspace.root / TEMPLATES / "papers.toml"
        own.write_text("[plates]\n", encoding="utf-8")
        with pytest.raises(FormSpecError) as caught:
            plates(workspace, Wanted(2011), tmp_path / "out")
        assert caught.value.params["file"] == str(own)


@pytest.mark.parametrize("words", [("handbook",), ("plates",), ("board", "--size", "a4")])
def test_the_commands_name_their_paper(tmp_path: Path, words: tuple[str, ...]) -> None:
    root = a_folder(tmp_path / "o")
    says(root, "rebuild")
    assert says(root, words[0], "2011", *words[1:]).exit_code == 3
    source = tmp_path / "a.docx"
    source.write_bytes(write_docx(MEMBER, year=2011, values=a_member()))
    assert says(root, "ingest", str(source)).exit_code == 0
    result = says(root, words[0], "2011", *words[1:], "-o", str(tmp_path / "out"))
    assert (result.exit_code, Path(result.stdout.strip()).parent) == (0, tmp_path / "out")
