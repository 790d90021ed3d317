"""Packages: plain zip files, free of clock and chance."""

from __future__ import annotations

import io
import zipfile

from formsvc.rendering.docx_zip import Begun, deflated, package, stored

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


def test_a_file_of_a_kept_beginning_and_one_taken_as_it_is_are_sound_too() -> None:
    begun = Begun("b.xml", b"<same/>" * 500)
    data = package([begun.ended(b"<one/>"), deflated("c.xml", b""), stored("d.png", b"as it is")])
    assert package([begun.ended(b"<one/>"), deflated("c.xml", b""), stored("d.png", b"as it is")]) == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert [archive.read(name) for name in archive.namelist()] == [b"<same/>" * 500 + b"<one/>", b"", b"as it is"]
