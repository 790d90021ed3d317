"""Whatever a form's table looks like, no text in it vanishes without a word, and reading it never fails."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from formsvc.extraction.docx.reader import read_docx
from formsvc.extraction.interpret import interpret
from formsvc.extraction.labels import form_map
from formsvc.forms.reading import Reading
from formsvc.forms.reading_json import reading_from_json, reading_to_json
from tests.extraction.docx.factory import docx, p, tbl, tc, tr
from tests.forms.factories import a_spec

LABELS = (
    "姓名",
    "性别",
    "年龄",
    "入党年月",
    "单位及职务",
    "公开承诺事项",
    "承诺人（手写签名）：",
    "党组织审核：",
    "监督电话",
    "监督邮箱",
)
ALIASES = ("党员姓名", "承诺内容", "入党时间", "电话", "党员")
STRANGE = (
    "民族",
    "备注",
    "填表说明：",
    "（盖章）",
    "    年   月   日",
    "2011年2月21日",
    "一、二、三",
    "同意（公章）2011.2.22",
    "",
)
WORD = "\0"
"""A text like no other, so that it can be looked for."""

pieces = st.one_of(st.sampled_from(LABELS), st.sampled_from(ALIASES), st.sampled_from(STRANGE), st.just(WORD))
paragraphs = st.lists(pieces, min_size=1, max_size=3)
cells = st.tuples(st.lists(paragraphs, min_size=1, max_size=3), st.integers(1, 3))
rows = st.lists(st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=6)


def table(drawn: Sequence[Sequence[tuple[list[list[str]], int]]]) -> tuple[str, list[str]]:
    """Return a table with the forms' first row before the drawn ones, and the tokens in it."""
    numbers = itertools.count(1)
    tokens: list[str] = []

    def filled(piece: str) -> str:
        if piece != WORD:
            return piece
        tokens.append(f"字{next(numbers)}号")
        return tokens[-1]

    written = [
        tr(*(tc(*(p("".join(map(filled, paragraph))) for paragraph in lines), columns=span) for lines, span in row))
        for row in drawn
    ]
    first = tr("姓名", "张三", "性别", "男", "年龄", "45", "公开承诺事项", "好事")
    return tbl(first, *written), tokens


def words_of(found: Reading) -> str:
    """Return everything a reading says."""
    said = [field.raw for field in found.fields.values()]
    said += [other for field in found.fields.values() for other in field.alternatives]
    said += [str(fact) for problem in found.problems for fact in problem.params.values()]
    return "\n".join(said)


@settings(max_examples=150, deadline=None)
@given(rows)
def test_every_word_of_a_table_is_read_or_reported(drawn: list[list[tuple[list[list[str]], int]]]) -> None:
    xml, tokens = table(drawn)
    found = interpret(read_docx(docx(p("2011年度党员公开承诺书"), xml)), [form_map(a_spec("annex2"))])
    said = "\n".join(map(words_of, found))
    assert [token for token in tokens if token not in said] == []
    assert [reading_from_json(reading_to_json(one)) for one in found] == list(found)
