"""The road of a form: claimed file -> hash, known? -> read -> resolve -> file, ask or set aside -> receipt -> cleared.

Each submission is answered form by form. Submissions are worked off in groups that share their syncs; a group keeps
the archive's writing lock while it decides and files, so that two processes never found the same record twice.
Whatever stops a group leaves its claims in the spool, where working them off again gives no answer twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import assert_never

from formsvc.errors import Code, Problem
from formsvc.forms.reading import Decision, Reading
from formsvc.forms.spec import FormSpec
from formsvc.inbox.spool import Claim, Spool
from formsvc.inbox.sweep import sweep
from formsvc.operations.account import Account, Fate, account_of
from formsvc.operations.alike import distinct
from formsvc.operations.answer import (
    receipt,
    set_aside_duplicate,
    set_aside_rejected,
    tell_account,
    wait_for_person,
    waiting_claim,
    waiting_id,
)
from formsvc.operations.examine import Submission, examine, unread
from formsvc.operations.filing import Filing, file_group, finish
from formsvc.operations.on_roster import roster_notes
from formsvc.operations.outcome import About, Duplicate, Filed, NeedsConfirmation, Outcome, Rejected
from formsvc.operations.plan import published, write_plans
from formsvc.operations.propose import propose_year
from formsvc.operations.resolve import Place, Unsure, person_of, resolve
from formsvc.operations.serials import check_serial
from formsvc.operations.workspace import Workspace
from formsvc.operations.writing import writing
from formsvc.records.history import History, Status
from formsvc.records.record import Version
from formsvc.rendering.copies import unprintable

GROUP = 32
"""Submissions worked off at once: enough to share syncs, few enough for other writers to wait about a second."""


def ingest(workspace: Workspace, paths: Iterable[Path]) -> Iterator[Outcome]:
    """Take copies of named files (folders recurse) down the same road as the inbox; yield what became of each form."""
    files = [file for path in paths for file in _files(path)]
    with workspace.spool() as spool:
        for start in range(0, len(files), GROUP):
            group = files[start : start + GROUP]
            claims = [spool.copy(path, workspace.now()) for path in group]
            for path, claim in zip(group, claims, strict=True):
                if not isinstance(claim, Claim):
                    problem = Problem(Code.NOT_A_FILE, params={"kind": claim.value})
                    yield Rejected(About(str(path), problems=(problem,)), "")
            yield from work_off(workspace, spool, [claim for claim in claims if isinstance(claim, Claim)])


def work_off(workspace: Workspace, spool: Spool, claims: Sequence[Claim]) -> Iterator[Outcome]:
    """Answer claims, group by group; yield what became of each form, in order."""
    for start in range(0, len(claims), GROUP):
        submissions = list(examine(workspace, claims[start : start + GROUP]))
        with writing(workspace):
            group = _Group(workspace, submissions)
            outcomes = group.decide()
        spool.clear(*(submission.claim for submission in submissions))
        yield from outcomes


def set_aside(workspace: Workspace, spool: Spool, claim: Claim, problem: Problem) -> Outcome:
    """Set a claim aside for a reason that lies outside its content; return that."""
    submission = unread(claim, problem)
    folder = set_aside_rejected(workspace, submission, (problem,))
    spool.clear(claim)
    place = f"{claim.place}/{claim.name}" if claim.place else claim.name
    return Rejected(About(place, problems=(problem,)), folder)


def _files(path: Path) -> list[Path]:
    return [seen.path for seen in sweep(path)] if path.is_dir() else [path]


class _Group:
    """Submissions being decided and filed together, under the writing lock."""

    def __init__(self, workspace: Workspace, submissions: Sequence[Submission]) -> None:
        self.workspace = workspace
        self.submissions = submissions
        self.pending: list[tuple[Submission, Filing, int]] = []
        self.outcomes: list[Outcome | None] = []
        self.answered: list[tuple[Submission, Reading, int]] = []
        """Each form that was looked at, and the place of its outcome."""
        self.copies: list[tuple[Submission, Reading]] = []
        """Sheets of which another one in the file says the same."""
        self.filed: dict[tuple[str, int], str] = {}
        self.beside: dict[str, str] = {}
        """Claim -> a reading of it that waits."""
        self.set_aside: set[str] = set()
        """Claims whose file lies among the duplicates: once, however many forms of it are known."""

    def decide(self) -> list[Outcome]:
        """Answer every form of every submission."""
        for submission in self.submissions:
            done = published(self.workspace, submission.claim.folder)
            earlier = {version.original.reading: (history, version) for history, version in done}
            kept = distinct(self.workspace.forms, submission.readings)
            numbers = {reading.number for reading in kept}
            self.copies += [(submission, one) for one in submission.readings if one.number not in numbers]
            for reading in kept:
                self.answered.append((submission, reading, len(self.outcomes)))
                if reading.decision is Decision.REFUSE:
                    self.outcomes.append(None)
                elif reading.number in earlier:
                    self._finish(submission, reading, *earlier[reading.number])
                else:
                    self._decide(submission, propose_year(self.workspace.settings, submission.claim.place, reading))
        self._flush()
        for submission in self.submissions:
            self._close(submission)
        return [outcome for outcome in self.outcomes if outcome is not None]

    def _close(self, submission: Submission) -> None:
        """Set aside what is no form, and give the account of a file of several pages."""
        answered = [(reading, slot) for one, reading, slot in self.answered if one is submission]
        fates = [(_fate(self.outcomes[slot]), reading.pages) for reading, slot in answered]
        fates += [(Fate.COPY, reading.pages) for one, reading in self.copies if one is submission]
        is_scan = any(not reading.typed for reading in submission.readings)
        account = account_of(submission.pages if is_scan else 0, submission.blank, fates)
        refused = [(reading, slot) for reading, slot in answered if self.outcomes[slot] is None]
        folder = self._reject(submission, [reading for reading, _ in refused], account) if refused else ""
        for reading, slot in refused:
            self.outcomes[slot] = Rejected(self._about(submission, reading), folder)
        if account.is_told:
            tell_account(self.workspace, submission, account)

    def _decide(self, submission: Submission, reading: Reading) -> None:
        about = self._about(submission, reading)
        known = self._known(submission, reading)
        if known is not None:
            if submission.claim.id not in self.set_aside:
                set_aside_duplicate(self.workspace, submission, known)
                self.set_aside.add(submission.claim.id)
            self.outcomes.append(Duplicate(about, known))
        elif reading.decision is Decision.CONFIRM or reading.form is None:
            self._wait(submission, reading, ())
        else:
            self._resolve(submission, reading)

    def _resolve(self, submission: Submission, reading: Reading) -> None:
        workspace = self.workspace
        spec = workspace.form(reading.form or "")
        lacking = unprintable(spec, reading, workspace.fonts)
        if lacking:
            problems = [Problem(Code.UNPRINTABLE, key, {"characters": signs}) for key, signs in lacking.items()]
            self._wait(submission, reading.with_problems(problems), ())
            return
        founding = (submission.sha256, reading.number)
        place = resolve(spec, reading, founding, workspace.index, workspace.directory)
        if not isinstance(place, Unsure) and any(_may_meet(one, place, reading) for _, one, _ in self.pending):
            self._flush()
            place = resolve(spec, reading, founding, workspace.index, workspace.directory)
        if isinstance(place, Unsure):
            self._wait(submission, reading.with_problems([place.problem]), place.candidates)
            return
        if place.version > 1 and self._came_back_unchanged(spec, reading, place):
            problem = Problem(Code.RETURNED_TWICE, params={"record": place.record})
            self._wait(submission, reading.with_problems([problem]), (place.record,))
            return
        reading = reading.with_problems(check_serial(workspace, spec, reading, place.record))
        if reading.decision is Decision.CONFIRM:
            self._wait(submission, reading, ())
            return
        reading = reading.with_problems(roster_notes(workspace.directory, spec, person_of(spec, reading)))
        filing = Filing(
            spec=spec,
            reading=reading,
            place=place,
            name_bytes=submission.claim.name_bytes,
            name=submission.claim.name,
            original=submission.claim.original,
            sha256=submission.sha256,
            size=submission.size,
            forms_in_file=len(submission.readings),
            arrived_at=submission.claim.arrived_at or workspace.now(),
        )
        self.filed[founding] = place.record
        self.pending.append((submission, filing, len(self.outcomes)))
        self.outcomes.append(None)

    def _came_back_unchanged(self, spec: FormSpec, reading: Reading, place: Place) -> bool:
        """Whether this says just what the returned version said."""
        history = self.workspace.archive.history(place.prefix)
        before = history.latest.fields
        return history.status(spec) is Status.RETURNED and all(
            key in before and before[key].value == found.value for key, found in reading.fields.items()
        )

    def _flush(self) -> None:
        """File what is pending: plans first, then the versions and all that follows from them."""
        if not self.pending:
            return
        plans: dict[str, tuple[Claim, list[Filing]]] = {}
        for submission, filing, _ in self.pending:
            plans.setdefault(submission.claim.id, (submission.claim, []))[1].append(filing)
        write_plans(plans)
        histories = file_group(self.workspace, [filing for _, filing, _ in self.pending])
        receipt(self.workspace, [history.latest for history in histories])
        for (submission, filing, slot), history in zip(self.pending, histories, strict=True):
            about = self._about(submission, filing.reading)
            self.outcomes[slot] = Filed(about, history.id, filing.place.version)
        self.pending = []

    def _finish(self, submission: Submission, reading: Reading, history: History, version: Version) -> None:
        """Answer a form whose version an earlier attempt had published."""
        finish(self.workspace, [(history, version)])
        receipt(self.workspace, [version])
        self.outcomes.append(Filed(self._about(submission, reading), history.id, version.number))

    def _wait(self, submission: Submission, reading: Reading, candidates: Sequence[str]) -> None:
        beside = self.beside.get(submission.claim.id)
        waiting = wait_for_person(self.workspace, submission, reading, candidates, beside)
        self.beside[submission.claim.id] = waiting
        self.filed[(submission.sha256, reading.number)] = waiting
        self.outcomes.append(NeedsConfirmation(self._about(submission, reading), waiting))

    def _reject(self, submission: Submission, refused: Sequence[Reading], account: Account) -> str:
        problems = tuple(dict.fromkeys(problem for reading in refused for problem in reading.problems))
        return set_aside_rejected(self.workspace, submission, problems, account)

    def _known(self, submission: Submission, reading: Reading) -> str | None:
        """Return the record or waiting id that has these bytes already, unless it comes from this very claim."""
        key = (submission.sha256, reading.number)
        if key in self.filed:
            return self.filed[key]
        filed = [one.id for one in self.workspace.index.by_hash(submission.sha256) if one.reading == reading.number]
        if filed:
            return filed[0]
        waiting = waiting_id(*key)
        claim = waiting_claim(self.workspace, waiting)
        return waiting if claim is not None and claim != submission.claim.id else None

    def _about(self, submission: Submission, reading: Reading) -> About:
        place, name = submission.claim.place, submission.claim.name
        spec = self.workspace.forms.get(reading.form or "")
        return About(
            file=f"{place}/{name}" if place else name,
            form=reading.form,
            year=reading.year.value,
            name=None if spec is None else reading.text(spec.subject.name) or None,
            problems=reading.problems,
            pages=reading.pages,
            pages_in_file=submission.pages,
        )


def _fate(outcome: Outcome | None) -> Fate:
    """Return what became of the pages of a form; one that is not answered yet is set aside."""
    match outcome:
        case Filed():
            return Fate.FILED
        case NeedsConfirmation():
            return Fate.WAITING
        case Duplicate():
            return Fate.KNOWN
        case Rejected() | None:
            return Fate.REFUSED
        case _:
            assert_never(outcome)


def _may_meet(filing: Filing, place: Place, reading: Reading) -> bool:
    """Whether a filing still pending may be of the same record, or of the same paper."""
    is_same_paper = reading.serial is not None and filing.reading.serial == reading.serial
    return is_same_paper or filing.place.identity == place.identity
