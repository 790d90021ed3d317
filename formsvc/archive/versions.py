"""The files of a version: record.json and the manifest that makes it one whole. Pure.

A version exists when its manifest exists. The manifest lists every other file of the version with its SHA-256 in the
form `sha256sum -c` reads; an original that lies under sources/ has a manifest of its own there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from formsvc.archive import layout
from formsvc.forms.spec import FormSpec
from formsvc.records.record import Version
from formsvc.records.record_json import encode, version_to_json
from formsvc.storage.store import Content, Item


def version_item(prefix: str, version: Version, made: Mapping[str, Content], original: Path | None) -> Item:
    """Return what is published for a version of the record at `prefix`.

    `made` holds the copies and the crops by their paths; a copy that comes in pieces hashes to what the version says.
    `original` is the received file, copied in and checked against its hash, or None when it is kept under sources/.
    """
    hashes = {copy.path: copy.sha256 for copy in version.copies}
    whole = {path: content for path, content in made.items() if isinstance(content, bytes)}
    known = {path: (content, hashes[path]) for path, content in made.items() if not isinstance(content, bytes)}
    if original is not None:
        known[version.original.path] = (original, version.original.sha256)
    whole[layout.RECORD] = encode(version_to_json(version))
    return _item(layout.version_prefix(prefix, version.number), whole, known)


def source_item(sha256: str, name: str, original: Path) -> Item:
    """Return what is published for a file that held several forms."""
    return _item(layout.source_prefix(sha256), {}, {layout.original_name(name): (original, sha256)})


def form_item(spec: FormSpec) -> Item:
    """Return what is published for a form version."""
    return _item(layout.form_prefix(spec.id, spec.version), {layout.FORM: spec.source}, {})


def manifest_sha256(item: Item) -> str:
    """Return the hash of an item's manifest."""
    manifest = item.files[layout.MANIFEST]
    if not isinstance(manifest, bytes):
        raise TypeError(layout.MANIFEST)
    return hashlib.sha256(manifest).hexdigest()


def manifest_of(hashes: Mapping[str, str]) -> bytes:
    """Return the manifest of files by their hashes, sorted by name."""
    return "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes)).encode("utf-8")


def read_manifest(data: bytes) -> dict[str, str]:
    """Return name -> SHA-256 of a manifest; raises ValueError when a line is out of shape or a name comes twice."""
    hashes: dict[str, str] = {}
    lines = data.decode("utf-8").split("\n")
    if lines.pop():
        raise ValueError("a torn manifest")
    for line in lines:
        digest, name = line[:64], line[66:]
        if line[64:66] != "  " or not name or set(digest) - set("0123456789abcdef") or name in hashes:
            raise ValueError("a manifest line out of shape")
        hashes[name] = digest
    return hashes


def _item(prefix: str, made: Mapping[str, bytes], known: Mapping[str, tuple[Content, str]]) -> Item:
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    expected = {name: sha256 for name, (_, sha256) in known.items()}
    files: dict[str, Content] = {**made, **{name: content for name, (content, _) in known.items()}}
    files[layout.MANIFEST] = manifest_of({**hashes, **expected})
    return Item(prefix, files, expected)
