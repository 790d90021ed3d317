"""Keeps the index up with the archive: notes what was written, catches up with the journal, builds it anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from formsvc import durable
from formsvc.archive import journal
from formsvc.errors import NoIndexError
from formsvc.index.entry import Entry
from formsvc.operations.entry import entry_of
from formsvc.operations.workspace import Workspace
from formsvc.records.history import History


def note(workspace: Workspace, histories: Sequence[History]) -> None:
    """Note records in the index, with the journal's present end; the caller holds the writing lock."""
    entries = [entry_of(workspace, history) for history in histories]
    workspace.index.note(entries, head=str(journal.head(workspace.archive.store)))


def catch_up(workspace: Workspace) -> None:
    """Bring the index to the journal's end, or build it anew when it is not the index of this archive.

    The caller holds the writing lock.
    """
    head = journal.head(workspace.archive.store)
    try:
        noted = workspace.index.head()
    except NoIndexError:
        build(workspace)
        return
    if noted == str(head):
        return
    prefixes = behind(workspace, noted or "")
    if prefixes is None:
        build(workspace)
    else:
        note(workspace, [workspace.archive.history(prefix) for prefix in prefixes])


def rebuild(workspace: Workspace, progress: Callable[[int], None] = lambda _: None) -> int:
    """Throw the index away and make it anew from the archive alone; return how many records it holds."""
    with workspace.archive.writing():
        return build(workspace, progress)


def build(workspace: Workspace, progress: Callable[[int], None] = lambda _: None) -> int:
    """Make the index anew; the caller holds the writing lock."""
    from formsvc.index import building  # noqa: PLC0415 - an idle watch stays small

    workspace.close_index()
    durable.make_dirs(workspace.local)
    head = journal.head(workspace.archive.store)
    return building.rebuild(workspace.index_file, _entries(workspace, progress, head.number), str(head))


def _entries(workspace: Workspace, progress: Callable[[int], None], events: int) -> Iterator[Entry]:
    from formsvc.operations.entries import every_entry  # noqa: PLC0415 - an idle watch stays small

    for count, entry in enumerate(every_entry(workspace, expected=events), 1):
        yield entry
        progress(count)


def behind(workspace: Workspace, noted: str) -> list[str] | None:
    """Return the records the journal tells of behind a noted end, or None when it does not know that end."""
    number, _, sha256 = noted.partition(" ")
    store = workspace.archive.store
    found: dict[str, None] = {}
    is_behind = noted == str(journal.EMPTY)
    for name in journal.files(store):
        for raw, line in journal.read(store, name):
            if is_behind:
                found[line.record] = None
            elif str(line.number) == number:
                if journal.hash_of(raw) != sha256:
                    return None
                is_behind = True
    return list(found) if is_behind else None
