"""Every page of a file is accounted for, under what became of it."""

from __future__ import annotations

import pytest

from formsvc.operations.account import Fate, account_of, pages_text


@pytest.mark.parametrize(
    ("pages", "text"), [((), ""), ((3,), "3"), ((2, 1), "1-2"), ((1, 3, 4, 5, 9), "1, 3-5, 9"), ((2, 4), "2, 4")]
)
def test_pages_are_written_as_people_write_them(pages: tuple[int, ...], text: str) -> None:
    assert pages_text(pages) == text


def test_pages_in_are_pages_out() -> None:
    account = account_of(9, (2, 6), [(Fate.FILED, (1,)), (Fate.WAITING, (3, 4)), (Fate.REFUSED, (5, 7))])
    assert account.to_json() == {"filed": [1], "waiting": [3, 4], "blank": [2, 6], "refused": [5, 7], "typed": [8, 9]}
    assert [len(account.fates[fate]) for fate in (Fate.WAITING, Fate.REFUSED)] == [1, 2]


def test_a_page_with_two_fates_is_told_once_where_it_matters() -> None:
    account = account_of(2, (1, 2), [(Fate.REFUSED, (1, 2))])
    assert account.to_json() == {"refused": [1, 2]}


def test_a_file_of_one_form_needs_no_account() -> None:
    assert not account_of(1, (), [(Fate.FILED, (1,))]).is_told
    assert not account_of(0, (), [(Fate.FILED, ()), (Fate.FILED, ())]).is_told
    assert account_of(2, (2,), [(Fate.FILED, (1,))]).is_told
