"""Files that strangers placed are opened only when they are regular files."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from formsvc.durable import OpenFile, Unopened, open_regular

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes, sockets and links of POSIX")


@contextmanager
def a_socket(path: Path) -> Iterator[None]:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket may be no longer than 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
            yield
    finally:
        os.chdir(here)


def test_a_regular_file_is_opened_and_described(tmp_path: Path) -> None:
    path = tmp_path / "表.docx"
    path.write_bytes(b"12345")
    (tmp_path / "second name").hardlink_to(path)
    os.utime(path, ns=(1, 4_102_444_800_000_000_000))
    found = open_regular(path)
    assert isinstance(found, OpenFile)
    with found:
        assert os.read(found.descriptor, 10) == b"12345"
        assert (found.size, found.links, found.modified) == (5, 2, 4_102_444_800_000_000_000)
        assert (found.device, found.inode) == (path.stat().st_dev, path.stat().st_ino)
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(found.descriptor)


def test_what_is_not_a_regular_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "dangling").symlink_to("nothing")
    os.mkfifo(tmp_path / "pipe")
    expected = {
        "folder": Unopened.FOLDER,
        "link": Unopened.LINK,
        "self": Unopened.LINK,
        "dangling": Unopened.LINK,
        "pipe": Unopened.SPECIAL,
        "socket": Unopened.SPECIAL,
        "nothing": Unopened.GONE,
        "file/below": Unopened.LINK,
    }
    with a_socket(tmp_path / "socket"):
        assert {name: open_regular(tmp_path / name) for name in expected} == expected


def test_a_device_is_special() -> None:
    assert open_regular(Path("/dev/zero")) is Unopened.SPECIAL


@pytest.mark.skipif(sys.platform != "win32" and os.geteuid() == 0, reason="nothing is denied to root")
def test_what_may_not_be_read_is_denied(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "file").chmod(0)
    assert open_regular(tmp_path / "file") is Unopened.DENIED


def test_below_a_root_no_link_is_followed_on_the_way(tmp_path: Path) -> None:
    (tmp_path / "inbox/sub").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    for folder in ("inbox/sub", "secret"):
        (tmp_path / folder / "form.docx").write_bytes(b"")
    (tmp_path / "inbox/link").symlink_to(tmp_path / "secret")
    assert open_regular(tmp_path / "inbox/link/form.docx", root=tmp_path / "inbox") is Unopened.LINK
    found = open_regular(tmp_path / "inbox/sub/form.docx", root=tmp_path / "inbox")
    assert isinstance(found, OpenFile)
    found.close()
