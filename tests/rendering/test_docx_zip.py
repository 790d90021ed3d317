"""Packages: plain zip files, free of clock and chance."""

from __future__ import annotations

import io
import zipfile

from formsvc.rendering.docx_zip import deflated, package

FILES = {"a.xml": b"", "word/document.xml": "承诺书".encode() * 1000}


def a_package() -> bytes:
    return package(deflated(name, data) for name, data in FILES.items())


def test_a_package_is_a_sound_zip_of_its_files_in_order() -> None:
    with zipfile.ZipFile(io.BytesIO(a_package())) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        assert list(FILES) == archive.namelist()


def test_members_carry_the_first_moment_a_zip_knows() -> None:
    with zipfile.ZipFile(io.BytesIO(a_package())) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_repetitive_file_shrinks() -> None:
    assert len(a_package()) < 500
