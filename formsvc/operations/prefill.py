"""Makes forms that are filled from a roster: a file each, or all in one for a printer.

All or nothing: while anything in the roster cannot be read or printed, all of that is told and nothing is written;
then every file is written and synced under another name before the first gets its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from formsvc import chinese, durable
from formsvc.errors import Code, Problem, TakenError, UsageError
from formsvc.forms.spec import FormSpec
from formsvc.operations.blank import BlankFormat, free_path
from formsvc.operations.issue import issue
from formsvc.operations.sorting import Order, key_of
from formsvc.operations.workspace import Workspace
from formsvc.organisations.form_rows import FormRow, UnusedColumn, read_form_rows
from formsvc.organisations.sheets import read_sheets

_TOGETHER = 50
"""PDF files that share their fonts: more are faster still, and each of them larger."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be made of a roster."""

    year: int | None = None
    """Printed in the titles; None leaves it open."""
    formats: Sequence[BlankFormat] = ()
    """Without any: Word and PDF, or PDF alone when it is one file."""
    is_one_file: bool = False
    order: Order | None = None
    """None keeps the order of the roster."""
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Prefilled:
    """What became of a roster."""

    files: tuple[Path, ...]
    """What was written, or would be in a dry run; one that was there already with the same bytes is kept."""
    people: int
    """How many forms could be filled."""
    problems: tuple[Problem, ...]
    unused: tuple[UnusedColumn, ...]


@dataclass(frozen=True, slots=True)
class _Paper:
    row: FormRow
    serial: str


@dataclass(frozen=True, slots=True)
class _File:
    name: tuple[str, str]
    """Stem and suffix."""
    data: bytes
    forms: int
    """How many forms are done with it, for who counts."""


def prefill(
    workspace: Workspace,
    form: str,
    roster: Path,
    folder: Path,
    wanted: Wanted,
    *,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> Prefilled:
    """Fill the form for each row of a roster and write the files into a folder; none of them replaces another.

    `tell` hears how many forms, each in each format, are done and how many there are. Raises UnknownFormError, and
    UsageError when the roster is no csv and no spreadsheet or the formats cannot be had so.
    """
    spec = workspace.form(form)
    formats = _formats(wanted)
    read = read_form_rows(spec, read_sheets(roster))
    rows = _sorted(spec, read.rows, wanted.order)
    lacking = _unprintable(workspace, spec, read.rows) if BlankFormat.PDF in formats else ()
    problems = (*read.problems, *lacking)
    if lacking or not read.is_sound or not rows:
        return Prefilled((), len(rows), problems, read.unused)
    run = issue(workspace, spec, wanted.year, [_subject(spec, row) for row in rows], dry_run=wanted.is_dry_run)
    papers = [_Paper(row, serial) for row, serial in zip(rows, run.serials(), strict=True)]
    files = (file for kind in formats for file in _MAKERS[kind](workspace, spec, papers, wanted, roster.stem))
    paths = _write(folder, files, len(rows) * len(formats), wanted, tell)
    return Prefilled(tuple(paths), len(rows), problems, read.unused)


def _formats(wanted: Wanted) -> Sequence[BlankFormat]:
    usual = (BlankFormat.PDF,) if wanted.is_one_file else (BlankFormat.DOCX, BlankFormat.PDF)
    formats = wanted.formats or usual
    if BlankFormat.FILLABLE in formats:
        raise UsageError(reason="fillable-is-empty")
    return formats


def _sorted(spec: FormSpec, rows: Sequence[FormRow], order: Order | None) -> Sequence[FormRow]:
    if order is None:
        return rows
    place = key_of(order)
    return sorted(rows, key=lambda row: place(_subject(spec, row)))


def _subject(spec: FormSpec, row: FormRow) -> str:
    return str(row.values[spec.subject.name])


def _unprintable(workspace: Workspace, spec: FormSpec, rows: Sequence[FormRow]) -> Sequence[Problem]:
    """Name every cell with a character no face has."""
    from formsvc.rendering.printed import printed_lines  # noqa: PLC0415 - rendering is for those who draw

    problems = []
    for row in rows:
        for key, value in row.values.items():
            missing = workspace.fonts.missing("".join(printed_lines(spec.fields[key], value)))
            if missing:
                facts = {**row.place.facts(key), "characters": _named(missing)}
                problems.append(Problem(Code.ROSTER_UNPRINTABLE, key, facts))
    return problems


def _named(characters: Iterable[str]) -> str:
    """Return characters with their code points: what no font has may be seen nowhere."""
    return ", ".join(f"{character} U+{ord(character):04X}" for character in sorted(characters))


def _docx(
    _workspace: Workspace, spec: FormSpec, papers: Sequence[_Paper], wanted: Wanted, stem: str
) -> Iterator[_File]:
    from formsvc.rendering import docx_bundle  # noqa: PLC0415 - python-docx is for those who ask for Word
    from formsvc.rendering.docx import DocxTemplate  # noqa: PLC0415 - as above

    if wanted.is_one_file:
        for start in range(0, len(papers), docx_bundle.MOST):
            some = papers[start : start + docx_bundle.MOST]
            values, serials = (paper.row.values for paper in some), [paper.serial for paper in some]
            data = docx_bundle.write_one_docx(spec, year=wanted.year, filled=values, serials=serials)
            yield _File((_name(spec, wanted.year, stem), ".docx"), data, len(some))
        return
    template = DocxTemplate(spec)
    for paper in papers:
        name = _name(spec, wanted.year, _subject(spec, paper.row))
        data = template.fill(year=wanted.year, values=paper.row.values, serial=paper.serial)
        yield _File((name, ".docx"), data, 1)


def _pdf(workspace: Workspace, spec: FormSpec, papers: Sequence[_Paper], wanted: Wanted, stem: str) -> Iterator[_File]:
    from formsvc.rendering import blank_pdf  # noqa: PLC0415 - fonts are for those who ask for PDF

    fonts = workspace.fonts
    values, serials = [paper.row.values for paper in papers], [paper.serial for paper in papers]
    if wanted.is_one_file:
        data = blank_pdf.write_one_pdf(spec, year=wanted.year, filled=values, serials=serials, fonts=fonts)
        yield _File((_name(spec, wanted.year, stem), ".pdf"), data, len(papers))
        return
    for start in range(0, len(papers), _TOGETHER):
        some = slice(start, start + _TOGETHER)
        drawn = blank_pdf.write_pdfs(spec, year=wanted.year, filled=values[some], serials=serials[some], fonts=fonts)
        for paper, data in zip(papers[some], drawn, strict=True):
            yield _File((_name(spec, wanted.year, _subject(spec, paper.row)), ".pdf"), data, 1)


def _name(spec: FormSpec, year: int | None, whose: str) -> str:
    return chinese.safe_part(f"{whose}-{spec.title.replace('{year}', '' if year is None else str(year))}")


def _write(
    folder: Path, files: Iterator[_File], total: int, wanted: Wanted, tell: Callable[[int, int], None]
) -> list[Path]:
    """Write the files, or in a dry run only find the names they would get."""
    paths: dict[Path, None] = {}
    done = 0
    with ExitStack() as stack:
        if not wanted.is_dry_run:
            durable.make_dirs(folder)
        batch = None if wanted.is_dry_run else stack.enter_context(durable.Batch(folder))
        for file in files:
            path, is_there = free_path(folder, file.name, file.data, paths)
            paths[path] = None
            if batch is not None and not is_there:
                batch.put_new(path, file.data)
            done += file.forms
            tell(done, total)
        for path, error in (batch.commit() if batch is not None else {}).items():
            raise TakenError(path=str(path)) if isinstance(error, FileExistsError) else error
    return list(paths)


_MAKERS: Mapping[BlankFormat, Callable[[Workspace, FormSpec, Sequence[_Paper], Wanted, str], Iterator[_File]]] = {
    BlankFormat.DOCX: _docx,
    BlankFormat.PDF: _pdf,
}
"""The formats a form can be filled in."""
