"""The inbox of the torture, killed at steps spread over the whole run and judged as the long run judges: no strace."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from formsvc.operations.workspace import open_workspace
from formsvc.watch import watch_once
from tests.durable.faults import at_step, die, run_alone
from torture.command import Fault, Kind, missing_tools, run_cold
from torture.judge import faults_before, survey
from torture.kills import Bench

KILLS = 6
"""How many steps are tried; the long run tries every system call."""


def _serve(root: Path, step: int) -> int:
    """Serve the inbox in a child killed at a step; return its status."""
    child = os.fork()
    if child == 0:
        with at_step(step, die), open_workspace(root) as workspace:
            list(watch_once(workspace))
        os._exit(0)
    return os.waitpid(child, 0)[1]


def _steps(root: Path) -> int:
    with at_step(1 << 30, die) as left, open_workspace(root) as workspace:
        list(watch_once(workspace))
        return (1 << 30) - left()


def kill_at_sampled_steps(folder: Path) -> None:
    bench = Bench(folder)
    scenario, wanted = bench.scenario("inbox"), bench.wanted("inbox")
    steps = _steps(scenario.copy(folder))
    for number in range(KILLS):
        root = scenario.copy(folder)
        status = _serve(root, 1 + steps * number // KILLS)
        faults = faults_before(scenario.given, survey(root)) + bench.recovered(root, scenario, wanted)
        assert faults == [], (number, steps)
        assert os.WIFSIGNALED(status), number
        assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.skipif(bool(missing_tools()), reason="no strace here")
@pytest.mark.parametrize("kind", [Kind.KILL, Kind.EIO])
def test_a_fault_strikes_in_a_fresh_interpreter(tmp_path: Path, kind: Kind) -> None:
    (tmp_path / "formsvc.toml").write_text("", encoding="utf-8")
    (tmp_path / "inbox").mkdir()
    words = ["-C", str(tmp_path), "watch", "--once"]
    struck = run_cold(words, Fault(kind, "mkdir", 2))
    assert struck.was_killed if kind is Kind.KILL else struck.code > 0, struck.output
    assert run_cold(words).code == 0


@pytest.mark.skipif(sys.platform != "linux", reason="forks and kills")
def test_every_form_is_answered_once_wherever_the_watcher_is_killed(tmp_path: Path) -> None:
    run_alone("tests.torture.test_sampled:kill_at_sampled_steps", tmp_path)
