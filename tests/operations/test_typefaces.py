"""Everything that is drawn is drawn with the faces the settings ask for; what is not used is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from formsvc.errors import Code
from formsvc.operations.blank import BlankFormat, blank
from formsvc.operations.ingest import ingest
from formsvc.operations.outcome import Filed
from formsvc.operations.papers import Wanted, board, handbook, plates
from formsvc.operations.prefill import Wanted as Asked
from formsvc.operations.prefill import prefill
from formsvc.operations.settings import FaceSettings, FontSource, Settings
from formsvc.operations.typefaces import typefaces_of
from formsvc.operations.workspace import Workspace
from formsvc.rendering.docx import write_docx
from formsvc.rendering.fonts import Role, bundled_fonts
from tests.cli.said import says
from tests.operations.factories import SETTINGS, a_workspace
from tests.rendering.office_faces import PRINTED, RESTRICTED, a_face, faces_in_pdf
from tests.road import MEMBER, a_member

OFFICE = f"""{SETTINGS}
fonts = "office"
font_folders = ["fonts"]
[faces]
body = ["Village Fang"]
title = ["Village Title"]
heads = ["Village Head"]
notes = ["Village Kai"]
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Workspace]:
    """Give a workspace whose office has a face for text and one for titles that may not be embedded."""
    fonts = tmp_path / "w" / "fonts"
    fonts.mkdir(parents=True)
    (fonts / "fang.ttf").write_bytes(a_face("Village Fang", PRINTED, chinese="乡村仿宋"))
    (fonts / "title.otf").write_bytes(a_face("Village Title", PRINTED, is_cff=True, rights=RESTRICTED))
    with a_workspace(tmp_path / "w", settings=OFFICE) as workspace:
        yield workspace


def test_blanks_are_drawn_with_the_faces_of_the_office(office: Workspace, tmp_path: Path) -> None:
    kinds = [BlankFormat.PDF, BlankFormat.FILLABLE]
    for path in blank(office, MEMBER.id, year=2011, formats=kinds, folder=tmp_path / "out"):
        assert "VillageFang" in faces_in_pdf(path)
    roster = tmp_path / "roster.csv"
    roster.write_text("姓名,入党年月\n张三,1998-07\n", encoding="utf-8")
    for is_one_file in (False, True):
        done = prefill(office, MEMBER.id, roster, tmp_path / "out", Asked(2011, [BlankFormat.PDF], is_one_file))
        assert [("VillageFang" in faces_in_pdf(path)) for path in done.files] == [True]


def test_copies_and_papers_are_drawn_with_the_faces_of_the_office(office: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "张三.docx"
    path.write_bytes(write_docx(MEMBER, year=2011, values=a_member(name="张三")))
    (outcome,) = ingest(office, [path])
    assert isinstance(outcome, Filed)
    copies = sorted(office.archive_folder.glob("2011/**/copies/*.pdf"))
    assert [("VillageFang" in faces_in_pdf(copy)) for copy in copies] == [True] * 4
    for paper in (handbook, plates, board):
        made = paper(office, Wanted(2011), tmp_path / "out")
        assert made is not None
        assert "VillageFang" in faces_in_pdf(made.path)


def test_what_is_not_used_is_said_with_what_is_used_instead(office: Workspace) -> None:
    said = {problem.params["typeface"]: problem for problem in office.typefaces.problems}
    assert {use: (problem.code, problem.params["used"]) for use, problem in said.items()} == {
        Role.TITLE: (Code.FONT_REFUSED, "Noto Serif SC"),
        Role.HEADS: (Code.FONT_ABSENT, "Noto Sans SC"),
        Role.NOTES: (Code.FONT_ABSENT, "Noto Serif SC"),
    }


def test_the_commands_say_which_faces_are_used(office: Workspace, tmp_path: Path) -> None:
    assert says(office.root, "rebuild").exit_code == 0
    shown = json.loads(says(office.root, "status", "--json").stdout)
    assert shown["typefaces"]["body"] == ["乡村仿宋", "Noto Serif SC", "Noto Sans SC"]
    assert [problem["code"] for problem in shown["typeface_problems"]] == ["font-refused", "font-absent", "font-absent"]
    assert "乡村仿宋" in says(office.root, "status").stdout
    drawn = says(office.root, "blank", MEMBER.id, "--format", "pdf", "-o", str(tmp_path / "out"))
    assert (drawn.exit_code, "title.otf" in drawn.stderr, "[font-absent]" in drawn.stderr) == (0, True, True)
    word = says(office.root, "blank", MEMBER.id, "--format", "docx", "-o", str(tmp_path / "out"))
    assert (word.exit_code, "title.otf" in word.stderr) == (0, False)


def test_without_the_setting_faces_are_the_bundled_ones_and_nothing_is_said(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w", settings=SETTINGS) as workspace:
        assert (workspace.fonts, workspace.typefaces.problems) == (bundled_fonts(), ())
        assert says(workspace.root, "blank", MEMBER.id, "--format", "pdf", "-o", str(tmp_path)).stderr == ""


def test_fonts_of_the_system_are_found_by_its_environment(tmp_path: Path) -> None:
    folder = tmp_path / "local" / "Microsoft" / "Windows" / "Fonts"
    folder.mkdir(parents=True)
    (folder / "fang.ttf").write_bytes(a_face("Village Fang", PRINTED))
    settings = Settings(fonts=FontSource.OFFICE, faces=FaceSettings(body=("Village Fang",)))
    environ = {"LOCALAPPDATA": str(tmp_path / "local"), "WINDIR": str(tmp_path)}
    found = typefaces_of(tmp_path, settings, platform="win32", environ=environ, home=tmp_path)
    assert found.used[Role.BODY][0] == "Village Fang"
