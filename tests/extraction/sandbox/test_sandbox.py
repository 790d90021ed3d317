"""Whatever a file does to its reader, its sender gets an answer and the service goes on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from formsvc.errors import ReaderUnavailableError
from formsvc.extraction.sandbox.limits import TYPED_CHILD
from formsvc.extraction.sandbox.one_shot import OneShotReader
from formsvc.extraction.sandbox.outcome import Answer, Outcome, Stopped
from formsvc.extraction.sandbox.sandbox import ReaderServer, Sandbox, open_sandbox

ROOT = Path(__file__).parents[3]
DO = "tests.extraction.sandbox.jobs:do"
BRIEF = replace(TYPED_CHILD, wall_s=0.4)


@pytest.fixture
def form(tmp_path: Path) -> Iterator[int]:
    path = tmp_path / "form.txt"
    path.write_text("承诺", encoding="utf-8")
    descriptor = os.open(path, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@pytest.fixture(scope="module")
def server() -> Iterator[ReaderServer]:
    with ReaderServer(DO) as server:
        yield server


def value_of(outcome: Outcome) -> Any:
    assert isinstance(outcome, Answer), outcome
    return outcome.value


def needs(server: ReaderServer, layer: str) -> None:
    if layer not in server.active_layers():
        pytest.skip(f"this system has no {layer}")


class SandboxPromises:
    """What holds with and without fork."""

    def opened(self, job: str) -> Sandbox:
        raise NotImplementedError

    def do(self, descriptor: int, deed: str, **facts: object) -> Outcome:
        with self.opened(DO) as sandbox:
            return sandbox.read(descriptor, {"deed": deed, **facts}, BRIEF if deed == "hang" else TYPED_CHILD)

    def test_a_job_reads_the_open_file_and_answers(self, form: int) -> None:
        with self.opened("tests.extraction.sandbox.jobs:read_back") as sandbox:
            answer = sandbox.read(form, {"year": 2011}, modules=["decimal"])
        assert value_of(answer) == {"text": "承诺", "request": {"year": 2011}}

    def test_a_file_that_was_renamed_or_removed_is_still_read(self, form: int, tmp_path: Path) -> None:
        (tmp_path / "form.txt").unlink()
        with self.opened("tests.extraction.sandbox.jobs:read_back") as sandbox:
            assert value_of(sandbox.read(form, {}))["text"] == "承诺"

    def test_a_reader_that_hangs_is_stopped_by_the_clock(self, form: int) -> None:
        assert self.do(form, "hang") == Stopped("time")

    def test_an_exception_is_named_and_what_it_says_stays_inside(self, form: int) -> None:
        assert self.do(form, "raise", text="张三") == Stopped("exception", "LookupError")

    def test_text_that_cannot_be_written_down_is_an_exception(self, form: int) -> None:
        assert self.do(form, "half_a_pair") == Stopped("exception", "UnicodeEncodeError")

    def test_an_answer_beyond_the_limit_is_not_taken(self, form: int) -> None:
        most = (TYPED_CHILD.answer_bytes - len('{"answer": ""}')) // 3
        assert value_of(self.do(form, "talk", count=most)) == "字" * most
        assert self.do(form, "talk", count=most + 1) == Stopped("too-much-output")

    def test_a_native_crash_takes_nobody_along(self, form: int) -> None:
        outcome = self.do(form, "crash")
        assert isinstance(outcome, Stopped)
        assert outcome.reason == "crash"

    def test_no_process_is_left_behind(self, form: int) -> None:
        before = set(psutil.Process().children(recursive=True))
        self.do(form, "hang")
        assert set(psutil.Process().children(recursive=True)) <= before


class TestReaderServer(SandboxPromises):
    def opened(self, job: str) -> ReaderServer:
        return ReaderServer(job)


class TestOneShotReader(SandboxPromises):
    def opened(self, job: str) -> OneShotReader:
        return OneShotReader(job)


def test_this_system_gets_the_reader_server() -> None:
    with open_sandbox(DO) as sandbox:
        assert isinstance(sandbox, ReaderServer)
        assert {"process", "rlimits"} <= set(sandbox.active_layers())


def test_a_reader_that_burns_its_processor_time_is_stopped(server: ReaderServer, form: int) -> None:
    assert server.read(form, {"deed": "burn"}, replace(TYPED_CHILD, cpu_s=1)) == Stopped("cpu")


@pytest.mark.parametrize(("deed", "outcome"), [("hoard", Stopped("memory")), ("crash", Stopped("crash", "SIGSEGV"))])
def test_a_reader_that_breaks_is_told_apart(server: ReaderServer, form: int, deed: str, outcome: Stopped) -> None:
    assert server.read(form, {"deed": deed}) == outcome


def test_a_recursion_without_end_is_an_exception(server: ReaderServer, form: int) -> None:
    assert server.read(form, {"deed": "recurse"}) == Stopped("exception", "RecursionError")


def test_a_reader_holds_no_descriptor_but_its_file_and_its_answer(server: ReaderServer, form: int) -> None:
    assert len(value_of(server.read(form, {"deed": "open_descriptors"}))) == 1
    assert server.read(form, {"deed": "open_many"}) == Stopped("exception", "OSError")


def test_a_reader_writes_no_file(server: ReaderServer, form: int, tmp_path: Path) -> None:
    stray, old = tmp_path / "stray", tmp_path / "old"
    old.write_bytes(b"as it was")
    for path in (stray, old):
        assert isinstance(server.read(form, {"deed": "write", "path": str(path)}), Stopped)
    assert old.read_bytes() == b"as it was"
    assert not stray.exists() or not stray.stat().st_size


def test_a_reader_sees_no_other_file(server: ReaderServer, form: int, tmp_path: Path) -> None:
    needs(server, "landlock")
    (tmp_path / "other").write_text("密", encoding="utf-8")
    for path in (tmp_path / "other", Path("/etc/passwd"), ROOT / "pyproject.toml"):
        request = {"deed": "read_other", "path": str(path)}
        assert server.read(form, request) == Stopped("exception", "PermissionError")


def test_a_reader_sees_the_folders_it_is_given(form: int, tmp_path: Path) -> None:
    (tmp_path / "form.toml").write_text("id", encoding="utf-8")
    with ReaderServer(DO, readable=[tmp_path]) as server:
        assert value_of(server.read(form, {"deed": "read_other", "path": str(tmp_path / "form.toml")})) == "id"


@pytest.mark.parametrize("deed", ["local_socket", "start", "execute", "kill_server"])
def test_a_reader_reaches_no_socket_and_no_process(server: ReaderServer, form: int, deed: str) -> None:
    needs(server, "seccomp")
    pid = server.pid
    assert server.read(form, {"deed": deed}) == Stopped("exception", "PermissionError")
    assert server.pid == pid


def test_a_reader_connects_to_nothing(server: ReaderServer, form: int) -> None:
    needs(server, "seccomp")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        request = {"deed": "connect", "port": listening.getsockname()[1]}
        assert server.read(form, request) == Stopped("exception", "PermissionError")
        with pytest.raises(BlockingIOError):
            listening.accept()


def test_two_files_are_read_side_by_side(server: ReaderServer) -> None:
    one, other = socket.socketpair()
    with one, other:
        jobs = [server.submit(end.fileno(), {"deed": "greet"}) for end in (one, other)]
        assert [value_of(job.result()) for job in jobs] == ["!", "!"]


def test_more_files_than_places_wait_their_turn(form: int) -> None:
    with ReaderServer(DO, at_once=1) as server:
        jobs = [server.submit(form, {"deed": "talk", "count": number}) for number in range(40)]
        assert [len(value_of(job.result())) for job in jobs] == list(range(40))


def test_no_more_files_than_places_are_read_at_once() -> None:
    one, other = socket.socketpair()
    with one, other, ReaderServer(DO, at_once=1) as server:
        alone = server.submit(one.fileno(), {"deed": "greet"}, BRIEF)
        waiting = server.submit(other.fileno(), {"deed": "greet"})
        assert alone.result() == Stopped("time")
        assert value_of(waiting.result()) == "!"


def test_a_module_is_loaded_once_for_all_files_to_come(form: int) -> None:
    request = {"deed": "is_loaded", "module": "colorsys"}
    with ReaderServer(DO) as server:
        answers = [server.read(form, request, modules=modules) for modules in ((), ("colorsys",), ())]
    assert [value_of(answer) for answer in answers] == [False, True, True]


def test_a_reader_that_pours_past_our_code_is_cut_off(server: ReaderServer, form: int) -> None:
    assert server.read(form, {"deed": "pour"}) == Stopped("too-much-output")


def test_the_interrupt_of_a_terminal_does_not_reach_the_server(server: ReaderServer) -> None:
    assert server.pid is not None
    assert os.getsid(server.pid) == server.pid


def test_a_file_that_hangs_holds_up_no_other(server: ReaderServer, form: int) -> None:
    slow = server.submit(form, {"deed": "hang"}, BRIEF)
    assert value_of(server.read(form, {"deed": "talk", "count": 1})) == "字"
    assert slow.result() == Stopped("time")


def test_no_descriptor_is_kept_after_a_job(server: ReaderServer, form: int) -> None:
    server.read(form, {"deed": "talk", "count": 1})
    assert server.pid is not None
    processes = [psutil.Process(), psutil.Process(server.pid)]
    before = [process.num_fds() for process in processes]
    for deed in ("talk", "raise", "crash"):
        server.read(form, {"deed": deed, "count": 1, "text": ""})
    assert [process.num_fds() for process in processes] == before


def test_a_server_that_was_killed_is_replaced(form: int) -> None:
    with ReaderServer(DO) as server:
        first = server.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert value_of(server.read(form, {"deed": "talk", "count": 1})) == "字"
        assert server.pid != first


def test_a_file_whose_server_died_is_read_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "late.txt"
    path.touch()
    with ReaderServer(DO) as server, path.open("rb") as file:
        job = server.submit(file.fileno(), {"deed": "wait_for_text"})
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        path.write_bytes(b"here")
        assert value_of(job.result()) == "here"


def test_readers_end_with_their_server() -> None:
    one, other = socket.socketpair()
    with one, other, ReaderServer(DO) as server:
        job = server.submit(one.fileno(), {"deed": "greet"})
        other.recv(1)  # the child is at work
        assert server.pid is not None
        readers = psutil.Process(server.pid).children()
        os.kill(server.pid, signal.SIGKILL)
        _, alive = psutil.wait_procs(readers, timeout=10)
        assert (len(readers), alive) == (1, [])
        other.send(b"!")
        assert value_of(job.result()) == "!"


def test_limits_alone_keep_a_process_from_writing_and_from_hoarding(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from formsvc.extraction.sandbox.confinement import limit_resources\n"
        "from formsvc.extraction.sandbox.limits import TYPED_CHILD\n"
        "limit_resources(TYPED_CHILD)\n"
        "for deed in (lambda: open(sys.argv[1], 'wb', 0).write(b'x'), lambda: bytearray(768 << 20)):\n"
        "    try:\n"
        "        deed()\n"
        "    except (OSError, MemoryError) as error:\n"
        "        print(type(error).__name__)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "stray")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT)})
    assert done.stdout.split() == ["OSError", "MemoryError"]


def test_a_server_that_hangs_is_killed_and_replaced(form: int) -> None:
    with ReaderServer(DO, patience_s=1.5) as server:
        server.active_layers()
        first = server.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        limits = replace(TYPED_CHILD, wall_s=1.5)
        assert value_of(server.read(form, {"deed": "talk", "count": 1}, limits)) == "字"
        assert not psutil.pid_exists(first)


def test_a_reader_that_cannot_be_loaded_blames_no_file(form: int) -> None:
    with ReaderServer("tests.extraction.no_such_module:read") as server, pytest.raises(ReaderUnavailableError):
        server.read(form, {})


def test_a_closed_server_takes_no_file_and_starts_no_process(form: int) -> None:
    server = ReaderServer(DO)
    server.close()
    with pytest.raises(ReaderUnavailableError):
        server.read(form, {"deed": "talk", "count": 1})
    assert server.pid is None


def test_everything_ends_with_its_owner(tmp_path: Path) -> None:
    script = tmp_path / "owner.py"
    script.write_text(
        "import os, socket, sys\n"
        "from formsvc.extraction.sandbox.sandbox import ReaderServer\n"
        f"server = ReaderServer({DO!r})\n"
        "ours, theirs = socket.socketpair()\n"
        "job = server.submit(theirs.fileno(), {'deed': 'greet'})\n"
        "ours.recv(1)\n"  # the child is at work
        "print(server.pid, flush=True)\n"
        "sys.stdin.read()\n",
        encoding="utf-8",
    )
    with subprocess.Popen(
        [sys.executable, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(ROOT)},
    ) as owner:
        assert owner.stdout is not None
        server = psutil.Process(int(owner.stdout.readline()))
        processes = [server, *server.children()]
        assert len(processes) == 2
        owner.kill()
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert alive == []


def test_a_server_that_was_warmed_is_the_one_that_reads(form: int) -> None:
    with_request: dict[str, Any] = {"deed": "nothing"}
    server = ReaderServer("tests.extraction.sandbox.jobs:read_back")
    try:
        server.warm(with_request)
        warmed = server.pid
        assert value_of(server.read(form, with_request))["text"] == "承诺"
        assert warmed is not None
        assert server.pid == warmed
    finally:
        server.close()


def test_warming_a_closed_or_lost_server_raises_nothing_that_stops_the_watch(form: int) -> None:
    with ReaderServer("tests.extraction.sandbox.jobs:read_back") as server:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        server.warm({})
        assert value_of(server.read(form, {}))["text"] == "承诺"
