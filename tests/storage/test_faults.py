"""Nothing partial is ever seen in a local store, and nothing is lost, wherever it is killed or the disk is full."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from formsvc.errors import FormsvcError
from formsvc.storage import Item, LocalStore
from tests.durable.faults import ROOT, at_step, full_disk, kill_at_each_step, run_alone

VERSION = {"original/form.docx": b"received" * 2000, "copies/1.pdf": b"drawn" * 2000, "record.json": b"{}"}
EVENT = b'{"kind": "filed"}'
WHOLE = {**{f"v1/{name}": data for name, data in VERSION.items()}, "v2/record.json": b"{}", "events/0001.json": EVENT}
JOURNAL = "journal/2011-02.jsonl"


def file_all(root: Path) -> None:
    """Publish two versions, the event that follows from them, and two lines of the journal."""
    store = LocalStore(root)
    store.publish_many([Item("v1", VERSION), Item("v2", {"record.json": b"{}"})])
    store.put_many({"events/0001.json": EVENT})
    store.append_lines(JOURNAL, ["one", "two"])


def dispose(root: Path) -> None:
    LocalStore(root).dispose("v1", JOURNAL)


def recover(root: Path) -> None:
    LocalStore(root).recover()


def check_filing(root: Path) -> None:
    """Check that what is seen is whole, and that a recovery and a second run finish the work."""
    store = LocalStore(root)
    journal = store.get(JOURNAL) if store.exists(JOURNAL) else b""
    assert b"one\ntwo\n".startswith(journal), journal
    seen = {name: store.get(name) for name in store.names() if name != JOURNAL}
    assert seen.items() <= WHOLE.items(), seen
    assert sum(name.startswith("v1/") for name in seen) in {0, len(VERSION)}, seen
    store.recover()
    assert staged(root) == ["lock"]
    store.cut_torn_line(JOURNAL)
    file_all(root)
    assert {name: store.get(name) for name in store.names() if name != JOURNAL} == WHOLE
    shutil.rmtree(root)


def check_disposal(root: Path) -> None:
    """Check that a version is there whole or gone whole, and that a recovery leaves nothing behind."""
    left = [name for name in LocalStore(root).names() if name.startswith("v1/")]
    assert len(left) in {0, len(VERSION)}, left
    LocalStore(root).recover()
    assert staged(root) == ["lock"]
    shutil.rmtree(root)


def staged(root: Path) -> list[str]:
    return [path.name for path in (root / ".staging").iterdir()]


def empty(folder: Path) -> Iterator[Path]:
    for number in count():
        root = folder / str(number)
        root.mkdir()
        yield root


def filed(folder: Path) -> Iterator[Path]:
    for root in empty(folder):
        file_all(root)
        yield root


def left_by_a_killed_filing(folder: Path) -> Iterator[Path]:
    for root in filed(folder):
        shutil.copytree(root / "v1", root / ".staging/.tmp-1-dead/0")
        shutil.rmtree(root / "v1")
        yield root


def kill_filing(folder: Path) -> None:
    sys.stdout.write(str(kill_at_each_step(file_all, check_filing, empty(folder))))


def kill_disposal(folder: Path) -> None:
    sys.stdout.write(str(kill_at_each_step(dispose, check_disposal, filed(folder))))


def kill_recovery(folder: Path) -> None:
    sys.stdout.write(str(kill_at_each_step(recover, check_filing, left_by_a_killed_filing(folder))))


@pytest.mark.parametrize(("killed", "steps"), [(kill_filing, 30), (kill_disposal, 20), (kill_recovery, 10)])
def test_a_kill_at_any_step_leaves_whole_things_only(
    killed: Callable[[Path], None], steps: int, quick_path: Path
) -> None:
    assert int(run_alone(f"{__name__}:{killed.__name__}", quick_path)) > steps


@pytest.mark.parametrize(
    ("work", "places", "check"), [(file_all, empty, check_filing), (dispose, filed, check_disposal)]
)
def test_a_full_disk_at_any_step_leaves_whole_things_only(
    work: Callable[[Path], None],
    places: Callable[[Path], Iterator[Path]],
    check: Callable[[Path], None],
    quick_path: Path,
) -> None:
    for number, root in enumerate(places(quick_path), 1):
        try:
            with at_step(number, full_disk) as left:
                work(root)
        except (OSError, FormsvcError):
            pass
        check(root)
        if left() > 0:
            break
    assert number > 20


def publish_for_ever(folder: Path) -> None:
    """Publish versions until killed, and say each when it is stored."""
    store = LocalStore(folder)
    for number in count():
        name = f"{os.getpid()}-{number}"
        store.publish(name, {"x": name.encode() * 5000, "y/z": name.encode() * 3000, "name": name.encode()})
        store.put_new(f"events/{name}", name.encode() * 1000)
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()


def killed_after(said: int, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "tests.durable.faults", f"{__name__}:publish_for_ever", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        names = [child.stdout.readline().strip() for _ in range(said)]
        child.kill()
        return [*names, *child.stdout.read().split()]


def test_kills_at_random_lose_nothing_that_was_told_as_stored(tmp_path: Path) -> None:
    told = [name for said in range(1, 13, 2) for name in killed_after(said, tmp_path)]
    store = LocalStore(tmp_path)
    for name in {name.split("/")[0] for name in store.names() if not name.startswith("events/")}:
        assert store.get(f"{name}/name") == name.encode()
        assert store.get(f"{name}/x") == name.encode() * 5000
        assert store.get(f"{name}/y/z") == name.encode() * 3000
    for name in store.names("events"):
        assert store.get(name) == name.removeprefix("events/").encode() * 1000
    assert len(told) >= 36
    assert all(store.exists(f"{name}/name") and store.exists(f"events/{name}") for name in told)
    store.recover()
    assert staged(tmp_path) == ["lock"]


def fill_up(folder: Path) -> None:
    """Write until no file may grow, then check that nothing was half done."""
    store = LocalStore(folder)
    store.append_line(JOURNAL, "x" * 8000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
    writes: tuple[Callable[[], object], ...] = (
        lambda: store.publish("v1", VERSION),
        lambda: store.put_new("large", b"x" * 8193),
        lambda: store.append_lines(JOURNAL, ["y", "z" * 200]),
    )
    for write in writes:
        try:
            write()
        except OSError:
            continue
        raise AssertionError(write)
    assert list(store.names()) == [JOURNAL]
    assert store.get(JOURNAL) == b"x" * 8000 + b"\n"
    assert staged(folder) == ["lock"]
    store.put_new("small", b"x" * 100)


def test_what_does_not_fit_leaves_no_trace(tmp_path: Path) -> None:
    run_alone(f"{__name__}:fill_up", tmp_path)


def fill_disk(folder: Path) -> None:
    """Publish on a small disk until it is full, then check that everything there is whole."""
    store = LocalStore(folder)
    for number in count():
        try:
            store.publish(f"v{number}", VERSION)
        except OSError:
            break
    assert number > 1
    assert len(list(store.names())) == number * len(VERSION)
    assert staged(folder) == ["lock"]
    sys.stdout.write(str(number))


def test_a_disk_that_is_full_holds_whole_things_only(tmp_path: Path) -> None:
    mount = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=300k tmpfs "$0" && exec "$@"', str(tmp_path)]
    if shutil.which("unshare") is None or subprocess.run([*mount, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    fill = [sys.executable, "-m", "tests.durable.faults", f"{__name__}:fill_disk", str(tmp_path)]
    done = subprocess.run([*mount, *fill], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 1
