"""The typefaces scans are made with: fetched by their registries' own clients, kept in a folder git ignores.

Faces of the package's own fonts stand beside others that no part of the product knows. README.md names each with its
licence. `python -m benchmarks.scans.fonts` fetches what is missing; a face that cannot be fetched is left out, and the
run says so.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

CACHE = Path(__file__).parent / "cache"
_BUNDLED = Path(pylopdf_fonts_zh_cn.__file__).parent
Mask = NDArray[Any]
"""Ink as uint8: 255 is all of it, 0 none."""


@dataclass(frozen=True)
class Source:
    """Where a face comes from."""

    package: str
    """A package of npm (@fontsource/…), of Debian (fonts-…), or "" for the product's own."""
    file: str
    """The file inside it."""
    number: int = 0
    """Which face of a collection."""


SOURCES = {
    "song": Source("", "NotoSerifSC-Regular.otf"),
    "hei": Source("", "NotoSansSC-Regular.otf"),
    "old-song": Source("fonts-arphic-gbsn00lp", "gbsn00lp.ttf"),
    "uming": Source("fonts-arphic-uming", "uming.ttc"),
    "kai": Source("fonts-arphic-gkai00mp", "gkai00mp.ttf"),
    "ukai": Source("fonts-arphic-ukai", "ukai.ttc"),
    "xiaowei": Source("@fontsource/zcool-xiaowei", "zcool-xiaowei-chinese-simplified-400-normal.woff"),
    "wenkai": Source("@fontsource/lxgw-wenkai", "lxgw-wenkai-latin-500-normal.woff"),
    "wenkai-light": Source("@fontsource/lxgw-wenkai", "lxgw-wenkai-latin-300-normal.woff"),
    "ma-shan": Source("@fontsource/ma-shan-zheng", "ma-shan-zheng-chinese-simplified-400-normal.woff"),
    "long-cang": Source("@fontsource/long-cang", "long-cang-chinese-simplified-400-normal.woff"),
    "zhi-mang": Source("@fontsource/zhi-mang-xing", "zhi-mang-xing-chinese-simplified-400-normal.woff"),
    "liu-jian": Source("@fontsource/liu-jian-mao-cao", "liu-jian-mao-cao-chinese-simplified-400-normal.woff"),
}


class Face:
    """One face; characters it lacks are drawn by the next one of its chain."""

    def __init__(self, path: Path, number: int = 0) -> None:
        self._path, self._number = path, number
        with TTFont(path, lazy=True, fontNumber=number) as font:
            self._characters = frozenset(font.getBestCmap())

    def has(self, character: str) -> bool:
        """Say whether the face can draw the character."""
        return ord(character) in self._characters

    @functools.lru_cache(maxsize=64)  # noqa: B019 - faces live as long as the process
    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """Return the face at a size in pixels an em."""
        return ImageFont.truetype(str(self._path), size, index=self._number)


@functools.lru_cache(maxsize=1)
def faces() -> dict[str, Face]:
    """Return the faces that are there, by name; fetches what is missing once."""
    found = {}
    for name, source in SOURCES.items():
        path = _path(source)
        if path is not None:
            found[name] = Face(path, source.number)
    return found


def face_for(character: str, name: str) -> Face:
    """Return the named face, or one that has the character when it has not."""
    known = faces()
    chain = (name, "wenkai", "uming", "song") if name not in {"hei", "xiaowei"} else (name, "hei", "song", "uming")
    for candidate in chain:
        if candidate in known and known[candidate].has(character):
            return known[candidate]
    return known["song"]


@functools.lru_cache(maxsize=20_000)
def glyph(character: str, name: str, size: int) -> tuple[Mask, int]:
    """Return a character's ink (255 where there is ink) on a square two ems wide, and its advance in pixels.

    The origin lies half an em from the left and its baseline 1.4 ems from the top.
    """
    font = face_for(character, name).at(size)
    side = 2 * size
    picture = Image.new("L", (side, side))
    ImageDraw.Draw(picture).text((size // 2, round(1.4 * size)), character, fill=255, font=font, anchor="ls")
    return np.asarray(picture), max(1, round(font.getlength(character)))


def _path(source: Source) -> Path | None:
    if not source.package:
        return _BUNDLED / source.file
    kept = CACHE / "fonts" / source.file
    if not kept.exists():
        try:
            _fetch(source.package)
        except (subprocess.CalledProcessError, FileNotFoundError) as error:
            print(f"{source.package}: not fetched ({error})")
    return kept if kept.exists() else None


def _fetch(package: str) -> None:
    (CACHE / "fonts").mkdir(parents=True, exist_ok=True)
    wanted = {source.file for source in SOURCES.values() if source.package == package}
    with tempfile.TemporaryDirectory() as name:
        for path in fetched(package, Path(name) / "package").rglob("*"):
            if path.name in wanted:
                shutil.copy(path, CACHE / "fonts" / path.name)


def fetched(package: str, folder: Path) -> Path:
    """Fetch a package of npm (@…) or of Debian and unpack it as a new folder."""
    with tempfile.TemporaryDirectory() as name:
        packed = Path(name)
        if package.startswith("@"):
            subprocess.run(["npm", "pack", "--silent", package], cwd=packed, check=True, capture_output=True)
            (packed / "x").mkdir()
            subprocess.run(["tar", "-xzf", next(packed.glob("*.tgz")), "-C", packed / "x"], check=True)
        else:
            subprocess.run(["apt-get", "download", "-q", package], cwd=packed, check=True, capture_output=True)
            subprocess.run(["dpkg-deb", "-x", next(packed.glob("*.deb")), packed / "x"], check=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(packed / "x", folder)
    return folder


if __name__ == "__main__":
    print(*faces(), sep="\n")
