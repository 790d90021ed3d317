"""Files that grow by whole lines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from formsvc import durable
from formsvc.errors import BusyError
from tests.durable.faults import ROOT, at_step

APPEND = """
import sys
from pathlib import Path
from formsvc import durable
for number in range(60):
    durable.append_lines(Path(sys.argv[1]), [f"{sys.argv[2]}-{number}-a" * 50, f"{sys.argv[2]}-{number}-b"])
"""


def test_two_processes_append_whole_groups_of_lines(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(b"torn")
    writers = [subprocess.Popen([sys.executable, "-c", APPEND, str(path), name], cwd=ROOT) for name in "xy"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    torn, *lines = path.read_text(encoding="utf-8").splitlines()
    assert torn == "torn"
    assert len(lines) == 240
    for first, second in zip(lines[::2], lines[1::2], strict=True):
        assert first == f"{second[:-1]}a" * 50
    assert [line for line in lines[1::2] if line.startswith("x")] == [f"x-{number}-b" for number in range(60)]


@pytest.mark.parametrize("torn", ["一".encode()[:2], "一份".encode(), b"another", "一份表\n\n二".encode()])
def test_a_torn_line_is_finished_by_the_line_it_began_and_else_ended(torn: bytes, tmp_path: Path) -> None:
    path = tmp_path / "receipts"
    path.write_bytes("零\n".encode() + torn)
    durable.append_lines(path, ["一份表", "二"])
    begun = "零\n".encode() if "一份表".encode().startswith(torn) else "零\n".encode() + torn + b"\n"
    assert path.read_bytes() == begun + "一份表\n二\n".encode()


def test_others_are_kept_out_while_lines_are_written(tmp_path: Path) -> None:
    path, busy = tmp_path / "journal", []

    def look() -> None:
        try:
            with durable.Lock(path):
                busy.append(False)
        except BusyError:
            busy.append(True)

    for number in range(1, 12):
        with at_step(number, look):
            durable.append_line(path, "{}")
    assert True in busy
    assert False in busy


@pytest.mark.parametrize("size", [1, 65_535, 65_536, 65_537, 200_000])
def test_a_long_torn_tail_is_found_whole(size: int, tmp_path: Path) -> None:
    path, tail = tmp_path / "journal", bytes(range(11, 256)) * 1000
    path.write_bytes(b"one\n" + tail[:size])
    assert durable.torn_tail(path) == tail[:size]
    assert durable.cut_torn_tail(path) == tail[:size]
    assert path.read_bytes() == b"one\n"


def test_a_whole_file_is_not_touched_by_cutting(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(b"one\n")
    path.chmod(0o440)
    before = path.stat()
    assert durable.cut_torn_tail(path) == b""
    assert path.stat() == before


def test_a_file_that_is_not_there_is_not_torn(tmp_path: Path) -> None:
    assert durable.torn_tail(tmp_path / "journal") == durable.cut_torn_tail(tmp_path / "journal") == b""
    assert list(tmp_path.iterdir()) == []
