"""Images as a PDF holds them: how they are compressed, what their numbers mean, and where their data stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from formsvc.rendering.spans import Part

_ICC_COLOURS = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
_ICC_CLASSES = frozenset({b"scnr", b"mntr", b"prtr", b"spac"})
_ICC_HEADER, _ICC_MOST = 128, 4 << 20


@dataclass(frozen=True, slots=True)
class Image:
    """One image; its data is what the filter unpacks."""

    width: int
    height: int
    bits: int
    """For each component."""
    components: int
    """1 grey, 3 red, green and blue, 4 cyan, magenta, yellow and black; 1 with a palette."""
    filter: str
    """The name of the PDF filter."""
    parts: tuple[Part, ...]
    parms: Mapping[str, int | bool] = field(default_factory=lambda: MappingProxyType({}))
    """What the filter is told."""
    palette: bytes | None = None
    """Red, green and blue of each entry."""
    icc: bytes | None = None
    """A profile that says what the colours are; None for sRGB or plain grey."""
    inverted: bool = False
    """Whether 0 is the brightest."""
    mask: Image | None = None
    """How opaque each pixel is."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One received picture as it goes on a page: images one below the other, as its file stores them."""

    width: int
    """In pixels, as stored."""
    height: int
    images: tuple[Image, ...]
    orientation: int = 1
    """How it is to be turned to be seen, 1 to 8 as in EXIF."""
    dpi: tuple[float, float] | None = None
    """Dots an inch across and down, as stored; None when nothing believable says so."""
    is_kept: bool = True
    """Whether every pixel is as received; False when colours had to be converted."""


def usable_profile(icc: bytes | None, components: int) -> bytes | None:
    """Return an ICC profile if PDF/A takes it for so many components, else None."""
    if icc is None or not _ICC_HEADER < len(icc) <= _ICC_MOST or icc[36:40] != b"acsp":
        return None
    fits = _ICC_COLOURS.get(icc[16:20]) == components and icc[12:16] in _ICC_CLASSES and 2 <= icc[8] <= 4
    return icc if fits and int.from_bytes(icc[:4], "big") == len(icc) else None


def without_profiles(sheet: Sheet) -> Sheet:
    """Return a sheet whose colours are taken for sRGB or grey; ink colours keep their profile, which they need."""
    images = tuple(replace(image, icc=image.icc if image.components == 4 else None) for image in sheet.images)
    return replace(sheet, images=images)
