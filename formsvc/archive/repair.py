"""What would mend a damaged archive: a plan of steps, found by trying each on a picture of the archive. Writes nothing.

A file comes back by its hash alone: the one its manifest, its event, its chain or its name tells. It may lie elsewhere
in the archive, in a mirror, or follow from other files. What nothing vouches for stays as it is and is told of. Not
promised: the order of journal lines that nothing is left of; they are told again by their time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from formsvc.archive import journal, layout
from formsvc.archive.damage import Damage, Finding
from formsvc.archive.fixity import Inspection
from formsvc.archive.overlay import Overlay
from formsvc.archive.retelling import retold
from formsvc.archive.spares import Deed, Spares
from formsvc.archive.versions import manifest_of, read_manifest
from formsvc.archive.vouching import Vouching, is_event_at, is_filing
from formsvc.errors import FormsvcError
from formsvc.records.event import Event
from formsvc.records.record_json import decode, encode_event
from formsvc.storage.store import ReadableStore

_ROUNDS = 20
"""Walks over the archive at most: a thing mended shows what lies behind it, and few lie deeper than four."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a repair does."""

    deed: Deed
    path: str
    """The file in the archive."""
    data: bytes | None = None
    """What is put there; None when it is set aside."""
    event: Event | None = None
    """The event to be appended, told by the new file."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a repair would do, and what would stay."""

    steps: tuple[Step, ...]
    left: tuple[Finding, ...]
    """What no step mends."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A copy drawn again from its record."""

    data: bytes
    anew: Callable[[str], Event] | None = None
    """Makes the event that tells of it by its path, for when it is not the one that was filed."""


Draw = Callable[[ReadableStore, str, str], Drawn | None]
"""Draws the copy of a version again: the archive as it would be, the version's folder, the copy's path in it."""


@dataclass
class Planner:
    """Makes one plan."""

    store: ReadableStore
    mirrors: Sequence[ReadableStore]
    known: Mapping[str, bytes]
    """Files the program can make by itself, by their names in the archive: forms, the README."""
    pending: Mapping[str, bytes]
    """Events a dead writer had noted."""
    draw: Draw = lambda *_: None
    progress: Callable[[int], None] = lambda _: None
    _steps: list[Step] = field(default_factory=list)
    _hashes: dict[str, str] = field(default_factory=dict)

    def plan(self) -> Plan:
        """Return the plan."""
        self._view = Overlay(self.store)
        self._spares = Spares(self.store, self.mirrors)
        self._vouching = Vouching(self._view)
        for name, data in self.pending.items():
            if not self._view.exists(name):
                self._put(Deed.MADE_AGAIN, name, data)
        findings = self._walk()
        for _ in range(_ROUNDS):
            before = len(self._steps)
            self._round(findings)
            if len(self._steps) == before:
                break
            findings = self._walk()
        return Plan(tuple(self._steps), tuple(findings))

    def _walk(self) -> list[Finding]:
        inspection = Inspection(self._view, full=True, progress=self.progress, hashes=self._hashes)
        return list(inspection.findings())

    def _round(self, findings: Sequence[Finding]) -> None:
        """Mend what can be mended now; the journal, a copy drawn anew and what lies in the way come last."""
        before = len(self._steps)
        self._vouching.look()
        for finding in findings:
            if finding.code in _IN_THE_WAY:
                for name in self._files_at(finding):
                    self._spares.keep(name, self._hash(name))
        for finding in findings:
            self._mend(finding)
        for late in (self._set_unknown_aside, self._retell, self._draw_again):
            if len(self._steps) == before:
                late(findings)

    def _mend(self, finding: Finding) -> None:
        path = finding.path
        match finding.code:
            case Damage.FILE_MISSING | Damage.FILE_CHANGED | Damage.SOURCE_MISSING:
                self._file(path)
            case Damage.FORM_MISSING:
                self._form(path)
            case Damage.MANIFEST_MISSING | Damage.VERSION_MISSING:
                self._manifest(f"{path}/{layout.MANIFEST}")
            case Damage.MANIFEST_CHANGED | Damage.MANIFEST_UNREADABLE:
                self._manifest(path)
            case Damage.EVENT_MISSING | Damage.EVENT_UNREADABLE | Damage.EVENT_CHAIN | Damage.JOURNAL_EVENT:
                if path.endswith(".json"):
                    self._event(path)
            case Damage.UNFINISHED:
                self._filing(path)
            case Damage.DECLARATION_MISSING:
                self._declaration()
            case _:
                pass

    def _file(self, path: str) -> None:
        if path in (layout.README, layout.DECLARATION):
            self._declaration()
        elif layout.IMPORT_PATTERN.fullmatch(path):
            for data in self._spares.mirrored(path):
                if layout.import_name(_moment(data), _hash_of(data)) == path:
                    self._replace(Deed.FROM_MIRROR, path, data)
        else:
            self._restore(path, self._vouching.hashes_of_file(path))

    def _restore(self, path: str, wanted: Sequence[str], is_right: Callable[[bytes], bool] = lambda _: True) -> None:
        """Put a file back whose hash is known, from wherever it is found; none is set aside for nothing."""
        for sha256 in wanted:
            if self._hash(path) == sha256:
                return
            found = self._spares.find(sha256, path)
            if found is not None and is_right(found[1]):
                self._replace(found[0], path, found[1])
                return
        data = self.known.get(path)
        if data is not None and _hash_of(data) in wanted:
            self._replace(Deed.MADE_AGAIN, path, data)

    def _form(self, path: str) -> None:
        """Keep a form again that is gone: the workspace's, or a mirror's whose manifest fits it."""
        prefix = path.rpartition("/")[0]
        found = self._spares.whole(prefix)
        data = self.known.get(path)
        if data is not None:
            self._replace(Deed.MADE_AGAIN, path, data)
        elif found is not None and layout.FORM in found:
            self._replace(Deed.FROM_MIRROR, path, found[layout.FORM])
        else:
            return
        self._replace(Deed.MADE_AGAIN, f"{prefix}/{layout.MANIFEST}", self._made_manifest(prefix))

    def _manifest(self, path: str) -> None:
        prefix = path.rpartition("/")[0]
        wanted = self._vouching.hashes_of_manifest(prefix)
        made = self._made_manifest(prefix)
        if _hash_of(made) in wanted or self._is_of_source_or_form(prefix, made):
            self._replace(Deed.MADE_AGAIN, path, made)
            return
        self._restore(path, wanted)

    def _is_of_source_or_form(self, prefix: str, made: bytes) -> bool:
        """Whether a manifest lists what the folder is called by: a source's hash, a form the program knows."""
        try:
            listed = read_manifest(made)
        except ValueError:
            return False
        top, _, rest = prefix.partition("/")
        if top == layout.SOURCES:
            return list(listed.values()) == [rest]
        data = self.known.get(f"{prefix}/{layout.FORM}")
        return top == layout.FORMS and data is not None and listed == {layout.FORM: _hash_of(data)}

    def _made_manifest(self, prefix: str) -> bytes:
        names = [name for name in self._view.names(prefix) if not name.endswith(f"/{layout.MANIFEST}")]
        return manifest_of({name[len(prefix) + 1 :]: self._hash(name) for name in names})

    def _event(self, path: str) -> None:
        wanted = self._vouching.hashes_of_event(path)
        made = self._vouching.made_event(path)
        if made is not None and wanted[:1] != [self._hash(path)]:
            self._replace(Deed.MADE_AGAIN, path, made)
            return
        self._restore(path, wanted, lambda data: is_event_at(path, data))

    def _filing(self, version: str) -> None:
        """Put back the event of a filing that only a mirror tells of, when it tells of this very manifest."""
        record, _, number = version.rpartition("/v")
        manifest = self._hash(f"{version}/{layout.MANIFEST}")
        for name in self._spares.names(f"{record}/events"):
            for data in self._spares.mirrored(name):
                if not self._view.exists(name) and is_filing(name, data, int(number), manifest):
                    self._put(Deed.FROM_MIRROR, name, data)

    def _declaration(self) -> None:
        """Make declaration and README fit again; a README that was declared before is looked for by its hash."""
        declared = (self._read(layout.DECLARATION) or b"").decode("utf-8", "replace")
        if layout.DECLARATION_TEXT.fullmatch(declared):
            found = self._spares.find(declared.split("\n")[1][:64], layout.README)
            if found is not None:
                self._replace(found[0], layout.README, found[1])
                return
        readme = self.known[layout.README]
        self._replace(Deed.MADE_AGAIN, layout.README, readme)
        self._replace(Deed.MADE_AGAIN, layout.DECLARATION, layout.declaration(_hash_of(readme)).encode())

    def _set_unknown_aside(self, findings: Sequence[Finding]) -> None:
        """Set aside what belongs to nothing, and versions that belong to another record."""
        for finding in findings:
            match finding.code:
                case Damage.FILE_UNKNOWN:
                    is_foreign = True
                case Damage.RECORD_MISPLACED:
                    is_foreign = not self._vouching.is_filed(finding.path)
                case Damage.EVENT_UNREADABLE | Damage.EVENT_CHAIN:
                    is_foreign = self._vouching.is_stray(finding.path)
                case _:
                    is_foreign = False
            for name in list(self._files_at(finding)) if is_foreign else ():
                self._take(name)

    def _retell(self, findings: Sequence[Finding]) -> None:
        """Tell the journal again from the events and from what is left of it."""
        if not any(finding.code in _OF_JOURNAL for finding in findings):
            return
        files = retold(self._view, self.mirrors, self._vouching)
        for name in self._view.names(layout.JOURNAL):
            if journal.is_file(name) and name not in files:
                self._take(name)
        for name, data in files.items():
            is_mirrored = data in self._spares.mirrored(name)
            self._replace(Deed.FROM_MIRROR if is_mirrored else Deed.MADE_AGAIN, name, data)

    def _draw_again(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            version, _, copy = finding.path.partition("/copies/")
            if finding.code not in (Damage.FILE_MISSING, Damage.FILE_CHANGED) or not copy:
                continue
            path = f"copies/{copy}"
            record = f"{version}/{layout.RECORD}"
            if self._hash(record) not in self._vouching.hashes_of_file(record):
                continue
            drawn = self.draw(self._view, version, path)
            if drawn is None:
                continue
            if _hash_of(drawn.data) in self._vouching.hashes_of_file(finding.path):
                self._replace(Deed.DRAWN_AGAIN, finding.path, drawn.data)
            elif drawn.anew is not None:
                self._draw_anew(finding.path, drawn.data, drawn.anew(path))

    def _draw_anew(self, lost: str, data: bytes, event: Event) -> None:
        prefix = lost.rpartition("/copies/")[0].rpartition("/")[0]
        if self._view.exists(lost):
            self._take(lost)
        name = f"{prefix}/{layout.redrawn_name(event.number, lost)}"
        self._steps.append(Step(Deed.DRAWN_ANEW, name, data, event))
        told = encode_event(event)
        self._view.put(name, data)
        self._view.put(layout.event_name(prefix, event.number), told)
        line = journal.lines_for(journal.head(self._view), [(prefix, event, _hash_of(told))])[0]
        file = max(journal.newest(self._view) or "", journal.file_of(event.at))
        self._view.put(file, (self._read(file) or b"") + line + b"\n")

    def _replace(self, deed: Deed, name: str, data: bytes) -> None:
        if self._read(name) == data:
            return
        if self._view.exists(name):
            self._take(name)
        self._put(deed, name, data)

    def _put(self, deed: Deed, name: str, data: bytes) -> None:
        self._steps.append(Step(deed, name, data))
        self._view.put(name, data)
        self._hashes[name] = _hash_of(data)

    def _take(self, name: str) -> None:
        """Set a file aside; one that was only planned is planned no more."""
        kept = [one for one in self._steps if one.path != name or one.data is None]
        if len(kept) == len(self._steps):
            self._spares.keep(name, self._hash(name))
            kept.append(Step(Deed.SET_ASIDE, name))
        self._steps = kept
        self._view.take(name)
        self._hashes.pop(name, None)

    def _files_at(self, finding: Finding) -> Iterator[str]:
        if finding.code is Damage.RECORD_MISPLACED:
            yield from list(self._view.names(finding.path))
        elif self._view.exists(finding.path):
            yield finding.path

    def _hash(self, name: str) -> str:
        if name not in self._hashes:
            data = self._read(name)
            if data is None:
                return ""
            self._hashes[name] = _hash_of(data)
        return self._hashes[name]

    def _read(self, name: str) -> bytes | None:
        try:
            return self._view.get(name)
        except (FormsvcError, OSError):
            return None


def _hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _moment(data: bytes) -> str:
    try:
        return str(decode(data)["at"])
    except (ValueError, KeyError):
        return ""


_IN_THE_WAY = frozenset(
    {Damage.FILE_UNKNOWN, Damage.FILE_CHANGED, Damage.EVENT_CHAIN, Damage.JOURNAL_EVENT, Damage.RECORD_MISPLACED}
)
"""Findings whose files may be what is missed elsewhere."""
_OF_JOURNAL = frozenset({Damage.JOURNAL_UNREADABLE, Damage.JOURNAL_CHAIN, Damage.JOURNAL_SILENT, Damage.JOURNAL_EVENT})
