"""`import formsvc` offers every operation and costs next to nothing."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import formsvc
from formsvc.cli.commands import COMMANDS
from tests import sources

OTHERWISE = {"watch": "serve", "review": "stamp", "open": "path_of", "roster": "import_roster", "form": "draft"}
"""Commands whose call has another name."""


@pytest.mark.parametrize("name", formsvc.__all__)
def test_every_name_offered_is_there(name: str) -> None:
    assert callable(getattr(formsvc, name))
    assert getattr(importlib.import_module("formsvc"), name) is getattr(formsvc, name)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_call(command: str) -> None:
    assert OTHERWISE.get(command, command) in formsvc.__all__


def test_a_name_that_is_not_offered_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        formsvc.nonsense  # noqa: B018 - the look itself is tried


def test_the_package_itself_imports_next_to_nothing() -> None:
    program = "import sys; before = set(sys.modules); import formsvc; print(*set(sys.modules) - before)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=sources.ROOT, capture_output=True, check=True, encoding="utf-8"
    )
    imported = {name for name in done.stdout.split() if not name.startswith("importlib")}
    assert imported <= {"formsvc", "__future__", "warnings"}
