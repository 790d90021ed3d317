"""Each sync left out of a recorded run: what is needed is caught, what waits for nothing is told apart."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.durable.faults import run_alone
from torture.command import missing_tools
from torture.kills import Bench
from torture.power import CAUGHT, HARMLESS, IDLE, UNFINISHED, PowerCuts, Recording, is_second_name
from torture.syncs import ELSEWHERE, LeftOut, mutants


def leave_syncs_out(folder: Path) -> None:
    bench = Bench(folder)
    cuts = PowerCuts(bench, folder, Recording("reject"), seed=1)
    came = {name: outcome for name, outcome, _ in mutants(cuts, time.monotonic() + 60, {})}
    assert set(came.values()) <= {CAUGHT, ELSEWHERE, HARMLESS, IDLE, UNFINISHED}
    sites = LeftOut(outcomes=came).by_site()
    assert all(CAUGHT in found for site, found in sites.items() if site.startswith("answers._put"))
    assert set(next(found for site, found in sites.items() if site.endswith("sync_tree"))) == {IDLE}
    assert list(mutants(cuts, time.monotonic() + 60, dict.fromkeys(cuts.labels().values(), IDLE))) == []


def leave_second_names(folder: Path) -> None:
    bench = Bench(folder)
    cuts = PowerCuts(bench, folder, Recording("below", "waiting.put_waiting"), seed=1)
    states = cuts.few_states().values()
    noteless = [state for state in states if any("rename to" in one and "/claim.json" in one for one in state.lost)]
    assert noteless
    assert not any(name.endswith("original/a.docx") and ".spool" in name for state in noteless for name in state.tree)
    found = list(filter(is_second_name, states))
    moved = {name for state in found for names in state.same for name in names}
    assert "inbox/2011/a.docx" in moved
    assert len([name for name in moved if name.endswith("claim.json")]) > 1
    assert [fault for state in found for fault in cuts.recovered(state)] == []


@pytest.mark.skipif(bool(missing_tools()), reason="no strace here")
def test_a_file_that_a_power_cut_leaves_under_two_names_is_answered_once(tmp_path: Path) -> None:
    run_alone("tests.torture.test_power:leave_second_names", tmp_path)


@pytest.mark.skipif(bool(missing_tools()), reason="no strace here")
def test_a_sync_that_is_needed_is_caught_when_it_is_left_out(tmp_path: Path) -> None:
    run_alone("tests.torture.test_power:leave_syncs_out", tmp_path)
