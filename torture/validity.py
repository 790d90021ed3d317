"""Generated and filed PDFs of all kinds, each before two validators of PDF/A that know nothing of each other.

Blanks, forms filled from values, a batch in one file, copies of typed forms and of received pages (scans, pictures,
foreign PDFs), handbooks, plates and notice boards. Fillable blanks are no PDF/A and do not say so: looked at as well.
"""

from __future__ import annotations

import base64
import io
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import page as validator
import pikepdf
import pikepdf.pdfa
from PIL import Image, ImageDraw

from formsvc.durable import OpenFile, open_regular
from formsvc.forms.load import load_forms
from formsvc.forms.reading import Evidence, FieldReading, Reading, Source, Value, YearReading, YearSource
from formsvc.forms.spec import FormSpec, SubjectKind
from formsvc.operations.workspace import open_workspace
from formsvc.rendering.blank_pdf import write_one_pdf, write_pdf
from formsvc.rendering.board import Sheet, write_board
from formsvc.rendering.docx import DocxTemplate
from formsvc.rendering.fillable import write_fillable
from formsvc.rendering.handbook import write_handbook
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.overlays import overlay_of
from formsvc.rendering.papers import Pledge, load_words
from formsvc.rendering.plates import write_plates
from formsvc.rendering.received import stamp_job
from formsvc.rendering.spans import Part, Span, Spliced
from formsvc.watch import watch_once
from torture.corpus import ROOT, moment, workspace_in

_ABOUT = Metadata("承诺", moment())
_NAMES = ["王伟", "李强", "㛃犇", "𠅤𬭎", "欧阳修", "阿卜杜·热合曼", "陈—刚"]
_WORDS = (
    "走访居民不少于200户，及时反映群众诉求。",
    "参加“美丽家园”建设，6月底前完成1.2公里道路绿化（含养护）。",
    "每月参加志愿服务1次以上；结对帮扶困难家庭2户——长期坚持……",
    "A4纸双面打印，PDF归档；m12@example.cn。",
)
_FORMS_A_ROUND = 12
"""Forms that are filed in one office."""


@dataclass
class Valid:
    """What came of the files, by kind."""

    files: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    """Kind, and what a validator has against a file."""


def campaign(folder: Path, files: int, seed: int) -> Valid:
    """Make and file PDFs until there are so many, and ask both validators about each."""
    done = Valid()
    number = 0
    while done.files.total() < files:
        chance, place = random.Random(f"{seed}-{number}"), folder / str(number)
        for kind, data in (*_generated(chance), *_filed(place, chance), *_scanned(place, chance)):
            done.files[kind] += 1
            done.failures += [f"{kind}: {finding}" for finding in findings(data)]
        number += 1
    return done


def findings(data: bytes) -> list[str]:
    """Return what two validators have against a file as PDF/A-2b."""
    limits = validator.SafetyLimits(max_form_invocations=1_000_000)
    theirs = validator.validate_pdf_bytes(data, profile=validator.ValidationProfile.PDF_A_2B, limits=limits)
    others = pikepdf.pdfa.validate_written(io.BytesIO(data), "2b")
    return [*map(str, theirs.failures), *map(str, others.findings)]


def _values(spec: FormSpec, chance: random.Random) -> dict[str, Value]:
    pledges = tuple(_said(chance, number) for number in range(chance.randint(1, 6)))
    values: dict[str, Value] = {
        "name": chance.choice(_NAMES),
        "organisation": f"城西社区第{chance.randint(1, 99)}党支部",
        "sex": chance.choice("男女"),
        "age": chance.randint(20, 80),
        "joined": f"{chance.randint(1960, 2010)}-{chance.randint(1, 12):02}",
        "unit_post": f"城西社区第{chance.randint(1, 10**6)}组 网格员",
        "pledges": pledges,
        "signed_on": f"2011-02-{chance.randint(1, 28):02}",
        "pledged_on": f"2011-02-{chance.randint(1, 28):02}",
        "phone": f"0574-62{chance.randint(0, 999999):06}",
        "email": f"m{chance.randint(1, 10**6)}@example.cn",
    }
    return {key: value for key, value in values.items() if key in spec.fields}


def _said(chance: random.Random, number: int) -> str:
    """Return a pledge, now and then one that runs on to a further page; nothing in it is said twice."""
    many = chance.choice((1, 1, 2, 14))
    return "".join(f"第{chance.randint(1, 10**6)}{place}{number}号：{chance.choice(_WORDS)}" for place in range(many))


def _generated(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    for spec in load_forms(ROOT / "templates").values():
        yield "blank", write_pdf(spec, year=chance.choice((None, 2011)))
        filled = [_values(spec, chance) for _ in range(3)]
        yield "filled", write_pdf(spec, year=2011, values=filled[0])
        yield "batch", write_one_pdf(spec, year=2011, filled=filled)
        with pikepdf.open(io.BytesIO(write_fillable(spec, year=2011))) as fillable:
            if fillable.open_metadata().pdfa_status:
                yield "fillable", b""
    words, pledges = load_words(), [_pledge(chance, number) for number in range(chance.randint(1, 60))]
    yield "handbook", write_handbook(pledges, words, _ABOUT, year=2011, office="清溪镇党委")
    yield "plates", write_plates(pledges, words, _ABOUT)
    for sheet in Sheet:
        yield "board", write_board(pledges, words, _ABOUT, sheet=sheet, year=2011, office="清溪镇党委")


def _pledge(chance: random.Random, number: int) -> Pledge:
    return Pledge(
        name=chance.choice(_NAMES),
        organisation=f"第{number // 7}党支部",
        unit="城西社区 网格员",
        items=tuple(_said(chance, place) for place in range(chance.randint(1, 5))),
        contacts=(("监督电话", f"0574-62{chance.randint(0, 999999):06}"),),
        facts=(("承诺日期", "2011年2月21日"),),
        is_organisation=False,
    )


def _filed(folder: Path, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield the copies of forms that came as Word files, as typed PDFs and as pages to be kept."""
    folder.mkdir(parents=True)
    specs = list(load_forms(ROOT / "templates").values())
    inbox: dict[str, bytes] = {}
    for number in range(_FORMS_A_ROUND):
        spec = specs[number % len(specs)]
        values = _values(spec, chance)
        if number % 3:
            inbox[f"{number}.docx"] = DocxTemplate(spec).fill(year=2011, values=values)
        else:
            inbox[f"{number}.pdf"] = _as_received(write_pdf(spec, year=2011, values=values), chance)
    with open_workspace(workspace_in(folder / "office", inbox)) as workspace:
        list(watch_once(workspace))
    for path in sorted((folder / "office" / "archive").rglob("v*/copies/*.pdf")):
        original = next(path.parent.parent.joinpath("original").iterdir())
        yield f"copy of a {original.suffix[1:]}", path.read_bytes()


def _scanned(folder: Path, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield copies that keep the pages that came: pictures of all kinds, and a PDF whose font is not embedded."""
    spec = next(form for form in load_forms(ROOT / "templates").values() if form.subject.kind is SubjectKind.MEMBER)
    fields = {
        key: FieldReading(value, str(value), 1.0, Evidence(Source.CELL, 1, (60.0, 50.0 + 14 * at, 90.0, 12.0)))
        for at, (key, value) in enumerate(_values(spec, chance).items())
    }
    year = YearReading(2011, YearSource.TITLE, 1.0, "2011")
    reading = Reading(1, spec.id, spec.version, year, fields, pages=(1,), typed=False)
    overlay = overlay_of(spec, reading, record="0" * 12, version=1, date=moment())
    request = {
        "pages": [1],
        "paper": [spec.page.width, spec.page.height],
        "overlay": base64.b64encode(overlay.pdf).decode("ascii"),
        "texts": overlay.texts,
        "roles": overlay.roles(),
    }
    for kind, data in _pages(chance):
        path = folder / f"{kind}.scan"
        path.write_bytes(data)
        opened = open_regular(path)
        if not isinstance(opened, OpenFile):
            raise TypeError(path)
        with opened:
            answer = stamp_job(opened.descriptor, request)
        shared = [base64.b64decode(part) for part in answer["shared"]]
        for pieces in answer["copies"].values():
            yield f"copy of a {kind}", b"".join(Spliced(path, tuple(_part(piece, shared) for piece in pieces)))


def _part(piece: list[int] | int | str, shared: list[bytes]) -> Part:
    if isinstance(piece, list):
        return Span(*piece)
    return shared[piece] if isinstance(piece, int) else base64.b64decode(piece)


def _pages(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield a sheet as scanners and programs write it."""
    sheet = Image.new("RGB", (827, 1169), (chance.randint(200, 255),) * 3)
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((100, 200, 727, 1000), outline="black", width=3)
    pen.ellipse((450, 700, 600, 850), outline=(200, 20, 30), width=6)
    for kind, mode, options in (
        ("jpeg", "RGB", {"quality": 80}),
        ("jpeg", "L", {"progressive": True}),
        ("png", "RGB", {}),
        ("png", "P", {}),
        ("tiff", "1", {"compression": "group4"}),
        ("tiff", "RGB", {"compression": "tiff_lzw"}),
    ):
        out = io.BytesIO()
        sheet.convert(mode).save(out, kind, dpi=(100, 100), **options)
        yield f"{kind} {mode}", out.getvalue()
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        page.obj.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
                )
            )
        )
        page.contents_add(b"BT /F 20 Tf 100 700 Td (Pledge %d) Tj ET" % chance.randint(1, 999))
        pdf.save(out)
    yield "foreign pdf", out.getvalue()


def _as_received(data: bytes, chance: random.Random) -> bytes:
    """Return a typed PDF as it may come back: as it was, or with a picture of a seal on it."""
    if chance.random() < 0.5:
        return data
    image = Image.new("RGB", (160, 160), "white")
    ImageDraw.Draw(image).ellipse((4, 4, 156, 156), outline=(200, 20, 20), width=6)
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        seal = pdf.make_stream(image.tobytes())
        seal.Type, seal.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        seal.Width, seal.Height, seal.BitsPerComponent, seal.ColorSpace = 160, 160, 8, pikepdf.Name.DeviceRGB
        name = page.add_resource(seal, pikepdf.Name.XObject)
        page.contents_add(b"q 100 0 0 100 380 200 cm %s Do Q" % str(name).encode())
        pdf.save(saved)
    return saved.getvalue()
