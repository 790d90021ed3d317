"""Answers a submission in the shared folder, in the office's language: set aside, waiting, duplicate, receipt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from formsvc import durable
from formsvc.errors import Problem, TakenError, Weight
from formsvc.forms.reading import Reading
from formsvc.forms.reading_json import problem_to_json
from formsvc.forms.spec import FormSpec
from formsvc.inbox import answers
from formsvc.inbox.waiting import Waiting, put_waiting, read_waiting, waiting_folder
from formsvc.operations.account import Account, Fate, pages_text
from formsvc.operations.doubt import hints
from formsvc.operations.examine import Submission
from formsvc.operations.workspace import Workspace
from formsvc.records.history import Status
from formsvc.records.identity import record_id
from formsvc.records.record import Version
from formsvc.storage.store import Again, Content


def set_aside_rejected(
    workspace: Workspace, submission: Submission, problems: Sequence[Problem], account: Account | None = None
) -> str:
    """Set a submission aside untouched, with its reason; return the folder's name below the inbox.

    `account` is that of its pages, where some of them went their way.
    """
    is_part = account is not None and account.is_told and set(account.fates) - {Fate.REFUSED, Fate.BLANK}
    heading = "answer.rejected-pages" if is_part else "answer.rejected"
    text = _text(workspace, heading, submission.claim.name, None, problems)
    if account is not None and is_part:
        text += "".join(f"\n{line}" for line in _account_lines(workspace, account)) + "\n"
    folder = answers.reject(
        workspace.inbox_store,
        _date(workspace, submission),
        submission.claim.name,
        _files(submission),
        _reason(workspace, submission, problems, account),
        text,
    )
    if not submission.sha256:
        _move_unread(workspace, submission, folder)
    return folder


def set_aside_duplicate(workspace: Workspace, submission: Submission, record: str) -> str:
    """Set a file aside whose bytes are filed or wait as `record`; return the folder's name below the inbox."""
    found = workspace.finder.by_id_prefix(record)
    returned = any(one.status == Status.RETURNED for one in found)
    message = "answer.duplicate-of-returned" if returned else "answer.duplicate"
    text = workspace.messages.text(message, file=submission.claim.name, record=record) + "\n"
    reason = {**_reason(workspace, submission, ()), "record": record}
    return answers.duplicate(
        workspace.inbox_store, _date(workspace, submission), submission.claim.name, _files(submission), reason, text
    )


def waiting_id(sha256: str, reading: int) -> str:
    """Return the id in the review queue of the `reading`-th form of the file with this hash."""
    return f"q-{record_id(sha256, reading)}"


def waiting_claim(workspace: Workspace, waiting: str) -> str | None:
    """Return the claim that a waiting reading came from, or None when nothing waits under this id."""
    folder = waiting_folder(workspace.inbox, waiting)
    return read_waiting(folder).claim if folder.is_dir() else None


def wait_for_person(
    workspace: Workspace,
    submission: Submission,
    reading: Reading,
    candidates: Sequence[str] = (),
    beside: str | None = None,
) -> str:
    """Put a reading into the review queue; return its id.

    `beside` is the id of another reading of this submission that waits: the file is kept once for both where it can be.
    """
    claim = submission.claim
    waiting = Waiting(
        id=waiting_id(submission.sha256, reading.number),
        claim=claim.id,
        name_bytes=claim.name_bytes,
        sha256=submission.sha256,
        size=submission.size,
        place=claim.place,
        arrived_at=claim.arrived_at or workspace.now(),
        forms_in_file=len(submission.readings),
        candidates=tuple(candidates),
        reading=reading,
    )
    spec = workspace.forms.get(reading.form or "")
    text = _text(workspace, "answer.waiting", claim.name, spec, reading.problems, reading, id=waiting.id)
    if submission.pages > 1 and reading.pages:
        text = workspace.messages.text("answer.on-pages", pages=pages_text(reading.pages)) + "\n" + text
    kept = None if beside is None else waiting_folder(workspace.inbox, beside) / waiting.original_name
    original = claim.original if kept is None or not kept.is_file() else Again(kept)
    try:
        put_waiting(workspace.inbox_store, waiting, original, text)
    except TakenError:
        if waiting_claim(workspace, waiting.id) != claim.id:
            raise
    return waiting.id


def receipt(workspace: Workspace, versions: Sequence[Version]) -> None:
    """Write one line for every form filed into the day's receipts."""
    by_day: dict[str, list[str]] = {}
    for version in versions:
        line = workspace.messages.text(
            "answer.receipt",
            time=version.filed_at[:19].replace("T", " "),
            file=version.original.name,
            form_name=workspace.form_of(version).name,
            year=version.year.value or 0,
            name=version.name,
            record=version.record,
            version=version.number,
            copies=len(version.copies),
        )
        by_day.setdefault(version.filed_at[:10], []).append(line)
    for day, lines in by_day.items():
        answers.receipt(workspace.inbox_store, day, lines)


def tell_account(workspace: Workspace, submission: Submission, account: Account) -> None:
    """Write what became of each page of a file into the day's receipts.

    The time is that of its arrival, so that the account is the same however often a file is worked off.
    """
    at = submission.claim.arrived_at or workspace.now()
    text = workspace.messages.text
    head = text("answer.account", time=at[:19].replace("T", " "), file=submission.claim.name, count=account.pages)
    answers.receipt(workspace.inbox_store, at[:10], [" ".join([head, *_account_lines(workspace, account)])])


def _account_lines(workspace: Workspace, account: Account) -> list[str]:
    """Return a line for each fate with its pages, however many there are."""
    text = workspace.messages.text
    return [
        text(f"account.{fate}", count=len(of_fate), pages=pages_text(account.pages_of(fate)))
        for fate, of_fate in account.fates.items()
    ]


def _date(workspace: Workspace, submission: Submission) -> str:
    return (submission.claim.arrived_at or workspace.now())[:10]


def _files(submission: Submission) -> dict[str, Content]:
    """Return the untouched file under a name the store can hold; nothing for what cannot be read."""
    name = answers.untouched_name(submission.claim.name)
    return {name: submission.claim.original} if submission.sha256 else {}


def _move_unread(workspace: Workspace, submission: Submission, folder: str) -> None:
    """Move what is no regular file, or is too large to be copied, beside its reason; by its name, unopened."""
    with durable.Batch(workspace.inbox) as batch:
        batch.publish(submission.claim.original, Path(workspace.inbox, folder, submission.claim.name))
        batch.commit()


def _reason(
    workspace: Workspace, submission: Submission, problems: Sequence[Problem], account: Account | None = None
) -> dict[str, Any]:
    pages = {} if account is None or not account.is_told else {"pages": account.to_json()}
    return {
        "schema": 1,
        "claim": submission.claim.id,
        "file": submission.claim.name,
        "sha256": submission.sha256 or None,
        "arrived_at": submission.claim.arrived_at,
        "problems": [problem_to_json(problem, workspace.messages.problem(problem)) for problem in problems],
        **pages,
    }


def _text(
    workspace: Workspace,
    heading: str,
    file: str,
    spec: FormSpec | None,
    problems: Sequence[Problem],
    reading: Reading | None = None,
    **params: str,
) -> str:
    messages = workspace.messages
    labels = {} if spec is None else {key: field.label for key, field in spec.fields.items()}
    lines = [messages.text(heading, file=file, **params), ""]
    for problem in sorted(problems, key=lambda one: one.code.weight is Weight.NOTES):
        lines.append(f"  · {messages.problem(problem, lambda key: labels.get(key, key))}")
        lines += [f"    {hint}" for hint in (hints(messages, reading, problem) if reading is not None else ())]
        lines.append(f"    [{problem.code.value}]")
    return "\n".join(lines) + "\n"
