"""Says what is wrong with a workspace, by its files alone and by the program's own check.

`survey` reads the tree with nothing but the standard library, so that a mistake of the program is not believed by its
judge. `faults_before` holds for any moment, also the one right after a fault; `faults_after` for a recovered one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from formsvc.errors import FormsvcError
from formsvc.inbox.areas import DUPLICATES, RECEIPTS, REJECTED, RESERVED, REVIEW, SPOOL, STAGING
from formsvc.operations.check import check
from formsvc.operations.indexing import rebuild
from formsvc.operations.workspace import open_workspace

_VERSION = re.compile(r"v\d+")
_REASONS = ("reason.txt", "reason.json")
_LASTING = {"lock"}
"""What stays in a staging folder."""


@dataclass
class Survey:
    """What lies where in a workspace: contents by their hash."""

    inbox: Counter[str] = field(default_factory=Counter)
    spool: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    """Ids of waiting readings, and the folder of the inbox each came from."""
    waiting_files: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    originals: Counter[str] = field(default_factory=Counter)
    filed: Counter[str] = field(default_factory=Counter)
    """`hash:reading record/version` of every version."""
    events: Counter[str] = field(default_factory=Counter)
    """`record kind` of every event."""
    rosters: int = 0
    receipts: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Objects that are not whole."""
    left: list[str] = field(default_factory=list)
    """What a finished program has no use for."""

    def outcome(self) -> Mapping[str, Mapping[str, int]]:
        """Return what has to be equal in two workspaces that were given the same."""
        return {
            "inbox": self.inbox,
            "waiting": self.waiting,
            "rejected": self.rejected,
            "duplicates": self.duplicates,
            "filed": self.filed,
            "events": self.events,
        }

    def kept(self) -> Counter[str]:
        """Return how often each content is kept under a lasting name."""
        found = self.inbox + self.spool + self.rejected + self.duplicates + self.originals
        return found + self.waiting_files


Tree = Mapping[str, bytes | None]
"""Path below the workspace -> content; None for a folder."""


def survey(root: Path) -> Survey:
    """Look through a workspace."""
    return survey_of(tree_of(root))


def tree_of(root: Path) -> Tree:
    """Read a workspace whole, without its templates."""
    tree: dict[str, bytes | None] = {}
    for top in ("inbox", "archive", ".formsvc"):
        for path in (root / top).rglob("*"):
            if path.is_dir() or path.is_file():
                tree[path.relative_to(root).as_posix()] = None if path.is_dir() else path.read_bytes()
    return tree


def survey_of(tree: Tree) -> Survey:
    """Look through the tree of a workspace."""
    found = Survey()
    for name, content in tree.items():
        parts = tuple(name.split("/"))
        if len(parts) == 1 or parts[1] == STAGING or any(part.startswith(".tmp-") for part in parts):
            continue
        if parts[0] == "inbox" and content is not None:
            _in_inbox(parts[1:], content, found)
        elif parts[0] == "archive":
            _in_archive(name, content, tree, found)
    found.left += [name for name in tree if _is_left_over(tuple(name.split("/")))]
    return found


def faults_before(given: Counter[str], found: Survey) -> list[str]:
    """Say what is wrong at a moment when nobody has recovered anything yet."""
    kept = found.kept()
    lost = [f"lost {content[:12]}" for content, count in given.items() if kept[content] < count]
    return lost + [f"partial {path}" for path in found.broken]


def faults_after(root: Path, wanted: list[Mapping[str, Mapping[str, int]]]) -> list[str]:
    """Say what is wrong with a recovered workspace; its outcome has to be one of the wanted ones."""
    faults = _by_the_program(root)
    found = survey(root)
    outcome = {key: dict(value) for key, value in found.outcome().items()}
    if outcome not in [{key: dict(value) for key, value in one.items()} for one in wanted]:
        faults += _differences(wanted[-1], outcome)
    faults += [f"partial {path}" for path in found.broken] + [f"left over {path}" for path in found.left]
    if len(found.receipts) != len(set(found.receipts)):
        faults.append("a receipt stands twice")
    if len(found.receipts) != sum(found.filed.values()):
        faults.append(f"{len(found.receipts)} receipts for {sum(found.filed.values())} versions")
    return faults


@lru_cache(maxsize=4096)
def content_hash(content: bytes) -> str:
    """Return the hash of a content."""
    return sha256(content).hexdigest()


def _by_the_program(root: Path) -> list[str]:
    try:
        with open_workspace(root) as workspace:
            faults = [f"check: {one.code.value} {one.path}" for one in check(workspace, full=True).findings]
            if not workspace.index_file.exists():
                return faults
            dump = list(workspace.finder.dump())
            rebuild(workspace)
        with open_workspace(root) as workspace:
            if list(workspace.finder.dump()) != dump:
                faults.append("the index is not the one that is built anew")
    except (FormsvcError, OSError, ValueError) as error:
        return [f"check failed: {type(error).__name__} {error}"]
    return faults


def _differences(wanted: Mapping[str, Mapping[str, int]], found: Mapping[str, Mapping[str, int]]) -> list[str]:
    lines = []
    for key, counts in wanted.items():
        less = Counter(counts) - Counter(found[key])
        more = Counter(found[key]) - Counter(counts)
        lines += [f"{key}: missing {one[:60]} x{count}" for one, count in less.items()]
        lines += [f"{key}: too many {one[:60]} x{count}" for one, count in more.items()]
    return lines


def _in_inbox(parts: tuple[str, ...], content: bytes, found: Survey) -> None:
    top, name = parts[0], parts[-1]
    if top not in RESERVED:
        found.inbox[content_hash(content)] += 1
    elif top == SPOOL and "original" in parts[:-1]:
        found.spool[content_hash(content)] += 1
    elif top == REVIEW and "original" in parts[:-1]:
        found.waiting_files[content_hash(content)] += 1
    elif top == REVIEW and name == "reading.json":
        found.waiting[f"{parts[1]} {_place(content)}"] += 1
    elif top in (REJECTED, DUPLICATES) and name not in _REASONS:
        target = found.rejected if top == REJECTED else found.duplicates
        target[content_hash(content)] += 1
    elif top == RECEIPTS:
        found.receipts += content.decode("utf-8", "replace").splitlines()


def _place(reading: bytes) -> str:
    try:
        return str(json.loads(reading)["place"])
    except (ValueError, KeyError):
        return "broken"


def _in_archive(name: str, content: bytes | None, tree: Tree, found: Survey) -> None:
    folder, _, last = name.rpartition("/")
    if content is None:
        if _VERSION.fullmatch(last):
            _version(name, tree, found)
    elif last == "manifest-sha256.txt":
        found.broken += _broken(folder, content, tree)
    elif folder.endswith("/original"):
        found.originals[content_hash(content)] += 1
    elif folder.endswith("/events"):
        found.events[_event(name, content, found)] += 1
    elif folder == "archive/organisations":
        found.rosters += 1


def _version(folder: str, tree: Tree, found: Survey) -> None:
    record = tree.get(f"{folder}/record.json")
    if record is None or tree.get(f"{folder}/manifest-sha256.txt") is None:
        found.broken.append(f"{folder} is not whole")
        return
    try:
        known = json.loads(record)
    except ValueError:
        found.broken.append(f"{folder}/record.json")
        return
    original = known["original"]
    found.filed[f"{original['sha256']}:{original['reading']} {known['record']}/{known['version']}"] += 1
    kept = tree.get(f"{folder}/{original['path']}", tree.get(f"archive/{original['path']}"))
    if kept is None or content_hash(kept) != original["sha256"]:
        found.broken.append(f"{folder} has no original")


def _event(name: str, content: bytes, found: Survey) -> str:
    try:
        event = json.loads(content)
        return f"{event['record']} {event['kind']}"
    except (ValueError, KeyError):
        found.broken.append(name)
        return "broken"


def _broken(folder: str, manifest: bytes, tree: Tree) -> list[str]:
    lines = manifest.decode("utf-8", "replace").splitlines()
    faults = [] if lines else [folder]
    for line in lines:
        wanted, _, name = line.partition("  ")
        content = tree.get(f"{folder}/{name}")
        if content is None or content_hash(content) != wanted:
            faults.append(f"{folder}/{name}")
    return faults


_LOCAL = {"index.db", "index.db-wal", "index.db-shm", "inbox.lock", "formsvc.log"}


def _is_left_over(parts: tuple[str, ...]) -> bool:
    if len(parts) == 1:
        return False
    return (
        any(part.startswith(".tmp-") for part in parts)
        or (len(parts) == 3 and parts[1] == STAGING and parts[2] not in _LASTING)
        or (len(parts) == 3 and parts[:2] == ("inbox", SPOOL))
        or parts == ("archive", ".writer.pending.json")
        or (parts[0] == ".formsvc" and parts[1] not in _LOCAL)
    )
