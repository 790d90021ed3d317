"""The typefaces lines are drawn with: listed in faces.toml with their licences, fetched into a folder git ignores."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from fontTools.ttLib import TTFont, TTLibError
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.scans.fonts import fetched
from training.texts import SIGNS

CACHE = Path(__file__).parent / "cache"
EM = 40
"""Pixels an em, at which glyphs are drawn."""
LATIN = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@.-/"
HAN = "年月日一二三四五六七八九十"
_SUFFIXES = (".ttf", ".otf", ".ttc", ".woff")
Ink = NDArray[np.uint8]
"""255 is all of it, 0 none."""


@dataclass(frozen=True, eq=False)
class Face:
    """One face."""

    path: Path
    package: str
    style: str
    """print or hand."""
    is_held_out: bool
    signs: frozenset[str]

    @functools.cached_property
    def _font(self) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(str(self.path), EM)

    @functools.cached_property
    def _glyphs(self) -> dict[str, tuple[Ink, float]]:
        return {}

    def glyph(self, sign: str) -> tuple[Ink, float]:
        """Return a sign's ink on a square of two ems, and its advance; its origin lies half an em in, 1.4 ems down."""
        if sign not in self._glyphs:
            picture = Image.new("L", (2 * EM, 2 * EM))
            ImageDraw.Draw(picture).text((EM // 2, round(1.4 * EM)), sign, fill=255, font=self._font, anchor="ls")
            self._glyphs[sign] = np.asarray(picture), float(self._font.getlength(sign))
        return self._glyphs[sign]

    def draws(self, text: str) -> bool:
        """Say whether it has every sign of a text."""
        return self.signs.issuperset(text)


@dataclass(frozen=True)
class Faces:
    """Faces by what they can draw; packages with many faces are drawn from no more often than others."""

    every: Sequence[Face]

    def of(self, style: str, needed: str) -> list[list[Face]]:
        """Return, package by package, the faces of a style that have all the signs needed."""
        return _by_package(self, style, needed)

    def pick(self, style: str, needed: str, chance: np.random.Generator) -> Face | None:
        """Return a face of a style for a text, if there is one."""
        packages = self.of(style, "".join(sorted(set(needed))))
        if not packages:
            return None
        package = packages[int(chance.integers(len(packages)))]
        return package[int(chance.integers(len(package)))]


@functools.lru_cache(maxsize=20_000)
def _by_package(faces: Faces, style: str, needed: str) -> list[list[Face]]:
    found: dict[str, list[Face]] = {}
    for face in faces.every:
        if face.style == style and face.draws(needed):
            found.setdefault(face.package, []).append(face)
    return list(found.values())


def load(*, held_out: bool) -> Faces:
    """Return the faces to train on, or those held out; what is missing is fetched."""
    return Faces(tuple(face for face in _every() if face.is_held_out == held_out))


def _every() -> Iterator[Face]:
    table: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
        Path(__file__).with_name("faces.toml").read_text(encoding="utf-8")
    )
    for kind, packages in table.items():
        for package, told in packages.items():
            folder = CACHE / "faces" / package
            if not folder.is_dir():
                try:
                    _fetch(f"@fontsource/{package}" if kind == "npm" else package, folder)
                except (subprocess.CalledProcessError, FileNotFoundError) as error:
                    print(f"{package}: not fetched ({error})")
                    continue
            for path in _files(folder, told):
                signs = _drawn(path, _signs(path))
                if signs.issuperset(LATIN[:10]) or signs.issuperset(HAN):
                    yield Face(path, package, told["style"], bool(told.get("held_out")), signs)


def _fetch(package: str, folder: Path) -> None:
    """Fetch a package and keep the faces of it."""
    with tempfile.TemporaryDirectory() as name:
        paths = [path for path in fetched(package, Path(name) / "x").rglob("*") if path.suffix in _SUFFIXES]
        folder.mkdir(parents=True)
        for path in paths:
            if path.is_file() and not path.is_symlink():
                shutil.copy(path, folder / path.name)


def _files(folder: Path, told: dict[str, Any]) -> list[Path]:
    """Return the files of faces of a package that are wanted, each name once."""
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        is_face = path.suffix in _SUFFIXES and not path.is_symlink()
        is_subset = path.suffix == ".woff" and not any(
            part in path.name for part in ("-latin-400-normal", "-japanese-400-normal", "-simplified-400-normal")
        )
        is_left_out = any(part in path.name for part in told.get("without", ()))
        is_named = any(part in path.name for part in told["only"]) if "only" in told else True
        if is_face and is_named and not is_subset and not is_left_out:
            found[path.name] = path
    return list(found.values())


def _signs(path: Path) -> frozenset[str]:
    """Return the signs a face says it has; of a collection its first face's."""
    try:
        with TTFont(path, lazy=True, fontNumber=0) as font:
            return frozenset(map(chr, font.getBestCmap() or ()))
    except (TTLibError, OSError) as error:
        print(f"{path.name}: left out ({error})")
        return frozenset()


def _drawn(path: Path, signs: frozenset[str]) -> frozenset[str]:
    """Leave out figures and letters of which a face has no ink, and small letters that are drawn as capitals."""
    font = ImageFont.truetype(str(path), EM)
    heights = {sign: _height(font, sign) for sign in SIGNS if sign in signs}
    absent = {sign for sign, height in heights.items() if not height}
    is_capital = all(heights.get(sign, 0) > 0.88 * heights.get(sign.upper(), 1) for sign in "aemnr")
    return signs - absent - (frozenset(LATIN[10:62]) if is_capital else frozenset())


def _height(font: ImageFont.FreeTypeFont, sign: str) -> int:
    box = font.getmask(sign).getbbox()
    return box[3] - box[1] if box else 0
