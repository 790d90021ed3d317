"""What the program works on while it is tormented: small workspaces, each with a command and how it is recovered.

The people are made up. `build` makes every start once, by the program itself; a run works on a copy.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import docx

from formsvc.forms.load import load_forms
from formsvc.forms.reading import Value
from formsvc.forms.spec import FormSpec, SubjectKind
from formsvc.inbox.areas import RESERVED, SPOOL
from formsvc.operations.outcome import Filed
from formsvc.operations.queue import queue
from formsvc.operations.roster import import_roster
from formsvc.operations.workspace import open_workspace
from formsvc.rendering.docx import DocxTemplate
from formsvc.watch import watch_once
from torture.judge import content_hash

ROOT = Path(__file__).resolve().parent.parent
WATCH = ("watch", "--once")
_HARD_LINK = "linked.docx"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One command on one workspace."""

    name: str
    start: Path
    """The workspace it starts from; runs copy it."""
    words: tuple[str, ...]
    """The command under torment."""
    recovery: tuple[tuple[str, ...], ...] = (WATCH,)
    """The commands run afterwards, without faults."""
    may_be_undone: bool = False
    """Whether a workspace in which the command has done nothing is right too."""
    code: int = 0
    """The exit code of the command when nothing befalls it."""

    @property
    def given(self) -> Counter[str]:
        """The contents that must never be lost, with how often they were given."""
        files = [path for path in (self.start / "inbox").rglob("*") if path.is_file()]
        return Counter(
            content_hash(path.read_bytes()) for path in files if _is_content(path.relative_to(self.start / "inbox"))
        )

    @property
    def dropped(self) -> list[str]:
        """The files that lie in the inbox and were not looked at yet, as paths below the workspace."""
        inbox = self.start / "inbox"
        files = (path for path in inbox.rglob("*") if path.is_file())
        return sorted(
            path.relative_to(self.start).as_posix()
            for path in files
            if path.relative_to(inbox).parts[0] not in RESERVED
        )

    def copy(self, folder: Path) -> Path:
        """Make a fresh copy of the start and return its folder."""
        root = folder / "w"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.start, root, symlinks=True)
        linked = root / "inbox" / _HARD_LINK
        if linked.exists():
            (root / "elsewhere").mkdir()
            os.link(linked, root / "elsewhere" / "kept.docx")
        return root


def _is_content(path: Path) -> bool:
    is_ours = path.parts[0].startswith(("_", "."))
    return not is_ours or "original" in path.parts[:-1]


class _Forms:
    """Filled forms of the two annexes."""

    def __init__(self) -> None:
        forms = load_forms(ROOT / "templates")
        self._member = self._template(forms, SubjectKind.MEMBER)
        self._organisation = self._template(forms, SubjectKind.ORGANISATION)

    def member(self, name: str, year: int | None = 2011, **more: Value) -> bytes:
        values: dict[str, Value] = {
            "name": name,
            "sex": "男",
            "joined": "1998-07",
            "unit_post": "城西社区 网格员",
            "pledges": ("走访居民不少于200户。",),
            "signed_on": "2011-02-21",
            **more,
        }
        return self._member.fill(year=year, values=values)

    def organisation(self, name: str) -> bytes:
        values: dict[str, Value] = {
            "organisation": name,
            "pledges": ("建成居家养老服务站1个。",),
            "pledged_on": "2011-02-18",
        }
        return self._organisation.fill(year=2011, values=values)

    @staticmethod
    def _template(forms: Mapping[str, FormSpec], kind: SubjectKind) -> DocxTemplate:
        return DocxTemplate(next(form for form in forms.values() if form.subject.kind is kind))


def _both(first: bytes, second: bytes) -> bytes:
    """Put two documents into one file."""
    one, two = docx.Document(io.BytesIO(first)), docx.Document(io.BytesIO(second))
    one.add_page_break()  # type: ignore[no-untyped-call]  # the library has no types there
    for element in list(two.element.body)[:-1]:
        one.element.body.insert(-1, element)
    data = io.BytesIO()
    one.save(data)
    return data.getvalue()


def workspace_in(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Make a workspace with these files in its inbox; return its folder."""
    (folder / "inbox").mkdir(parents=True)
    (folder / "formsvc.toml").write_text('language = "en"\n[inbox]\nsettle_ms = 1\n', encoding="utf-8")
    shutil.copytree(ROOT / "templates", folder / "templates")
    for name, data in files.items():
        (folder / "inbox" / name).write_bytes(data)
    return folder


def moment() -> dt.datetime:
    """Return the moment that everything made here is dated."""
    return dt.datetime(2011, 2, 21, 9, 30, tzinfo=dt.UTC)


@cache
def _all_forms() -> _Forms:
    return _Forms()


def filled(number: int) -> bytes:
    """Return a member's filled form; each number is another member, below 90,000 also by name and date of joining."""
    signs = "一二三四五六七八九十"
    name = "王" + "".join(signs[int(digit)] for digit in f"{number % 10000:04}")
    joined = f"{1950 + number % 60}-{number // 60 % 12 + 1:02}"
    return _all_forms().member(name, unit_post=f"城西社区第{number}组 网格员", joined=joined)


def _served(folder: Path) -> list[str]:
    """Work the inbox off and return the records filed."""
    with open_workspace(folder) as workspace:
        return [outcome.record for outcome in watch_once(workspace) if isinstance(outcome, Filed)]


def _waiting(folder: Path) -> str:
    with open_workspace(folder) as workspace:
        return queue(workspace)[0].id


_ROSTER = """姓名,性别,入党时间,单位及职务,工作地党组织,居住地党组织
王伟,男,1998-07,城西社区 网格员,城西社区党支部,南门社区党支部
李强,男,1998-07,城西社区 网格员,城西社区党支部,开元村党支部
"""


def build(folder: Path) -> Callable[[str], Scenario]:
    """Return a function that makes the scenario of a name below `folder`."""
    forms = _Forms()

    def make(name: str) -> Scenario:
        return {**_MAKERS, **_RECORDED_ONLY}[name](folder / name, forms)

    return make


def _one(folder: Path, forms: _Forms) -> Scenario:
    workspace_in(folder, {"0.docx": forms.member("李强")})
    _served(folder)
    (folder / "inbox" / "a.docx").write_bytes(forms.member("王伟"))
    return Scenario("one", folder, WATCH)


def _first(folder: Path, forms: _Forms) -> Scenario:
    return Scenario("first", workspace_in(folder, {"a.docx": forms.member("王伟")}), WATCH)


def _below(folder: Path, forms: _Forms) -> Scenario:
    """Drop a form whose year only its folder tells."""
    workspace_in(folder, {"0.docx": forms.member("李强")})
    _served(folder)
    (folder / "inbox" / "2011").mkdir()
    (folder / "inbox" / "2011" / "a.docx").write_bytes(forms.member("王伟", year=None))
    return Scenario("below", folder, WATCH)


def _moved(folder: Path, forms: _Forms) -> Scenario:
    """Set a reading aside in an inbox that came from elsewhere, without its spool."""
    words = ("reject", _asking(folder, forms), "--by", "李红", "--why", "请重交")
    (folder / "inbox" / SPOOL).rmdir()
    return Scenario("moved", folder, words, (WATCH, words, WATCH))


def _inbox(folder: Path, forms: _Forms) -> Scenario:
    member = forms.member("王伟")
    files = {
        "a.docx": member,
        "b.docx": member,
        "c.docx": forms.organisation("城西社区党支部"),
        "d.docx": b"no document at all",
        "e.docx": forms.member("赵敏", sex=None),
        "f.docx": _both(forms.member("陈刚"), forms.member("周平")),
    }
    return Scenario("inbox", workspace_in(folder, files), WATCH, code=1)


def _again(folder: Path, forms: _Forms) -> Scenario:
    workspace_in(folder, {"a.docx": forms.member("王伟"), "b.docx": forms.member("李强")})
    (folder / "roster.csv").write_text(_ROSTER, encoding="utf-8")
    with open_workspace(folder) as workspace:
        import_roster(workspace, folder / "roster.csv")
    _served(folder)
    (folder / "inbox" / "new.docx").write_bytes(forms.member("王伟", pledges=("每月走访20户。",)))
    (folder / "inbox" / "old.docx").write_bytes(forms.member("李强"))
    (folder / "inbox" / _HARD_LINK).write_bytes(forms.member("郑兰"))
    return Scenario("again", folder, WATCH)


def _asking(folder: Path, forms: _Forms) -> str:
    workspace_in(folder, {"a.docx": forms.member("李强"), "b.docx": forms.member("赵敏", sex=None)})
    _served(folder)
    return _waiting(folder)


def _confirm(folder: Path, forms: _Forms) -> Scenario:
    words = ("confirm", _asking(folder, forms), "--by", "李红", "--set", "sex=男")
    return Scenario("confirm", folder, words, (WATCH, words, WATCH))


def _reject(folder: Path, forms: _Forms) -> Scenario:
    words = ("reject", _asking(folder, forms), "--by", "李红", "--why", "请重交")
    return Scenario("reject", folder, words, (WATCH, words, WATCH))


def _review(folder: Path, forms: _Forms) -> Scenario:
    workspace_in(folder, {"a.docx": forms.member("李强"), "b.docx": forms.member("王伟")})
    record = _served(folder)[0]
    words = ("review", record, "--decision", "approve", "--by", "李红", "--org", "城西社区党支部", "--on", "2011-02-25")
    return Scenario("review", folder, words, may_be_undone=True)


def _correct(folder: Path, forms: _Forms) -> Scenario:
    workspace_in(folder, {"a.docx": forms.member("李强")})
    (record,) = _served(folder)
    words = ("correct", record, "--set", "unit_post=开元村 会计", "--why", "写错", "--by", "李红")
    return Scenario("correct", folder, words, may_be_undone=True)


def _roster(folder: Path, forms: _Forms) -> Scenario:
    workspace_in(folder, {"a.docx": forms.member("李强"), "b.docx": forms.member("王伟")})
    _served(folder)
    (folder / "roster.csv").write_text(_ROSTER, encoding="utf-8")
    words = ("roster", "import", "roster.csv")
    return Scenario("roster", folder, words, (words, WATCH))


_MAKERS: Mapping[str, Callable[[Path, _Forms], Scenario]] = {
    "inbox": _inbox,
    "again": _again,
    "one": _one,
    "confirm": _confirm,
    "reject": _reject,
    "review": _review,
    "correct": _correct,
    "roster": _roster,
}
NAMES: Sequence[str] = tuple(_MAKERS)
"""Those that faults are tried on."""
_RECORDED_ONLY: Mapping[str, Callable[[Path, _Forms], Scenario]] = {"first": _first, "below": _below, "moved": _moved}
"""Those that differ from another only in what a power cut may do."""


def words_at(root: Path, words: Sequence[str]) -> list[str]:
    """Return the words of a command for the workspace in `root`."""
    return ["-C", str(root), *(str(root / word) if word == "roster.csv" else word for word in words)]
