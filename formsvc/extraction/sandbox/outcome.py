"""What comes out of the sandbox: an answer, or the reason why there is none, and what that means for a person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from formsvc.errors import Code, Problem

StopReason = Literal["time", "cpu", "memory", "crash", "too-much-output", "exception"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The job ended well."""

    value: Any
    """What it gave back, in JSON's types; unchecked, and written by a process the file may have taken over."""
    cpu_s: float = 0.0
    """The processor time it took, in seconds; 0 when unknown."""
    resident: int = 0
    """The most memory it held at once, as the system counts it (KiB on Linux); 0 when unknown."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The job gave no answer."""

    reason: StopReason
    detail: str = ""
    """The name of the exception or of the signal; never anything out of the file."""


Outcome = Answer | Stopped

_TOO_BIG = frozenset({"LimitReachedError", "RecursionError", "DecompressionBombError", "OverflowError"})
_LOCKED = frozenset({"FileNotDecryptedError", "WrongPasswordError", "PasswordError"})


def problem_of(stopped: Stopped) -> Problem:
    """Say what a stop means for the person who sent the file."""
    match stopped.reason:
        case "time" | "cpu" | "memory" | "too-much-output":
            code = Code.TOO_COMPLEX
        case "crash":
            code = Code.READER_STOPPED
        case "exception" if stopped.detail in _TOO_BIG:
            code = Code.TOO_COMPLEX
        case "exception" if stopped.detail in _LOCKED:
            code = Code.ENCRYPTED
        case "exception":
            code = Code.DAMAGED_FILE
    return Problem(code, params=MappingProxyType({"finding": stopped.reason, "detail": stopped.detail}))


def parsed(text: bytes, cpu_s: float = 0.0, resident: int = 0) -> Outcome:
    """Read a child's envelope without trusting it."""
    try:
        envelope = json.loads(text)
        json.dumps(envelope, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        return Stopped("crash", type(error).__name__)
    match envelope:
        case {"answer": value}:
            return Answer(value, cpu_s, resident)
        case {"stopped": "memory"}:
            return Stopped("memory")
        case {"stopped": "too-much-output"}:
            return Stopped("too-much-output")
        case {"stopped": "exception", "detail": str(name)}:
            return Stopped("exception", name if name.isidentifier() else "")
        case _:
            return Stopped("crash", "envelope")
