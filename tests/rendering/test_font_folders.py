"""Where fonts lie on each system."""

from __future__ import annotations

from pathlib import Path

from formsvc.rendering.font_folders import system_folders

HOME = Path("home of zhang")


def test_windows_has_fonts_of_the_user_and_of_all() -> None:
    environ = {"LOCALAPPDATA": "local", "WINDIR": "windows"}
    assert system_folders("win32", environ, HOME) == (Path("local/Microsoft/Windows/Fonts"), Path("windows/Fonts"))
    assert system_folders("win32", {"SystemRoot": "root"}, HOME) == (Path("root/Fonts"),)
    assert system_folders("win32", {}, HOME)[0].name == "Fonts"


def test_a_mac_has_fonts_in_its_libraries() -> None:
    folders = system_folders("darwin", {}, HOME)
    assert folders[0] == HOME / "Library/Fonts"
    assert Path("/System/Library/Fonts") in folders


def test_other_systems_say_where_by_their_environment() -> None:
    usual = system_folders("linux", {}, HOME)
    assert usual[:2] == (HOME / ".local/share/fonts", HOME / ".fonts")
    assert Path("/usr/share/fonts") in usual
    said = {"XDG_DATA_HOME": "own", "XDG_DATA_DIRS": "one:two:"}
    assert system_folders("linux", said, HOME) == (
        Path("own/fonts"),
        HOME / ".fonts",
        Path("one/fonts"),
        Path("two/fonts"),
    )
