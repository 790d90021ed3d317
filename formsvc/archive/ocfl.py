"""OCFL 1.1: an object for each record, source and form, and one for what stands by itself. Pure.

A record's object has a version for each of its own, which holds everything there was until the next one was filed.
Content is addressed by SHA-512, as OCFL asks; SHA-256, by which the archive goes, stands beside it as fixity.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from formsvc.archive import layout
from formsvc.archive.handover import Fingerprint, by_object, fingerprint, fingerprint_at
from formsvc.archive.vouching import Vouching
from formsvc.errors import FormsvcError, UnsoundExportError
from formsvc.records.event import Filed
from formsvc.storage.names import check_name
from formsvc.storage.store import ReadableStore

DECLARATION = "0=ocfl_1.1"
_OBJECT = "0=ocfl_object_1.1"
_URN = "urn:formsvc:"
_ALONE = "archive"
"""The folder of the object for what stands by itself, and its name."""
_INVENTORY = "inventory.json"
_VERSION = re.compile(r"v[1-9]\d*")


@dataclass(frozen=True, slots=True)
class Made:
    """An OCFL storage root to be written."""

    files: Mapping[str, bytes]
    """What is written for it."""
    places: Mapping[str, str]
    """Name in the archive -> place in the root."""


def storage_root(
    part: ReadableStore, prints: Mapping[str, Fingerprint], *, created: str, user: str, program: str
) -> Made:
    """Return the storage root for a part of an archive; `created` is a moment, ISO 8601 with offset."""
    files: dict[str, bytes] = {DECLARATION: b"ocfl_1.1\n"}
    places: dict[str, str] = {}
    vouching = Vouching(part)
    about = {"message": f"Handed over by {program}", "user": {"name": user or program, "address": f"{_URN}{_ALONE}"}}
    for prefix, names in by_object(prints).items():
        folder = prefix or _ALONE
        logical = {name[len(prefix) + 1 :] if prefix else name: prints[name] for name in names}
        moments = dict(_versions(vouching, prefix, logical)) or {1: (created, sorted(logical))}
        inventories = _inventories(f"{_URN}{quote(folder)}", logical, moments, about)
        files[f"{folder}/{_OBJECT}"] = b"ocfl_object_1.1\n"
        for number, data in inventories.items():
            for place in (f"{folder}/v{number}", *([folder] if number == max(inventories) else [])):
                files[f"{place}/{_INVENTORY}"] = data
                files[f"{place}/{_INVENTORY}.sha512"] = f"{fingerprint(data).sha512} {_INVENTORY}\n".encode()
        for number, (_, fresh) in moments.items():
            for name in fresh:
                places[f"{prefix}/{name}" if prefix else name] = f"{folder}/v{number}/content/{name}"
    return Made(files, places)


def content_of(root: ReadableStore) -> dict[str, str]:
    """Return name in the archive -> place in the root, for the latest state of every object.

    Raises UnsoundExportError for whatever does not fit its inventory.
    """
    found: dict[str, str] = {}
    names = list(root.names())
    folders = [name.rpartition("/")[0] for name in names if name.rpartition("/")[2] == _OBJECT]
    for folder in folders:
        inventory = _checked_inventory(root, folder)
        prefix = unquote(str(inventory["id"]).removeprefix(_URN))
        if prefix != folder:
            raise UnsoundExportError(path=folder, reason="export-unreadable")
        for name, place in _state(root, folder, inventory):
            full = name if folder == _ALONE else f"{folder}/{name}"
            check_name(full)
            found[full] = place
    known = {f"{folder}/" for folder in folders}
    for name in names:
        if name != DECLARATION and not any(name.startswith(folder) for folder in known):
            raise UnsoundExportError(path=name, reason="export-unlisted")
    return found


def _versions(
    vouching: Vouching, prefix: str, logical: Mapping[str, Fingerprint]
) -> Iterator[tuple[int, tuple[str, list[str]]]]:
    """Yield for each version of a record: when it was filed, and what came with it or after it."""
    filed = [event for event in vouching.events(prefix) if isinstance(event.details, Filed)] if prefix else []
    starts = [(event.details.version, event.number, event.at) for event in filed if isinstance(event.details, Filed)]
    if [version for version, _, _ in starts] != list(range(1, len(starts) + 1)):
        return
    fresh: dict[int, list[str]] = {version: [] for version, _, _ in starts}
    for name in sorted(logical):
        version, event = layout.version_number(name), layout.event_number(name)
        number = event or (int(name.split("/")[1]) if layout.is_redrawn(name) else 0)
        told = [one for one, start, _ in starts if start <= number]
        home = version[0] if version is not None else max(told, default=1)
        fresh.setdefault(home, []).append(name)
    yield from ((version, (at, fresh[version])) for version, _, at in starts)


def _inventories(
    identifier: str,
    logical: Mapping[str, Fingerprint],
    moments: Mapping[int, tuple[str, Sequence[str]]],
    about: Mapping[str, object],
) -> dict[int, bytes]:
    """Return the inventory of each version: all that there was up to it."""
    content: dict[str, list[str]] = {}
    fixity: dict[str, list[str]] = {}
    state: dict[str, list[str]] = {}
    versions: dict[str, object] = {}
    made: dict[int, bytes] = {}
    for number, (created, fresh) in moments.items():
        for name in fresh:
            place = f"v{number}/content/{name}"
            content.setdefault(logical[name].sha512, []).append(place)
            fixity.setdefault(logical[name].sha256, []).append(place)
            state.setdefault(logical[name].sha512, []).append(name)
        frozen = {digest: list(names) for digest, names in state.items()}
        versions = {**versions, f"v{number}": {"created": created, "state": frozen, **about}}
        inventory = {
            "id": identifier,
            "type": "https://ocfl.io/1.1/spec/#inventory",
            "digestAlgorithm": "sha512",
            "head": f"v{number}",
            "manifest": content,
            "versions": versions,
            "fixity": {"sha256": fixity},
        }
        made[number] = (json.dumps(inventory, ensure_ascii=False, indent=1) + "\n").encode()
    return made


def _checked_inventory(root: ReadableStore, folder: str) -> dict[str, object]:
    path = f"{folder}/{_INVENTORY}"
    try:
        data = root.get(path)
        sidecar = root.get(f"{path}.sha512").split()
        inventory = json.loads(data)
    except (FormsvcError, OSError, ValueError, RecursionError) as error:
        raise UnsoundExportError(path=path, reason="export-unreadable") from error
    if sidecar[:1] != [fingerprint(data).sha512.encode()] or not isinstance(inventory, dict):
        raise UnsoundExportError(path=path, reason="export-changed")
    return inventory


def _state(root: ReadableStore, folder: str, inventory: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield logical path and place of every file of the head, checked against its digest; nothing else may be there."""
    match inventory:
        case {"head": str(head), "manifest": dict(manifest), "versions": dict(versions)}:
            pass
        case _:
            raise UnsoundExportError(path=folder, reason="export-unreadable")
    listed = {str(path): str(digest) for digest, paths in manifest.items() for path in paths}
    there = {name[len(folder) + 1 :] for name in root.names(folder)}
    for path in sorted(path for path in there if "/content/" in path and _VERSION.match(path)):
        if path not in listed:
            raise UnsoundExportError(path=f"{folder}/{path}", reason="export-unlisted")
    for path, digest in listed.items():
        check_name(path)
        if path not in there or fingerprint_at(root, f"{folder}/{path}").sha512 != digest.lower():
            raise UnsoundExportError(path=f"{folder}/{path}", reason="export-changed")
    places = {str(digest): str(paths[0]) for digest, paths in manifest.items()}
    state = versions.get(head, {}).get("state", {})
    for digest, names in state.items():
        if digest not in places:
            raise UnsoundExportError(path=folder, reason="export-unreadable")
        yield from ((str(name), f"{folder}/{places[digest]}") for name in names)
