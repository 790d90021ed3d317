"""One office's folder, opened: settings, clock, forms, archive, index, messages. Operations get it and nothing else."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from formsvc import __version__, durable
from formsvc.archive.archive import Archive
from formsvc.archive.writer import LocalWriter
from formsvc.errors import NoWorkspaceError, UnknownFormError
from formsvc.forms.load import load_forms
from formsvc.forms.spec import FormSpec
from formsvc.i18n import Language, Messages, choose_language
from formsvc.inbox.spool import Spool
from formsvc.operations.settings import FILE, Settings, load_settings
from formsvc.storage.local import LocalStore

ENVIRONMENT = "FORMSVC_WORKSPACE"
ARCHIVE = "archive"
INBOX = "inbox"
TEMPLATES = "templates"


@dataclass(frozen=True)
class Workspace:
    """An opened workspace; use it in a `with`, so that what it started ends."""

    root: Path
    settings: Settings
    language: Language
    clock: Callable[[], dt.datetime]
    """Returns the present moment with its zone."""
    _stack: ExitStack = field(default_factory=ExitStack, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, at)

    @property
    def inbox(self) -> Path:
        """The shared folder where filled forms are dropped."""
        return self.root / INBOX

    @property
    def archive_folder(self) -> Path:
        """The folder of the archive."""
        return self.root / ARCHIVE

    @property
    def local(self) -> Path:
        """The folder of index, locks and logs."""
        return self.root / self.settings.local

    @cached_property
    def messages(self) -> Messages:
        """The catalogue of the office's language."""
        return Messages.load(self.language)

    @cached_property
    def forms(self) -> dict[str, FormSpec]:
        """Every form of the workspace, by id."""
        return load_forms(self.root / TEMPLATES)

    @cached_property
    def archive(self) -> Archive:
        """The archive, declared and with what dead writers left cleared away."""
        self.archive_folder.mkdir(exist_ok=True)
        store = LocalStore(self.archive_folder)
        archive = Archive(store, LocalWriter(self.archive_folder))
        archive.declare()
        return archive

    @cached_property
    def inbox_store(self) -> LocalStore:
        """The store over the inbox that answers are written through."""
        return LocalStore(self.inbox)

    @property
    def program(self) -> str:
        """The program and its version, as records name it."""
        return f"formsvc {__version__}"

    def form(self, form: str) -> FormSpec:
        """Return the form of this id; raises UnknownFormError."""
        try:
            return self.forms[form]
        except KeyError:
            raise UnknownFormError(form=form, known=", ".join(self.forms)) from None

    def now(self) -> str:
        """Return the present moment in the workspace's zone: ISO 8601 with offset, in seconds."""
        return self.clock().astimezone(self.settings.timezone).isoformat(timespec="seconds")

    def spool(self) -> Spool:
        """Return a part of the spool for this process, under a name nobody else uses."""
        moment = self.clock().astimezone(dt.UTC)
        return Spool(self.inbox, f"{moment:%Y%m%dT%H%M%S}-{os.getpid()}-{secrets.token_hex(4)}")

    def inbox_lock(self) -> durable.Lock:
        """Return the lock of the one process that serves the inbox."""
        durable.make_dirs(self.local)
        return durable.Lock(self.local / "inbox.lock")


def open_workspace(
    folder: Path | None = None,
    *,
    language: str | None = None,
    environ: Mapping[str, str] = os.environ,
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> Workspace:
    """Open the workspace in `folder`, or else the one the environment names, or the nearest one above where we stand.

    Raises NoWorkspaceError when there is none, SettingsError when its formsvc.toml is wrong.
    """
    named = folder or (Path(environ[ENVIRONMENT]) if environ.get(ENVIRONMENT) else None)
    root = _root(named if named is not None else Path.cwd(), look_above=named is None)
    settings = load_settings(root / FILE)
    chosen = choose_language(language, settings.language, environ)
    return Workspace(root, settings, chosen, clock)


def _root(start: Path, *, look_above: bool) -> Path:
    start = start.absolute()
    for folder in (start, *start.parents) if look_above else (start,):
        if (folder / FILE).is_file():
            return folder
    raise NoWorkspaceError(folder=str(start))
