"""What other processes do in an inbox while a test looks on: `python -m tests.inbox.children <role> <inbox>`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from formsvc.durable import batch
from formsvc.inbox.areas import REVIEW
from formsvc.inbox.spool import read_claim
from formsvc.inbox.sweep import sweep
from tests.inbox.factories import AT, a_spool, claimed

ROOT = Path(__file__).parents[2]
WAITING = "q-7f3c9a0b12de"


def command(role: str, inbox: Path) -> list[str]:
    """Return the command of a child."""
    return [sys.executable, "-m", "tests.inbox.children", role, str(inbox)]


def started(role: str, inbox: Path) -> subprocess.Popen[str]:
    """Start a child that is spoken to line by line."""
    return subprocess.Popen(command(role, inbox), cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def hear(child: subprocess.Popen[str]) -> str:
    """Return the next line a child says."""
    assert child.stdout is not None
    return child.stdout.readline().strip()


def tell(child: subprocess.Popen[str]) -> None:
    """Let a child go on."""
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def _say(text: object) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def hold(inbox: Path) -> None:
    """Claim what is there, say so, and hold it."""
    with claimed(inbox):
        _say("claimed")
        sys.stdin.readline()


def take(inbox: Path) -> None:
    """Take a waiting folder as soon as told to, and say whether it was got."""
    with a_spool(inbox) as spool:
        _say("ready")
        sys.stdin.readline()
        _say(spool.take(inbox / REVIEW / WAITING) is not None)
        sys.stdin.readline()


def copy_and_die(inbox: Path) -> None:
    """Be killed while a file is copied in."""
    written = 0

    def look(frame: FrameType, event: str, _: object) -> None:
        nonlocal written
        if event == "call" and frame.f_code is batch.write_all.__code__:
            written += 1
            if written == 3:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(look)
    with a_spool(inbox) as spool:
        spool.copy(inbox.parent / "own.docx", AT)


def serve_what_stays(inbox: Path) -> None:
    """Claim and answer a file that cannot be taken away, and look again."""
    with a_spool(inbox) as spool:
        (claim,) = spool.claim(sweep(inbox), AT)
        assert claim.original.read_bytes() == b"a form"
        spool.clear(claim)
        (seen,) = sweep(inbox)
        assert spool.is_kept(seen)
        assert spool.claim([seen], AT) == []
    with a_spool(inbox) as spool:
        (kept,) = [read_claim(folder) for folder in spool.left_behind()]
        assert kept is not None
        assert kept.is_answered
        spool.clear(kept)
        assert spool.is_kept(seen)


ROLES: dict[str, Callable[[Path], None]] = {
    role.__name__: role for role in (hold, take, copy_and_die, serve_what_stays)
}

if __name__ == "__main__":
    ROLES[sys.argv[1]](Path(sys.argv[2]))
