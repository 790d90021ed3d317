"""formsvc.toml is read strictly: what is wrong with it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from formsvc.errors import BrokenSettingsError, SettingsError
from formsvc.i18n import Language
from formsvc.operations.settings import FaceSettings, FontSource, InboxSettings, LimitSettings, Settings, load_settings


def load(tmp_path: Path, text: str | bytes) -> Settings:
    path = tmp_path / "formsvc.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_settings(path)


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, "") == Settings()
    assert (Settings().timezone, Settings().local, Settings().year) == ("Asia/Shanghai", ".formsvc", None)


def test_everything_can_be_said(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        'office = "清溪镇党委组织办"\norganisation = "清溪镇党委"\nlanguage = "zh"\ntimezone = "UTC"\nyear = 2011\n'
        'local = "/var/lib/formsvc"\n[inbox]\nsettle_ms = 50\n[limits]\ntyped_mb = 5\n',
    )
    assert (settings.office, settings.organisation, settings.language) == (
        "清溪镇党委组织办",
        "清溪镇党委",
        Language.ZH,
    )
    assert (settings.zone.key, settings.year, settings.local) == ("UTC", 2011, "/var/lib/formsvc")
    assert settings.inbox == InboxSettings(settle_ms=50)
    assert (settings.limits.typed_mb, settings.limits.scan_mb) == (5, 300)


def test_the_faces_of_the_office_are_said_in_their_order(tmp_path: Path) -> None:
    said = load(tmp_path, 'fonts = "office"\nfont_folders = ["fonts"]\n[faces]\nbody = ["FangSong", "simfang.ttf"]\n')
    assert (said.fonts, said.font_folders) == (FontSource.OFFICE, ("fonts",))
    assert said.faces == FaceSettings(body=("FangSong", "simfang.ttf"))
    assert (Settings().fonts, Settings().faces.body) == (FontSource.BUNDLED, ())


def test_nought_means_as_many_readers_as_the_machine_carries(tmp_path: Path) -> None:
    assert load(tmp_path, "[limits]\nscan_workers = 0").limits == LimitSettings()


def test_a_byte_order_mark_of_an_editor_is_passed_over(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xef\xbb\xbf" + b"year = 2011").year == 2011


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (b"\xff", "", "not-utf8"),
        ("colour = 'red'", "colour", "unknown-key"),
        ("colour = 5", "colour", "unknown-key"),
        ("[colours]", "colours", "unknown-key"),
        ("[inbox]\nsettle = 5", "inbox.settle", "unknown-key"),
        ("[inbox]\nsettle_ms = 0", "inbox.settle_ms", "wrong-value"),
        ("[inbox]\nsettle_ms = -1", "inbox.settle_ms", "wrong-value"),
        ("[inbox]\nsettle_ms = true", "inbox.settle_ms", "wrong-value"),
        ("[inbox]\nsettle_ms = 1.5", "inbox.settle_ms", "wrong-value"),
        ("inbox = 5", "inbox", "wrong-value"),
        ("[limits]\nscan_mb = 'much'", "limits.scan_mb", "wrong-value"),
        ("office = 5", "office", "wrong-value"),
        ("year = 1899", "year", "wrong-value"),
        ("year = 2100", "year", "wrong-value"),
        ("year = '2011'", "year", "wrong-value"),
        ("year = true", "year", "wrong-value"),
        ("language = 'fr'", "language", "wrong-value"),
        ("timezone = 'Asia/Nowhere'", "timezone", "wrong-value"),
        ("timezone = '../etc/passwd'", "timezone", "wrong-value"),
        ("timezone = ''", "timezone", "wrong-value"),
        ("timezone = 8", "timezone", "wrong-value"),
        ("local = 8", "local", "wrong-value"),
        ("heads = 8", "heads", "wrong-value"),
        ("fonts = 'mine'", "fonts", "wrong-value"),
        ("fonts = 8", "fonts", "wrong-value"),
        ("font_folders = 'E:/fonts'", "font_folders", "wrong-value"),
        ("font_folders = [8]", "font_folders", "wrong-value"),
        ("faces = ['SimHei']", "faces", "wrong-value"),
        ("[faces]\nbody = 'FangSong'", "faces.body", "wrong-value"),
        ("[faces]\nfoot = ['FangSong']", "faces.foot", "unknown-key"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str | bytes, key: str, reason: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    assert (caught.value.params["key"], caught.value.params["reason"]) == (key, reason)
    assert caught.value.params["file"] == str(tmp_path / "formsvc.toml")


@pytest.mark.parametrize(
    ("text", "line"), [("year =", 1), ("# ours\na b\nyear = 2011", 2), ('office = "x"\nyear = 2011\nlocal = """', 3)]
)
def test_the_line_from_which_it_cannot_be_read_is_named(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(BrokenSettingsError) as caught:
        load(tmp_path, text)
    assert caught.value.params["line"] == line
