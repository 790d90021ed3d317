"""The whole road from the command line, in both languages: blank, inbox, watch, find, review, show, check."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import Result

from formsvc.forms.load import load_forms
from formsvc.rendering.docx import write_docx
from tests.cli.said import says
from tests.road import a_member

HAN = re.compile("[\u3400-\u9fff]")


@pytest.mark.parametrize(("lang", "reason"), [("zh", "认不出这是哪一类文件"), ("en", "The type of this file is")])
def test_a_form_goes_the_whole_road(tmp_path: Path, lang: str, reason: str) -> None:
    root = tmp_path / "office"

    def call(*words: str, code: int = 0) -> Result:
        result = says(root, *words, lang=lang)
        assert result.exit_code == code, result.output
        return result

    says(None, "init", str(root), lang=lang)
    blanks = [
        Path(line) for line in call("blank", "annex2", "--year", "2011", "-o", str(root / "b")).stdout.splitlines()
    ]
    assert all(path.is_file() for path in blanks)

    member = load_forms(root / "templates")["annex2"]
    (root / "inbox" / "王伟.docx").write_bytes(write_docx(member, year=2011, values=a_member()))
    (root / "inbox" / blanks[0].name).write_bytes(blanks[0].read_bytes())
    (root / "inbox" / "x.docx").write_text("abc", encoding="utf-8")
    outcomes = [line.split("\t")[0] for line in call("watch", "--once", code=1).stdout.splitlines()]
    assert sorted(outcomes) == ["filed", "rejected", "rejected"]
    told = [path.read_text(encoding="utf-8") for path in root.glob("inbox/_*rejected/*/*/reason.txt")]
    assert any(reason in text for text in told)

    (found,) = json.loads(call("find", "王伟", "2011", "--json").stdout)
    stamp = ("--by", "李红", "--org", "城西社区党支部", "--on", "2011-02-25")
    call("review", found["id"], "--decision", "return", *stamp, "--opinion", "请写明时限")
    shown = call("show", found["id"]).stdout
    assert "请写明时限" in shown
    (returned,) = json.loads(call("find", "王伟", "2011", "--json").stdout)
    assert (returned["status"], returned["reviews"][0]["decision"]) == ("returned", "return")
    assert json.loads(call("check", "--full", "--json").stdout)["findings"] == []
    assert call("queue").stdout == ""


def test_an_english_screen_holds_no_chinese_but_what_the_forms_say(office: Path) -> None:
    record = json.loads(says(office, "find", "支部", "--json", lang="en").stdout)[0]["id"]
    for words in (("find", "诸葛"), ("show", "ffff"), ("check",), ("rebuild",), ("review", record, "--by", "x")):
        result = says(office, *words, lang="en")
        assert not HAN.search(result.output.replace("诸葛", "")), words
