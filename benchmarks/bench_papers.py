"""The papers of a whole year: a handbook of 5,000 members beside typst's, and 5,000 plates.

typst gets the same texts on pages of the same size, in the same faces, at the same PDF/A level, with its own outline
and bookmarks. Each runs in a process of its own, whose memory is then its own too. Goals: at least twice typst's
pages a CPU second, at most a quarter of its memory and of its size; 5,000 plates within 5 CPU seconds.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import page as validator
import pikepdf
import typst

from benchmarks.corpus import member_form, members
from benchmarks.report import show, spent
from formsvc.rendering.handbook import write_handbook
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.papers import Pledge, load_words
from formsvc.rendering.plates import write_plates
from formsvc.rendering.printed import printed_lines

MEMBERS = 5000
GOAL_PAGES, GOAL_SHARE, GOAL_PLATES_S = 2, 0.25, 5.0
_BRANCH = 50
"""Members of one organisation."""
_ABOUT = Metadata("手册", dt.datetime(2011, 3, 1, tzinfo=dt.UTC))
_TYPST = """
#set page(width: 148mm, height: 210mm, margin: 18mm, numbering: "1")
#set text(font: "Noto Serif SC", size: 13pt, lang: "zh")
#set par(first-line-indent: (amount: 2em, all: true), justify: true)
#outline(depth: 2)
#for p in json("people.json") {
  pagebreak(weak: true)
  if p.first { heading(level: 1, p.organisation) }
  heading(level: 2, p.name)
  text(size: 11pt, p.unit)
  for item in p.items { par(item) }
  v(1fr)
  text(size: 10pt, p.foot)
}
"""


def main() -> None:
    """Measure and print."""
    ours, theirs, plates = (_apart(what) for what in ("handbook", "typst", "plates"))
    rates = [one["pages"] / one["cpu_s"] for one in (ours, theirs)]
    ratio, memory, size = rates[0] / rates[1], ours["rss"] / theirs["rss"], ours["bytes"] / theirs["bytes"]
    show(
        f"A handbook of {MEMBERS:,} members, {ours['pages']:,.0f} pages",
        [
            ("formsvc, pages a CPU second", f"{rates[0]:,.0f}", f"{ours['rss'] / 1024:,.0f} MiB at most"),
            ("typst, pages a CPU second", f"{rates[1]:,.0f}", f"{theirs['rss'] / 1024:,.0f} MiB at most"),
            ("formsvc / typst", f"{ratio:.1f}", f"goal {GOAL_PAGES}: {_met(ratio >= GOAL_PAGES)}"),
            ("memory / typst's", f"{memory:.2f}", f"goal {GOAL_SHARE}: {_met(memory <= GOAL_SHARE)}"),
            (
                "size / typst's",
                f"{size:.2f}",
                f"{ours['bytes']:,.0f} bytes; goal {GOAL_SHARE}: {_met(size <= GOAL_SHARE)}",
            ),
            ("PDF/A-2b, failures", f"{ours['failures']:,.0f}", "page-validation"),
            (
                f"{MEMBERS:,} plates, CPU seconds",
                f"{plates['cpu_s']:.1f}",
                f"{plates['bytes']:,.0f} bytes; goal {GOAL_PLATES_S:g}: {_met(plates['cpu_s'] <= GOAL_PLATES_S)}",
            ),
        ],
    )


def _met(is_met: bool) -> str:  # noqa: FBT001 - the question is the argument
    return "met" if is_met else "MISSED"


def _apart(what: str) -> dict[str, float]:
    """Measure one of them in a process of its own."""
    done = subprocess.run([sys.executable, "-m", __spec__.name, what], check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def pledges() -> list[Pledge]:
    """Return the made-up members, those of one organisation together."""
    spec = member_form()
    made = []
    for number, values in enumerate(members(MEMBERS)):
        text = {key: printed_lines(spec.fields[key], value) for key, value in values.items()}
        made.append(
            Pledge(
                name=text["name"][0],
                organisation=f"第{number // _BRANCH + 1}党支部",
                unit=text["unit_post"][0],
                items=text["pledges"],
                contacts=(("监督电话", text["phone"][0]), ("监督邮箱", text["email"][0])),
                facts=(("承诺日期", text["signed_on"][0]),),
                is_organisation=False,
            )
        )
    return made


def _measured(draw: Callable[[list[Pledge]], bytes]) -> dict[str, float]:
    some = pledges()
    made: list[bytes] = []
    cpu_s = spent(lambda: made.append(draw(some)), 1).cpu_ms / 1000
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pikepdf.open(io.BytesIO(made[0])) as pdf:
        pages = len(pdf.pages)
    return {"cpu_s": cpu_s, "rss": rss, "bytes": len(made[0]), "pages": pages, "failures": _failures(made[0])}


def _failures(data: bytes) -> int:
    return len(validator.validate_pdf_bytes(data, profile=validator.ValidationProfile.PDF_A_2B).failures)


def _handbook(some: list[Pledge]) -> bytes:
    return write_handbook(some, load_words(), _ABOUT, year=2011, office="清溪镇党委")


def _plates(some: list[Pledge]) -> bytes:
    return write_plates(some, load_words(), _ABOUT)


def _typst(some: list[Pledge]) -> bytes:
    rows = []
    before = ""
    for one in some:
        foot = "　".join(f"{label}：{text}" for label, text in (*one.facts, *one.contacts))
        row = {"organisation": one.organisation, "name": one.name, "unit": one.unit, "items": list(one.items)}
        rows.append({**row, "foot": foot, "first": one.organisation != before})
        before = one.organisation
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "book.typ").write_text(_TYPST, encoding="utf-8")
        (folder / "people.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        fonts = [str(files("pylopdf_fonts_zh_cn"))]
        compiler = typst.Compiler(str(folder / "book.typ"), font_paths=fonts, ignore_system_fonts=True)
        data = compiler.compile(format="pdf", pdf_standards=["a-2b"], pdf_tags=False)
    if not isinstance(data, bytes):
        raise TypeError(re.sub(r"\s+", " ", repr(data))[:100])
    return data


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_measured({"handbook": _handbook, "typst": _typst, "plates": _plates}[sys.argv[1]])))
    else:
        main()
