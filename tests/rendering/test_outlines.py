"""Drawings become charstrings: lines, curves of both kinds, distances, advances."""

from __future__ import annotations

from types import SimpleNamespace

from fontTools.misc.psCharStrings import T2CharString
from fontTools.pens.recordingPen import RecordingPen

from formsvc.rendering import cff
from formsvc.rendering.outlines import CharstringPen


def read_back(outline: bytes) -> list[tuple[str, tuple[tuple[float, float], ...]]]:
    """Return what a charstring draws, as fontTools reads it."""
    pen = RecordingPen()
    private = SimpleNamespace(nominalWidthX=0, defaultWidthX=cff.DEFAULT_WIDTH, rawDict={})
    T2CharString(outline, private=private).draw(pen)
    return list(pen.value)


def test_lines_and_cubic_curves_come_back() -> None:
    pen = CharstringPen()
    pen.moveTo((10.4, -20.6))
    pen.lineTo((1010, 500))
    pen.curveTo((900, 600), (800.5, 2000), (-700, 0))
    pen.closePath()
    assert read_back(pen.charstring(640)) == [
        ("moveTo", ((10, -21),)),
        ("lineTo", ((1010, 500),)),
        ("curveTo", ((900, 600), (800, 2000), (-700, 0))),
        ("closePath", ()),
    ]


def test_a_quadratic_curve_is_the_cubic_one_of_the_same_shape() -> None:
    pen = CharstringPen()
    pen.moveTo((0, 0))
    pen.qCurveTo((300, 600), (600, 0))
    assert read_back(pen.charstring(1000))[1] == ("curveTo", ((200, 400), (400, 400), (600, 0)))


def test_nothing_drawn_is_an_empty_glyph_of_its_advance() -> None:
    assert [CharstringPen().charstring(advance) for advance in (0, 500, 1000)] == [
        cff.empty(advance) for advance in (0, 500, 1000)
    ]


def test_a_point_beyond_what_can_be_said_is_kept_at_the_edge() -> None:
    pen = CharstringPen()
    pen.moveTo((-1e9, 1e9))
    pen.lineTo((1e9, -1e9))
    assert [points for _, points in read_back(pen.charstring(1000))[:2]] == [((-16000, 16000),), ((16000, -16000),)]
