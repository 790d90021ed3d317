"""Single changes to a filed archive, made at random: each is found, and a mirror mends each by hashes alone."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from formsvc.archive import layout
from formsvc.operations.check import check
from formsvc.operations.repair import repair
from formsvc.operations.workspace import open_workspace
from formsvc.watch import watch_once
from torture.carried import ways
from torture.corpus import filled, workspace_in
from torture.judge import content_hash
from torture.ledger import Ledger

_FORMS = 6
_CLEAN_EVERY = 4
"""After so many changes a copy that nobody changed is checked, carried in one way after the other."""
_SAVE_EVERY = 10
KINDS = ("flip", "cut", "grow", "delete", "rename", "add", "swap", "double", "link")


@dataclass
class Tampered:
    """What came of it."""

    changes: int = 0
    found: int = 0
    mended: int = 0
    """Changes after whose repair a full check finds nothing."""
    wrong: int = 0
    """Repairs after which an original is not what was filed."""
    clean: int = 0
    false_alarms: int = 0
    carried: Counter[str] = field(default_factory=Counter)
    """The ways in which copies nobody changed were made."""
    seconds: float = 0.0
    missed: list[str] = field(default_factory=list)


def campaign(
    folder: Path, changes: int, seed: int, minutes: float = 0.0, ledger: Ledger[Tampered] | None = None
) -> Tampered:
    """Change copies of an archive one by one, check each, mend each, until so many are done or the minutes are over."""
    ledger = ledger or Ledger(None, "tamper", Tampered)
    done = ledger.figures
    start = workspace_in(folder / "start", {f"{number}.docx": filled(number) for number in range(_FORMS)})
    with open_workspace(start) as workspace:
        list(watch_once(workspace))
    began, before = time.monotonic(), done.seconds
    while done.changes < changes and not (minutes and time.monotonic() - began > minutes * 60):
        number = done.changes
        root = Path(shutil.copytree(start, folder / "w"))
        what = _change(random.Random(f"{seed}-{number}"), root / "archive")
        _judge(done, root, start / "archive", what)
        shutil.rmtree(root)
        if number % _CLEAN_EVERY == 0:
            _judge_clean(done, start, folder / "w")
        done.seconds = before + time.monotonic() - began
        if number % _SAVE_EVERY == 0:
            ledger.save()
    ledger.save()
    return done


def _judge_clean(done: Tampered, start: Path, root: Path) -> None:
    """Check a copy of the archive that was carried elsewhere and not changed."""
    name, way = list(ways().items())[done.clean % len(ways())]
    shutil.copytree(start, root, ignore=lambda folder, _: ["archive"] if folder == str(start) else [])
    way(start / "archive", root / "archive")
    done.clean += 1
    done.carried[name] += 1
    with open_workspace(root) as workspace:
        found = check(workspace, full=True).findings
    if found:
        done.false_alarms += 1
        done.missed.append(f"false alarm after {name}: {[(one.code.value, one.path) for one in found][:3]}")
    shutil.rmtree(root)


def _judge(done: Tampered, root: Path, mirror: Path, what: str) -> None:
    done.changes += 1
    with open_workspace(root) as workspace:
        if check(workspace, full=True).findings:
            done.found += 1
        else:
            done.missed.append(f"not found: {what}")
        left = repair(workspace, [mirror]).left
    if left:
        done.missed.append(f"not mended: {what}: {[(one.code.value, one.path) for one in left][:3]}")
    else:
        done.mended += 1
    done.wrong += _originals(root / "archive") != _originals(mirror)


def _originals(archive: Path) -> dict[str, str]:
    paths = archive.glob("*/*/*/*/v*/original/*")
    return {path.relative_to(archive).as_posix(): content_hash(path.read_bytes()) for path in paths}


def _change(chance: random.Random, archive: Path) -> str:
    """Do one thing to one file; return what."""
    paths = (path for path in archive.rglob("*") if path.is_file() and ".staging" not in path.parts)
    files = sorted(path for path in paths if path.name not in layout.WORKING)
    path, kind = chance.choice(files), chance.choice(KINDS)
    data = path.read_bytes()
    other = chance.choice([one for one in files if one.read_bytes() != data])
    names = ("x", "0009.json", "2011-12.jsonl", "v3", "form.toml", "a.pdf")
    beside = path.parent / chance.choice([name for name in names if not (path.parent / name).exists()])
    if kind == "flip":
        changed = bytearray(data)
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        _put(path, bytes(changed))
    elif kind == "cut":
        _put(path, data[: chance.randrange(len(data))])
    elif kind == "grow":
        _put(path, data + bytes([chance.randrange(256)]))
    elif kind == "rename":
        path.rename(beside)
    elif kind in ("add", "double"):
        beside.write_bytes(data if kind == "double" else b"x")
    elif kind == "swap":
        content = other.read_bytes()
        _put(other, data)
        _put(path, content)
    else:
        path.unlink()
        if kind == "link":
            path.symlink_to(other)
    return f"{kind} {path.relative_to(archive)}"


def _put(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)
