"""Locks keep processes apart and die with them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from formsvc.durable import Lock
from formsvc.errors import BusyError
from tests.durable.faults import ROOT

HOLD = """
import sys
from pathlib import Path
from formsvc.durable import Lock
with Lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lock_has_one_holder(tmp_path: Path) -> None:
    with Lock(tmp_path / "inbox.lock"), pytest.raises(BusyError) as caught, Lock(tmp_path / "inbox.lock"):
        pass
    assert caught.value.params == {"lock": "inbox.lock"}
    with Lock(tmp_path / "inbox.lock"):
        pass


def test_a_lock_is_let_go_on_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), Lock(tmp_path / "lock"):
        raise KeyError
    with Lock(tmp_path / "lock"):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="Windows holders are all exclusive")
def test_shared_holders_bear_one_another_and_keep_others_out(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock", shared=True), Lock(tmp_path / "lock", shared=True)
    with first, second, pytest.raises(BusyError), Lock(tmp_path / "lock"):
        pass
    with Lock(tmp_path / "lock"), pytest.raises(BusyError), Lock(tmp_path / "lock", shared=True):
        pass


def holder(path: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_another_process_holds_a_lock_until_it_is_killed(tmp_path: Path) -> None:
    with holder(tmp_path / "lock") as child:
        with pytest.raises(BusyError), Lock(tmp_path / "lock"):
            pass
        child.kill()
    with Lock(tmp_path / "lock"):
        pass


def test_waiting_for_a_lock_gets_it(tmp_path: Path) -> None:
    with holder(tmp_path / "lock") as child:
        assert child.stdin is not None
        child.stdin.close()
        with Lock(tmp_path / "lock", wait=30):
            pass


def test_waiting_for_a_lock_ends(tmp_path: Path) -> None:
    with Lock(tmp_path / "lock"), pytest.raises(BusyError), Lock(tmp_path / "lock", wait=0.03):
        pass


def test_letting_go_twice_is_nothing(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    lock.release()
    lock.acquire()
    lock.release()
    lock.release()
    with Lock(tmp_path / "lock"):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_a_link_is_no_lock(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="lock"), Lock(tmp_path / "lock"):
        pass
    assert not (tmp_path / "elsewhere").exists()
