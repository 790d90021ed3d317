"""A workspace is made whole, from one starter copy, and never over something."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from formsvc.errors import TakenError, UsageError
from formsvc.i18n import Language
from formsvc.operations.find import find
from formsvc.operations.init import init, starter
from formsvc.operations.settings import FILE, FaceSettings, InboxSettings, LimitSettings, Settings, load_settings
from formsvc.operations.workspace import open_workspace
from tests import sources


def made(folder: Path) -> list[str]:
    with init(folder, Language.ZH) as workspace:
        assert find(workspace) == []
        return [*workspace.forms]


def everything_in(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_workspace_has_the_starter_forms_and_can_be_opened(tmp_path: Path) -> None:
    forms = made(tmp_path / "a" / "office")
    assert forms == sorted(path.name for path in (starter() / "templates").iterdir())
    with open_workspace(tmp_path / "a" / "office") as workspace:
        assert workspace.inbox.is_dir()
        assert find(workspace) == []
    assert (tmp_path / "a" / "office" / "archive" / "README.txt").is_file()


def test_a_workspace_is_not_made_twice(tmp_path: Path) -> None:
    made(tmp_path)
    own = next((tmp_path / "templates").glob("*/form.toml"))
    own.write_bytes(own.read_bytes() + b"\n# ours")
    before = everything_in(tmp_path)
    with pytest.raises(UsageError, match="is-workspace"):
        made(tmp_path)
    assert everything_in(tmp_path) == before


def test_what_was_cut_off_is_made_again(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / FILE).unlink()
    assert made(tmp_path)


def test_another_form_of_the_same_name_is_not_overwritten(tmp_path: Path) -> None:
    form = next((starter() / "templates").iterdir()).name
    own = tmp_path / "templates" / form / "form.toml"
    own.parent.mkdir(parents=True)
    own.write_text("mine", encoding="utf-8")
    with pytest.raises(TakenError, match=form):
        made(tmp_path)
    assert own.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / FILE).exists()


def shown() -> dict[str, Any]:
    """Return the settings with every key that the starter leaves out set as it shows it."""
    text = (starter() / FILE).read_text(encoding="utf-8")
    return tomllib.loads(re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE))


def test_the_settings_explain_every_key_and_set_none() -> None:
    assert load_settings(starter() / FILE) == Settings()
    assert shown().keys() == {one.name for one in fields(Settings)}
    assert shown()["inbox"].keys() == {one.name for one in fields(InboxSettings)}
    assert shown()["faces"].keys() == {one.name for one in fields(FaceSettings)}
    assert shown()["limits"].keys() == {one.name for one in fields(LimitSettings)}


def test_the_defaults_shown_are_the_defaults() -> None:
    assert (shown()["timezone"], shown()["local"]) == (Settings().timezone, Settings().local)
    assert InboxSettings(**shown()["inbox"]) == InboxSettings()
    assert LimitSettings(**shown()["limits"]) == LimitSettings()


def test_a_wheel_brings_what_a_workspace_starts_with() -> None:
    project = tomllib.loads((sources.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    brought = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert brought == {"templates": "formsvc/starter/templates", FILE: f"formsvc/starter/{FILE}"}
