"""A seal's letters are told from writing by their tone and their place."""

from __future__ import annotations

from formsvc.extraction.scan.ink import inks_of
from formsvc.extraction.scan.marks.marks import read_marks
from formsvc.extraction.scan.marks.seal_ink import SealInk, seal_ink
from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.registered import PixelBox
from tests.extraction.scan.marked import BLACK, RED, Colour, Paper, px

X, Y = 150.0, 212.0


def a_seal(*, colour: Colour = RED, strength: float = 0.5) -> tuple[Grey, SealInk | None]:
    """Return a page without colour with a seal and words at its left, and the seal's ink."""
    paper = Paper().seal(X, Y, colour=colour, strength=strength).text(108, 209, "同意", 4.9)
    page = paper.text(140.5, 209, "上", 4.9).registered(has_colour=False)
    grey = inks_of(page.upright).red_free
    ring = read_marks(page)["review_seal"].ring
    assert ring is not None
    return grey, seal_ink(grey, ring)


def box(x: float, y: float, size: float = 5.4) -> PixelBox:
    left, top, right, bottom = px(x, y, x + size, y + size)
    return (round(left), round(top), round(right), round(bottom))


WRITTEN = [box(108, 209.5), box(113, 209.5)]
LETTER, OWN = box(X - 2.7, Y - 18.2), box(140.5, 209.5)


def test_a_pale_sign_between_ring_and_star_is_a_letter_and_a_dark_one_is_not() -> None:
    grey, ink = a_seal()
    assert ink is not None
    assert ink.letters(grey, [WRITTEN, [LETTER], [OWN]]) == [LETTER]


def test_a_pale_sign_between_two_dark_ones_stays() -> None:
    grey, ink = a_seal()
    assert ink is not None
    assert ink.letters(grey, [[WRITTEN[0], LETTER, WRITTEN[1]]]) == []


def test_where_no_writing_stands_beside_the_seal_nothing_is_told() -> None:
    grey, ink = a_seal()
    assert ink is not None
    assert ink.letters(grey, [[LETTER]]) == []
    assert not ink.may_hold_letters(grey, [[LETTER]])


def test_a_seal_as_dark_as_print_is_not_told_from_it() -> None:
    assert a_seal(colour=BLACK, strength=1.0)[1] is None


def test_only_what_is_no_darker_than_the_seal_is_taken_out() -> None:
    grey, ink = a_seal()
    assert ink is not None
    for place, is_gone in ((LETTER, True), (OWN, False)):
        left, top, right, bottom = place
        part = ink.without(grey, place)[top:bottom, left:right]
        assert bool(part.min() > 200) is is_gone
    outside = grey.copy()
    outside[LETTER[1] : LETTER[3], LETTER[0] : LETTER[2]] = 255
    changed = ink.without(grey, LETTER)
    changed[LETTER[1] : LETTER[3], LETTER[0] : LETTER[2]] = 255
    assert (changed == outside).all()
