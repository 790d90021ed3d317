"""The index made anew from the archive, beside what no program can leave out.

The limit lists the same folders, opens and reads the same files and takes their JSON apart with `json.loads`; the bare
build makes the same index of entries that are in memory already. Copies are a few bytes here: nobody opens them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.corpus import a_workspace, member_form, members
from benchmarks.report import Spent, median_of, show, spent
from formsvc.archive import layout
from formsvc.archive.versions import version_item
from formsvc.forms.reading import Value
from formsvc.index.building import rebuild as build_bare
from formsvc.operations.entry import entry_of
from formsvc.operations.filing import finish
from formsvc.operations.indexing import rebuild
from formsvc.operations.workspace import Workspace, open_workspace
from formsvc.operations.writing import writing
from formsvc.records.event import FIRST_PREVIOUS
from formsvc.records.history import History
from formsvc.records.identity import identity_of, record_id
from formsvc.records.record import Version
from formsvc.rendering.docx import DocxTemplate
from formsvc.watch import watch_once

RECORDS = 20_000
RUNS = 3
_GROUP = 250


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        top = Path(name)
        with open_workspace(an_archive(top / "office", RECORDS)) as workspace:
            rebuild(workspace)
            entries = [entry_of(workspace, workspace.archive.history(one)) for one in workspace.archive.prefixes()]
            limit = _median(lambda: _read_all(workspace.archive_folder))
            bare = _median(lambda: build_bare(top / "bare.db", entries, "0"))
            ours = _median(lambda: rebuild(workspace))
    bound = limit.wall_ms + bare.wall_ms
    show(
        f"Index rebuilt from an archive of {RECORDS} records, medians of {RUNS} runs",
        [
            ("listing, reading and json.loads alone", f"{1000 / limit.wall_ms:.0f} a second", "limit of reading"),
            ("building of entries in memory alone", f"{1000 / bare.wall_ms:.0f} a second", "limit of building"),
            ("both, one after the other", f"{1000 / bound:.0f} a second", ""),
            ("formsvc rebuild", f"{1000 / ours.wall_ms:.0f} a second", "goal: >= 5000"),
            ("formsvc / both limits in time", f"{ours.wall_ms / bound:.2f}", f"{ours.cpu_ms:.3f} ms CPU a record"),
        ],
    )


def an_archive(folder: Path, records: int) -> Path:
    """Make a workspace with so many members' records, each filed and noted; return it."""
    root = a_workspace(folder)
    values = [_in_a_unit_of_twenty(number, one) for number, one in enumerate(members(records))]
    (root / "inbox" / "first.docx").write_bytes(DocxTemplate(member_form()).fill(year=2011, values=values[0]))
    with open_workspace(root) as workspace:
        list(watch_once(workspace))
        pattern = workspace.archive.history(next(workspace.archive.prefixes())).latest
        for start in range(1, records, _GROUP):
            with writing(workspace):
                _file(workspace, pattern, values[start : start + _GROUP])
    return root


def _in_a_unit_of_twenty(number: int, values: Mapping[str, Value]) -> Mapping[str, Value]:
    key = member_form().subject.unit or ""
    return {**values, key: f"城西社区党支部第{number // 20 + 1}党小组"}


def _file(workspace: Workspace, pattern: Version, group: list[Mapping[str, Value]]) -> None:
    histories, items = [], []
    for values in group:
        version = _version(workspace, pattern, values)
        prefix = layout.record_prefix(2011, version.form, version.unit, version.name, version.record)
        copies = {copy.path: b"%PDF" for copy in version.copies}
        items.append(version_item(prefix, version, {**copies, version.original.path: b"PK"}, None))
        histories.append((History(prefix, (version,), (), FIRST_PREVIOUS), version))
    workspace.archive.store.publish_many(items)
    finish(workspace, histories)


def _version(workspace: Workspace, pattern: Version, values: Mapping[str, Value]) -> Version:
    """Return the pattern with these values in place of its own."""
    spec = workspace.form_of(pattern)
    fields = {
        key: dataclasses.replace(found, value=values[key], raw=str(values[key])) if key in values else found
        for key, found in pattern.fields.items()
    }
    name, unit = str(values[spec.subject.name]), str(values[spec.subject.unit or ""])
    identity = identity_of(spec, 2011, name, [fields[key].value for key in spec.subject.identity]) or ""
    sha256 = hashlib.sha256(repr(values).encode()).hexdigest()
    original = dataclasses.replace(pattern.original, sha256=sha256)
    return dataclasses.replace(
        pattern,
        record=record_id(sha256, 1),
        name=name,
        unit=unit,
        identity=identity,
        fields=fields,
        original=original,
    )


def _read_all(archive: Path) -> int:
    """List every folder once, and read and take apart each record.json and event."""
    found, folders = 0, [str(archive)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.name == layout.RECORD or entry.path.endswith(f"events/{entry.name}"):
                    with open(entry.path, "rb") as file:  # noqa: PTH123 - the barest way there is
                        json.loads(file.read())
                    found += 1
    return found


def _median(work: Callable[[], object]) -> Spent:
    return median_of([spent(work, RECORDS) for _ in range(RUNS)])


if __name__ == "__main__":
    main()
