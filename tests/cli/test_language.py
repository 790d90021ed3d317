"""Every command explains itself in Chinese and in English, and no screen mixes the two."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from formsvc.cli.commands import COMMANDS, formsvc
from formsvc.cli.words import Argument, Option
from formsvc.i18n import Language
from tests.cli.said import says
from tests.i18n.catalogues import entries

HAN = re.compile("[\u3400-\u9fff]")
SHARED = {"as_json": "help.json", "help": "help.help"}


def declared() -> Iterator[tuple[str, click.Command]]:
    """Yield the name in the catalogues and the command, for all there are."""
    yield "formsvc", formsvc
    for name in COMMANDS:
        found: click.Command = importlib.import_module(f"formsvc.cli.{name}").command
        yield name, found
        if isinstance(found, click.Group):
            yield from ((f"{name}-{inner}", below) for inner, below in found.commands.items())


COMMAND_WORDS = [name.split("-") for name, _ in declared() if name != "formsvc"]


def entries_needed() -> set[str]:
    needed = {"help.help"}
    for name, command in declared():
        needed |= {f"help.{name}"}
        needed |= {SHARED.get(one.name or "", f"help.{name}.{one.name}") for one in command.params}
    return needed


def test_every_command_and_every_word_of_it_has_its_help_and_no_other_help_stands() -> None:
    assert {key for key in entries(Language.ZH) if key.startswith("help.")} == entries_needed()


def test_every_value_has_a_name_and_no_other_name_stands() -> None:
    named = {
        one.metavar
        for _, command in declared()
        for one in command.params
        if isinstance(one, Option | Argument) and one.metavar is not None
    }
    written = {key.removeprefix("metavar.") for key in entries(Language.ZH) if key.startswith("metavar.")}
    assert written == {*named, "options", "command", "commands"}


@pytest.mark.parametrize("words", [[], *COMMAND_WORDS], ids=" ".join)
def test_help_in_english_holds_no_chinese(words: list[str]) -> None:
    result = says(None, *words, "--help", lang="en")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ")
    assert not HAN.search(result.stdout)


@pytest.mark.parametrize("words", [[], *COMMAND_WORDS], ids=" ".join)
def test_help_in_chinese_is_chinese_but_for_what_is_typed(words: list[str]) -> None:
    result = says(None, *words, "--help", lang="zh")
    assert result.exit_code == 0
    assert result.stdout.startswith("用法：")
    sentences = [line.strip() for line in result.stdout.splitlines() if line.startswith("  ") and len(line) > 60]
    assert [line for line in sentences if not HAN.search(line)] == []


def test_a_usage_error_is_told_in_the_language_chosen() -> None:
    assert "没有“fnd”这个命令。" in says(None, "fnd", lang="zh").stderr
    assert "No such command 'fnd'" in says(None, "fnd", lang="en").stderr
    assert says(None, "fnd").exit_code == 2


def test_a_missing_word_is_named_as_the_usage_names_it() -> None:
    assert "缺少参数“编号”。" in says(None, "show", lang="zh").stderr
    assert "Missing argument 'ID'" in says(None, "show", lang="en").stderr


@pytest.mark.parametrize(("setting", "locale", "said"), [("zh", "en_GB", "没有编号"), ("en", "zh_CN", "No record")])
def test_the_setting_chooses_the_language_before_the_locale(office: Path, setting: str, locale: str, said: str) -> None:
    (office / "formsvc.toml").write_text(f'language = "{setting}"\n', encoding="utf-8")
    assert said in says(office, "show", "ffff", lang=None, env={"LANG": f"{locale}.UTF-8"}).stderr


def test_the_locale_chooses_where_nothing_else_does(tmp_path: Path) -> None:
    said = says(tmp_path, "find", lang=None, env={"LANG": "en_GB.UTF-8"})
    assert said.stderr.startswith("There is no formsvc.toml")
    assert said.exit_code == 2


def test_a_language_there_is_none_of_is_a_usage_error() -> None:
    result = says(None, "find", lang="fr")
    assert result.exit_code == 2
    assert "“fr”" in result.stderr


def test_a_group_without_a_command_shows_its_help_and_calls_it_no_error() -> None:
    said = says(None, "roster", lang="zh").stderr
    assert "命令：" in said
    assert "错误" not in said
