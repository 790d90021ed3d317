"""docs/cli.md knows every command, every option and every call, and no others."""

from __future__ import annotations

import re

import click
import pytest

import formsvc
from formsvc.cli.commands import formsvc as program
from formsvc.cli.words import Option
from formsvc.errors import ExitCode
from formsvc.operations.settings import FILE
from tests import sources
from tests.cli.test_language import declared

PAGE = (sources.ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
HEADS = dict(re.findall(r"^### `formsvc ([a-z]+(?: import| draft)?)(.*)`$", PAGE, re.MULTILINE))
COMMANDS = {name.replace("-", " "): command for name, command in declared() if not isinstance(command, click.Group)}


def options(command: click.Command) -> set[str]:
    """Return every way to name an option of a command, help aside."""
    return {name for one in command.params if isinstance(one, Option) for name in (*one.opts, *one.secondary_opts)}


def test_every_command_has_its_section_and_no_other_stands() -> None:
    assert HEADS.keys() == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_names_every_option_of_its_command(name: str) -> None:
    assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", HEADS[name])) == options(COMMANDS[name])


def test_what_all_commands_share_is_named() -> None:
    assert all(f"`{name}" in PAGE or f"{name}`" in PAGE for name in options(program))
    assert FILE in PAGE


def test_every_exit_code_is_explained() -> None:
    rows = re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE)
    assert [int(code) for code in rows] == [*ExitCode]


def test_every_call_of_the_package_is_named_and_no_other() -> None:
    named = set(re.findall(r"`formsvc\.([a-z_]+)\(", PAGE))
    assert named == {name for name in formsvc.__all__ if name.islower()}
