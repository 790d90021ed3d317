"""When a file in the inbox is whole. Pure but for the look at its end, which is passed in.

A file is whole when nobody has changed it between looks, and its end is there. On a local disk a writer that has
closed it, or two equal looks a moment apart, are enough; on a share, where no event tells, it has to rest longer and
over several looks. A file without its end waits for ever; it is never answered for that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from formsvc.inbox.sweep import Seen

_EMPTY_MS = 30_000
"""How long an empty file rests before it is taken for one that stays empty."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a file has to rest."""

    settle_ms: float
    """Milliseconds between the first and the last of the equal looks."""
    looks: int
    """How many equal looks."""


@dataclass(frozen=True, slots=True)
class _Look:
    shape: tuple[int, int, int]
    since_ms: float
    count: int


class Watchlist:
    """Remembers earlier looks at what lies in the inbox."""

    def __init__(self, patience: Patience, has_end: Callable[[Path], bool]) -> None:
        self._patience = patience
        self._has_end = has_end
        self._looks: dict[Path, _Look] = {}
        self._held: dict[Path, tuple[int, int, int]] = {}
        self.newly_held: list[Seen] = []
        """What the last look was the first to find at rest and yet not whole: empty, or without its end."""

    def ready(self, seen: Sequence[Seen], now_ms: float, closed: Collection[Path] = ()) -> list[Seen]:
        """Return what is whole now; `closed` are files whose writer was seen to close them since the last look."""
        looks, held = {}, {}
        ready = []
        for one in seen:
            before = self._looks.get(one.path)
            same = before is not None and before.shape == one.shape
            look = _Look(
                one.shape,
                before.since_ms if same and before is not None else now_ms,
                before.count + 1 if same and before is not None else 1,
            )
            looks[one.path] = look
            is_settled = self._is_settled(look, now_ms)
            if (is_settled or one.path in closed) and self._is_whole(one, look, now_ms):
                ready.append(one)
            elif is_settled:
                held[one.path] = one.shape
        self.newly_held = [one for one in seen if one.path in held and self._held.get(one.path) != one.shape]
        self._looks, self._held = looks, held
        return ready

    @property
    def waiting(self) -> list[Path]:
        """What the last look left in the inbox, claimed or not."""
        return list(self._looks)

    def _is_settled(self, look: _Look, now_ms: float) -> bool:
        return look.count >= self._patience.looks and now_ms - look.since_ms >= self._patience.settle_ms

    def _is_whole(self, seen: Seen, look: _Look, now_ms: float) -> bool:
        if not seen.is_regular:
            return True
        if not seen.size and (now_ms - look.since_ms < _EMPTY_MS or not self._is_settled(look, now_ms)):
            return False
        return self._has_end(seen.path)
