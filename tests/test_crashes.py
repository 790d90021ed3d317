"""The watcher killed at random moments: started again, it files each form exactly once and leaves nothing behind."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from formsvc.forms.reading import Value
from formsvc.inbox.areas import SPOOL, STAGING
from formsvc.operations.check import check
from formsvc.operations.indexing import rebuild
from formsvc.operations.workspace import open_workspace
from formsvc.rendering.docx import DocxTemplate
from formsvc.watch import watch_once

ROOT = Path(__file__).parent.parent
FORMS = int(os.environ.get("FORMSVC_CRASH_FORMS", "40"))
"""How many forms flow; 200 in the long run."""
KILLS = int(os.environ.get("FORMSVC_CRASH_KILLS", "12"))
"""How often the watcher is killed at most before it may work in peace."""
_SERVE = """
import sys
from pathlib import Path
from formsvc.operations.workspace import open_workspace
from formsvc.watch import watch_once
with open_workspace(Path(sys.argv[1])) as workspace:
    print("serving", flush=True)
    for _ in watch_once(workspace):
        pass
"""
_NAMES = "一二三四五六七八九十百千万东西南北春夏秋冬"


def _workspace(folder: Path) -> Path:
    (folder / "inbox").mkdir(parents=True)
    (folder / "formsvc.toml").write_text('language = "en"\n[inbox]\nsettle_ms = 20\n', encoding="utf-8")
    shutil.copytree(ROOT / "templates", folder / "templates")
    return folder


def _drop(root: Path) -> Counter[str]:
    """Drop forms of different members, with some bytes dropped twice; return hash -> how often."""
    with open_workspace(root) as workspace:
        spec = next(form for form in workspace.forms.values() if form.subject.kind == "member")
    template = DocxTemplate(spec)
    dropped: Counter[str] = Counter()
    for number in range(FORMS):
        name = "王" + _NAMES[number % len(_NAMES)] + _NAMES[number // len(_NAMES)]
        values: dict[str, Value] = {
            "name": name,
            "sex": "男",
            "joined": "1998-07",
            "unit_post": "城西社区",
            "pledges": ("一件实事",),
        }
        data = template.fill(year=2011, values=values)
        for copy in range(2 if number % 10 == 0 else 1):
            (root / "inbox" / f"{number:03}-{copy}.docx").write_bytes(data)
            dropped[hashlib.sha256(data).hexdigest()] += 1
    return dropped


def _serve_and_kill(root: Path, chance: random.Random) -> bool:
    """Serve the inbox in a process of its own and kill it after a while; return whether it ended by itself."""
    with subprocess.Popen([sys.executable, "-c", _SERVE, str(root)], stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        served.stdout.readline()
        try:
            return served.wait(timeout=chance.uniform(0.02, 0.9)) == 0
        except subprocess.TimeoutExpired:
            served.send_signal(signal.SIGKILL)
            return False


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills need POSIX")
@pytest.mark.parametrize("seed", range(2))
def test_each_form_is_filed_exactly_once_whenever_the_watcher_is_killed(tmp_path: Path, seed: int) -> None:
    root = _workspace(tmp_path / "w")
    dropped = _drop(root)
    chance = random.Random(seed)
    kills = 0
    while kills < KILLS and not _serve_and_kill(root, chance):
        kills += 1

    with open_workspace(root) as workspace:
        list(watch_once(workspace))
        checked = check(workspace, full=True)
        dump = list(workspace.finder.dump())
        rebuild(workspace)
    with open_workspace(root) as workspace:
        assert list(workspace.finder.dump()) == dump
        filed = [
            version.original.sha256
            for prefix in workspace.archive.prefixes()
            for version in workspace.archive.history(prefix).versions
        ]
    duplicates = list((root / "inbox").glob("_*duplicates/*/*/*.docx"))
    assert kills > 0
    assert checked.findings == ()
    assert sorted(filed) == sorted(dropped)
    assert len(duplicates) == sum(dropped.values()) - len(dropped)
    assert [path.name for path in (root / "inbox").iterdir() if not path.name.startswith(("_", "."))] == []
    assert list((root / "inbox" / SPOOL).iterdir()) == []
    assert [path.name for path in (root / "archive" / STAGING).iterdir()] == ["lock"]
    receipts = "".join(path.read_text("utf-8") for path in (root / "inbox").glob("_*receipts/*.txt")).splitlines()
    assert len(receipts) == len(set(receipts)) == len(dropped)
