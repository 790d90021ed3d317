"""A file is whole when it has rested over enough looks, or its writer closed it, and its end is there."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from formsvc.inbox.stability import Patience, Watchlist
from formsvc.inbox.sweep import Seen

A, B = Path("/inbox/a.docx"), Path("/inbox/b.docx")
LOCAL = Patience(settle_ms=200, looks=2)


def a_seen(path: Path = A, size: int = 3, modified_ns: int = 0, *, is_regular: bool = True) -> Seen:
    return Seen(path, "", size, modified_ns, 1, is_regular, 1)


def a_list(patience: Patience = LOCAL, *, ended: bool = True) -> Watchlist:
    return Watchlist(patience, lambda _: ended)


def test_two_equal_looks_a_while_apart_are_enough() -> None:
    watchlist = a_list()
    assert watchlist.ready([a_seen()], 0) == []
    assert watchlist.ready([a_seen()], 199) == []
    assert watchlist.ready([a_seen()], 200) == [a_seen()]


def test_a_share_wants_more_looks() -> None:
    watchlist = a_list(Patience(settle_ms=5000, looks=3))
    assert watchlist.ready([a_seen()], 0) == []
    assert watchlist.ready([a_seen()], 9000) == []
    assert watchlist.ready([a_seen()], 9001) == [a_seen()]


def test_a_change_of_size_time_or_file_starts_the_rest_anew() -> None:
    for changed in (a_seen(size=4), a_seen(modified_ns=1), Seen(A, "", 3, 0, 2, is_regular=True, links=1)):
        watchlist = a_list()
        watchlist.ready([a_seen()], 0)
        assert watchlist.ready([changed], 200) == []
        assert watchlist.ready([changed], 399) == []
        assert watchlist.ready([changed], 400) == [changed]


def test_a_file_that_was_away_starts_its_rest_anew() -> None:
    watchlist = a_list()
    watchlist.ready([a_seen()], 0)
    watchlist.ready([], 100)
    assert watchlist.ready([a_seen()], 1000) == []


def test_a_file_its_writer_closed_is_whole_at_once() -> None:
    assert a_list().ready([a_seen(A), a_seen(B)], 0, [A]) == [a_seen(A)]


def test_a_closing_counts_for_the_next_look_only() -> None:
    watchlist = a_list(ended=False)
    watchlist.ready([a_seen()], 0, [A])
    assert watchlist.ready([a_seen()], 10) == []


def test_an_empty_file_rests_for_half_a_minute_closed_or_not() -> None:
    watchlist = a_list()
    empty = a_seen(size=0)
    assert watchlist.ready([empty], 0, [A]) == []
    assert watchlist.ready([empty], 29_999, [A]) == []
    assert watchlist.ready([empty], 30_000) == [empty]


def test_what_rests_and_is_not_whole_is_told_once_for_each_state_it_is_in() -> None:
    watchlist = a_list(ended=False)
    empty, begun = a_seen(size=0), a_seen(B)
    told = []
    for now in (0, 100, 200, 300, 400):
        watchlist.ready([empty, begun], now, [A])
        told.append(watchlist.newly_held)
    assert told == [[], [], [empty, begun], [], []]
    grown = a_seen(B, size=4)
    for now in (500, 600, 700):
        watchlist.ready([empty, grown], now)
    assert watchlist.newly_held == [grown]


def test_a_file_without_its_end_waits_for_ever() -> None:
    watchlist = a_list(ended=False)
    assert [watchlist.ready([a_seen()], day * 86_400_000, [A]) for day in range(5)] == [[]] * 5


def test_what_is_no_file_has_no_end_to_look_for() -> None:
    watchlist = a_list(ended=False)
    link = a_seen(is_regular=False)
    watchlist.ready([link], 0)
    assert watchlist.ready([link], 200) == [link]


def test_the_end_is_looked_for_only_when_the_rest_is_over() -> None:
    looked: list[Path] = []

    def has_end(path: Path) -> bool:
        looked.append(path)
        return True

    watchlist = Watchlist(LOCAL, has_end)
    watchlist.ready([a_seen(A), a_seen(B)], 0)
    watchlist.ready([a_seen(A), a_seen(B)], 100)
    assert looked == []
    watchlist.ready([a_seen(A)], 200)
    assert looked == [A]


def test_what_the_last_look_saw_is_waiting() -> None:
    watchlist = a_list()
    watchlist.ready([a_seen(A), a_seen(B)], 0)
    assert watchlist.waiting == [A, B]
    watchlist.ready([a_seen(B)], 0)
    assert watchlist.waiting == [B]


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(0, 2)), min_size=1, max_size=12))
def test_no_file_is_whole_before_its_rest_is_over(looks: list[tuple[int, int]]) -> None:
    watchlist = a_list()
    now, since, equal, last = 0, 0, 0, -1
    for pause, modified in looks:
        now += pause
        since, equal = (since, equal + 1) if modified == last else (now, 1)
        last = modified
        is_whole = equal >= LOCAL.looks and now - since >= LOCAL.settle_ms
        assert bool(watchlist.ready([a_seen(modified_ns=modified)], now)) is is_whole


class Inbox(RuleBasedStateMachine):
    """Writers write, close, and stop; the watchlist looks. No half-written file is ever whole."""

    @initialize()
    def begin(self) -> None:
        self.now = 0
        self.files: dict[Path, tuple[int, int]] = {}
        self.wanted: dict[Path, int] = {}
        self.watchlist = Watchlist(LOCAL, lambda path: self.files[path][0] >= self.wanted[path])
        self.closed: list[Path] = []
        self.last_written: dict[Path, int] = {}

    @rule(path=st.sampled_from([A, B]), size=st.integers(1, 3), wanted=st.integers(1, 6))
    def write(self, path: Path, size: int, wanted: int) -> None:
        self.wanted.setdefault(path, wanted)
        self.files[path] = (self.files.get(path, (0, 0))[0] + size, self.now)
        self.last_written[path] = self.now

    @rule(path=st.sampled_from([A, B]))
    def close(self, path: Path) -> None:
        if path in self.files:
            self.closed.append(path)

    @rule(pause=st.integers(1, 300))
    def look(self, pause: int) -> None:
        self.now += pause
        closed, self.closed = self.closed, []
        seen = [a_seen(path, size, modified) for path, (size, modified) in self.files.items()]
        for one in self.watchlist.ready(seen, self.now, closed):
            assert self.files[one.path][0] >= self.wanted[one.path]
            assert one.path in closed or self.now - self.last_written[one.path] >= LOCAL.settle_ms
            del self.files[one.path], self.wanted[one.path]

    @invariant()
    def nothing_that_has_its_end_waits_for_ever(self) -> None:
        if not getattr(self, "files", None):
            return
        trial = Watchlist(LOCAL, lambda path: self.files[path][0] >= self.wanted[path])
        seen = [a_seen(path, size, modified) for path, (size, modified) in self.files.items()]
        trial.ready(seen, 0)
        whole = {one.path for one in trial.ready(seen, LOCAL.settle_ms)}
        assert whole == {path for path, (size, _) in self.files.items() if size >= self.wanted[path]}


TestInbox = Inbox.TestCase
