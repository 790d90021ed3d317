"""The papers of a whole year: a handbook of 5,000 members beside typst's, and 5,000 plates.

typst gets the same texts on pages of the same size, in the same faces, at the same PDF/A level, with its own outline
and bookmarks: once as it comes, and once without the tags it writes unless told otherwise, for ours has none. The
made-up members say the same five things again and again, which ours keeps once; so there is another book in which no
two pledges are alike. Each runs in a process of its own, whose memory is then its own too. Goals: at least twice
typst's pages a CPU second, at most a quarter of its memory and of its size; 5,000 plates within 5 CPU seconds.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
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
    found = {what: _apart(what) for what in _DRAWS}
    for title, ours, theirs in (
        ("as many say the same", found["handbook"], found["typst"]),
        ("no two pledges alike", found["varied"], found["typst-varied"]),
    ):
        rates = [one["pages"] / one["cpu_s"] for one in (ours, theirs)]
        show(
            f"A handbook of {MEMBERS:,} members, {title}, {ours['pages']:,.0f} pages",
            [
                ("formsvc, pages a CPU second", f"{rates[0]:,.0f}", f"{ours['rss'] / 1024:,.0f} MiB at most"),
                ("typst, pages a CPU second", f"{rates[1]:,.0f}", f"{theirs['rss'] / 1024:,.0f} MiB at most"),
                _goal("formsvc / typst", rates[0] / rates[1], GOAL_PAGES, at_least=True),
                _goal("memory / typst's", ours["rss"] / theirs["rss"], GOAL_SHARE),
                _goal("size / that of typst's without tags", ours["bytes"] / theirs["bytes"], GOAL_SHARE),
                _goal("size / that of typst's as it comes", ours["bytes"] / found["typst-tagged"]["bytes"], GOAL_SHARE),
                ("size", f"{ours['bytes']:,.0f}", "bytes"),
                ("PDF/A-2b, failures", f"{ours['failures']:,.0f}", "page-validation"),
            ],
        )
    plates = found["plates"]
    size = f"{plates['bytes']:,.0f} bytes; goal {GOAL_PLATES_S:g}: {_met(plates['cpu_s'] <= GOAL_PLATES_S)}"
    show("Plates", [(f"{MEMBERS:,} plates, CPU seconds", f"{plates['cpu_s']:.1f}", size)])


def _goal(name: str, value: float, goal: float, *, at_least: bool = False) -> tuple[str, str, str]:
    return name, f"{value:.2f}", f"goal {goal:g}: {_met(value >= goal if at_least else value <= goal)}"


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


def _varied() -> list[Pledge]:
    """Return the members with pledges of the same lengths, half of their characters others."""
    chance = random.Random(2011)
    some = pledges()
    han = [sign for one in some[:100] for item in one.items for sign in item if "\u4e00" <= sign <= "\u9fff"]

    def varied(text: str) -> str:
        return "".join(
            chance.choice(han) if place > 1 and "\u4e00" <= sign <= "\u9fff" and chance.random() < 0.5 else sign
            for place, sign in enumerate(text)
        )

    return [replace(one, items=tuple(map(varied, one.items))) for one in some]


def _measured(some: list[Pledge], draw: Callable[[list[Pledge]], bytes]) -> dict[str, float]:
    made: list[bytes] = []
    cpu_s = spent(lambda: made.append(draw(some)), 1).cpu_ms / 1000
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pikepdf.open(io.BytesIO(made[0])) as pdf:
        pages = len(pdf.pages)
    return {"cpu_s": cpu_s, "rss": rss, "bytes": len(made[0]), "pages": pages, "failures": _failures(made[0])}


def _failures(data: bytes) -> int:
    limits = validator.SafetyLimits(max_form_invocations=20 * MEMBERS)
    return len(validator.validate_pdf_bytes(data, profile=validator.ValidationProfile.PDF_A_2B, limits=limits).failures)


def _handbook(some: list[Pledge]) -> bytes:
    return write_handbook(some, load_words(), _ABOUT, year=2011, office="清溪镇党委")


def _plates(some: list[Pledge]) -> bytes:
    return write_plates(some, load_words(), _ABOUT)


def _typst(some: Sequence[Pledge], *, tags: bool = False) -> bytes:
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
        data = compiler.compile(format="pdf", pdf_standards=["a-2b"], pdf_tags=tags)
    if not isinstance(data, bytes):
        raise TypeError(re.sub(r"\s+", " ", repr(data))[:100])
    return data


def _tagged(some: list[Pledge]) -> bytes:
    return _typst(some, tags=True)


_DRAWS: dict[str, tuple[Callable[[], list[Pledge]], Callable[[list[Pledge]], bytes]]] = {
    "handbook": (pledges, _handbook),
    "typst": (pledges, _typst),
    "typst-tagged": (pledges, _tagged),
    "varied": (_varied, _handbook),
    "typst-varied": (_varied, _typst),
    "plates": (pledges, _plates),
}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        made, drawn = _DRAWS[sys.argv[1]]
        print(json.dumps(_measured(made(), drawn)))
    else:
        main()
