"""Whether a returned form fits what was issued: its year, its person, and that it comes back once."""

from __future__ import annotations

from collections.abc import Mapping

from formsvc import chinese
from formsvc.archive.issued import TAG_LENGTH, Run, runs_of
from formsvc.errors import Code, Param, Problem
from formsvc.forms.reading import Reading
from formsvc.forms.spec import FormSpec
from formsvc.index.entry import Query
from formsvc.operations.workspace import Workspace


def serial_problems(
    spec: FormSpec, reading: Reading, run: Run | None, *, campaign: int | None, filed: Mapping[str, str]
) -> list[Problem]:
    """Return what does not fit the serial of a reading; nothing for one without.

    `run` is what was issued under it, or None; `campaign` is the year the office is at, where it says one; `filed`
    maps the serials of other records to their ids. The paper of a plain blank may be copied: it comes back often.
    """
    serial = reading.serial
    if serial is None:
        return []
    if run is None:
        return [Problem(Code.SERIAL_UNKNOWN, params={"serial": serial})]
    problems = []
    year, name = reading.year.value, reading.text(spec.subject.name)
    if run.year is not None and year is not None and year != run.year:
        facts: dict[str, Param] = {"serial": serial, "year": run.year, "other": year}
        problems.append(Problem(Code.SERIAL_YEAR, spec.year_key, facts))
    elif run.year is not None and campaign is not None and campaign != run.year:
        facts = {"serial": serial, "year": run.year, "other": campaign}
        problems.append(Problem(Code.SERIAL_LATE, spec.year_key, facts))
    person = run.person(serial)
    if person and chinese.fold_name(person) != chinese.fold_name(name):
        problems.append(Problem(Code.SERIAL_OTHER, spec.subject.name, {"serial": serial, "name": person, "raw": name}))
    if not run.is_shared and serial in filed:
        problems.append(Problem(Code.SERIAL_TWICE, params={"serial": serial, "record": filed[serial]}))
    return problems


def check_serial(workspace: Workspace, spec: FormSpec, reading: Reading, record: str) -> list[Problem]:
    """Return what does not fit the serial of a reading that belongs to a record, by archive and index.

    Whether it came back before is asked of the records of the same year under the name it was issued to and the name
    it bears.
    """
    serial = reading.serial
    if serial is None:
        return []
    runs = runs_of(workspace.archive.store, spec.id, serial[:TAG_LENGTH])
    run = next((run for run in runs if serial in run.serials()), None)
    names = {reading.text(spec.subject.name), *([run.person(serial)] if run is not None else [])} - {""}
    filed: dict[str, str] = {}
    for name in names if run is not None and not run.is_shared else ():
        for found in workspace.index.find(Query(name=name, year=reading.year.value, form=spec.id)):
            if found.id != record:
                versions = workspace.archive.history(found.path).versions
                filed |= {version.serial: found.id for version in versions if version.serial is not None}
    return serial_problems(spec, reading, run, campaign=workspace.settings.year, filed=filed)
