"""formsvc.toml, read once and strictly: an unknown key is an error that names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from formsvc.errors import BrokenSettingsError, SettingsError
from formsvc.forms.toml_text import BrokenTomlError, read_toml
from formsvc.i18n import Language

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FILE = "formsvc.toml"

_Choice = TypeVar("_Choice", bound=StrEnum)


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
    scan_workers: int = 0
    """Processes that read scans side by side; 0 for one a processor core, as far as memory allows."""


class FontSource(StrEnum):
    """Which faces documents are drawn with."""

    BUNDLED = "bundled"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """The office's own order of faces, by what they are for; an empty one is the usual order."""

    body: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


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
    fonts: FontSource = FontSource.BUNDLED
    """The faces of PDFs: those of the installation, the same everywhere, or the office's own before them."""
    font_folders: tuple[str, ...] = ()
    """Folders with more fonts of the office, before those of the system; relative to the workspace."""
    faces: FaceSettings = FaceSettings()
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
        data = read_toml(path.read_bytes())
    except BrokenTomlError as error:
        if not error.is_text:
            raise SettingsError(file=str(path), key="", reason="not-utf8", found="") from None
        raise BrokenSettingsError(file=str(path), line=error.line) from None
    return _settings(str(path), data)


def _settings(file: str, data: dict[str, Any]) -> Settings:
    _only_known(file, "", data, Settings)
    return Settings(**{key: _value(file, key, value) for key, value in data.items()})


def _value(file: str, key: str, value: object) -> Any:
    read = _READ.get(key, _text)
    return read(file, key, value)


def _inbox(file: str, key: str, value: object) -> InboxSettings:
    return InboxSettings(**_numbers(file, key, value, InboxSettings))


def _limits(file: str, key: str, value: object) -> LimitSettings:
    return LimitSettings(**_numbers(file, key, value, LimitSettings))


def _year(file: str, key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1900 <= value <= 2099:
        raise SettingsError(file=file, key=key, reason="wrong-value", found=str(value))
    return value


def _faces(file: str, key: str, value: object) -> FaceSettings:
    table = _table(file, key, value, FaceSettings)
    return FaceSettings(**{role: _texts(file, f"{key}.{role}", names) for role, names in table.items()})


def _text(file: str, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise SettingsError(file=file, key=key, reason="wrong-value", found=str(value))
    return value


def _texts(file: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise SettingsError(file=file, key=key, reason="wrong-value", found=str(value))
    return tuple(_text(file, key, text) for text in value)


def _one_of(file: str, key: str, value: object, kind: type[_Choice]) -> _Choice:
    try:
        return kind(_text(file, key, value))
    except ValueError:
        raise SettingsError(file=file, key=key, reason="wrong-value", found=str(value)) from None


def _zone(file: str, key: str, value: object) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - as above

    name = _text(file, key, value)
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(file=file, key=key, reason="wrong-value", found=name) from None


def _numbers(file: str, table: str, value: object, kind: type) -> dict[str, int]:
    numbers = _table(file, table, value, kind)
    usual = kind()
    for key, number in numbers.items():
        least = min(1, getattr(usual, key))
        if not isinstance(number, int) or isinstance(number, bool) or number < least:
            raise SettingsError(file=file, key=f"{table}.{key}", reason="wrong-value", found=str(number))
    return numbers


def _table(file: str, table: str, value: object, kind: type) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(file=file, key=table, reason="wrong-value", found=str(value))
    _only_known(file, f"{table}.", value, kind)
    return value


def _only_known(file: str, table: str, data: dict[str, Any], kind: type) -> None:
    known = {field.name for field in fields(kind)}
    for key in data:
        if key not in known:
            raise SettingsError(file=file, key=f"{table}{key}", reason="unknown-key", found="")


_READ: dict[str, Callable[[str, str, object], Any]] = {
    "inbox": _inbox,
    "limits": _limits,
    "year": _year,
    "timezone": _zone,
    "language": partial(_one_of, kind=Language),
    "fonts": partial(_one_of, kind=FontSource),
    "font_folders": _texts,
    "faces": _faces,
}
"""How the value of a key is read; any other one is a text."""
