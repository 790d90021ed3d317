"""Fonts: coverage, fall-back, roles, and faces that may not be embedded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pylopdf_fonts_zh_cn import serif_path

from formsvc.errors import FontRefusedError, NoGlyphError
from formsvc.rendering.faces import Face
from formsvc.rendering.fonts import Chain, Role, bundled_fonts

RARE = "㛃䶮堃喆犇𠅤𬭎"


def test_the_bundled_faces_have_every_ideograph_of_gbk_and_rare_names() -> None:
    fonts = bundled_fonts()
    assert fonts.missing(map(chr, range(0x4E00, 0x9FA6))) == set()
    assert [role for role in Role if fonts.missing(RARE, role)] == []
    assert fonts.missing("（）《》“”‘’、。，：；！？—…·％℃①□■○●√×\u3000 ") == set()


def test_missing_names_each_character_that_no_face_has() -> None:
    assert bundled_fonts().missing("张\ue000三𪚥\ue000") == {"\ue000", "𪚥"}


def test_a_character_no_face_has_is_an_error_that_names_it() -> None:
    with pytest.raises(NoGlyphError) as caught:
        bundled_fonts().advance(Role.BODY)("𪚥")
    assert caught.value.params == {"character": "𪚥"}


def test_a_character_falls_back_to_the_next_face_that_has_it() -> None:
    song, hei = bundled_fonts().chain(Role.BODY).faces
    only_in_hei = next(
        chr(point) for point in range(0x20000, 0x2FFFF) if hei.has(chr(point)) and not song.has(chr(point))
    )
    chain = Chain((song, hei))
    assert chain.face("党") is song
    assert chain.face(only_in_hei) is hei


def test_advances_are_in_em() -> None:
    advance = bundled_fonts().advance(Role.BODY)
    assert [advance(character) for character in "党，\u3000—"] == [1, 1, 1, 1]
    assert 0.4 < advance("1") < 0.6


def test_titles_and_heads_are_heavier_than_the_text() -> None:
    fonts = bundled_fonts()
    assert [role for role in Role if fonts.chain(role).weight] == [Role.TITLE, Role.HEADS]


@pytest.mark.parametrize("rights", [0x0002, 0x0100, 0x0200])
def test_a_face_whose_licence_forbids_embedding_is_refused_by_name(tmp_path: Path, rights: int) -> None:
    with pytest.raises(FontRefusedError) as caught:
        Face(with_rights(tmp_path / "song.otf", rights), serif=True).has("党")
    assert caught.value.params == {"font": "Noto Serif SC", "reason": "licence"}


def test_a_face_whose_licence_allows_previews_and_editing_is_embedded(tmp_path: Path) -> None:
    assert Face(with_rights(tmp_path / "song.otf", 0x000C), serif=True).has("党")


def with_rights(path: Path, rights: int) -> Path:
    data = bytearray(serif_path().read_bytes())
    entry = data.index(b"OS/2")
    table = int.from_bytes(data[entry + 8 : entry + 12], "big")
    data[table + 8 : table + 10] = rights.to_bytes(2, "big")
    path.write_bytes(data)
    return path


def test_importing_the_fonts_opens_none() -> None:
    script = (
        "import formsvc.rendering.pdf, formsvc.rendering.fonts as fonts; fonts.bundled_fonts();"
        "print('.otf' in open('/proc/self/maps').read())"
    )
    if not Path("/proc/self/maps").exists():
        pytest.skip("needs /proc")
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
