"""Makes blanks of a form, for distribution."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from formsvc import chinese, durable
from formsvc.forms.spec import FormSpec
from formsvc.operations.issue import issue
from formsvc.operations.workspace import Workspace


class BlankFormat(StrEnum):
    """The kinds of file a blank can be."""

    DOCX = "docx"
    PDF = "pdf"
    FILLABLE = "fillable"


def blank(
    workspace: Workspace, form: str, *, year: int | None, formats: Sequence[BlankFormat], folder: Path
) -> list[Path]:
    """Write a blank of the form in each format into a folder; return the files, none of which replaces another.

    The serial they bear is issued first, once for the form and year: a plain blank may be copied. Raises
    UnknownFormError.
    """
    spec = workspace.form(form)
    (serial,) = issue(workspace, spec, year, None).serials()
    durable.make_dirs(folder)
    return [_put(folder, _name(spec, year, kind), _WRITERS[kind](workspace, spec, year, serial)) for kind in formats]


def _name(spec: FormSpec, year: int | None, kind: BlankFormat) -> tuple[str, str]:
    title = spec.title.replace("{year}", "" if year is None else str(year))
    mark = {BlankFormat.DOCX: ".docx", BlankFormat.PDF: ".pdf", BlankFormat.FILLABLE: "-fillable.pdf"}[kind]
    return chinese.safe_part(f"{spec.heading} {title}".strip()), mark


def _put(folder: Path, name: tuple[str, str], data: bytes) -> Path:
    path, is_there = free_path(folder, name, data, ())
    if not is_there:
        durable.put_new(path, data)
    return path


def free_path(folder: Path, name: tuple[str, str], data: bytes, taken: Container[Path]) -> tuple[Path, bool]:
    """Return where a file of this stem and suffix goes, and whether it is there already.

    It gets a number behind its name when that name is taken by something else, or is one of `taken`.
    """
    number = 1
    while True:
        path = folder / f"{name[0]}{'' if number == 1 else f' ({number})'}{name[1]}"
        if path not in taken:
            if not path.exists():
                return path, False
            if path.is_file() and path.read_bytes() == data:
                return path, True
        number += 1


def _docx(_workspace: Workspace, spec: FormSpec, year: int | None, serial: str) -> bytes:
    from formsvc.rendering.docx import write_docx  # noqa: PLC0415 - python-docx is for those who ask for Word

    return write_docx(spec, year=year, serial=serial)


def _pdf(workspace: Workspace, spec: FormSpec, year: int | None, serial: str) -> bytes:
    from formsvc.rendering.blank_pdf import write_pdf  # noqa: PLC0415 - as above

    return write_pdf(spec, year=year, serial=serial, fonts=workspace.fonts)


def _fillable(workspace: Workspace, spec: FormSpec, year: int | None, serial: str) -> bytes:
    from formsvc.rendering.fillable import write_fillable  # noqa: PLC0415 - as above

    return write_fillable(spec, year=year, serial=serial, fonts=workspace.fonts)


_WRITERS: Mapping[BlankFormat, Callable[[Workspace, FormSpec, int | None, str], bytes]] = {
    BlankFormat.DOCX: _docx,
    BlankFormat.PDF: _pdf,
    BlankFormat.FILLABLE: _fillable,
}
