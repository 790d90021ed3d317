"""Forms filled from a roster per CPU second: PDF beside typst's kept compiler, Word and PDF through the whole command.

One Word file of 1,000 forms for a printer stands beside docxtpl's: a loop around the form and a page break, without
marks and with the same ids in every form.

typst gets the same form as a table with the same texts, faces and PDF/A level, one document a person, from one compiler
that is kept. The least disturbed of several runs counts. Goals: at least twice typst's files a second, at most 60 kB
each.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import docx
import docxtpl
import typst
from docx.enum.text import WD_BREAK

from benchmarks.corpus import a_workspace, member_form, members
from benchmarks.report import show, spent
from formsvc.forms.reading import Value
from formsvc.forms.spec import FormSpec
from formsvc.operations.blank import BlankFormat
from formsvc.operations.prefill import Wanted, prefill
from formsvc.operations.workspace import open_workspace
from formsvc.rendering.blank_pdf import write_one_pdf, write_pdfs
from formsvc.rendering.docx import DocxTemplate
from formsvc.rendering.docx_bundle import write_one_docx
from formsvc.rendering.printed import printed_lines

GOAL, LARGEST = 2, 60_000
RUNS = 3
MANY, FEW = 400, 60
"""Forms a run: ours, typst's."""
BUNDLE, LOOPED = 1000, 100
"""Forms of one Word file: ours, docxtpl's."""
_TOGETHER = 50
_YEAR = 2011
_TYPST = """
#set page("a4", margin: (top: 37mm, right: 26mm, bottom: 35mm, left: 28mm))
#set text(font: "Noto Serif SC", size: 14pt, lang: "zh")
#let v = sys.inputs
#text(size: 16pt)[#v.heading]
#align(center, text(size: 22pt)[#v.title])
#table(columns: (40mm, 1fr), ..v.pairs().filter(p => p.at(0) not in ("heading", "title")).flatten().map(t => [#t]))
"""


def main() -> None:
    """Measure and print."""
    spec, people = member_form(), list(members(MANY))
    write_pdfs(spec, year=_YEAR, filled=people[:1])
    separate, sizes = _ours(spec, people)
    one = _least(lambda: write_one_pdf(spec, year=_YEAR, filled=people), MANY)
    theirs, their_size = _typst(spec, people[:FEW])
    whole = {kind: _command(spec, people, kind) for kind in (BlankFormat.DOCX, BlankFormat.PDF)}
    bundle, bundle_size = _one_word_file(spec)
    looped, looped_size = _looped(spec)
    ratio, largest = separate / theirs, max(sizes)
    show(
        "Forms filled from a roster, a CPU second",
        [
            ("formsvc, PDF files", f"{separate:,.0f}", f"largest {largest:,} bytes, {_met(largest <= LARGEST)}"),
            ("typst, PDF files", f"{theirs:,.0f}", f"{their_size:,} bytes each"),
            ("formsvc / typst", f"{ratio:.1f}", f"goal {GOAL}: {_met(ratio >= GOAL)}"),
            ("formsvc, pages of one PDF", f"{one:,.0f}", ""),
            (f"one Word file of {BUNDLE:,} forms, CPU s", f"{BUNDLE / bundle:.2f}", f"{bundle_size:,} bytes"),
            (f"docxtpl's of {LOOPED}, a loop in it, CPU s", f"{LOOPED / looped:.2f}", f"{looped_size:,} bytes"),
            ("formsvc / docxtpl, forms a CPU second", f"{bundle / looped:.0f}", "one Word file"),
            ("command, PDF files read, drawn, synced", f"{whole[BlankFormat.PDF]:,.0f}", "csv to folder"),
            ("command, Word files read, filled, synced", f"{whole[BlankFormat.DOCX]:,.0f}", "csv to folder"),
        ],
    )


def _met(is_met: bool) -> str:  # noqa: FBT001 - the question is the argument
    return "met" if is_met else "MISSED"


def _least(work: Callable[[], object], forms: int) -> float:
    """Return the forms a CPU second of the least disturbed run."""
    return 1000 / min(spent(work, forms).cpu_ms for _ in range(RUNS))


def _ours(spec: FormSpec, people: Sequence[Mapping[str, Value]]) -> tuple[float, list[int]]:
    def draw() -> list[bytes]:
        starts = range(0, len(people), _TOGETHER)
        groups = (write_pdfs(spec, year=_YEAR, filled=people[start : start + _TOGETHER]) for start in starts)
        return [data for group in groups for data in group]

    return _least(draw, len(people)), [len(data) for data in draw()]


def _typst(spec: FormSpec, people: Sequence[Mapping[str, Value]]) -> tuple[float, int]:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "form.typ"
        source.write_text(_TYPST, encoding="utf-8")
        fonts = [str(files("pylopdf_fonts_zh_cn"))]
        compiler = typst.Compiler(str(source), font_paths=fonts, ignore_system_fonts=True)

        def draw(person: Mapping[str, Value]) -> bytes:
            shown = {spec.fields[key].label: "\n".join(printed_lines(spec.fields[key], v)) for key, v in person.items()}
            title = spec.title.replace("{year}", str(_YEAR))
            inputs = {"heading": spec.heading, "title": title, **shown}
            data = compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards=["a-2b"], pdf_tags=False)
            if not isinstance(data, bytes):
                raise TypeError(data)
            return data

        size = len(draw(people[0]))
        return _least(lambda: [draw(person) for person in people], len(people)), size


def _one_word_file(spec: FormSpec) -> tuple[float, int]:
    people = list(members(BUNDLE))
    serials = [f"K7Q2{number:04}" for number in range(1, BUNDLE + 1)]

    def draw() -> bytes:
        return write_one_docx(spec, year=_YEAR, filled=people, serials=serials)

    return _least(draw, BUNDLE), len(draw())


def _looped(spec: FormSpec) -> tuple[float, int]:
    """Return what docxtpl does with our form in a loop over people, values of one paragraph, without own marks."""
    people = list(members(LOOPED))
    marks: dict[str, Value] = {key: f"{{{{ one.{key} }}}}" for key in people[0]}
    form = docx.Document(io.BytesIO(DocxTemplate(spec).fill(year=_YEAR, values=marks)))
    form.paragraphs[0].insert_paragraph_before("{%p for one in people %}")
    form.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    form.add_paragraph("{%p endfor %}")
    saved = io.BytesIO()
    form.save(saved)
    shown = [
        {key: " ".join(printed_lines(spec.fields[key], value)) for key, value in person.items()} for person in people
    ]

    def draw() -> bytes:
        template = docxtpl.DocxTemplate(io.BytesIO(saved.getvalue()))
        template.render({"people": shown}, autoescape=True)
        out = io.BytesIO()
        template.save(out)
        return out.getvalue()

    if len(docx.Document(io.BytesIO(draw())).tables) != LOOPED:
        raise RuntimeError(LOOPED)
    return _least(draw, LOOPED), len(draw())


def _command(spec: FormSpec, people: Sequence[Mapping[str, Value]], kind: BlankFormat) -> float:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        roster = folder / "roster.csv"
        with roster.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(people[0])
            rows.writerows(
                ["\n".join(printed_lines(spec.fields[key], value)) for key, value in person.items()]
                for person in people
            )
        with open_workspace(a_workspace(folder / "office")) as workspace:
            wanted = Wanted(_YEAR, (kind,))
            done = spent(lambda: _all(prefill(workspace, spec.id, roster, folder / "out", wanted).people), MANY)
        return 1000 / done.cpu_ms


def _all(people: int) -> None:
    if people != MANY:
        raise RuntimeError(people)


if __name__ == "__main__":
    main()
