"""The files of a version and the manifest that makes them one whole."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.archive import layout
from formsvc.archive.versions import manifest_of, manifest_sha256, read_manifest, source_item, version_item
from formsvc.errors import ChangedError
from formsvc.records.record_json import decode, version_from_json
from tests.archive.factories import PREFIXES, a_full_archive, an_archive
from tests.records.factories import a_version, an_original

HASH = "0" * 64
NAMES = st.lists(st.text("abc长/ .-", min_size=1, max_size=20), unique=True, min_size=1, max_size=5)


@given(NAMES)
def test_a_manifest_is_read_back_as_it_was_written(names: list[str]) -> None:
    hashes = {name: hashlib.sha256(name.encode()).hexdigest() for name in names}
    assert read_manifest(manifest_of(hashes)) == hashes
    assert list(read_manifest(manifest_of(hashes))) == sorted(names)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff",
        b"record.json\n",
        f"{HASH} record.json\n".encode(),
        f"{HASH} *record.json\n".encode(),
        f"{HASH}  \n".encode(),
        f"{HASH[1:]}  record.json\n".encode(),
        f"{'G' * 64}  record.json\n".encode(),
        f"{'A' * 64}  record.json\n".encode(),
        f"{HASH}  record.json\n\n".encode(),
        f"{HASH}  record.json\n{HASH}  record.json\n".encode(),
        f"{HASH}  record.json".encode(),
    ],
)
def test_a_manifest_out_of_shape_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_manifest(data)


def test_a_name_with_a_sign_that_ends_lines_elsewhere_is_one_name() -> None:
    hashes = {"original/a\u2028b\x85c.docx": HASH}
    assert read_manifest(manifest_of(hashes)) == hashes


def test_a_version_holds_record_copies_original_and_the_manifest_of_all(tmp_path: Path) -> None:
    received = tmp_path / "张三承诺书.docx"
    received.write_bytes(b"as received")
    item = version_item(PREFIXES[0], a_version(), {"copies/1-本人.pdf": b"%PDF"}, received)
    assert item.prefix == f"{PREFIXES[0]}/v1"
    assert set(item.files) == {"record.json", "copies/1-本人.pdf", "original/张三承诺书.docx", layout.MANIFEST}
    manifest = item.files[layout.MANIFEST]
    record = item.files[layout.RECORD]
    assert isinstance(manifest, bytes)
    assert isinstance(record, bytes)
    assert read_manifest(manifest) == {
        "copies/1-本人.pdf": hashlib.sha256(b"%PDF").hexdigest(),
        "original/张三承诺书.docx": hashlib.sha256(b"as received").hexdigest(),
        "record.json": hashlib.sha256(record).hexdigest(),
    }
    assert manifest_sha256(item) == hashlib.sha256(manifest).hexdigest()
    assert version_from_json(decode(record)).name == "张三"


def test_a_version_whose_original_lies_under_sources_does_not_hold_it() -> None:
    item = version_item(PREFIXES[0], a_version(), {}, None)
    assert set(item.files) == {"record.json", layout.MANIFEST}


def test_a_file_that_changed_since_it_was_read_is_not_published(tmp_path: Path) -> None:
    received = tmp_path / "张三承诺书.docx"
    received.write_bytes(b"changed since")
    archive = an_archive(tmp_path / "archive")
    (error,) = archive.store.publish_many([version_item(PREFIXES[0], a_version(), {}, received)])
    assert isinstance(error, ChangedError)
    assert not archive.is_published(f"{PREFIXES[0]}/v1")
    (error,) = archive.store.publish_many([source_item(an_original().sha256, "一批.docx", received)])
    assert isinstance(error, ChangedError)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="coreutils are not here")
def test_every_manifest_is_verified_by_coreutils_alone(tmp_path: Path) -> None:
    a_full_archive(tmp_path / "archive", tmp_path / "spool")
    manifests = sorted((tmp_path / "archive").rglob(layout.MANIFEST))
    assert len(manifests) == 6
    for manifest in manifests:
        command = ["sha256sum", "--strict", "-c", manifest.name]
        done = subprocess.run(command, cwd=manifest.parent, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count(": OK\n") == len(manifest.read_text("utf-8").splitlines())
        spoilt = next(path for path in sorted(manifest.parent.rglob("*.*")) if path != manifest)
        spoilt.chmod(0o644)
        spoilt.write_bytes(spoilt.read_bytes() + b"x")
        assert subprocess.run(command, cwd=manifest.parent, capture_output=True, check=False).returncode == 1
