"""One office's folder, opened: settings, clock, forms, archive, index, messages. Operations get it and nothing else."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from formsvc import __version__, durable
from formsvc.archive import journal, layout
from formsvc.archive.archive import Archive
from formsvc.archive.writer import LocalWriter
from formsvc.errors import NoIndexError, UnknownFormError
from formsvc.forms.load import load_form, load_forms
from formsvc.forms.spec import FormSpec
from formsvc.inbox.spool import Spool
from formsvc.index.schema import NeedsRebuild
from formsvc.operations.lookup import TEMPLATES, Lookup, settled
from formsvc.operations.workers import scan_workers
from formsvc.organisations.directory import Directory
from formsvc.organisations.roster_json import decode_roster
from formsvc.records.record import Version
from formsvc.storage.local import LocalStore

if TYPE_CHECKING:
    from formsvc.extraction.sandbox.sandbox import Sandbox
    from formsvc.index.writing import SqliteIndex
    from formsvc.rendering.fonts import Fonts
    from formsvc.rendering.office_fonts import Typefaces

ARCHIVE = "archive"
INBOX = "inbox"
READ_JOB = "formsvc.extraction.read:read_job"
SCAN_JOB = "formsvc.extraction.scan.read:scan_job"
STAMP_JOB = "formsvc.rendering.received:stamp_job"
"""Named, not imported: what takes received files apart is for the sandbox alone."""
READ_MODULES = ("lxml.etree",)
"""What the reader server imports before it forks: what every Word document needs."""


@dataclass(frozen=True)
class Workspace(Lookup):
    """An opened workspace; use it in a `with`, so that what it started ends."""

    clock: Callable[[], dt.datetime]
    """Returns the present moment with its zone."""

    @property
    def inbox(self) -> Path:
        """The shared folder where filled forms are dropped."""
        return self.root / INBOX

    @property
    def archive_folder(self) -> Path:
        """The folder of the archive."""
        return self.root / ARCHIVE

    @cached_property
    def forms(self) -> dict[str, FormSpec]:
        """Every form of the workspace, by id."""
        return load_forms(self.root / TEMPLATES)

    @cached_property
    def typefaces(self) -> Typefaces:
        """The faces documents are drawn with, and what is to be said about them."""
        from formsvc.operations.typefaces import typefaces_of  # noqa: PLC0415 - fonts are for those who draw

        return typefaces_of(self.root, self.settings)

    @property
    def fonts(self) -> Fonts:
        """The faces documents are drawn with."""
        return self.typefaces.fonts

    @cached_property
    def archive(self) -> Archive:
        """The archive, with its format declared."""
        archive = Archive(self.archive_store, LocalWriter(self.archive_folder))
        archive.declare()
        return archive

    @cached_property
    def archive_store(self) -> LocalStore:
        """The store the archive is kept in."""
        durable.make_dirs(self.archive_folder)
        return LocalStore(self.archive_folder)

    @cached_property
    def inbox_store(self) -> LocalStore:
        """The store over the inbox that answers are written through."""
        return LocalStore(self.inbox)

    @property
    def index(self) -> SqliteIndex:
        """The index to note records in; raises NoIndexError when it has to be built first."""
        from formsvc.index.writing import SqliteIndex  # noqa: PLC0415 - readings are for those who write

        opened = self.__dict__.get("_index")
        if opened is None:
            opened = SqliteIndex.open(self.index_file)
            if isinstance(opened, NeedsRebuild):
                raise NoIndexError(path=str(opened.path), reason=opened.fault.value)
            self.__dict__["_index"] = opened
            self._stack.callback(opened.close)
        return cast("SqliteIndex", opened)

    def close_index(self) -> None:
        """Let go of the index, so that it can be replaced."""
        for name in ("_index", "finder"):
            opened = self.__dict__.pop(name, None)
            if opened is not None:
                opened.close()

    @cached_property
    def reader(self) -> Sandbox:
        """The sandbox submissions are read in; it ends with the workspace."""
        from formsvc.extraction.sandbox.sandbox import open_sandbox  # noqa: PLC0415 - only reading needs it

        sandbox = open_sandbox(READ_JOB, modules=READ_MODULES)
        self._stack.callback(sandbox.close)
        return sandbox

    @cached_property
    def scanner(self) -> Sandbox:
        """The sandbox scanned pages are read in; it loads the models once, and ends with the workspace."""
        from formsvc.extraction.sandbox.sandbox import open_sandbox  # noqa: PLC0415 - only reading needs it

        sandbox = open_sandbox(SCAN_JOB, at_once=self.scan_workers)
        self._stack.callback(sandbox.close)
        return sandbox

    @property
    def scan_workers(self) -> int:
        """How many processes read scans side by side."""
        return scan_workers(self.settings.limits.scan_workers)

    @cached_property
    def stamper(self) -> Sandbox:
        """The sandbox that makes copies which keep the received pages; it ends with the workspace."""
        from formsvc.extraction.sandbox.sandbox import open_sandbox  # noqa: PLC0415 - only filing scans needs it

        sandbox = open_sandbox(STAMP_JOB)
        self._stack.callback(sandbox.close)
        return sandbox

    @property
    def lexicon(self) -> Mapping[str, Sequence[str]]:
        """Names the reader of scans may meet: evidence for what it reads, never a replacement."""
        directory = self.directory
        names = list(dict.fromkeys(member.name for member in directory.members()))
        return {"names": names, "organisations": [one.name for one in directory.organisations()]}

    def warm_reader(self) -> None:
        """Start the sandbox without waiting for it, so that it is ready when something is to be read."""
        self.reader.warm(self.read_request)

    @cached_property
    def read_request(self) -> Mapping[str, object]:
        """What the sandbox is told with every file: the forms to look for."""
        return {"forms": {spec.id: spec.source.decode("utf-8") for spec in self.forms.values()}}

    @property
    def directory(self) -> Directory:
        """The members and organisations, by every roster imported so far."""
        store = self.archive.store
        names = tuple(store.names(layout.ORGANISATIONS))
        known = self.__dict__.get("_directory")
        if known is None or known[0] != names:
            imports = [(name, decode_roster(store.get(name))) for name in names]
            known = (names, Directory(imports, self.settings.organisation))
            self.__dict__["_directory"] = known
        return known[1]

    def recover_stores(self) -> None:
        """Make durable what dead writers had published in archive and inbox, and clear away what they had not."""
        self.archive_store.recover()
        self.inbox_store.recover()

    def is_behind(self) -> bool:
        """Whether a writer that died left events untold, or the index behind the journal; looks, and writes nothing."""
        archive = self.archive
        if archive.writer.pending():
            return True
        head = journal.head(archive.store)
        try:
            return self.finder.head() != str(head)
        except NoIndexError:
            return head != journal.EMPTY

    @property
    def program(self) -> str:
        """The program and its version, as records name it."""
        return f"formsvc {__version__}"

    def form_of(self, version: Version) -> FormSpec:
        """Return the form a version was filed under: the workspace's, or the one the archive kept."""
        spec = self.forms.get(version.form)
        if spec is not None and spec.version == version.form_version:
            return spec
        name = layout.form_name(version.form, version.form_version)
        return load_form(self.archive.store.get(name), name)

    def form(self, form: str) -> FormSpec:
        """Return the form of this id; raises UnknownFormError."""
        try:
            return self.forms[form]
        except KeyError:
            raise UnknownFormError(form=form, known=", ".join(self.forms)) from None

    def now(self) -> str:
        """Return the present moment in the workspace's zone: ISO 8601 with offset, in seconds."""
        return self.clock().astimezone(self.settings.zone).isoformat(timespec="seconds")

    def spool(self) -> Spool:
        """Return a part of the spool for this process, under a name nobody else uses."""
        moment = self.clock().astimezone(dt.UTC)
        return Spool(self.inbox, f"{moment:%Y%m%dT%H%M%S}-{os.getpid()}-{secrets.token_hex(4)}")

    def inbox_lock(self) -> durable.Lock:
        """Return the lock of the one process that serves the inbox."""
        durable.make_unsynced(self.local)
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
    return Workspace(*settled(folder, language, environ), clock)
