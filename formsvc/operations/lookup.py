"""What looking something up needs of a workspace: folder, settings, index. Opening it costs next to nothing.

Everything else that can be opened is in `workspace`, which is a lookup too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from formsvc.errors import AmbiguousIdError, NoIndexError, NoWorkspaceError, UnknownIdError
from formsvc.i18n import Language, Messages, choose_language
from formsvc.index.asked import Found
from formsvc.index.finding import Finder
from formsvc.index.schema import NeedsRebuild
from formsvc.operations.settings import FILE, Settings, load_settings

ENVIRONMENT = "FORMSVC_WORKSPACE"
TEMPLATES = "templates"


@dataclass(frozen=True)
class Lookup:
    """A workspace opened for looking things up; use it in a `with`, so that what it started ends."""

    root: Path
    settings: Settings
    language: Language
    _stack: ExitStack = field(default_factory=ExitStack, repr=False, kw_only=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, at)

    @property
    def local(self) -> Path:
        """The folder of index, locks and logs."""
        return self.root / self.settings.local

    @property
    def index_file(self) -> Path:
        """The file of the index."""
        return self.local / "index.db"

    @cached_property
    def messages(self) -> Messages:
        """The catalogue of the office's language."""
        return Messages.load(self.language)

    @cached_property
    def finder(self) -> Finder:
        """The index to look things up in; raises NoIndexError when it has to be built first."""
        opened = Finder.open(self.index_file)
        if isinstance(opened, NeedsRebuild):
            raise NoIndexError(path=str(opened.path), reason=opened.fault.value)
        self._stack.callback(opened.close)
        return opened

    def record(self, prefix: str) -> Found:
        """Return the record whose id begins so; raises UnknownIdError or AmbiguousIdError."""
        found = self.finder.by_id_prefix(prefix.lower())
        if not found:
            raise UnknownIdError(id=prefix)
        if len(found) > 1:
            raise AmbiguousIdError(id=prefix, candidates=", ".join(one.id for one in found))
        return found[0]


def open_lookup(
    folder: Path | None = None, *, language: str | None = None, environ: Mapping[str, str] = os.environ
) -> Lookup:
    """Open a workspace for looking things up; the folder is found, and the errors are, as by `open_workspace`."""
    return Lookup(*settled(folder, language, environ))


def settled(folder: Path | None, language: str | None, environ: Mapping[str, str]) -> tuple[Path, Settings, Language]:
    """Return the root of a workspace, its settings, and the language to speak.

    The workspace is `folder`, or else the one the environment names, or the nearest one above where we stand. Raises
    NoWorkspaceError when there is none, SettingsError when its formsvc.toml is wrong.
    """
    named = folder or (Path(environ[ENVIRONMENT]) if environ.get(ENVIRONMENT) else None)
    root = _root(named if named is not None else Path.cwd(), look_above=named is None)
    settings = load_settings(root / FILE)
    return root, settings, choose_language(language, settings.language, environ)


def _root(start: Path, *, look_above: bool) -> Path:
    start = start.absolute()
    for folder in (start, *start.parents) if look_above else (start,):
        if (folder / FILE).is_file():
            return folder
    raise NoWorkspaceError(folder=str(start))
