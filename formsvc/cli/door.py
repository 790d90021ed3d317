"""What a command is given: the language it speaks, and the workspace, opened when it asks for one."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from formsvc.errors import FormsvcError
from formsvc.i18n import Language, Messages, choose_language, route_gettext
from formsvc.operations.lookup import Lookup, settled
from formsvc.operations.settings import Settings

if TYPE_CHECKING:
    from formsvc.operations.workspace import Workspace


class Door:
    """One call of the program. The language is settled before anything else, so that even a complaint speaks it."""

    def __init__(self, place: tuple[Path, Settings, Language] | FormsvcError, language: Language) -> None:
        self._place = place
        self.language = language

    @classmethod
    def at(cls, arguments: Sequence[str], environ: Mapping[str, str]) -> Door:
        """Look for `-C` and `--lang` among the words before the command, and settle workspace and language."""
        folder, language = _named(arguments, "-C"), _named(arguments, "--lang")
        known = language if language in set(Language) else None
        try:
            place = settled(Path(folder) if folder else None, known, environ)
        except FormsvcError as error:
            return cls(error, choose_language(known, None, environ))
        return cls(place, place[2])

    @cached_property
    def messages(self) -> Messages:
        """The catalogue of the language spoken."""
        return Messages.load(self.language)

    def lookup(self) -> Lookup:
        """Open the workspace for looking things up; raises what `open_lookup` raises."""
        return click.get_current_context().with_resource(Lookup(*self._settled()))

    def workspace(self) -> Workspace:
        """Open the workspace until the command ends, and its log; raises what `open_workspace` raises."""
        from formsvc.cli.log import logging_to  # noqa: PLC0415 - looking something up needs neither
        from formsvc.operations.workspace import Workspace  # noqa: PLC0415 - as above

        workspace = Workspace(*self._settled(), lambda: dt.datetime.now(dt.UTC))
        click.get_current_context().with_resource(logging_to(workspace.local))
        return click.get_current_context().with_resource(workspace)

    @property
    def local(self) -> Path | None:
        """The folder of the log, or None when there is no workspace."""
        if isinstance(self._place, FormsvcError):
            return None
        root, settings, _ = self._place
        return root / settings.local

    def speak(self) -> None:
        """Make click speak the language too."""
        route_gettext(self.language, os.environ)

    def _settled(self) -> tuple[Path, Settings, Language]:
        if isinstance(self._place, FormsvcError):
            raise self._place
        return self._place


def _named(arguments: Sequence[str], option: str) -> str | None:
    """Return the last value given for an option of the program itself, before its command."""
    value, words = None, iter(arguments)
    for word in words:
        if not word.startswith("-"):
            break
        if word == option:
            value = next(words, None)
        elif word in {"-C", "--lang"}:
            next(words, None)
        elif word.startswith(option):
            value = word.removeprefix(option).removeprefix("=")
    return value
