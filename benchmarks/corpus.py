"""Made-up people and a workspace to measure in."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from formsvc.forms.load import load_forms
from formsvc.forms.reading import Value
from formsvc.forms.spec import FormSpec

ROOT = Path(__file__).resolve().parent.parent
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红建国志文海燕春梅秀珍丹萍鹏辉宇浩晨雪婷佳欣怡"
_UNITS = ("城西社区", "南门社区", "开元村", "梨洲街道", "兰江街道", "凤山街道", "最良村", "中心小学", "人民医院")
_POSTS = ("网格员", "组织委员", "社区医生", "教师", "会计", "书记", "主任", "村民")
_PLEDGES = (
    "立足本职，全年走访居民不少于200户，及时反映群众诉求。",
    "带头参加“美丽家园”建设，6月底前完成村口至渚山桥1.2公里道路绿化的组织工作。",
    "主动到居住地党组织认岗领岗，每月参加志愿服务1次以上；结对帮扶困难家庭2户。",
    "履行家庭责任，遵守社会公德，自觉接受党员群众监督。",
    "每季度组织一次政策宣讲，参加人数不少于30人。",
)


def members(count: int, seed: int = 1) -> Iterator[Mapping[str, Value]]:
    """Yield so many made-up members' forms, no two alike."""
    chance = random.Random(seed)
    for number in range(count):
        yield {
            "name": chance.choice(_SURNAMES) + "".join(chance.sample(_GIVEN, chance.choice((1, 2, 2)))),
            "sex": chance.choice(("男", "女")),
            "age": chance.randint(20, 80),
            "joined": f"{chance.randint(1960, 2010)}-{chance.randint(1, 12):02}",
            "unit_post": f"{chance.choice(_UNITS)}第{number + 1}组 {chance.choice(_POSTS)}",
            "pledges": tuple(chance.sample(_PLEDGES, chance.randint(2, 4))),
            "signed_on": f"2011-02-{chance.randint(1, 28):02}",
            "phone": f"0574-62{chance.randint(0, 999999):06}",
            "email": f"m{number}@example.cn",
        }


def member_form() -> FormSpec:
    """Return the member's form of the starter templates."""
    return next(form for form in load_forms(ROOT / "templates").values() if form.subject.kind == "member")


def a_workspace(folder: Path) -> Path:
    """Make an empty workspace in a folder and return it."""
    (folder / "inbox").mkdir(parents=True)
    (folder / "formsvc.toml").write_text('language = "zh"\n', encoding="utf-8")
    shutil.copytree(ROOT / "templates", folder / "templates")
    return folder
