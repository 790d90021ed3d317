"""The register: a table over many pages whose cells read back as they were given, in a file that is PDF/A-2b."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf
import pypdf
import pypdfium2
import pytest

from formsvc.errors import NoGlyphError
from formsvc.rendering.columns import Extent, column_widths
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.punctuation import traits
from formsvc.rendering.register import RegisterWords, write_register
from tests.rendering.test_pdf import findings

HEADS = ("编号", "年度", "姓名", "组织", "各份")
WORDS = RegisterWords("2011年度登记册", "清溪镇党委", "共 3 份", lambda page, pages: f"第 {page} 页 / 共 {pages} 页")
ABOUT = Metadata("2011年度登记册", dt.datetime(2011, 2, 25, tzinfo=dt.UTC))
RARE = "犇䶮𠅤"
MARKS = "中共清溪镇（城西）委员会、“开元”支部；2011年第3支部 "
LONG = (MARKS * 40).strip()

Row = tuple[str, ...]


@dataclass
class Shown:
    """A piece of text as a page draws it: where its cell begins, and its lines."""

    x: float
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.lines)


def a_row(number: int = 0, name: str = "张三", organisation: str = "城西社区党支部") -> Row:
    return f"{number:012x}", "2011", name, organisation, f"1 {name}；2 {organisation}；3 —；4 公示"


def register(*rows: Row, heads: Row = HEADS) -> bytes:
    return write_register([heads, *rows], WORDS, ABOUT)


def drawn(page: Any) -> Iterator[Shown]:
    """Yield what a page draws, decoded as its fonts say: each text object with the place it was moved to."""
    block, x, moves = 0, 0.0, []
    shown = Shown(0.0)
    instructions: list[Any] = list(pikepdf.parse_content_stream(page))
    for operands, operator in instructions:
        match str(operator):
            case "q":
                moves.append(x)
            case "Q":
                x = moves.pop()
            case "cm":
                x += float(operands[4])
            case "BT":
                shown = Shown(round(x, 2))
            case "Tm":
                shown.lines.append("")
            case "Tf":
                block = int(str(operands[0]).rsplit("-", 1)[1])
            case "Tj":
                codes = bytes(operands[0])
                points = [int.from_bytes(codes[at : at + 2], "big") for at in range(0, len(codes), 2)]
                shown.lines[-1] += "".join(chr(block * 0x8000 + point - 1 if block else point) for point in points)
            case "ET":
                yield shown
            case _:
                pass


def pages_of(file: bytes) -> list[list[list[Shown]]]:
    """The cells of each page, by column."""
    pages = []
    with pikepdf.open(io.BytesIO(file)) as opened:
        for page in opened.pages:
            columns: dict[float, list[Shown]] = {}
            for shown in drawn(page):
                if shown.x:
                    columns.setdefault(shown.x, []).append(shown)
            pages.append([columns[x] for x in sorted(columns)])
    return pages


def rows_of(file: bytes) -> list[Row]:
    """The rows of all pages without the heads, for a table none of whose rows is parted."""
    pages = [[[cell.text for cell in column] for column in page] for page in pages_of(file)]
    return [row for page in pages for row in list(zip(*page, strict=True))[1:]]


def text_of(file: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages]


def uprights(page: Any) -> list[float]:
    """Where the upright rules of the table stand."""
    bounds = [item.get_bounds() for item in page.get_objects() if item.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH]
    return sorted({(left + right) / 2 for left, bottom, right, top in bounds if right - left < 2 < top - bottom})


def test_every_page_has_the_head_and_its_number() -> None:
    file = register(*(a_row(number) for number in range(100)))
    pages = pages_of(file)
    assert len(pages) > 2
    assert {tuple(column[0].text for column in page) for page in pages} == {HEADS}
    for number, (text, page) in enumerate(zip(text_of(file), pages, strict=True), 1):
        assert f"第 {number} 页 / 共 {len(pages)} 页" in text
        assert WORDS.title in text
        assert [cell.text for column in page for cell in column].count(HEADS[2]) == 1


def test_every_cell_reads_back_as_it_was_given() -> None:
    rows = [a_row(number, RARE if number % 5 == 0 else "欧阳建国", MARKS * (number % 4)) for number in range(60)]
    assert rows_of(register(*rows)) == rows
    assert RARE in text_of(register(*rows))[0]


def by_place(file: bytes) -> list[str]:
    """The text of each column over all the pages, without the heads."""
    columns: dict[float, str] = {}
    for page in pages_of(file):
        for column in page:
            columns[column[0].x] = columns.get(column[0].x, "") + "".join(cell.text for cell in column[1:])
    return [columns[x] for x in sorted(columns)]


def test_a_row_that_is_higher_than_a_page_goes_on_under_the_head_of_the_next() -> None:
    rows = [a_row(1), a_row(2, organisation=LONG * 6), a_row(3)]
    file = register(*rows)
    assert len(pages_of(file)) > 2
    assert all(tuple(column[0].text for column in page) == HEADS for page in pages_of(file))
    assert by_place(file) == ["".join(cells) for cells in zip(*rows, strict=True)]


@pytest.mark.parametrize("before", [0, 3, 9, 17, 21])
def test_nothing_is_lost_where_a_page_ends_within_a_row(before: int) -> None:
    rows = [*(a_row(number) for number in range(before)), a_row(99, organisation=LONG), a_row(100)]
    assert by_place(register(*rows)) == ["".join(cells) for cells in zip(*rows, strict=True)]


def test_no_line_of_a_cell_begins_or_ends_with_a_mark_that_must_not_stand_there() -> None:
    file = register(*(a_row(number, organisation=MARKS * number) for number in range(12)))
    lines = [line.strip() for page in pages_of(file) for column in page for cell in column for line in cell.lines]
    assert len(lines) > 100
    assert not [line for line in lines if line and (traits(line[0]).never_first or traits(line[-1]).never_last)]


@pytest.mark.parametrize(
    "text", ["x" * 300, LONG, "archive/2011/annex2/中共清溪镇第一中学支部委员会/张三-0123456789ab", "（" * 40]
)
def test_no_character_leaves_its_column_or_the_page(text: str) -> None:
    for page in pypdfium2.PdfDocument(register(*(a_row(number, organisation=text) for number in range(4)))):
        rules, signs = uprights(page), page.get_textpage()
        boxes = [(signs.get_text_range(place, 1), signs.get_charbox(place)) for place in range(signs.count_chars())]
        table = [(sign, box) for sign, box in boxes if sign.strip() and box[1] > 45 and box[3] < 510]
        assert len(rules) == len(HEADS) + 1
        assert table
        for sign, (left, _bottom, right, _top) in table:
            assert rules[0] < left, sign
            assert right < rules[-1], sign
            assert not [rule for rule in rules if left < rule < right], sign


def test_an_empty_cell_is_an_empty_cell() -> None:
    rows = [a_row(1), ("", "", "", "", "")]
    assert rows_of(register(*rows)) == rows


def test_a_head_alone_is_a_page() -> None:
    assert rows_of(register()) == []
    assert findings(register()) == []


def test_a_register_is_pdf_a_2b() -> None:
    rows = [*(a_row(number, RARE) for number in range(40)), a_row(99, organisation=LONG)]
    assert findings(register(*rows)) == []


def test_it_says_what_it_is_and_in_which_language() -> None:
    with pikepdf.open(io.BytesIO(register(a_row()))) as file:
        assert (str(file.Root.Lang), str(file.docinfo["/Title"])) == ("zh-CN", ABOUT.title)
        assert file.docinfo["/CreationDate"] == "D:20110225000000+00'00'"
        assert file.open_metadata()["dc:title"] == ABOUT.title
        assert len(file.trailer.ID) == 2


def test_the_same_rows_give_the_same_bytes_and_other_rows_another_mark() -> None:
    one, other = register(a_row(1), a_row(2, RARE)), register(a_row(1), a_row(2, "李四"))
    assert register(a_row(1), a_row(2, RARE)) == one
    marks = [pikepdf.open(io.BytesIO(file)).trailer.ID[0] for file in (one, other)]
    assert marks[0] != marks[1]


def test_a_character_no_face_has_is_not_left_out() -> None:
    with pytest.raises(NoGlyphError) as error:
        register(a_row(name="张\ue000"))
    assert error.value.params["character"] == "\ue000"


def a_column(*widths: float) -> Sequence[Extent]:
    return [Extent(width, min(width, 2.0)) for width in widths]


def test_columns_that_fit_take_the_whole_width_in_proportion() -> None:
    widths = column_widths([a_column(4, 4), a_column(12, 3)], 40)
    assert sum(widths) == pytest.approx(40)
    assert widths[1] / widths[0] == pytest.approx(3, rel=0.02)


def test_short_columns_stay_whole_when_long_ones_are_broken() -> None:
    widths = column_widths([a_column(6, 6), a_column(100, 90), a_column(50, 50)], 60)
    assert sum(widths) == pytest.approx(60)
    assert widths[0] >= 6
    assert widths[1] / widths[2] == pytest.approx(90 / 50, rel=0.1)


def test_one_endless_cell_does_not_take_the_room_of_all_the_others() -> None:
    usual = [a_column(*[20.0] * 30), a_column(*[20.0] * 30)]
    widths = column_widths([a_column(*[20.0] * 29, 900.0), usual[1]], 30)
    assert widths == pytest.approx(column_widths(usual, 30), rel=0.01)


def test_columns_that_cannot_all_be_wide_enough_share_what_there_is() -> None:
    assert column_widths([a_column(100), a_column(100)], 4) == pytest.approx([2, 2])


def test_a_tall_row_begins_where_there_is_room_and_a_short_one_is_not_parted() -> None:
    rows = [*(a_row(number) for number in range(3)), a_row(99, organisation=LONG)]
    first, second = pages_of(register(*rows, a_row(100)))
    assert [cell.text for cell in first[0]][-1] == a_row(99)[0]
    assert a_row(100)[0] in [cell.text for cell in second[0]]


def test_heads_stand_in_the_middle_of_their_columns_and_are_heavier() -> None:
    file = register(a_row(1), a_row(2, organisation=MARKS * 8))
    page = pypdfium2.PdfDocument(file)[0]
    rules, text = uprights(page), page.get_textpage()
    place = text.get_text_range().index(HEADS[3])
    left, right = text.get_charbox(place, loose=True)[0], text.get_charbox(place + 1, loose=True)[2]
    assert left - rules[3] == pytest.approx(rules[4] - right, abs=1.0)
    with pikepdf.open(io.BytesIO(file)) as opened:
        modes = [str(one.operator) for one in pikepdf.parse_content_stream(opened.pages[0])].count("Tr")
    assert modes == len(HEADS) + 1, "the heads and the title"
