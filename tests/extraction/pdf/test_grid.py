"""Ruling lines become cells."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from formsvc.extraction.pdf.errors import TooComplexError
from formsvc.extraction.pdf.grid import Grid, Span, grids_of
from formsvc.extraction.pdf.shown import Rule


def level(y: float, start: float, end: float) -> Rule:
    return Rule(True, y, start, end)


def upright(x: float, start: float, end: float) -> Rule:
    return Rule(False, x, start, end)


def ruled(xs: Sequence[float], ys: Sequence[float]) -> list[Rule]:
    """Rule a whole table."""
    return [*(level(y, xs[0], xs[-1]) for y in ys), *(upright(x, ys[0], ys[-1]) for x in xs)]


def only(rules: Sequence[Rule]) -> Grid:
    (grid,) = grids_of(rules)
    return grid


def spans(grid: Grid) -> set[tuple[int, int, int, int]]:
    return {(span.row, span.column, span.rows, span.columns) for span in grid.spans}


def test_a_ruled_table_has_its_cells() -> None:
    grid = only(ruled([10, 40, 80], [10, 20, 60]))
    assert spans(grid) == {(0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)}
    assert grid.box(3) == pytest.approx((40, 20, 40, 40))


def test_a_missing_line_merges_cells() -> None:
    rules = [
        *(level(y, 10, 80) for y in (10, 20, 60)),
        level(40, 40, 80),
        *(upright(x, 10, 60) for x in (10, 80)),
        upright(40, 20, 60),
    ]
    assert spans(only(rules)) == {(0, 0, 1, 2), (1, 0, 2, 1), (1, 1, 1, 1), (2, 1, 1, 1)}


def test_lines_drawn_in_pieces_are_whole() -> None:
    pieces = []
    for rule in ruled([10, 40, 80], [10, 20, 60]):
        middle = (rule.start + rule.end) / 2
        pieces += [rule._replace(end=middle - 0.2), rule._replace(start=middle + 0.2, at=rule.at + 0.1)]
    random.Random(1).shuffle(pieces)
    assert len(only(pieces).spans) == 4


def test_a_double_border_is_one_line() -> None:
    rules = [*ruled([10, 40, 80], [10, 20, 60]), *ruled([9, 41, 81], [9.2, 20.8, 61])]
    assert len(only(rules).spans) == 4


def test_open_sides_count_as_closed() -> None:
    grid = only([*(level(y, 10, 80) for y in (10, 20, 60)), upright(40, 10, 60)])
    assert grid.xs == pytest.approx((10, 40, 80))
    assert len(grid.spans) == 4


def test_a_line_under_text_parts_nothing() -> None:
    grid = only([*ruled([10, 40, 80], [10, 60]), level(30, 45, 75), level(40, 42, 60)])
    assert len(grid.spans) == 2


def test_tables_that_do_not_touch_are_two() -> None:
    assert len(grids_of([*ruled([10, 40, 80], [10, 20]), *ruled([10, 40, 80], [30, 40])])) == 2


def test_the_smaller_of_two_nested_tables_comes_first() -> None:
    inner, outer = grids_of([*ruled([10, 100, 150], [10, 100]), *ruled([20, 40, 60], [20, 30])])
    assert inner.area < outer.area
    assert inner.cell_at(30, 25) is not None
    assert outer.cell_at(30, 25) is not None


def test_barcodes_boxes_and_single_lines_are_no_tables() -> None:
    squares = [rule for n in range(5) for rule in ruled([n * 5, n * 5 + 4], [10, 14])]
    assert grids_of(squares) == []
    assert grids_of([level(10, 0, 100), level(20, 0, 100)]) == []
    assert grids_of([upright(10, 0, 2), level(0, 9, 11)]) == []
    assert grids_of([]) == []


def test_a_point_lies_in_the_cell_around_it() -> None:
    grid = only(ruled([10, 40, 80], [10, 20, 60]))
    assert grid.cell_at(50, 15) == grid.spans.index(Span(0, 1, 1, 1))
    assert grid.cell_at(5, 15) is None
    assert grid.cell_at(50, 65) is None
    assert grid.cell_at(float("nan"), 15) is None


def test_more_lines_than_any_form_has_are_too_complex() -> None:
    rules = [level(y, 0, 5000) for y in range(0, 3000, 2)] + [upright(x, 0, 3000) for x in range(0, 3000, 2)]
    with pytest.raises(TooComplexError, match="rules"):
        grids_of(rules)


def test_squared_paper_is_no_table() -> None:
    assert grids_of(ruled(range(0, 300, 3), range(0, 300, 3))) == []
