from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.chinese import safe_file_name, safe_part

DATA = json.loads((Path(__file__).parents[1] / "data" / "hostile-names.json").read_text(encoding="utf-8"))
VALUES = [row["value"] if row["value"] is not None else row["repeat"][0] * row["repeat"][1] for row in DATA["values"]]
NAMES = [os.fsdecode(base64.b64decode(row["name_b64"])) for row in DATA["names"]]
RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"
}


def assert_safe(part: str, limit: int = 80) -> None:
    assert part
    assert len(part.encode()) <= limit
    assert not set(part) & set('<>:"/\\|?*\u2044\u2215\uff0f\uff3c\0\n\r\t')
    assert part[0] not in ".-~ "
    assert part[-1] not in ". "
    assert part.split(".", maxsplit=1)[0].rstrip().lower() not in RESERVED
    assert part.isprintable() or not any(ord(sign) < 0x20 or sign in "\u202e\u200b\u2066\ufeff" for sign in part)


@pytest.mark.parametrize("text", [*VALUES, *NAMES, *sorted(RESERVED), "NUL.txt", "con .docx", "COM¹.pdf"], ids=ascii)
def test_hostile_texts_become_harmless_parts(text: str, tmp_path: Path) -> None:
    for part in (safe_part(text), safe_file_name(text)):
        assert_safe(part)
        (tmp_path / part).write_bytes(b"")
        assert (tmp_path / part).parent == tmp_path


@given(st.text(), st.integers(16, 120))
def test_any_text_becomes_a_safe_part_within_its_limit(text: str, limit: int) -> None:
    assert_safe(safe_part(text, limit), limit)
    assert_safe(safe_file_name(text, limit), limit)


@given(st.text())
def test_a_safe_part_is_its_own_safe_part(text: str) -> None:
    assert safe_part(safe_part(text)) == safe_part(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("张三", "张三"),
        ("阿依努尔·买买提", "阿依努尔·买买提"),
        ("党（总）支部", "党（总）支部"),
        ("../../x", "_.._x"),
        ("a/b", "a_b"),
        ("张\u200b三\u202e", "张三"),
        ("张\u3000三", "张 三"),
        ("CON", "_CON"),
        ("Aux.docx", "_Aux.docx"),
        ("console", "console"),
        ("..", "_"),
        ("", "_"),
        ("\ue000\U0002070e", "\ue000\U0002070e"),
        ("e\u0301", "é"),
        ("x\uffff", "x"),
    ],
)
def test_what_becomes_of_a_text_is_predictable(text: str, part: str) -> None:
    assert safe_part(text) == part


def test_a_long_text_is_cut_between_whole_characters() -> None:
    assert safe_part("长" * 3000) == "长" * 26
    assert safe_part("x" * 79 + "q\u0323\u0307") == "x" * 79


def test_a_long_file_name_keeps_its_suffix() -> None:
    assert safe_file_name("长" * 90 + ".docx") == "长" * 25 + ".docx"
    assert safe_file_name("张三(1).docx") == "张三(1).docx"
    assert safe_file_name("承诺书") == "承诺书"


def test_a_name_in_gbk_bytes_is_read_as_gbk() -> None:
    assert safe_file_name(os.fsdecode("李四.pdf".encode("gbk"))) == "李四.pdf"
    assert safe_part("张\udcff三") == "张_三"
