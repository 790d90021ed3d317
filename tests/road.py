"""A workspace to walk the whole road in, with made-up people."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from formsvc.forms.load import load_forms
from formsvc.forms.reading import Value
from formsvc.forms.spec import SubjectKind

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data"
FORMS = load_forms(ROOT / "templates")
MEMBER = next(form for form in FORMS.values() if form.subject.kind is SubjectKind.MEMBER)
ORGANISATION = next(form for form in FORMS.values() if form.subject.kind is SubjectKind.ORGANISATION)


def a_workspace(folder: Path, *more_forms: Path) -> Path:
    """Make a workspace with the two annexes and further forms; return its folder."""
    (folder / "inbox").mkdir(parents=True)
    (folder / "formsvc.toml").write_text('language = "en"\n[inbox]\nsettle_ms = 20\n', encoding="utf-8")
    shutil.copytree(ROOT / "templates", folder / "templates")
    for form in more_forms:
        shutil.copytree(form, folder / "templates" / form.name)
    return folder


def a_member(**values: Value) -> Mapping[str, Value]:
    """Return the values of a member's form."""
    return {
        "name": "王伟",
        "sex": "男",
        "age": 41,
        "joined": "1998-07",
        "unit_post": "城西社区 网格员",
        "pledges": ("走访居民不少于200户。", "完成1.2公里道路绿化。"),
        "signed_on": "2011-02-21",
        "phone": "0574-62000000",
        "email": "chengxi@example.cn",
        **values,
    }


def hard_members() -> Iterator[Mapping[str, Value]]:
    """Yield a hundred members whose values are hard to read; no two are the same record."""
    names = (
        "阿依努尔·买买提",
        "龚㛃犇",
        "欧阳春晓",
        "𠅤𬭎",
        "单于仇解",
        "尉迟",
        "李",
        "查翟缪",
        "王·斯琴高娃",
        "䶮喆堃",
    )
    units = (
        "城西社区",
        "余姚市马渚镇开元村党委 组织委员",
        "第一中学（高中部）教师",
        "A区3号楼 网格员",
        "“美丽乡村”办公室",
    )
    pledges: tuple[tuple[str, ...], ...] = (
        ("完成村口至渚山桥1.2公里道路绿化（6月底前）。",),
        tuple(f"第{number}件实事：2011年{number % 12 + 1}月完成。" for number in range(1, 31)),
        ("“一、二、三”三步走；其中：（1）走访；（2）登记。", "3.5%以上的增长", "12345热线24小时值守"),
        ("长" * 400, "短"),
        ("a@b.cn 与 0574-62000000 公开", "第一，先做；第二，再做"),
    )
    dates = ("2011-01-01", "2011-02-28", "2010-12-31", "2011-12-31")
    rows = itertools.product(range(10), range(5), range(2))
    for number, (name, unit, sex) in enumerate(rows):
        yield a_member(
            name=names[name],
            unit_post=units[unit],
            sex=("男", "女")[sex],
            age=18 + number % 70,
            joined=f"{1949 + 15 * unit}-{(name + sex) % 12 + 1:02}",
            pledges=pledges[(number + name) % 5],
            signed_on=dates[number % 4],
            phone=("0574-62000000", "12371", "13800138000", "0574-62000000转801")[number % 4],
            email=f"m.{number}_x@sub-domain.example.cn",
        )
