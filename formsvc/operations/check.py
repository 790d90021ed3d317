"""Checks the archive and the index against it; says what is damaged and what is only unfinished."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from formsvc.archive.damage import Damage, Finding
from formsvc.archive.fixity import Inspection
from formsvc.errors import DamagedArchiveError, FormsvcError, NoIndexError
from formsvc.inbox.areas import SPOOL
from formsvc.index.entry import Entry, Found, Query
from formsvc.index.finding import Finder
from formsvc.index.schema import Fault
from formsvc.operations.checking import STATE, Course, Slice, resumed
from formsvc.operations.entry import entry_of
from formsvc.operations.heads import head_findings
from formsvc.operations.indexing import behind
from formsvc.operations.plan import planned
from formsvc.operations.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found."""

    files: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is damaged; what a writer is still at is no damage."""
        return all(finding.code is Damage.UNFINISHED for finding in self.findings)

    @property
    def is_damaged(self) -> bool:
        """Whether the archive is not what was written; an index that differs is built anew and no damage."""
        return any(finding.code not in _NO_DAMAGE for finding in self.findings)


_NO_DAMAGE = frozenset({Damage.UNFINISHED, Damage.INDEX_DIFFERS, Damage.HEADS_MISSING})


def check(
    workspace: Workspace,
    *,
    full: bool,
    part: Slice | None = None,
    resume: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Checked:
    """Check everything: `full` reads every byte, otherwise names, records, events, journal and index are looked at.

    Of a `part` only its bytes are read. A full check that was interrupted is gone on with by `resume`. While others
    write, what they have not finished is reported as unfinished. Nothing is repaired but what a dead writer left half
    told.
    """
    course = None
    if full and part is None:
        file = workspace.local / STATE
        course = resumed(file, time.monotonic) if resume else Course(file, time.monotonic)
    reads = part.reads if part is not None else course.reads if course is not None else lambda _: True
    inspection = Inspection(workspace.archive_store, full, progress, reads)
    findings = []
    for finding in inspection.findings():
        findings.append(finding)
        if course is not None and finding.code is Damage.FILE_CHANGED:
            course.changed.add(finding.path)
    if course is not None:
        course.done()
    if findings:
        findings = _settled(workspace, findings)
    differing = index_findings(workspace)
    if differing:
        with workspace.archive.writing():
            differing = index_findings(workspace)
    return Checked(inspection.checked, (*findings, *head_findings(workspace), *differing))


_SEEN_ONCE = frozenset({Damage.DECLARATION_MISSING, Damage.FILE_CHANGED, Damage.FILE_MISSING})
"""What a second, quick look with writers held off cannot take back; a declaration is put again by opening."""


def _settled(workspace: Workspace, findings: list[Finding]) -> list[Finding]:
    """Look again, with writers held off and dead ones finished: what a walk beside a writer saw may be gone."""
    with workspace.archive.writing():
        again = set(Inspection(workspace.archive_store, full=False).findings())
        wanted = _planned(workspace)
    settled = [finding for finding in findings if finding.code in _SEEN_ONCE or finding in again]
    return [
        replace(finding, code=Damage.EVENT_MISSING)
        if finding.code is Damage.UNFINISHED and finding.path not in wanted
        else finding
        for finding in settled
    ]


def _planned(workspace: Workspace) -> set[str]:
    """Return the versions that claims in the spool are about to be filed as."""
    folders = (workspace.inbox / SPOOL).glob("*/*")
    return {f"{one.prefix}/v{one.version}" for folder in folders for one in planned(folder)}


def index_findings(workspace: Workspace) -> list[Finding]:
    """Compare what the index says of each record with what the archive says, but for those it is known to be behind."""
    try:
        finder = workspace.finder
        waiting = set(behind(workspace, finder.head() or "") or ())
        known = {found.id: found for found in finder.find(Query())}
        findings = []
        for prefix in workspace.archive.prefixes():
            found = known.pop(prefix[-12:], None)
            if prefix not in waiting and not _agrees(workspace, prefix, found, finder):
                findings.append(Finding(Damage.INDEX_DIFFERS, prefix))
    except NoIndexError as error:
        is_damaged = error.params["reason"] == Fault.DAMAGED
        return [Finding(Damage.INDEX_DIFFERS, workspace.index_file.name)] if is_damaged else []
    except DamagedArchiveError:  # a journal that cannot be read: found by the walk
        return []
    return findings + [Finding(Damage.INDEX_DIFFERS, found.path) for found in known.values()]


def _agrees(workspace: Workspace, prefix: str, found: Found | None, finder: Finder) -> bool:
    """Whether the index says of a record what the archive does; a damaged or unfinished one is found by the walk."""
    try:
        history = workspace.archive.history(prefix)
        entry = entry_of(workspace, history)
    except FormsvcError:
        return True
    if not all(history.is_filed(version.number) for version in history.versions):
        return True
    if found is None or not all((entry.id, reading) in finder.by_hash(sha256) for sha256, reading in entry.filed):
        return False
    try:
        return _shown(entry) == _shown(found)
    except (zlib.error, ValueError):
        return False


def _shown(one: Entry | Found) -> tuple[object, ...]:
    facts = (one.form, one.year, one.name, one.organisation, one.unit, one.status, one.version)
    return (*facts, one.path, one.identity, one.events, one.document)
