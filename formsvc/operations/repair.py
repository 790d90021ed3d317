"""Mends a damaged archive: a plan first, then, with other writers held off, what it says and nothing else.

What lies in the way is set aside, outside of the archive, under its own name; nothing is deleted, and nothing is put
over something. A repair that dies is finished by the next one: what it had set aside is lost, as far as the archive
is concerned, and is found again where it was found before.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from formsvc import durable
from formsvc.archive import layout
from formsvc.archive.archive import Archive
from formsvc.archive.damage import Finding
from formsvc.archive.repair import Plan, Planner, Step
from formsvc.archive.spares import Deed
from formsvc.archive.writer import LocalWriter
from formsvc.errors import ChangedError, DamagedArchiveError, TakenError
from formsvc.operations.check import check, index_findings
from formsvc.operations.indexing import build
from formsvc.operations.redrawing import drawer
from formsvc.operations.workspace import Workspace
from formsvc.storage.local import LocalStore

ASIDE = "set-aside"
"""The folder of the workspace that holds what repairs took out of the archive."""
_TOGETHER = 32 << 20
"""Bytes that are put with one sync."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair did, or would do."""

    plan: Plan
    rebuilds_index: bool
    aside: Path | None
    """Where what was set aside lies; None when nothing was done."""
    left: tuple[Finding, ...]
    """What is still wrong: by a full check, or by the plan alone when nothing was done."""
    is_only_planned: bool = False


def repair(
    workspace: Workspace,
    mirrors: Sequence[Path] = (),
    *,
    dry_run: bool = False,
    show: Callable[[Plan, bool], None] = lambda *_: None,
    progress: Callable[[int], None] = lambda _: None,
) -> Repaired:
    """Plan, `show` the plan and whether the index is built anew, then do it, unless `dry_run`.

    `mirrors` are folders that hold copies of the archive's files: another archive, a hand-over, a backup. Others may
    write while the plan is made; when they did, it is made anew with them held off. Raises BusyError when another
    writer does not end.
    """
    writer = LocalWriter(workspace.archive_folder)
    before = _written(workspace)
    plan, differs = _plan(workspace, writer, mirrors, progress), bool(index_findings(workspace))
    aside = None
    with writer:
        if _written(workspace) != before:  # what was seen beside a writer may be gone, and more may be there
            plan, differs = _plan(workspace, writer, mirrors, progress), bool(index_findings(workspace))
        rebuilds = differs or bool(plan.steps)
        show(plan, rebuilds)
        if dry_run or not (plan.steps or rebuilds):
            return Repaired(plan, rebuilds, None, plan.left, is_only_planned=dry_run)
        if plan.steps:
            aside = _folder(workspace)
            _carry_out(workspace, writer, plan.steps, aside)
        _rebuild(workspace)
    return Repaired(plan, rebuilds, aside, check(workspace, full=True, progress=progress).findings)


def _written(workspace: Workspace) -> object:
    """Return what any writer that came to its end has changed: the journal, rosters and forms, what is noted down."""
    root = workspace.archive_folder
    inside = (root / name for name in (layout.JOURNAL, layout.ORGANISATIONS, layout.FORMS, layout.ISSUED))
    paths = sorted(path for folder in (root, *inside) if folder.is_dir() for path in folder.iterdir())
    states = ((path.name, path.lstat()) for path in paths if path.name != layout.WRITER_LOCK)
    return [(name, state.st_size, state.st_mtime_ns) for name, state in states]


def _plan(workspace: Workspace, writer: LocalWriter, mirrors: Sequence[Path], progress: Callable[[int], None]) -> Plan:
    store = workspace.archive_store
    known = {layout.form_name(spec.id, spec.version): spec.source for spec in workspace.forms.values()}
    known[layout.README] = resources.files("formsvc.archive").joinpath("README.txt").read_bytes()
    lost: tuple[Step, ...] = ()
    try:
        pending = writer.pending()
    except DamagedArchiveError:
        pending, lost = {}, (Step(Deed.SET_ASIDE, layout.WRITER_PENDING),)
    places = [LocalStore(mirror.absolute()) for mirror in mirrors]
    plan = Planner(store, places, known, pending, drawer(workspace), progress).plan()
    return Plan((*lost, *plan.steps), plan.left)


def _folder(workspace: Workspace) -> Path:
    moment = workspace.now()[:19].replace("-", "").replace(":", "")
    return workspace.root / ASIDE / f"{moment}-{os.getpid()}-{secrets.token_hex(2)}"


def _carry_out(workspace: Workspace, writer: LocalWriter, steps: Sequence[Step], aside: Path) -> None:
    """Note the plan, set aside, put files, then manifests, then events, then the journal."""
    store = workspace.archive_store
    store.recover()
    noted = [{"deed": one.deed.value, "path": one.path, "sha256": _hash_of(one)} for one in steps]
    note = json.dumps({"schema": 1, "at": workspace.now(), "steps": noted}, ensure_ascii=False, indent=1)
    durable.put_new(aside / "repair.json", f"{note}\n".encode(), top=workspace.root)
    for step in steps:
        if step.data is None:
            _set_aside(workspace.archive_folder / step.path, aside / "archive" / step.path, workspace.root)
    for rank in range(4):
        for files in _groups([one for one in steps if one.data is not None and _rank(one.path) == rank]):
            for name in store.put_many(files):
                raise TakenError(path=name)
    writer.set_pending({})
    told = [(one.path.rpartition("/redrawn/")[0], one.event) for one in steps if one.event is not None]
    archive = Archive(store, writer)
    for record, event in told:
        for error in archive.append([(record, event)]):
            if error is not None:
                raise error


def _rank(path: str) -> int:
    """Tell what is put when: nothing is told of before it is there."""
    if path.startswith(f"{layout.JOURNAL}/") or path == layout.DECLARATION:
        return 3
    parts = layout.split_record_name(path)
    if parts is not None and layout.event_number(parts[2]) is not None:
        return 2
    return 1 if path.endswith(f"/{layout.MANIFEST}") else 0


def _groups(steps: Sequence[Step]) -> Iterator[dict[str, bytes]]:
    files: dict[str, bytes] = {}
    for step in steps:
        files[step.path] = step.data or b""
        if sum(map(len, files.values())) > _TOGETHER:
            yield files
            files = {}
    if files:
        yield files


def _set_aside(source: Path, target: Path, top: Path) -> None:
    """Move a file out of the archive; from another file system it is copied first."""
    if durable.move_in(source, target, top=top):
        return
    opened = durable.open_regular(source)
    if not isinstance(opened, durable.OpenFile):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(source))
    with opened:
        copied = durable.copy_in(opened.descriptor, target, top=top)
    if copied.sha256 != hashlib.sha256(source.read_bytes()).hexdigest():
        raise ChangedError(path=str(source))
    durable.remove(source)


def _rebuild(workspace: Workspace) -> None:
    """Build the index anew as far as the archive can be read; what cannot be is among what is left."""
    try:
        build(workspace)
    except DamagedArchiveError:
        workspace.close_index()


def _hash_of(step: Step) -> str | None:
    return None if step.data is None else hashlib.sha256(step.data).hexdigest()
