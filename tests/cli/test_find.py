"""`formsvc find`: which words are the year, what is shown to whom, and what it must not cost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from formsvc.cli.find import name_and_year
from tests.cli.said import says, shows

ROOT = Path(__file__).parents[2]
FORBIDDEN = (
    "lxml",
    "reportlab",
    "pypdf",
    "docx",
    "formsvc.chinese.pinyin",
    "sqlite_utils",
    "watchdog",
    "rich",
    "uharfbuzz",
    "pikepdf",
    "PIL",
    "openpyxl",
    "zoneinfo",
    "logging",
    "subprocess",
    "formsvc.durable",
    "formsvc.forms.load",
    "formsvc.forms.spec",
    "formsvc.operations.workspace",
)
"""What a look-up must not import, by its beginning."""


@pytest.mark.parametrize(
    ("words", "name", "year"),
    [
        ([], None, None),
        (["2011"], None, 2011),
        (["王伟"], "王伟", None),
        (["王伟", "2011"], "王伟", 2011),
        (["2011", "王伟"], "王伟", 2011),
        (["王伟", "2011年"], "王伟", 2011),
        (["王伟", "２０１１"], "王伟", 2011),
        (["wang", "wei", "2011"], "wang wei", 2011),
        (["12371", "2011"], "12371", 2011),
        (["201"], "201", None),
        (["2010", "2011"], "2010", 2011),
    ],
)
def test_four_digits_behind_or_before_the_name_are_the_year(
    words: Sequence[str], name: str | None, year: int | None
) -> None:
    assert name_and_year(words) == (name, year)


def test_a_name_and_a_year_are_found_in_either_order(office: Path) -> None:
    for words in (("王伟", "2011"), ("2011", "王伟"), ("wangwei", "2011"), ("ww", "2011")):
        found = json.loads(says(office, "find", *words, "--json").stdout)
        assert [(one["name"], one["year"]) for one in found] == [("王伟", 2011)]


def test_four_digits_alone_are_the_year(office: Path) -> None:
    assert [one["year"] for one in json.loads(says(office, "find", "2010", "--json").stdout)] == [2010]


def test_without_words_everything_is_listed(office: Path) -> None:
    assert len(json.loads(says(office, "find", "--json").stdout)) == 4


def test_form_and_organisation_narrow_the_answer(office: Path) -> None:
    assert len(json.loads(says(office, "find", "--form", "annex1", "--json").stdout)) == 1
    assert len(json.loads(says(office, "find", "2011", "--org", "网格员", "--json").stdout)) == 2


def test_what_is_found_has_every_key_of_the_contract(office: Path) -> None:
    (found,) = json.loads(says(office, "find", "单雄", "--json").stdout)
    keys = {"schema", "id", "form", "year", "name", "organisation", "unit", "status", "version", "copies", "reviews"}
    assert keys <= found.keys()
    assert found["schema"] == 1
    assert {"role", "number", "holder", "path", "sha256", "state"} <= found["copies"][0].keys()
    assert all((office / copy["path"]).is_file() for copy in found["copies"])


def test_nothing_found_is_an_empty_list_and_exit_code_three(office: Path) -> None:
    result = says(office, "find", "nobody", "2011", "--json")
    assert (result.stdout, result.exit_code) == ("[]\n", 3)


def test_nothing_found_is_told_to_the_person_and_not_to_the_pipe(office: Path) -> None:
    result = says(office, "find", "诸葛亮")
    assert (result.stdout, result.exit_code) == ("", 3)
    assert "没有找到" in result.stderr


def test_in_a_pipe_there_is_one_line_of_codes_for_each_record(office: Path) -> None:
    (line,) = says(office, "find", "王伟", "2011").stdout.splitlines()
    cells = line.split("\t")
    assert cells[1:7] == ["2011", "annex2", "王伟", "城西社区 网格员", "filed", "1"]
    assert (office / cells[7]).is_dir()


def test_on_a_terminal_columns_are_aligned_by_width_and_copies_are_named(office: Path) -> None:
    seen = shows(office, "--lang", "zh", "find", "2011", "--form", "annex2")
    head, *rows = seen.text.splitlines()[:3]
    assert head.split() == ["编号", "年度", "表样", "姓名或组织名称", "所在组织", "状态", "第几版"]
    assert [row.encode("gb18030").index("已归档".encode("gb18030")) for row in rows] == [
        head.encode("gb18030").index("状态".encode("gb18030"))
    ] * 2
    assert "1-本人.pdf" in seen.text


def test_on_a_terminal_json_is_laid_out(office: Path) -> None:
    assert shows(office, "find", "单雄", "--json").text.startswith('[\n  {\n    "schema": 1,')


def test_a_look_up_imports_nothing_heavy(office: Path) -> None:
    assert imported_of(office, "find", "王伟", "2011", forbidden=FORBIDDEN) == []


def test_the_queue_imports_nothing_that_draws_or_files(office: Path) -> None:
    forbidden = ("lxml", "reportlab", "sqlite_utils", "uharfbuzz", "formsvc.rendering")
    assert imported_of(office, "queue", forbidden=(*forbidden, "formsvc.operations.filing")) == []


def imported_of(office: Path, *words: str, forbidden: Sequence[str]) -> list[str]:
    """Run a command that finds what it looks for; return what it imported of what it must not."""
    program = (
        "import sys\n"
        f"sys.argv = ['formsvc', '-C', {str(office)!r}, *{words!r}]\n"
        "from formsvc.cli import main\n"
        "try:\n    main()\nfinally:\n    sys.stderr.write('\\n'.join(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program], cwd=ROOT, capture_output=True, check=True, encoding="utf-8"
    )
    imported = done.stderr.split()
    assert "formsvc.cli" in imported
    return [one for one in imported if any(one == name or one.startswith(f"{name}.") for name in forbidden)]


def test_the_help_imports_no_command() -> None:
    program = (
        "import sys\nsys.argv = ['formsvc', '--help']\nfrom formsvc.cli import main\n"
        "try:\n    main()\nfinally:\n    sys.stderr.write('\\n'.join(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    imported = set(done.stderr.split())
    assert "formsvc.cli.words" in imported
    assert not {"formsvc.cli.find", "formsvc.cli.watch", "formsvc.operations.workspace", "sqlite_utils"} & imported


def test_a_name_and_a_year_in_one_word_are_told_apart(office: Path) -> None:
    assert says(office, "find", "王伟 2011").stdout == says(office, "find", "王伟", "2011").stdout != ""


def test_a_form_that_nobody_has_is_a_usage_error_and_one_without_records_is_not(office: Path) -> None:
    unknown = says(office, "find", "--form", "annex9")
    assert (unknown.exit_code, "annex1, annex2" in unknown.stderr) == (2, True)
    assert says(office, "find", "1999", "--form", "annex2").exit_code == 3
