"""The walls around the process that decodes untrusted bytes, as many as the system offers.

Resource limits hold on every POSIX system and are enough by themselves to keep a file from taking the service down.
On Linux come no_new_privs, Landlock (no file but Python's own and those named, no TCP, no signals to others) and a
seccomp filter (no sockets, no new processes or programs, no tracing), all by system calls, so that nothing needs to be
installed. The filter is a list of what is refused: it promises that no socket is opened and no process started, not
that the kernel's other calls are harmless.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from formsvc.extraction.sandbox.limits import ChildLimits

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

Wall = Callable[[], None]
"""Puts one wall around the calling process; raises OSError when it cannot."""


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(outcome: int) -> int:
    """Turn a failed system call into OSError."""
    if outcome < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return outcome


def limit_resources(limits: ChildLimits) -> None:
    """Bound memory, processor time, descriptors and processes; forbid writing files and core dumps."""
    for which, wanted, ceiling in (
        (resource.RLIMIT_AS, limits.address_space, limits.address_space),
        (resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _, allowed = resource.getrlimit(which)
        most = ceiling if allowed == resource.RLIM_INFINITY else min(ceiling, allowed)
        resource.setrlimit(which, (min(wanted, most), most))


def die_with_parent() -> None:
    """Ask the kernel to kill this process when the thread that forked it ends (Linux only, else nothing)."""
    if sys.platform == "linux":
        _checked(_libc().prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0))


def optional_walls(readable: Iterable[Path]) -> dict[str, Wall]:
    """Give the walls this system offers beyond resource limits, by name, in the order they must be put up."""
    walls: dict[str, Wall] = {}
    if sys.platform != "linux":
        return walls
    libc = _libc()
    walls["no-new-privs"] = lambda: _forget(_checked(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)))
    with suppress(OSError):
        walls["landlock"] = _landlock(libc, readable)
    with suppress(OSError):
        walls["seccomp"] = _seccomp(libc)
    return walls


def _forget(_: int) -> None:
    """Drop a system call's answer."""


# Landlock: system calls 444 to 446 on every architecture; see linux/landlock.h.
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15}
_FILE_RIGHTS_NEWEST = 16
_NET_RIGHTS = 0b11
_SCOPES = 0b11


def _landlock(libc: ctypes.CDLL, readable: Iterable[Path]) -> Wall:
    """Prepare a ruleset once: nothing but reading beneath `readable`; every child then only enters it."""
    abi = _checked(libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION_FLAG))
    handled = (1 << _FILE_RIGHTS_BY_ABI.get(abi, _FILE_RIGHTS_NEWEST)) - 1
    attributes = struct.pack("=Q", handled)
    if abi >= 4:
        attributes += struct.pack("=Q", _NET_RIGHTS)
    if abi >= 6:
        attributes += struct.pack("=Q", _SCOPES)
    ruleset = _checked(libc.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0))
    for path in readable:
        try:
            beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        rights = _READ_FILE | (_READ_DIR if path.is_dir() else 0)
        rule = struct.pack("=Qi", rights, beneath)
        _checked(libc.syscall(_LANDLOCK_ADD, ruleset, _RULE_PATH_BENEATH, rule, 0))
        os.close(beneath)
    return lambda: _forget(_checked(libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0)))


# seccomp: what is refused, by architecture; the numbers are the kernel's.
_REFUSED: dict[str, tuple[int, tuple[int, ...]]] = {
    "x86_64": (
        0xC000003E,
        (
            *(41, 42, 43, 49, 50, 53, 288),  # socket connect accept bind listen socketpair accept4
            *(56, 57, 58, 435, 59, 322),  # clone fork vfork clone3 execve execveat
            *(62, 200, 129, 297, 424, 434, 438),  # kill tkill rt_(tg)sigqueueinfo pidfd_(send_signal open getfd)
            *(101, 310, 311, 321, 298, 323),  # ptrace process_vm_(readv writev) bpf perf_event_open userfaultfd
            *(155, 161, 165, 272, 308, 304),  # pivot_root chroot mount unshare setns open_by_handle_at
            *(160, 302, 248, 249, 250, 425),  # setrlimit prlimit64 add_key request_key keyctl io_uring_setup
        ),
    ),
    "aarch64": (
        0xC00000B7,
        (
            *(198, 203, 202, 200, 201, 199, 242),
            *(220, 435, 221, 281),
            *(129, 130, 138, 240, 424, 434, 438),
            *(117, 270, 271, 280, 241, 282),
            *(41, 51, 40, 97, 268, 265),
            *(164, 261, 217, 218, 219, 425),
        ),
    ),
}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL_PROCESS, _FAIL = 0x7FFF0000, 0x80000000, 0x00050000
_X32_CALLS = 0x40000000


class _Program(ctypes.Structure):
    """What the kernel calls sock_fprog: how many instructions, and where."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _seccomp(libc: ctypes.CDLL) -> Wall:
    """Prepare the filter once; every child then only loads it."""
    if platform.machine() not in _REFUSED:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    architecture, refused = _REFUSED[platform.machine()]
    code = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, len(refused) + 1, 0, _X32_CALLS),
    ]
    code += [(_EQUAL, len(refused) - at, 0, number) for at, number in enumerate(refused)]
    code += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _FAIL | errno.EPERM)]
    packed = b"".join(struct.pack("=HBBI", *instruction) for instruction in code)
    program = _Program(len(code), packed)
    return lambda: _forget(
        _checked(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)),
    )
