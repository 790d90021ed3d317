"""Mutations of good forms through the readers: nothing crashes, nothing hangs, nothing passes its memory limit.

Children read one mutant after another by the very job the sandbox runs, with the sandbox's limits on memory; one that
dies or hangs is noted with its mutant and replaced. What the job throws is no crash: the sandbox tells it as a code.
The kinds of what is thrown are counted, since a reader ought to foresee them.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from formsvc.errors import Code
from formsvc.extraction.read import prepare, read_job
from formsvc.extraction.sandbox.limits import TYPED_CHILD
from formsvc.extraction.sandbox.outcome import Stopped, problem_of
from torture.corpus import ROOT
from torture.ledger import Ledger
from torture.mutants import mutant, seeds

_BATCH = 250
"""Mutants a child reads before it is replaced, and the ledger is written."""


@dataclass
class Fuzzed:
    """What came of the mutants."""

    mutants: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    """By the seed's kind."""
    outcomes: Counter[str] = field(default_factory=Counter)
    """Codes of what was refused, `asks` and `read` for the others."""
    thrown: Counter[str] = field(default_factory=Counter)
    """Exceptions that the job left to the sandbox."""
    crashes: list[str] = field(default_factory=list)
    """Children that a signal ended, by mutant."""
    hangs: list[str] = field(default_factory=list)
    """Mutants that took more processor time than a child has."""
    resident_mib: float = 0.0
    """The most memory a child held."""
    seconds: float = 0.0


def fuzz(folder: Path, mutants: int, seed: int, minutes: float = 0.0, ledger: Ledger[Fuzzed] | None = None) -> Fuzzed:
    """Go on until so many mutants are read, or the minutes are over; what crashes or hangs is kept in `folder`."""
    ledger = ledger or Ledger(None, "fuzz", Fuzzed)
    done = ledger.figures
    request = {"forms": {path.parent.name: path.read_text("utf-8") for path in ROOT.glob("templates/*/form.toml")}}
    prepare(request)
    began, before = time.monotonic(), done.seconds
    while done.mutants < mutants and not (minutes and time.monotonic() - began > minutes * 60):
        done.mutants += _child(done, folder, request, seed, done.mutants, min(_BATCH, mutants - done.mutants))
        done.seconds = before + time.monotonic() - began
        ledger.save()
    return done


def _child(done: Fuzzed, folder: Path, request: Mapping[str, object], seed: int, first: int, count: int) -> int:
    """Let a forked child read mutants; return how many it came to the end of, or to its own end with."""
    theirs, ours = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(theirs)
        _read(ours, request, seed, first, count)
    os.close(ours)
    with os.fdopen(theirs, "rb") as heard:
        came = [json.loads(line) for line in heard.read().splitlines() if line.endswith(b"}")]
    _, status, usage = os.wait4(pid, 0)
    done.resident_mib = max(done.resident_mib, usage.ru_maxrss / 1024)
    for one in came:
        done.kinds[one["kind"]] += 1
        done.outcomes[one["outcome"]] += 1
        if one["thrown"]:
            done.thrown[one["thrown"]] += 1
    if status == 0:
        return count
    number = first + len(came)
    kind, data = _made(seed, number)
    done.kinds[kind] += 1
    (folder / f"{seed}-{number}.{kind}").write_bytes(data)
    name = f"{kind} {seed}-{number}: {signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else status}"
    (done.hangs if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF else done.crashes).append(name)
    return len(came) + 1


def _made(seed: int, number: int) -> tuple[str, bytes]:
    return mutant(random.Random(f"{seed}-{number}"), _SEEDS)


_SEEDS = seeds()


def _read(told: int, request: Mapping[str, object], seed: int, first: int, count: int) -> None:
    """In a child: read mutants and tell of each; SIGPROF ends it when one takes too long."""
    code = 1
    try:
        resource.setrlimit(resource.RLIMIT_AS, (TYPED_CHILD.address_space, TYPED_CHILD.address_space))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
        descriptor = os.memfd_create("mutant")
        for number in range(first, first + count):
            kind, data = _made(seed, number)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, data, 0)
            signal.setitimer(signal.ITIMER_PROF, TYPED_CHILD.cpu_s)
            outcome, thrown = _outcome(descriptor, request)
            signal.setitimer(signal.ITIMER_PROF, 0)
            os.write(told, json.dumps({"kind": kind, "outcome": outcome, "thrown": thrown}).encode() + b"\n")
        code = 0
    finally:
        os._exit(code)


def _outcome(descriptor: int, request: Mapping[str, object]) -> tuple[str, str]:
    """Read a mutant; return what became of it, and what was thrown."""
    try:
        answer = read_job(descriptor, request)
    except MemoryError:
        return problem_of(Stopped("memory")).code.value, "MemoryError"
    except Exception as error:  # noqa: BLE001 - the door of the worker in the sandbox, as it is
        name = type(error).__name__
        return problem_of(Stopped("exception", name)).code.value, name
    codes = [Code(problem["code"]) for reading in answer["readings"] for problem in reading["problems"]]
    weights = {one.weight.value: one.value for one in codes}
    return weights.get("refuses") or ("asks" if "asks" in weights else "read"), ""
