"""Issues the serials of blanks: facts of the archive, kept before a blank is handed out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from formsvc.archive.issued import Run, encode_run, name_of_run, runs_of, tags
from formsvc.forms.spec import FormSpec
from formsvc.operations.workspace import Workspace
from formsvc.operations.writing import writing


def issue(
    workspace: Workspace, spec: FormSpec, year: int | None, people: Sequence[str] | None, *, dry_run: bool = False
) -> Run:
    """Return the run of these blanks with its tag, and keep it if it is new; with `dry_run` nothing is written.

    `people` are the names on the papers, one each; None is a plain blank, which may be copied. The same again is the
    same run.
    """
    wanted = Run(spec.id, spec.version, year, None if people is None else tuple(people))
    if dry_run:
        return _known(workspace, wanted) or dataclasses.replace(wanted, tag=_free_tag(workspace, wanted))
    with writing(workspace):
        known = _known(workspace, wanted)
        if known is not None:
            return known
        run = dataclasses.replace(wanted, tag=_free_tag(workspace, wanted), at=workspace.now())
        data = encode_run(run)
        workspace.archive.store.put_many({name_of_run(run, data): data})
        return run


def _known(workspace: Workspace, wanted: Run) -> Run | None:
    for tag in tags(wanted):
        kept = runs_of(workspace.archive.store, wanted.form, tag)
        same = [run for run in kept if dataclasses.replace(run, tag="", at="") == wanted]
        if same or not kept:
            return same[0] if same else None
    return None


def _free_tag(workspace: Workspace, wanted: Run) -> str:
    found = list(tags(wanted))
    return next((tag for tag in found if not runs_of(workspace.archive.store, wanted.form, tag)), found[-1])
