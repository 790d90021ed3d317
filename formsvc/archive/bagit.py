"""Bags (BagIt 1.0, RFC 8493): the tag files around a payload, and what a bag that comes back has to keep. Pure.

A bag from elsewhere is refused for anything a hand-over of ours does not have: files to be fetched, names that lead
out of it or that another system would take for something else, files no manifest lists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from formsvc.archive.handover import Fingerprint, fingerprint, fingerprint_at
from formsvc.errors import DamagedArchiveError, MissingError, UnsoundExportError
from formsvc.storage.names import check_name
from formsvc.storage.store import ReadableStore

DECLARATION = "bagit.txt"
_INFO = "bag-info.txt"
_FETCH = "fetch.txt"
_DATA = "data/"
_MANIFEST = "manifest-sha256.txt"
_OTHER_MANIFEST = "manifest-sha512.txt"
_DECLARED = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_ENCODED = {"%": "%25", "\n": "%0A", "\r": "%0D"}
_LINE = re.compile(r"([0-9a-f]+) [ *]?(.+)")


def tag_files(payload: Mapping[str, Fingerprint], info: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files of a bag around its payload (names as they are in the archive), `info` among them."""
    size = f"{sum(one.size for one in payload.values())}.{len(payload)}"
    labels = {**info, "Payload-Oxum": size}
    tags = {
        DECLARATION: _DECLARED,
        _INFO: "".join(f"{label}: {' '.join(text.split())}\n" for label, text in labels.items()).encode(),
        _MANIFEST: _manifest({f"{_DATA}{name}": one.sha256 for name, one in payload.items()}),
        _OTHER_MANIFEST: _manifest({f"{_DATA}{name}": one.sha512 for name, one in payload.items()}),
    }
    prints = {name: fingerprint(data) for name, data in tags.items()}
    tags[f"tag{_MANIFEST}"] = _manifest({name: one.sha256 for name, one in prints.items()})
    tags[f"tag{_OTHER_MANIFEST}"] = _manifest({name: one.sha512 for name, one in prints.items()})
    return tags


def place_of(name: str) -> str:
    """Return where a file of the archive lies in a bag."""
    return f"{_DATA}{name}"


def payload_of(bag: ReadableStore) -> dict[str, str]:
    """Return name in the archive -> place in the bag, for every file of a valid bag; raises UnsoundExportError."""
    try:
        if bag.get(DECLARATION) != _DECLARED:
            raise UnsoundExportError(path=DECLARATION, reason="export-declaration")
        names = list(bag.names())
        if _FETCH in names:
            raise UnsoundExportError(path=_FETCH, reason="export-fetch")
        listed = _listed(bag, _MANIFEST)
        for name in names:
            if name.startswith(_DATA) and name not in listed:
                raise UnsoundExportError(path=name, reason="export-unlisted")
        for name, sha256 in {**listed, **_listed(bag, f"tag{_MANIFEST}")}.items():
            if fingerprint_at(bag, name).sha256 != sha256:
                raise UnsoundExportError(path=name, reason="export-changed")
    except (MissingError, DamagedArchiveError, OSError) as error:
        raise UnsoundExportError(
            path=str(getattr(error, "params", {}).get("path", "")), reason="export-changed"
        ) from error
    return {name.removeprefix(_DATA): name for name in listed}


def _manifest(hashes: Mapping[str, str]) -> bytes:
    return "".join(f"{hashes[name]}  {_encoded(name)}\n" for name in sorted(hashes)).encode()


def _encoded(name: str) -> str:
    return "".join(_ENCODED.get(sign, sign) for sign in name)


def _listed(bag: ReadableStore, manifest: str) -> dict[str, str]:
    hashes: dict[str, str] = {}
    for line in bag.get(manifest).decode("utf-8", "replace").splitlines():
        match = _LINE.fullmatch(line)
        name = "" if match is None else re.sub("%(25|0[AaDd])", lambda found: chr(int(found[1], 16)), match[2])
        if match is None or name in hashes:
            raise UnsoundExportError(path=manifest, reason="export-unreadable")
        check_name(name)
        hashes[name] = match[1]
    return hashes
