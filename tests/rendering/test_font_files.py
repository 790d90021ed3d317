"""Which faces font files hold, and what they are called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from formsvc.rendering.font_files import FontFace, faces_in
from tests.rendering.office_faces import a_collection, a_face


def the_face(path: Path) -> FontFace:
    (face,) = faces_in([path.parent])
    return face


def test_a_face_has_the_names_of_its_family_its_own_and_its_files(tmp_path: Path) -> None:
    path = tmp_path / "fang.TTF"
    path.write_bytes(
        a_face("Village Fang", "张", chinese="乡村仿宋", postscript="VillageFang-GB", style="Bold", weight=700)
    )
    face = the_face(path)
    assert face.families == {"villagefang", "乡村仿宋"}
    assert face.names == {"villagefangbold", "乡村仿宋", "villagefang-gb", "fang", "fang.ttf"}
    assert (face.weight, face.is_slanted, face.is_whole, face.number) == (700, False, True, 0)


@pytest.mark.parametrize(
    ("platform", "encoding", "codec"), [(1, 25, "gb18030"), (3, 3, "gb18030"), (0, 3, "utf_16_be")]
)
def test_names_in_the_encodings_of_old_fonts_are_read(tmp_path: Path, platform: int, encoding: int, codec: str) -> None:
    path = tmp_path / "fang.ttf"
    path.write_bytes(a_face("Village Fang", "张"))
    with TTFont(path) as font:
        font["name"].names = []
        font["name"].setName("仿宋".encode(codec), 1, platform, encoding, 0)
        font.save(tmp_path / "old.ttf")
    path.unlink()
    assert the_face(tmp_path / "old.ttf").families == {"仿宋"}


def test_every_face_of_a_collection_is_known_by_its_number(tmp_path: Path) -> None:
    (tmp_path / "two.ttc").write_bytes(a_collection([a_face("One", "张"), a_face("Two", "张")]))
    assert [(face.number, sorted(face.families)) for face in faces_in([tmp_path])] == [(0, ["one"]), (1, ["two"])]


def test_folders_are_looked_through_in_order_with_all_below_them(tmp_path: Path) -> None:
    for name in ("b/x.ttf", "a/deep/y.otf", "a/z.ttf"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(a_face("Some Face", "张"))
    (tmp_path / "a/readme.txt").write_text("no font", encoding="utf-8")
    found = faces_in([tmp_path / "b", tmp_path / "a", tmp_path / "nowhere", tmp_path])
    assert [face.path.name for face in found] == ["x.ttf", "z.ttf", "y.otf"]


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"ttcf", b"ttcf\0\1\0\0\xff\xff\xff\xff", b"\0\1\0\0\xff\xff", b"OTTO\0\1" + b"\xff" * 40, b"wOFF" * 9],
)
def test_a_file_that_is_no_font_goes_by_its_name_alone(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "fang.ttf"
    path.write_bytes(data)
    face = the_face(path)
    assert (face.families, face.fits("Fang.TTF"), face.is_whole) == (frozenset(), True, False)


def test_a_file_that_cannot_be_read_goes_by_its_name_and_a_pipe_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "fang.ttf").symlink_to(tmp_path / "gone.ttf")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.ttf")
    assert [(face.fits("fang.ttf"), face.is_whole) for face in faces_in([tmp_path])] == [(True, False)]


def test_a_font_that_was_cut_off_is_not_whole(tmp_path: Path) -> None:
    path = tmp_path / "fang.ttf"
    path.write_bytes(a_face("Village Fang", "张")[:-20])
    assert not the_face(path).is_whole
