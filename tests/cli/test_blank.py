"""Blanks, and forms filled from a roster."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.cli.said import says, shows
from tests.organisations.factories import Cell, a_workbook
from tests.road import MEMBER, a_workspace

HEADS: list[Cell] = ["姓名", "入党年月", "单位及职务", "公开承诺事项"]
ZHANG: list[Cell] = ["张三", "1998-07", "清溪社区 委员", "1.走访居民。\n2.参加义务劳动。"]
SHAN: list[Cell] = ["单雄", "2001-07", "教师", "上好课。"]
TITLE = "2011年度党员公开承诺书"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return a_workspace(tmp_path / "o")


def a_roster(folder: Path, *rows: list[Cell], heads: list[Cell] = HEADS) -> str:
    return str(a_workbook(folder / "名册.xlsx", {"城西": [heads, *rows]}))


def prefills(root: Path, roster: str, *words: str) -> tuple[int, list[str], str]:
    """Return the exit code, the files named, and what is said beside them."""
    out = root.parent / "out"
    result = says(root, "blank", MEMBER.id, "--year", "2011", "--roster", roster, "-o", str(out), *words)
    return result.exit_code, [Path(line).name for line in result.stdout.splitlines()], result.stderr


def written(root: Path) -> list[str]:
    return sorted(path.name for path in (root.parent / "out").glob("*"))


def text_of(path: Path) -> str:
    return "".join(page.extract_text() for page in PdfReader(path).pages)


def test_each_row_is_a_word_file_and_a_pdf(root: Path) -> None:
    code, files, _ = prefills(root, a_roster(root.parent, ZHANG, SHAN))
    names = [f"张三-{TITLE}.docx", f"单雄-{TITLE}.docx", f"张三-{TITLE}.pdf", f"单雄-{TITLE}.pdf"]
    assert (code, files, written(root)) == (0, names, sorted(names))
    assert "清溪社区" in text_of(root.parent / "out" / names[2])
    assert "清溪社区" not in text_of(root.parent / "out" / names[3])


def test_a_filled_word_file_is_read_back(root: Path) -> None:
    assert prefills(root, a_roster(root.parent, ZHANG), "--format", "docx")[0] == 0
    path = root.parent / "out" / f"张三-{TITLE}.docx"
    (reading,) = json.loads(says(root, "extract", str(path), "--json").stdout)["readings"]
    assert reading["fields"]["pledges"]["value"] == ["走访居民。", "参加义务劳动。"]
    assert (reading["year"]["value"], reading["fields"]["joined"]["value"]) == (2011, "1998-07")


def test_one_file_holds_every_form_in_the_order_of_pinyin(root: Path) -> None:
    roster = a_roster(root.parent, ZHANG, ["曾国", None, None, None], SHAN)
    code, files, _ = prefills(root, roster, "--one-file", "--sort", "pinyin")
    assert (code, files) == (0, [f"名册-{TITLE}.pdf"])
    pages = [page.extract_text() for page in PdfReader(root.parent / "out" / files[0]).pages]
    assert [name in text for name, text in zip(("单雄", "曾国", "张三"), pages, strict=True)] == [True] * 3


def test_one_word_file_holds_every_form_and_is_read_back_in_the_order_of_strokes(root: Path) -> None:
    roster = a_roster(root.parent, ZHANG, ["王伟", None, None, None], SHAN)
    code, files, _ = prefills(root, roster, "--one-file", "--sort", "strokes", "--format", "docx,pdf")
    assert (code, files) == (0, [f"名册-{TITLE}.docx", f"名册-{TITLE}.pdf"])
    readings = json.loads(says(root, "extract", str(root.parent / "out" / files[0]), "--json").stdout)["readings"]
    assert [one["fields"]["name"]["value"] for one in readings] == ["王伟", "张三", "单雄"]
    assert [one["serial"][4:] for one in readings] == ["0001", "0002", "0003"]
    assert readings[1]["fields"]["pledges"]["value"] == ["走访居民。", "参加义务劳动。"]


def test_names_can_be_sorted_by_the_strokes_of_their_surnames(root: Path) -> None:
    roster = a_roster(root.parent, ["赵敏", None, None, None], ["王大伟", None, None, None], ["王伟", None, None, None])
    code, files, _ = prefills(root, roster, "--sort", "strokes", "--format", "docx")
    assert (code, [name.partition("-")[0] for name in files]) == (0, ["王伟", "王大伟", "赵敏"])


def test_a_dry_run_lists_the_files_and_writes_nothing(root: Path) -> None:
    code, files, said = prefills(root, a_roster(root.parent, ZHANG), "--dry-run")
    assert (code, files, written(root)) == (0, [f"张三-{TITLE}.docx", f"张三-{TITLE}.pdf"], [])
    assert "没有写入" in said


def test_namesakes_get_a_number_and_the_same_again_is_left_alone(root: Path) -> None:
    roster = a_roster(root.parent, ZHANG, [*ZHANG[:1], "1999-01", *ZHANG[2:]])
    names = [f"张三-{TITLE}.pdf", f"张三-{TITLE} (2).pdf"]
    for _ in range(2):
        assert prefills(root, roster, "--format", "pdf")[:2] == (0, names)
        assert written(root) == sorted(names)


def test_a_file_that_is_there_is_not_replaced(root: Path) -> None:
    (root.parent / "out").mkdir()
    (root.parent / "out" / f"张三-{TITLE}.docx").write_bytes(b"mine")
    assert prefills(root, a_roster(root.parent, ZHANG), "--format", "docx")[1] == [f"张三-{TITLE} (2).docx"]
    assert (root.parent / "out" / f"张三-{TITLE}.docx").read_bytes() == b"mine"


def test_one_bad_cell_keeps_everything_back_and_is_named(root: Path) -> None:
    code, files, said = prefills(root, a_roster(root.parent, ZHANG, ["李四", 1995.1, 3.3e17, ""]))
    assert (code, files, written(root)) == (1, [], [])
    assert "第 3 行 B 列" in said
    assert "第 3 行 C 列" in said
    assert said.count("[roster-cell-spoilt]") == 2


def test_a_character_no_font_has_is_named_before_anything_is_written(root: Path) -> None:
    roster = a_roster(root.parent, ZHANG, ["李\ue000", "1998-07", "", ""])
    code, files, said = prefills(root, roster)
    assert (code, files, written(root)) == (1, [], [])
    assert "第 3 行 A 列（姓名）" in said
    assert "U+E000" in said
    assert prefills(root, roster, "--format", "docx")[0] == 0


def test_columns_that_are_no_field_are_named(root: Path) -> None:
    roster = a_roster(root.parent, ["张三", "330219"], heads=["姓名", "身份证号"])
    code, _, said = prefills(root, roster, "--dry-run")
    assert (code, "B 列“身份证号”" in said) == (0, True)


def test_a_roster_without_rows_makes_nothing(root: Path) -> None:
    code, files, said = prefills(root, a_roster(root.parent))
    assert (code, files, "没有读到" in said) == (1, [], True)


@pytest.mark.parametrize(
    "words",
    [
        ("--one-file", "--format", "fillable"),
        ("--format", "fillable"),
        ("--sort", "age"),
    ],
)
def test_what_cannot_be_had_is_refused_before_anything_is_read(root: Path, words: tuple[str, ...]) -> None:
    code, files, _ = prefills(root, a_roster(root.parent, ZHANG), *words)
    assert (code, files, written(root)) == (2, [], [])


@pytest.mark.parametrize("words", [("--one-file",), ("--sort", "pinyin"), ("--dry-run",)])
def test_the_words_for_rosters_need_one(root: Path, words: tuple[str, ...]) -> None:
    assert says(root, "blank", MEMBER.id, "-o", str(root), *words).exit_code == 2


def test_a_bar_is_shown_on_a_terminal(root: Path) -> None:
    out = str(root.parent / "out")
    seen = shows(root, "blank", MEMBER.id, "--roster", a_roster(root.parent, ZHANG), "-o", out, "--format", "docx")
    assert (seen.code, "1/1" in seen.text) == (0, True)
