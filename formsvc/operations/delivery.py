"""Hands copies out: each copy for its holder with its endorsement, or each record as one PDF/A-3b for the unit itself.

The archive's copies stay as they are. What is handed out is a new folder, written whole or not at all, and the same
archive gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path

from formsvc import durable
from formsvc.errors import TakenError
from formsvc.extraction.sandbox.sandbox import open_sandbox
from formsvc.operations.delivered import Delivered, DeliveryFormat, LeftOut, Selection
from formsvc.operations.desk import Desk, Paper
from formsvc.operations.endorsed import APPEND_JOB
from formsvc.operations.find import find
from formsvc.operations.workspace import ARCHIVE, Workspace


def deliver(
    workspace: Workspace,
    kind: DeliveryFormat,
    target: Path,
    wanted: Selection,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Delivered:
    """Write what is wanted into the new folder `target`; nothing is written when nothing fits.

    Raises UnknownIdError, AmbiguousIdError, UnknownFormError, UnknownCopyError, DamagedArchiveError when a file of the
    archive is not what was filed, TakenError when something has that name.
    """
    target = target.absolute()
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise TakenError(path=str(target))
    prefixes = _prefixes(workspace, wanted)
    if not prefixes:
        return Delivered(0)
    durable.make_dirs(target.parent)
    work = durable.unused_name(target.parent)
    try:
        with closing(open_sandbox(APPEND_JOB)) as sandbox, durable.Batch(target.parent, grouped=True) as batch:
            done = _written(Desk(workspace, sandbox, wanted, kind), prefixes, batch, work, progress)
            if done.files:
                batch.publish(work, target)
            for error in batch.commit().values():
                raise TakenError(path=str(target)) if isinstance(error, FileExistsError) else error
    finally:
        durable.discard(work)
    return done


def _prefixes(workspace: Workspace, wanted: Selection) -> list[str]:
    if wanted.records:
        return list(dict.fromkeys(workspace.record(record).path for record in wanted.records))
    found = find(workspace, wanted.name, wanted.year, form=wanted.form, organisation=wanted.organisation)
    return [str(one["path"]).removeprefix(f"{ARCHIVE}/") for one in found]


def _written(
    desk: Desk, prefixes: Sequence[str], batch: durable.Batch, work: Path, progress: Callable[[int], None]
) -> Delivered:
    left: list[tuple[str, LeftOut]] = []
    count = 0
    made: set[Path] = set()
    for prefix in prefixes:
        for paper in desk.papers(prefix):
            if not isinstance(paper, Paper):
                left.append(paper)
                continue
            path = work / paper.name
            if path.parent not in made:
                durable.make_dirs(path.parent)
                made.add(path.parent)
            batch.write_pieces(
                path, chain.from_iterable((one,) if isinstance(one, bytes) else one for one in paper.parts)
            )
            count += 1
            progress(count)
    return Delivered(count, tuple(left))
