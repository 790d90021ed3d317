"""The journal's end, kept at a second place: a file on another disk, a share, another computer.

Whoever can write the whole archive can make every hash in it anew, and the chain shows nothing. A line of this file for
every turn at writing does: moment, number of lines, hash of the last. A second place that is away stops no work; the
next turn that finds it goes on there.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from formsvc import durable
from formsvc.archive import journal
from formsvc.archive.damage import Damage, Finding
from formsvc.archive.vouching import readable_lines
from formsvc.operations.workspace import Workspace

_LINE = re.compile(r"\S+ (\d{1,15}) ([0-9a-f]{64})")
_LOG = logging.getLogger("formsvc")


def keep_head(workspace: Workspace) -> None:
    """Keep the journal's end at the second place, when one is set and it is not the last that was kept."""
    file = second_place(workspace)
    if file is None:
        return
    head = journal.head(workspace.archive.store)
    try:
        kept = list(_kept(file)) if file.exists() else []
        if head.number and kept[-1:] != [head]:
            durable.append_line(file, f"{workspace.now()} {head}")
    except OSError as error:
        _LOG.warning("second place away: %s", error.errno)


def head_findings(workspace: Workspace) -> list[Finding]:
    """Return where the journal is not what the second place tells of: rewritten, cut, or nothing to tell by."""
    file = second_place(workspace)
    if file is None:
        return []
    hashes = {line.number: journal.hash_of(raw) for raw, line in readable_lines(workspace.archive_store)}
    try:
        kept = list(_kept(file))
    except OSError:
        return [Finding(Damage.HEADS_MISSING, str(file))] if hashes else []
    if hashes and not kept:
        return [Finding(Damage.HEADS_MISSING, str(file))]
    changed = [head for head in kept if hashes.get(head.number) != head.sha256]
    return (
        [Finding(Damage.HEAD_CHANGED, journal.files(workspace.archive_store)[-1], str(changed[0]))] if changed else []
    )


def second_place(workspace: Workspace) -> Path | None:
    """Return the file that the setting `heads` names, or None."""
    return workspace.root / workspace.settings.heads if workspace.settings.heads else None


def _kept(file: Path) -> Iterator[journal.Head]:
    """Yield the ends that were kept, in order; a line that is none, as a torn one, is passed over."""
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        match = _LINE.fullmatch(line)
        if match is not None:
            yield journal.Head(int(match[1]), match[2])
