"""Serves the inbox: watchdog says "look", a sweep of the folder is the truth.

Events only shorten the wait: every sweep sees everything, so that shares without events, missed events and folders
moved in whole are served too. One bad file never stops the watch, and whatever stops a pass (a full disk, an inbox
that is not mounted) is tried again.
"""

from __future__ import annotations

import logging
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from watchdog.events import FileClosedEvent, FileMovedEvent, FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from formsvc import durable
from formsvc.errors import Code, FormsvcError, MissingInboxError, Problem
from formsvc.extraction.preflight.sniff import is_whole as kind_is_whole
from formsvc.extraction.preflight.sniff import look, read_tail
from formsvc.inbox.areas import RESERVED, is_junk
from formsvc.inbox.spool import Claim
from formsvc.inbox.stability import Patience, Watchlist
from formsvc.inbox.sweep import Seen, sweep
from formsvc.operations.outcome import Outcome
from formsvc.operations.workspace import Workspace

_LOG = logging.getLogger(__name__)
_LOOKS_LOCAL, _LOOKS_SHARE = 2, 3
_RETRY_S = 5.0
"""Seconds before a pass that failed is tried again."""
REST_S = 15.0
"""Seconds without work after which a watch that has worked asks for a fresh, small process."""
_GROUP = 32
"""Files claimed at once."""


class InboxServer:
    """The one process that serves an inbox; use it in a `with`. Raises BusyError when another one serves it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stack = ExitStack()
        self._device = _device(workspace.inbox)
        settings = workspace.settings.inbox
        is_share = durable.is_network(workspace.inbox)
        self.patience = (
            Patience(settings.share_settle_ms, _LOOKS_SHARE) if is_share else Patience(settings.settle_ms, _LOOKS_LOCAL)
        )
        self._watchlist = Watchlist(self.patience, is_whole)
        self._spool = workspace.spool()
        self._claims: list[Claim] = []
        self.has_worked = False
        """Whether anything was read or filed, for which much is in memory now."""

    def __enter__(self) -> Self:
        self._stack.enter_context(self._workspace.inbox_lock())
        self._stack.enter_context(self._spool)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, at)

    @property
    def waiting(self) -> list[Path]:
        """What the last look left in the inbox."""
        return self._watchlist.waiting

    def recover(self) -> Iterator[Outcome]:
        """Finish what processes that are gone left, and what an earlier pass of this one did."""
        self._claims = []
        self._workspace.recover_stores()
        from formsvc.operations.reread import waits_for_reader  # noqa: PLC0415 - an idle watch stays small

        is_tidy = not self._spool.has_left_behind() and not self._workspace.is_behind()
        if is_tidy and not waits_for_reader(self._workspace):
            return
        from formsvc.operations.recover import left_behind  # noqa: PLC0415 - an idle watch stays small

        self.has_worked = True
        left = left_behind(self._workspace, self._spool)
        for start in range(0, len(left), _GROUP):
            self._claims = left[start : start + _GROUP]
            yield from self._work_off()

    @property
    def newly_held(self) -> list[Seen]:
        """What the last look was the first to find at rest and yet not whole."""
        return self._watchlist.newly_held

    def warm_up(self) -> None:
        """Get ready to read and file, because something comes: the reader starts beside our own imports."""
        if self.has_worked:
            return
        self.has_worked = True
        self._workspace.warm_reader()
        import formsvc.operations.ingest  # noqa: F401, PLC0415 - an idle watch stays small

    def look(self, closed: Sequence[Path] = ()) -> list[Seen]:
        """Sweep the inbox once; return what is whole. Raises MissingInboxError when it is not the inbox known."""
        if _device(self._workspace.inbox) != self._device:
            raise MissingInboxError(path=str(self._workspace.inbox))
        seen = [one for one in sweep(self._workspace.inbox) if not self._spool.is_kept(one)]
        return self._watchlist.ready(seen, time.monotonic() * 1000, closed)

    def serve(self, ready: Sequence[Seen]) -> Iterator[Outcome]:
        """Claim and answer files."""
        for start in range(0, len(ready), _GROUP):
            self._claims = self._spool.claim(ready[start : start + _GROUP], self._workspace.now())
            yield from self._work_off()

    def _work_off(self) -> Iterator[Outcome]:
        if not self._claims:
            return
        from formsvc.operations.ingest import work_off  # noqa: PLC0415 - an idle watch stays small

        self.has_worked = True
        try:
            yield from work_off(self._workspace, self._spool, self._claims)
        except (OSError, FormsvcError):
            raise
        except Exception as error:  # noqa: BLE001 - one bad file never stops the watch
            _LOG.error("group failed: %s", type(error).__name__, exc_info=error)
            for claim in self._claims:
                yield from self._work_off_alone(claim)
        self._claims = []

    def _work_off_alone(self, claim: Claim) -> Iterator[Outcome]:
        """Answer one claim of a group that failed; set it aside when it fails by itself too, unless it is filed."""
        from formsvc.operations.ingest import set_aside, work_off  # noqa: PLC0415 - as above
        from formsvc.operations.plan import published  # noqa: PLC0415 - as above

        try:
            yield from work_off(self._workspace, self._spool, [claim])
        except (OSError, FormsvcError):
            raise
        except Exception as error:  # noqa: BLE001 - one bad file never stops the watch
            _LOG.error("file failed: %s: %s", claim.name, type(error).__name__, exc_info=error)
            if published(self._workspace, claim.folder):
                return  # the next start finishes what is filed; its sender is not told that it was not
            problem = Problem(Code.PROGRAM_ERROR, params={"error": type(error).__name__})
            yield set_aside(self._workspace, self._spool, claim, problem)


def watch_once(workspace: Workspace, left: Callable[[list[Path]], None] = lambda _: None) -> Iterator[Outcome]:
    """Work off what lies in the inbox and end; `left` is told which files are not whole yet.

    Raises BusyError when another process serves the inbox, MissingInboxError when there is none.
    """
    with InboxServer(workspace) as server:
        yield from server.recover()
        for _ in range(server.patience.looks - 1):
            server.look()
            time.sleep(server.patience.settle_ms / 1000)
        while ready := server.look():
            yield from server.serve(ready)
        left([seen.path for seen in sweep(workspace.inbox)])


def watch(
    workspace: Workspace,
    stop: threading.Event,
    show: Callable[[Outcome], None],
    serving: Callable[[], None] = lambda: None,
    held: Callable[[Seen], None] = lambda _: None,
    *,
    rest_s: float = REST_S,
) -> bool:
    """Serve the inbox until `stop` is set; `serving` is told when the inbox is ours, `show` of every outcome.

    `held` is told of every file that lies still and is not whole, once for each state it lies in. Returns False when
    it was stopped. Returns True when it has worked and then rested for so many seconds: whoever runs it may start it
    again in a fresh process, which gives back the memory that reading and drawing took. Raises BusyError
    when another process serves the inbox, MissingInboxError when there is none at the start.
    """
    with InboxServer(workspace) as server, _Events(workspace.inbox) as events:
        serving()
        closed: Sequence[Path] = ()
        is_recovered = False
        worked_at = time.monotonic()
        while not stop.is_set():
            try:
                for outcome in server.serve(server.look(closed)) if is_recovered else server.recover():
                    worked_at = time.monotonic()
                    show(outcome)
                for seen in server.newly_held if is_recovered else ():
                    _LOG.info("waits, not whole: %s", seen.path.name)
                    held(seen)
                if server.has_worked and time.monotonic() - worked_at > rest_s:
                    return True
                if is_recovered:
                    closed = events.wait(_pause_s(workspace, server), stop)
                    if events.has_come and not server.has_worked:
                        worked_at = time.monotonic()
                        server.warm_up()
                is_recovered = True
            except (OSError, FormsvcError) as error:
                is_recovered = False
                _LOG.error("pass failed: %s", type(error).__name__, exc_info=error)
                stop.wait(_RETRY_S)
    return False


def is_whole(path: Path) -> bool:
    """Whether a file in the inbox has its end; one that cannot be opened now has not."""
    opened = durable.open_regular(path)
    if not isinstance(opened, durable.OpenFile):
        return False
    with opened:
        return kind_is_whole(look(opened.descriptor), read_tail(opened.descriptor))


def _pause_s(workspace: Workspace, server: InboxServer) -> float:
    """Return how long to wait for an event before the next sweep: shorter while something settles."""
    settings = workspace.settings.inbox
    pause_ms = min(settings.sweep_ms, server.patience.settle_ms) if server.waiting else settings.sweep_ms
    return pause_ms / 1000


def _device(inbox: Path) -> int:
    try:
        return inbox.stat().st_dev
    except FileNotFoundError:
        raise MissingInboxError(path=str(inbox)) from None


class _Events(FileSystemEventHandler):
    """Wakes the watch when something happens in the inbox outside of our own folders."""

    def __init__(self, inbox: Path) -> None:
        self._inbox = inbox
        self._observer = Observer()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._closed: list[Path] = []
        self.has_come = False
        """Whether something woke the last wait."""

    def __enter__(self) -> Self:
        # The folders of ours come and go; watchdog warns when it has seen one of them before.
        warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"watchdog\..*")
        logging.getLogger("watchdog").addHandler(logging.NullHandler())  # what it says in ending is no clerk's matter
        self._observer.schedule(self, str(self._inbox), recursive=True)
        try:
            self._observer.start()
        except OSError as error:
            _LOG.warning("no events: %s", error)
        return self

    def __exit__(self, *_: object) -> None:
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note a file that was closed or moved in, and wake the watch."""
        path = Path(str(event.dest_path if isinstance(event, FileMovedEvent) else event.src_path))
        try:
            top = path.relative_to(self._inbox).parts[:1]
        except ValueError:
            return
        if not top or top[0] in RESERVED or event.event_type in ("opened", "closed_no_write") or is_junk(path.name):
            return
        if isinstance(event, FileClosedEvent | FileMovedEvent):
            with self._lock:
                self._closed.append(path)
        self._wake.set()

    def wait(self, seconds: float, stop: threading.Event) -> list[Path]:
        """Wait for an event, at most so long; return the files closed since the last call."""
        if not stop.is_set():
            self._wake.wait(seconds)
        self.has_come = self._wake.is_set()
        self._wake.clear()
        with self._lock:
            closed, self._closed = self._closed, []
        return closed
