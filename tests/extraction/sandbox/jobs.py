"""Jobs that run inside the sandbox: those that behave, and those that do not."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import time
import zipfile
from collections.abc import Callable
from typing import Any, NoReturn

from lxml import etree

from formsvc.extraction.preflight.preflight import preflight
from formsvc.extraction.preflight.sniff import Kind
from formsvc.extraction.sandbox.limits import FILE

Request = dict[str, Any]


def read_back(descriptor: int, request: Request) -> Any:
    """Give back the file's text and the request."""
    return {"text": os.pread(descriptor, 1 << 20, 0).decode(), "request": request}


def do(descriptor: int, request: Request) -> Any:
    """Do the deed the request names."""
    return DEEDS[request["deed"]](descriptor, request)


def preflight_and_open(descriptor: int, _: Request) -> Any:
    """Look at the file, then open it as a library does, so that what no check sees comes out as an exception."""
    looked = preflight(descriptor, FILE)
    if looked.problems:
        return looked.to_json()
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        if looked.kind is Kind.DOCX:
            with zipfile.ZipFile(file) as package:
                etree.fromstring(package.read("word/document.xml"), etree.XMLParser(resolve_entities=False))
        elif looked.kind is Kind.PDF:
            from pypdf import PdfReader  # noqa: PLC0415 - as in the program, loaded for the first PDF only

            PdfReader(file).pages[0].extract_text()
    return looked.to_json()


def _hang(_: int, __: Request) -> NoReturn:
    while True:
        time.sleep(60)


def _burn(_: int, __: Request) -> NoReturn:
    while True:
        pass


def _hoard(_: int, __: Request) -> None:
    hoard = []
    while True:
        hoard.append(bytearray(16 << 20))


def _recurse(descriptor: int, request: Request) -> Any:
    return _recurse(descriptor, request)


def _crash(_: int, __: Request) -> None:
    ctypes.string_at(0)


def _raise(_: int, request: Request) -> NoReturn:
    raise LookupError(request["text"])


def _talk(_: int, request: Request) -> str:
    return "字" * int(request["count"])


def _half_a_pair(_: int, __: Request) -> str:
    return "\ud800"


def _write(_: int, request: Request) -> int:
    target = os.open(request["path"], os.O_WRONLY | os.O_CREAT, 0o600)
    return os.write(target, b"stray")


def _read_other(_: int, request: Request) -> str:
    with open(request["path"], encoding="utf-8") as file:  # noqa: PTH123 - a reader gone astray uses what it likes
        return file.read()


def _connect(_: int, request: Request) -> None:
    socket.create_connection(("127.0.0.1", request["port"]), timeout=1)


def _local_socket(_: int, __: Request) -> None:
    socket.socket(socket.AF_UNIX)


def _start(_: int, __: Request) -> int:
    if os.fork() == 0:
        os._exit(0)
    return 0


def _execute(_: int, __: Request) -> None:
    os.execv(sys.executable, [sys.executable, "-c", ""])  # noqa: S606 - to see it refused


def _kill_server(_: int, __: Request) -> None:
    os.kill(os.getppid(), signal.SIGKILL)


def _open_many(descriptor: int, __: Request) -> int:
    return len([os.dup(descriptor) for _ in range(1000)])


def _open_descriptors(descriptor: int, _: Request) -> list[int]:
    def is_open(number: int) -> bool:
        try:
            os.fstat(number)
        except OSError:
            return False
        return True

    return [number for number in range(3, 1024) if number != descriptor and is_open(number)]


def _greet(descriptor: int, _: Request) -> str:
    """Write to the other end of a socket and read what it says: ends only when the other end does the same."""
    os.write(descriptor, b"!")
    return os.read(descriptor, 1).decode()


def _pour(descriptor: int, request: Request) -> NoReturn:
    """Write to the answer's pipe without end, past our own code."""
    (pipe,) = _open_descriptors(descriptor, request)
    while True:
        os.write(pipe, bytes(1 << 16))


def _is_loaded(_: int, request: Request) -> bool:
    return request["module"] in sys.modules


def _wait_for_text(descriptor: int, _: Request) -> str:
    while not os.fstat(descriptor).st_size:
        time.sleep(0.01)
    return os.pread(descriptor, 100, 0).decode()


DEEDS: dict[str, Callable[[int, Request], Any]] = {
    deed.__name__.removeprefix("_"): deed
    for deed in (
        *(_hang, _burn, _hoard, _recurse, _crash, _raise, _talk, _half_a_pair),
        *(_write, _read_other, _connect, _local_socket, _start, _execute, _kill_server, _open_many),
        *(_open_descriptors, _greet, _pour, _is_loaded, _wait_for_text),
    )
}
