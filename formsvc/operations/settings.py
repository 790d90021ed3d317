"""formsvc.toml, read once and strictly: an unknown key is an error that names it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formsvc.errors import BrokenSettingsError, SettingsError
from formsvc.i18n import Language

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FILE = "formsvc.toml"


@dataclass(frozen=True, slots=True)
class InboxSettings:
    """When a file in the inbox is taken for whole."""

    settle_ms: int = 200
    """Milliseconds between two equal looks at a file on a local disk."""
    share_settle_ms: int = 5000
    """Milliseconds a file on a network share has to stay unchanged."""
    sweep_ms: int = 2000
    """Milliseconds between two sweeps of the folder when no event comes."""


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """What a submission may weigh."""

    typed_mb: int = 50
    """Megabytes of a typed document."""
    scan_mb: int = 300
    """Megabytes of a scan."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The content of formsvc.toml, defaults filled in."""

    office: str = ""
    """The office this workspace belongs to, as copies and receipts name it."""
    organisation: str = ""
    """The organisation of that office in the organisation tree."""
    language: Language | None = None
    """The language of messages and of what is written into the inbox; None asks the locale."""
    timezone: str = "Asia/Shanghai"
    """The name of the zone of folder dates, journal months and times."""
    year: int | None = None
    """The campaign's year: proposed, never filed by itself."""
    local: str = ".formsvc"
    """Where index, locks and logs lie: relative to the workspace, or elsewhere when the workspace is a share."""
    heads: str = ""
    """A file at a second place that keeps the journal's ends; relative to the workspace, empty for none."""
    inbox: InboxSettings = InboxSettings()
    limits: LimitSettings = LimitSettings()

    @property
    def zone(self) -> ZoneInfo:
        """The zone of folder dates, journal months and times."""
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - looking something up needs no clock, and must start at once

        return ZoneInfo(self.timezone)


def load_settings(path: Path) -> Settings:
    """Read a formsvc.toml; raises SettingsError naming file and key."""
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SettingsError(file=str(path), key="", reason="not-utf8", found="") from None
    except tomllib.TOMLDecodeError as error:
        raise BrokenSettingsError(file=str(path), line=_line_of(error, path)) from None
    return _settings(str(path), data)


def _line_of(error: tomllib.TOMLDecodeError, path: Path) -> int:
    """Return the line a TOML file breaks off at: tomllib names it in its message, or means the end."""
    named = re.search(r"at line (\d+)", str(error))
    return int(named[1]) if named else max(1, len(path.read_bytes().splitlines()))


def _settings(file: str, data: dict[str, Any]) -> Settings:
    _only_known(file, "", data, Settings)
    return Settings(**{key: _value(file, key, value) for key, value in data.items()})


def _value(file: str, key: str, value: object) -> Any:
    match key:
        case "inbox":
            return InboxSettings(**_numbers(file, key, value, InboxSettings))
        case "limits":
            return LimitSettings(**_numbers(file, key, value, LimitSettings))
        case "year":
            if not isinstance(value, int) or isinstance(value, bool) or not 1900 <= value <= 2099:
                raise SettingsError(file=file, key=key, reason="wrong-value", found=str(value))
            return value
        case "timezone":
            return _zone(file, key, _text(file, key, value))
        case "language":
            try:
                return Language(_text(file, key, value))
            except ValueError:
                raise SettingsError(file=file, key=key, reason="wrong-value", found=str(value)) from None
        case _:
            return _text(file, key, value)


def _text(file: str, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise SettingsError(file=file, key=key, reason="wrong-value", found=str(value))
    return value


def _zone(file: str, key: str, name: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - as above

    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(file=file, key=key, reason="wrong-value", found=name) from None


def _numbers(file: str, table: str, value: object, kind: type) -> dict[str, int]:
    if not isinstance(value, dict):
        raise SettingsError(file=file, key=table, reason="wrong-value", found=str(value))
    _only_known(file, f"{table}.", value, kind)
    for key, number in value.items():
        if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
            raise SettingsError(file=file, key=f"{table}.{key}", reason="wrong-value", found=str(number))
    return value


def _only_known(file: str, table: str, data: dict[str, Any], kind: type) -> None:
    known = {field.name for field in fields(kind)}
    for key in data:
        if key not in known:
            raise SettingsError(file=file, key=f"{table}{key}", reason="unknown-key", found="")
