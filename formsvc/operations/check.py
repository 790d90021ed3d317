"""Checks the archive and the index against it; says what is damaged and what is only unfinished."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from formsvc.archive.damage import Damage, Finding
from formsvc.archive.fixity import Inspection
from formsvc.errors import FormsvcError, NoIndexError
from formsvc.inbox.areas import SPOOL
from formsvc.inbox.spool import plans
from formsvc.index.entry import Query
from formsvc.operations.entry import entry_of
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
        return any(finding.code not in (Damage.UNFINISHED, Damage.INDEX_DIFFERS) for finding in self.findings)


def check(workspace: Workspace, *, full: bool, progress: Callable[[int], None] = lambda _: None) -> Checked:
    """Check everything: `full` reads every byte, otherwise names, records, events, journal and index are looked at.

    While others write, what they have not finished is reported as unfinished.
    """
    inspection = Inspection(workspace.archive_store, full, progress)
    findings = list(inspection.findings())
    if any(finding.code in _MAY_BE_UNFINISHED for finding in findings):
        findings = _settled(workspace, findings)
    findings += _index_findings(workspace)
    return Checked(inspection.checked, tuple(findings))


_MAY_BE_UNFINISHED = frozenset({Damage.UNFINISHED, Damage.JOURNAL_SILENT})
"""What a walk beside a writer may see, and what a removed end of the journal looks like too."""


def _settled(workspace: Workspace, findings: list[Finding]) -> list[Finding]:
    """Look again at what may only have been unfinished, with writers held off and dead ones finished."""
    with workspace.archive.writing():
        again = set(Inspection(workspace.archive_store, full=False).findings())
        planned = _planned(workspace)
    settled = []
    for finding in findings:
        if finding.code not in _MAY_BE_UNFINISHED:
            settled.append(finding)
        elif finding in again:
            is_planned = finding.code is Damage.UNFINISHED and finding.path in planned
            settled.append(finding if is_planned else replace(finding, code=_AS_DAMAGE[finding.code]))
    return settled


_AS_DAMAGE = {Damage.UNFINISHED: Damage.EVENT_MISSING, Damage.JOURNAL_SILENT: Damage.JOURNAL_SILENT}


def _planned(workspace: Workspace) -> set[str]:
    """Return the versions that claims in the spool are about to be filed as."""
    planned = set()
    for worker in (workspace.inbox / SPOOL).glob("*/*"):
        for plan in plans(worker):
            planned |= {f"{prefix}/v{number}" for prefix, number in plan["versions"]}
    return planned


def _index_findings(workspace: Workspace) -> list[Finding]:
    """Compare what the index says of each record with what the archive says."""
    try:
        known = {found.id: found for found in workspace.finder.find(Query())}
    except NoIndexError:
        return []
    findings = []
    for prefix in workspace.archive.prefixes():
        record = prefix[-12:]
        found = known.pop(record, None)
        if found is None:
            findings.append(Finding(Damage.INDEX_DIFFERS, prefix))
            continue
        try:
            entry = entry_of(workspace, workspace.archive.history(prefix))
        except FormsvcError:
            continue
        if (entry.document, entry.path, entry.events) != (found.document, found.path, found.events):
            findings.append(Finding(Damage.INDEX_DIFFERS, prefix))
    findings += [Finding(Damage.INDEX_DIFFERS, found.path) for found in known.values()]
    return findings
