"""One language is chosen, and click speaks the same one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from formsvc.i18n import Language, choose_language

CLICK_PROGRAM = """
import os
from formsvc.i18n import Language, route_gettext
route_gettext(Language({language!r}), os.environ)
import click

@click.command()
@click.argument("file", type=click.Path(exists=True))
@click.option("--number", type=int, required=True, default=None)
def program(file, number):
    pass

program(prog_name="program")
"""


@pytest.mark.parametrize(
    ("option", "setting", "environ", "chosen"),
    [
        ("en", "zh", {"LANG": "zh_CN.UTF-8"}, Language.EN),
        (None, "zh", {"LANG": "en_GB.UTF-8"}, Language.ZH),
        (None, "", {"LANG": "en_GB.UTF-8"}, Language.EN),
        (None, None, {"LANG": "zh_TW"}, Language.ZH),
        (None, None, {"LANG": "zh-Hans"}, Language.ZH),
        (None, None, {"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, Language.EN),
        (None, None, {"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, Language.ZH),
        (None, None, {"LANGUAGE": "de:zh_CN:en", "LANG": "en_US.UTF-8"}, Language.ZH),
        (None, None, {"LANG": "fr_FR.UTF-8"}, Language.EN),
        (None, None, {"LANG": "C.UTF-8"}, Language.ZH),
        (None, None, {"LC_ALL": "POSIX"}, Language.ZH),
        (None, None, {}, Language.ZH),
    ],
)
def test_the_option_comes_first_then_the_setting_then_the_locale_then_chinese(
    option: str | None, setting: str | None, environ: dict[str, str], chosen: Language
) -> None:
    assert choose_language(option, setting, environ) is chosen


def test_a_language_there_is_no_catalogue_for_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        choose_language(None, "fr", {})


def click_says(language: str, *arguments: str) -> str:
    program = [sys.executable, "-c", CLICK_PROGRAM.format(language=language), *arguments]
    done = subprocess.run(program, capture_output=True, check=False, text=True, encoding="utf-8")
    return done.stdout + done.stderr


def test_click_speaks_chinese() -> None:
    said = click_says("zh", "--help")
    assert "用法：" in said
    assert "选项:" in said
    assert "显示这段说明后退出。" in said
    assert "必填" in said
    assert "Show" not in said


def test_click_complains_in_chinese() -> None:
    said = click_says("zh", "--number", "1", "no-such-file")
    assert "错误：'FILE' 的值不对：路径 'no-such-file' 不存在。" in said


def test_click_speaks_english() -> None:
    said = click_says("en", "--help")
    assert "Usage:" in said
    assert "Show this message and exit." in said
