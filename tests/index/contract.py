"""What every index must do, whatever keeps it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formsvc.index.entry import Entry, FiledAs, Query
from formsvc.index.index import Index
from tests.index.entries import an_entry, expected

CHARACTERS = "张单三曾行乐王"
NAMES = st.text(alphabet=CHARACTERS, min_size=1, max_size=4)
LETTERS = st.sampled_from(
    ["z", "zh", "zhang", "zhangsan", "san", "s", "sh", "shan", "zs", "zss", "ss", "wang", "wangle", "wl", "yue", "hang",
     "x", "le", "lexing", "zengx", "cxl", "dan", "dansa", "chan", "ws", "w", "zhangs", "hangle", "hengyue", "xy", "xyz"]
)  # fmt: skip
PLACES = st.sampled_from(["城西社区党支部", "城东村党支部", "城西小学", None])
ENTRIES = st.lists(
    st.builds(
        an_entry,
        st.integers(1, 40),
        name=NAMES,
        year=st.integers(2009, 2012),
        form=st.sampled_from(["pledge", "report"]),
        organisation=PLACES,
        unit=PLACES,
    ),
    max_size=30,
    unique_by=lambda entry: entry.id,
)
QUERIES = st.builds(
    Query,
    name=st.none() | NAMES | LETTERS,
    year=st.none() | st.integers(2009, 2012),
    form=st.sampled_from([None, None, "pledge", "report"]),
    organisation=st.sampled_from([None, None, "城西", "党支部", "村", "城北", "小学"]),
    limit=st.none() | st.integers(1, 5),
)


class IndexContract(ABC):
    """Make a subclass with `an_index` and every rule is tried on it."""

    @abstractmethod
    def an_index(self, folder: Path, entries: list[Entry]) -> Index:
        """Make an index in a folder of its own that holds these entries."""

    @given(entries=ENTRIES, queries=st.lists(QUERIES, min_size=1, max_size=8))
    @settings(max_examples=60, deadline=None)
    def test_finding_gives_exactly_what_answers_in_order(self, entries: list[Entry], queries: list[Query]) -> None:
        with TemporaryDirectory() as folder, closing(self.an_index(Path(folder), entries)) as index:
            for query in queries:
                assert [found.id for found in index.find(query)] == expected(entries, query), query

    @given(notes=st.lists(ENTRIES, min_size=1, max_size=5))
    @settings(max_examples=30, deadline=None)
    def test_notes_leave_what_building_from_their_last_state_leaves(self, notes: list[list[Entry]]) -> None:
        with TemporaryDirectory() as folder, closing(self.an_index(Path(folder), [])) as noted:
            for entries in notes:
                noted.note(entries, head="built")
            lines = list(noted.dump())
        last = {entry.id: entry for entries in notes for entry in entries}
        with TemporaryDirectory() as folder, closing(self.an_index(Path(folder), list(last.values()))) as built:
            assert lines == list(built.dump())

    def test_whole_matches_come_first_then_later_years_then_names_then_ids(self, tmp_path: Path) -> None:
        given = [(1, "张三丰", 2012), (2, "张三", 2010), (3, "张三", 2011), (4, "李张三", 2011), (5, "张三", 2011)]
        entries = [an_entry(number, name=name, year=year) for number, name, year in given]
        with closing(self.an_index(tmp_path, entries)) as index:
            for asked in ("张三", "zhangsan", "zs"):
                assert [int(found.id) for found in index.find(Query(name=asked))] == [3, 5, 2, 1, 4]

    def test_a_record_is_given_back_as_it_was_noted(self, tmp_path: Path) -> None:
        entry = an_entry(7, name="阿依努尔·买买提", organisation=None)
        with closing(self.an_index(tmp_path, [entry])) as index:
            (found,) = index.find(Query())
        assert found.document == entry.document
        kept = {name: getattr(found, name) for name in found._fields if name != "packed_document"}
        assert kept == {name: getattr(entry, name) for name in kept}

    def test_a_record_noted_again_is_found_as_it_is_now(self, tmp_path: Path) -> None:
        with closing(self.an_index(tmp_path, [an_entry(1, name="张三", year=2010)])) as index:
            index.note([an_entry(1, name="李四", year=2011, organisation="城东村党支部", unit=None, status="reviewed")])
            assert [found.status for found in index.find(Query(name="lisi", year=2011, organisation="城东"))] == [
                "reviewed"
            ]
            for gone in (Query(name="张三"), Query(name="zs"), Query(year=2010), Query(organisation="城西")):
                assert index.find(gone) == []

    def test_a_part_longer_than_a_token_is_found_only_in_one_piece(self, tmp_path: Path) -> None:
        names = ["张三丰", "三丰明", "单张三丰明", "张三丰·明月", "Johnson", "ohns"]
        entries = [an_entry(number, name=name) for number, name in enumerate(names, 1)]
        with closing(self.an_index(tmp_path, entries)) as index:
            found = {
                asked: [one.name for one in index.find(Query(name=asked))] for asked in ("张三丰明", "johns", "hnso")
            }
        assert found == {"张三丰明": ["单张三丰明", "张三丰·明月"], "johns": ["Johnson"], "hnso": ["Johnson"]}

    def test_many_records_of_one_name_are_all_found(self, tmp_path: Path) -> None:
        entries = [
            an_entry(number, name=f"王{'一二三四五六七八九'[number % 9]}", year=2000 + number % 13)
            for number in range(300)
        ]
        with closing(self.an_index(tmp_path, entries)) as index:
            for query in (
                Query(name="王"),
                Query(name="w"),
                Query(name="王", organisation="社区", limit=120),
                Query(limit=37),
            ):
                assert [found.id for found in index.find(query)] == expected(entries, query)

    @pytest.mark.parametrize("name", ["", "·", "  ", "无此人", "wuciren", "q", '"', "%", "_", "'", "*", "\0"])
    def test_a_question_nothing_answers_finds_nothing(self, name: str, tmp_path: Path) -> None:
        with closing(self.an_index(tmp_path, [an_entry(1)])) as index:
            assert index.find(Query(name=name)) == []

    @pytest.mark.parametrize("organisation", ["", "（）", "城北", "%", "城_社区"])
    def test_a_place_nothing_lies_at_finds_nothing(self, organisation: str, tmp_path: Path) -> None:
        with closing(self.an_index(tmp_path, [an_entry(1)])) as index:
            assert index.find(Query(organisation=organisation)) == []
            assert index.find(Query(name="张三", organisation=organisation)) == []

    def test_an_id_is_found_by_its_beginning(self, tmp_path: Path) -> None:
        entries = [an_entry(0x7F3C9A0B12DE), an_entry(0x7F3C9A0B12DF), an_entry(0x07F3C9A0B12D)]
        with closing(self.an_index(tmp_path, entries)) as index:
            answers = {
                asked: [found.id[-2:] for found in index.by_id_prefix(asked)]
                for asked in ("7f", "7f3c9a0b12de", "0", "8")
            }
            assert answers == {"7f": ["de", "df"], "7f3c9a0b12de": ["de"], "0": ["2d"], "8": []}
            assert [index.by_id_prefix(asked) for asked in ("", "7F", "q-1", "7f3c9a0b12de0", "７")] == [[]] * 5

    def test_a_record_is_found_by_its_whole_identity_alone(self, tmp_path: Path) -> None:
        with closing(self.an_index(tmp_path, [an_entry(1), an_entry(2), an_entry(3, name="李四")])) as index:
            assert [int(found.id) for found in index.by_identity("pledge|2011|张三")] == [1, 2]
            assert index.by_identity("pledge|2011|张") == []

    def test_a_submission_is_found_by_its_hash_in_every_record_it_is_filed_in(self, tmp_path: Path) -> None:
        one, other = "ab" * 32, "cd" * 32
        entries = [replace(an_entry(1), filed=((one, 1), (other, 1))), replace(an_entry(2), filed=((one, 2),))]
        with closing(self.an_index(tmp_path, entries)) as index:
            assert index.by_hash(one) == [FiledAs("000000000001", 1), FiledAs("000000000002", 2)]
            assert index.by_hash(other) == [FiledAs("000000000001", 1)]
            assert index.by_hash("ef" * 32) == []

    def test_the_head_is_noted_with_the_records_it_stands_for(self, tmp_path: Path) -> None:
        with closing(self.an_index(tmp_path, [])) as index:
            index.note([an_entry(1)], head="1 ab")
            assert index.head() == "1 ab"
            index.note([an_entry(2)])
            assert index.head() == "1 ab"

    def test_a_note_that_fails_leaves_nothing_of_itself(self, tmp_path: Path) -> None:
        def failing() -> Iterator[Entry]:
            yield from (an_entry(number, name="李四") for number in range(2, 1002))
            raise OSError

        with closing(self.an_index(tmp_path, [an_entry(1)])) as index:
            before = list(index.dump())
            with pytest.raises(OSError):  # noqa: PT011 - the very error the entries raise
                index.note(failing(), head="2")
            assert list(index.dump()) == before

    def test_rows_to_export_are_those_found_in_their_order(self, tmp_path: Path) -> None:
        entries = [an_entry(number, year=2000 + number % 7) for number in range(1200)]
        with closing(self.an_index(tmp_path, entries)) as index:
            rows = list(index.rows_for_export(Query(name="zhang")))
            assert [row["id"] for row in rows] == [found.id for found in index.find(Query(name="zhang"))]
            assert rows[0] == {
                "id": rows[0]["id"],
                "form": "pledge",
                "year": 2006,
                "name": "张三",
                "organisation": "城西社区党支部",
                "unit": "城西社区书记",
                "status": "filed",
                "version": 1,
                "path": f"2006/pledge/张三-{rows[0]['id']}",
            }
