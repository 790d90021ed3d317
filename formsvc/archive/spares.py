"""Where a file that is lost may be found again, by its hash alone: elsewhere in the archive, or in a mirror.

A mirror is any folder that holds copies of files: another archive, a hand-over of it, a backup.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cached_property

from formsvc.archive import layout
from formsvc.archive.versions import read_manifest
from formsvc.errors import FormsvcError
from formsvc.storage.store import ReadableStore

_CHUNK = 1 << 20


class Deed(StrEnum):
    """What a step of a repair does; each has an entry in the catalogues."""

    SET_ASIDE = "set-aside"
    PUT_BACK = "put-back"
    """It lay elsewhere in the archive."""
    FROM_MIRROR = "from-mirror"
    MADE_AGAIN = "made-again"
    """It follows from other files."""
    DRAWN_AGAIN = "drawn-again"
    """A copy, byte for byte the one that was filed."""
    DRAWN_ANEW = "drawn-anew"
    """A copy that came out otherwise: it has a place of its own, and an event tells of it."""


class Spares:
    """Files by their hashes: what lies in the wrong place in the archive, and what the mirrors hold."""

    def __init__(self, store: ReadableStore, mirrors: Sequence[ReadableStore]) -> None:
        self._store = store
        self._mirrors = mirrors
        self._kept: dict[str, str] = {}

    def keep(self, name: str, sha256: str) -> None:
        """Remember a file of the archive that lies where it does not belong."""
        self._kept.setdefault(sha256, name)

    def find(self, sha256: str, name: str) -> tuple[Deed, bytes] | None:
        """Return a file of this hash and where it comes from; mirrors are asked for the name first."""
        own = self._kept.get(sha256)
        if own is not None:
            data = _read(self._store, own)
            if data is not None and _hash_of(data) == sha256:
                return Deed.PUT_BACK, data
        for data in self.mirrored(name):
            if _hash_of(data) == sha256:
                return Deed.FROM_MIRROR, data
        if sha256 in self._by_hash:
            mirror, there = self._by_hash[sha256]
            data = _read(mirror, there)
            if data is not None and _hash_of(data) == sha256:
                return Deed.FROM_MIRROR, data
        return None

    def mirrored(self, name: str) -> Iterator[bytes]:
        """Yield what the mirrors hold under a name."""
        for mirror in self._mirrors:
            data = _read(mirror, name)
            if data is not None:
                yield data

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names the mirrors have below a prefix."""
        for mirror in self._mirrors:
            yield from mirror.names(prefix)

    def whole(self, prefix: str) -> dict[str, bytes] | None:
        """Return the files of a folder as the first mirror has it where they fit its manifest, or None."""
        for mirror in self._mirrors:
            manifest = _read(mirror, f"{prefix}/{layout.MANIFEST}")
            try:
                listed = read_manifest(manifest or b"")
            except ValueError:
                continue
            files = {name: _read(mirror, f"{prefix}/{name}") for name in listed}
            fitting = {
                name: data for name, data in files.items() if data is not None and _hash_of(data) == listed[name]
            }
            if listed and len(fitting) == len(listed):
                return fitting
        return None

    @cached_property
    def _by_hash(self) -> dict[str, tuple[ReadableStore, str]]:
        """Hash -> mirror and name, of every file of every mirror; read when a name alone does not help."""
        found: dict[str, tuple[ReadableStore, str]] = {}
        for mirror in self._mirrors:
            for name in mirror.names():
                sha256 = _hash_at(mirror, name)
                if sha256:
                    found.setdefault(sha256, (mirror, name))
        return found


def _read(store: ReadableStore, name: str) -> bytes | None:
    try:
        return store.get(name)
    except (FormsvcError, OSError):
        return None


def _hash_at(store: ReadableStore, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with store.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except (FormsvcError, OSError):
        return ""
    return digest.hexdigest()


def _hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
