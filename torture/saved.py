"""Filled Word forms opened and saved by LibreOffice, as an office does: what is read afterwards is what was filled in.

Each form goes through every chain of formats. Reading it back must give every value exactly; else the form is refused
or a person is asked. A value that is lost or changed in a form that would be filed without a person is wrong.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from formsvc.forms.load import load_forms
from formsvc.forms.reading import Decision, Reading, Value
from formsvc.forms.spec import FormSpec
from formsvc.operations.extract import extract
from formsvc.operations.workspace import open_workspace
from formsvc.rendering.docx import DocxTemplate
from torture.corpus import ROOT, workspace_in

CHAINS: tuple[tuple[str, ...], ...] = (
    (),
    ("docx",),
    ("doc",),
    ("odt",),
    ("rtf",),
    ("pdf",),
    ("doc", "docx"),
    ("odt", "docx"),
    ("rtf", "docx"),
)
"""Formats a form is saved in, one after the other."""
_PATIENCE_S = 300.0
_NAMES = ("王伟", "㛃犇", "𠅤𬭎", "阿卜杜·热合曼", "张三丰", "欧阳修")
_PLEDGES = (
    "走访居民不少于200户，及时反映群众诉求。",
    "参加“美丽家园”建设，6月底前完成1.2公里道路绿化（含养护）。",
    "每月参加志愿服务1次以上；结对帮扶困难家庭2户——长期坚持。",
    "A4纸双面打印，PDF归档；邮箱m12@example.cn。",
)


@dataclass
class Saved:
    """What came of the forms, by chain of formats."""

    forms: Counter[str] = field(default_factory=Counter)
    exact: Counter[str] = field(default_factory=Counter)
    """Read back exactly, and nobody asked."""
    asked: Counter[str] = field(default_factory=Counter)
    """A person is asked; with every value right, or not."""
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """A value lost or changed with nobody asked."""


def is_there() -> bool:
    """Say whether this machine has LibreOffice."""
    return shutil.which("soffice") is not None


def campaign(folder: Path, forms: int, seed: int, chains: Sequence[tuple[str, ...]] = CHAINS) -> Saved:
    """Fill so many forms, save each through every chain, and read all of them."""
    chance = random.Random(seed)
    specs = list(load_forms(ROOT / "templates").values())
    given: dict[str, tuple[FormSpec, Mapping[str, Value]]] = {}
    first = folder / "filled"
    first.mkdir()
    for number in range(forms):
        spec = specs[number % len(specs)]
        values = _values(spec, chance, number)
        given[f"{number:03}"] = spec, values
        (first / f"{number:03}.docx").write_bytes(DocxTemplate(spec).fill(year=2011, values=values))
    done = Saved()
    with open_workspace(workspace_in(folder / "office", {})) as workspace:
        for chain in chains:
            source = first
            for step, suffix in enumerate(chain):
                source = _save(source, folder / f"{'-'.join(chain)}-{step}", suffix)
            for path in sorted(source.iterdir()):
                _judge(done, " ".join(("docx", *chain)), *given[path.stem], extract(workspace, path))
    return done


def _save(source: Path, target: Path, suffix: str) -> Path:
    """Let LibreOffice save all files of a folder in another format into another folder."""
    profile = f"-env:UserInstallation=file://{target.parent / 'profile'}"
    quiet = ("--headless", "--norestore", "--nolockcheck", "--nodefault")
    words = ["soffice", profile, *quiet, "--convert-to", suffix, "--outdir", str(target)]
    files = sorted(map(str, source.iterdir()))
    subprocess.run([*words, *files], check=True, capture_output=True, timeout=_PATIENCE_S)
    return target


def _values(spec: FormSpec, chance: random.Random, number: int) -> dict[str, Value]:
    values: dict[str, Value] = {
        "name": chance.choice(_NAMES),
        "organisation": f"城西社区第{number}党支部",
        "sex": chance.choice("男女"),
        "age": chance.randint(20, 80),
        "joined": f"{chance.randint(1960, 2010)}-{chance.randint(1, 12):02}",
        "unit_post": f"城西社区第{number}组 网格员",
        "pledges": tuple(chance.sample(_PLEDGES, chance.randint(1, 4))),
        "signed_on": f"2011-02-{chance.randint(1, 28):02}",
        "pledged_on": f"2011-02-{chance.randint(1, 28):02}",
        "phone": f"0574-62{chance.randint(0, 999999):06}",
        "email": f"m{number}@example.cn",
    }
    return {key: value for key, value in values.items() if key in spec.fields}


def _judge(done: Saved, chain: str, spec: FormSpec, values: Mapping[str, Value], readings: Sequence[Reading]) -> None:
    done.forms[chain] += 1
    if not readings or any(reading.decision is Decision.REFUSE for reading in readings):
        done.refused[chain] += 1
        return
    (reading, *more) = readings
    bad = {key: reading.value(key) for key, value in values.items() if reading.value(key) != value}
    if any(one.decision is Decision.CONFIRM for one in readings):
        done.asked[chain] += 1
    elif bad or more or reading.form != spec.id or reading.year.value != 2011:
        done.wrong.append(f"{chain}: {[(values[key], value) for key, value in bad.items()]} {len(more)} more")
    else:
        done.exact[chain] += 1
