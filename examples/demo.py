"""The first five minutes: blanks out, filled forms in, every copy filed and found again.

Runs the real commands over a fresh workspace, `demo/`, shows what they print, and ends with 0 when each thing it
promises has happened. The people are made up; the filled forms are what Word would have saved and what a copier's
feeder would have sent.
"""

from __future__ import annotations

import io
import json
import math
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw

from formsvc.forms.load import load_forms
from formsvc.forms.reading import Value
from formsvc.forms.spec import FormSpec
from formsvc.rendering.blank_pdf import write_pdf
from formsvc.rendering.docx import write_docx

DEMO = Path("demo")
YEAR = 2011
_NAMES = ("member", "organisation")

MEMBERS: tuple[Mapping[str, Value], ...] = (
    {
        "name": "王伟",
        "sex": "男",
        "age": 41,
        "joined": "1998-07",
        "unit_post": "城西社区 网格员",
        "pledges": (
            "立足本职，全年走访居民不少于200户，及时反映群众诉求。",
            "带头参加“美丽家园”建设，6月底前完成楼道整治。",
        ),
        "signed_on": "2011-02-21",
        "phone": "0574-62000000",
        "email": "chengxi@example.cn",
    },
    {
        "name": "阿依努尔·买买提",
        "sex": "女",
        "age": 34,
        "joined": "2005-06",
        "unit_post": "城西社区 社区医生",
        "pledges": ("每月义诊1次，为独居老人建立健康档案。",),
        "signed_on": "2011-02-22",
        "phone": "0574-62000000",
        "email": "chengxi@example.cn",
    },
)
ON_PAPER: tuple[Mapping[str, Value], ...] = (
    {**MEMBERS[0], "name": "周建国", "age": 52, "joined": "1985-07", "unit_post": "城西社区楼栋长"},
    {**MEMBERS[1], "name": "李红梅", "joined": "2003-11", "unit_post": "城西社区图书管理员"},
)
DOUBTFUL: Mapping[str, Value] = {**MEMBERS[0], "name": "赵敏", "sex": "女", "joined": "2001-05"}
ORGANISATION: Mapping[str, Value] = {
    "organisation": "城西社区党支部",
    "pledges": ("建成居家养老服务站1个。", "公开党务12次，群众来信3日内答复。"),
    "pledged_on": "2011-02-18",
}
ROSTER = """姓名,性别,入党年月,单位及职务,工作地党组织,居住地党组织
王伟,男,1998.07,城西社区 网格员,城西社区党支部,南门社区党支部
阿依努尔·买买提,女,2005.06,城西社区 社区医生,城西社区党支部,城西社区党支部
周建国,男,1985.07,城西社区楼栋长,城西社区党支部,城西社区党支部
李红梅,女,2003.11,城西社区图书管理员,城西社区党支部,南门社区党支部
"""
TREE = """组织,上级组织
城西社区党支部,城西街道党工委
"""


def main() -> int:
    """Run the demo; return 0 when everything happened."""
    shutil.rmtree(DEMO, ignore_errors=True)
    _formsvc("init", str(DEMO), at=None)
    forms = load_forms(DEMO / "templates")
    member, organisation = (next(form for form in forms.values() if form.subject.kind == kind) for kind in _NAMES)

    _say("Blanks for distribution, Word and PDF")
    for form in (organisation, member):
        _formsvc("blank", form.id, "--year", str(YEAR), "-o", str(DEMO / "blanks"))

    _say("The office's rosters: who belongs where")
    for name, text in (("members.csv", ROSTER), ("organisations.csv", TREE)):
        (DEMO / name).write_text(text, encoding="utf-8")
        _formsvc("roster", "import", str(DEMO / name))

    _say("Filled forms are dropped into the inbox: three good ones, one without a year, one that is no form at all")
    inbox = DEMO / "inbox"
    for values in MEMBERS:
        (inbox / f"{values['name']}.docx").write_bytes(write_docx(member, year=YEAR, values=values))
    (inbox / "支部承诺书.docx").write_bytes(write_docx(organisation, year=YEAR, values=ORGANISATION))
    (inbox / "赵敏承诺书.docx").write_bytes(write_docx(member, year=None, values=DOUBTFUL))
    (inbox / "承诺书最终版.docx").write_bytes(b"PK\x03\x04" + bytes(range(256)) * 8 + _END_OF_ZIP)
    _say("And one PDF out of the copier's feeder: two forms on paper, a blank back, a page that is something else")
    pages = [_on_paper(member, values) for values in ON_PAPER]
    (inbox / "扫描件.pdf").write_bytes(_feeder([pages[0], _sheet(), _scribbles(), pages[1]]))
    _formsvc("watch", "--once", expect=(0, 1))

    _say("The doubtful form waits for a person, who says which year it is of; so does paper that is not read surely")
    _formsvc("queue")
    for waiting in _json("queue", "--json"):
        _formsvc("confirm", waiting["id"], "--year", str(YEAR), "--by", "李红")

    _say("The superior's review is recorded")
    record = _json("find", str(MEMBERS[0]["name"]), str(YEAR), "--json")[0]["id"]
    stamp = ("--by", "李红", "--org", "城西社区党支部", "--on", "2011-02-25", "--opinion", "同意")
    _formsvc("review", record, "--decision", "approve", *stamp, "--criterion", "helps_work=yes")

    _say("And found by name and year, by pinyin too")
    _formsvc("find", str(MEMBERS[0]["name"]), str(YEAR))
    _formsvc("find", "ayinuer", str(YEAR))
    _formsvc("check", "--full")
    return _verdict()


def _sheet() -> Image.Image:
    return Image.new("RGB", (1654, 2339), "white")


def _on_paper(form: FormSpec, values: Mapping[str, Value]) -> Image.Image:
    """Return a filled form as it lies on a scanner: with a seal, a signature, and a little askew."""
    with pypdfium2.PdfDocument(write_pdf(form, year=YEAR, values=values)) as document:
        page = document[0].render(scale=200 / 72, rev_byteorder=True).to_pil().convert("RGB")
    draw = ImageDraw.Draw(page)
    draw.ellipse((1080, 1475, 1390, 1785), outline=_SEAL, width=9)
    tips = [(1235 + radius * math.sin(turn), 1630 - radius * math.cos(turn)) for turn, radius in _STAR]
    draw.polygon(tips, fill=_SEAL)
    draw.line(((330, 1660), (370, 1590), (395, 1670), (440, 1580), (480, 1665), (560, 1600)), fill=_INK, width=6)
    turned = page.rotate(0.4, Image.Resampling.BICUBIC, fillcolor="white")
    noise = np.random.default_rng(YEAR).normal(0, 4, (turned.height, turned.width, 1))
    return Image.fromarray((np.asarray(turned) + noise).clip(0, 255).astype(np.uint8))


_SEAL, _INK = (205, 40, 45), (30, 40, 110)
_STAR = [(math.pi / 5 * tip, 52 if tip % 2 == 0 else 20) for tip in range(10)]


def _scribbles() -> Image.Image:
    page, chance = _sheet(), np.random.default_rng(YEAR)
    for line in range(30):
        points = [(200 + 60 * step, 300 + line * 55 + int(chance.integers(-12, 12))) for step in range(20)]
        ImageDraw.Draw(page).line(points, fill="black", width=4)
    return page


def _feeder(pages: Sequence[Image.Image]) -> bytes:
    packed = io.BytesIO()
    pages[0].save(packed, "PDF", save_all=True, append_images=pages[1:], resolution=200)
    return packed.getvalue()


_END_OF_ZIP = b"PK\x05\x06" + bytes(18)


def _verdict() -> int:
    """Say what happened, and return 0 when it is all of what was promised."""
    found = _json("find", str(MEMBERS[0]["name"]), str(YEAR), "--json")
    everything = _json("find", "--json")
    rejected = [*(DEMO / "inbox").glob("_*rejected/*/*/reason.txt")]
    (form,) = (one for one in load_forms(DEMO / "templates").values() if one.id == found[0]["form"])
    promised = {
        "four typed forms and two on paper filed": len(everything) == 6,
        "every copy is there": all((DEMO / copy["path"]).is_file() for one in everything for copy in one["copies"]),
        "as many copies as the form asks for": len(found[0]["copies"]) == len(form.copies),
        "every holder is known": all(copy["holder"] for copy in found[0]["copies"]),
        "the review is recorded": found[0]["status"] == "reviewed",
        "the queue is empty": _json("queue", "--json") == [],
        "the hostile file and the page that is no form are set aside with their reasons": len(rejected) == 2,
    }
    _say(f"The copies of {found[0]['name']}, {found[0]['year']}")
    for copy in found[0]["copies"]:
        print(f"  {copy['number']}  {DEMO / copy['path']}")
    print()
    for promise, kept in promised.items():
        print(f"  {'ok ' if kept else 'NOT'}  {promise}")
    return 0 if all(promised.values()) else 1


def _say(text: str) -> None:
    print(f"\n── {text}", flush=True)


def _command(words: Sequence[str], at: Path | None) -> list[str]:
    place = [] if at is None else ["-C", str(at)]
    return [sys.executable, "-m", "formsvc", *place, *words]


def _formsvc(*words: str, at: Path | None = DEMO, expect: tuple[int, ...] = (0,)) -> None:
    """Run a command as a person would, with what it prints shown."""
    print(f"$ formsvc {' '.join(words)}", flush=True)
    ended = subprocess.run(_command(words, at), check=False).returncode
    if ended not in expect:
        raise SystemExit(f"formsvc {words[0]} ended with {ended}")


def _json(*words: str) -> Any:
    """Run a command and return the JSON it prints."""
    return json.loads(subprocess.run(_command(words, DEMO), check=False, stdout=subprocess.PIPE).stdout)


if __name__ == "__main__":
    raise SystemExit(main())
