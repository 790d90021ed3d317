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


def ink_in(grey: Grey, place: PixelBox) -> int:
    """Return how many pixels of ink stand in a box."""
    left, top, right, bottom = place
    return int((grey[top:bottom, left:right] < 180).sum())


def test_what_is_darker_than_the_seal_stays_and_all_else_in_its_disc_goes() -> None:
    grey, ink = a_seal()
    assert ink is not None
    clean = ink.without(grey)
    assert ink_in(grey, LETTER) > 100
    assert ink_in(clean, LETTER) == 0
    left, top, right, bottom = OWN
    dark = grey[top:bottom, left:right] < 70
    assert dark.sum() > 50
    assert (clean[top:bottom, left:right][dark] == grey[top:bottom, left:right][dark]).all()
    assert (clean >= grey).all()


def test_beyond_the_seal_nothing_is_changed() -> None:
    grey, ink = a_seal()
    assert ink is not None
    changed = ink.without(grey) != grey
    for place in WRITTEN:
        assert not ink.touches(place)
        assert not changed[place[1] : place[3], place[0] : place[2]].any()
    assert ink.touches(LETTER)
    rows, columns = changed.nonzero()
    reach = 1.07 * ink.disc.radius
    assert (((rows - ink.disc.y) ** 2 + (columns - ink.disc.x) ** 2) < reach**2).all()


def test_a_seal_at_the_edge_of_the_page_is_taken_out_as_far_as_it_is_there() -> None:
    grey, ink = a_seal()
    assert ink is not None
    cut = grey[:, : round(ink.disc.x)]
    assert (ink.without(cut) == ink.without(grey)[:, : cut.shape[1]]).all()


def test_how_much_of_the_writing_is_darker_than_the_seal_is_told() -> None:
    grey, ink = a_seal()
    assert ink is not None
    assert ink.dark_part(grey, WRITTEN) > 0.25
    assert ink.dark_part(grey, [LETTER]) < 0.05
    assert ink.dark_part(grey, []) == 0.0


def test_a_seal_as_dark_as_print_is_not_told_from_it() -> None:
    assert a_seal(colour=BLACK, strength=1.0)[1] is None
