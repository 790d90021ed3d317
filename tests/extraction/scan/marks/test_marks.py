"""Which box holds a signature or a seal, which holds something else, and how it is said."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PIL import ImageDraw

from formsvc.errors import Code
from formsvc.extraction.scan.ink import inks_of
from formsvc.extraction.scan.marks.marks import MarkReading, read_marks
from formsvc.forms.reading import MarkState
from tests.extraction.scan.marked import BLACK, BLUE, RED, Colour, Paper, px


def annex2() -> Paper:
    """Return an annex2 with the printed words of its two boxes."""
    paper = Paper().text(30, 195, "承诺人（手写签名）：").text(104, 195, "党组织审核：").text(160, 215, "（盖章）")
    return paper.text(70, 223, "年  月  日").text(150, 223, "年  月  日")


def of(paper: Paper, key: str, *, has_colour: bool = True, black: int | None = None) -> MarkReading:
    """Return what is read in one box."""
    return read_marks(paper.registered(has_colour=has_colour, black=black))[key]


def codes(found: MarkReading) -> set[Code]:
    return {problem.code for problem in found.notes}


def test_boxes_with_their_printed_words_alone_are_empty() -> None:
    for has_colour in (True, False):
        found = read_marks(annex2().registered(has_colour=has_colour))
        assert {key: one.state for key, one in found.items()} == {
            "signature": MarkState.ABSENT,
            "review_seal": MarkState.ABSENT,
        }
        assert all(not one.notes for one in found.values())
        assert found["signature"].confidence >= 0.9


def test_an_empty_box_is_less_sure_where_all_is_black_or_white() -> None:
    registered = annex2().registered(has_colour=False, black=128)
    found = read_marks(registered)["review_seal"]
    assert (found.state, found.confidence) == (MarkState.ABSENT, 0.7)
    toned = registered.upright.copy()
    toned[800:960, 400:560] = 150
    found = read_marks(dataclasses.replace(registered, upright=toned), inks_of(toned))["review_seal"]
    assert (found.state, found.confidence) == (MarkState.ABSENT, 0.97)


def faxed(paper: Paper, kept: tuple[tuple[int, int], ...], *, x: float = 160, y: float = 215) -> Paper:
    """Return a paper with those arcs (degrees) of the ring of a seal as spots, and a few letters' strokes."""
    chance = np.random.default_rng(4)

    def drawn(draw: ImageDraw.ImageDraw) -> None:
        for start, stop in kept:
            for angle in np.arange(start, stop, 1.2):
                off, turn = chance.normal(0, 0.25), np.radians(angle)
                at = ((x + (20 + off) * np.cos(turn)) * 8, (y + (20 + off) * np.sin(turn)) * 8)
                half = chance.uniform(1.5, 4)
                draw.ellipse((at[0] - half, at[1] - half, at[0] + half, at[1] + half), fill=255)

    return paper.add(drawn)


def test_a_ring_that_a_fax_left_in_pieces_is_a_seal() -> None:
    found = of(faxed(annex2(), ((20, 75), (130, 200), (260, 320))), "review_seal", has_colour=False, black=128)
    assert (found.state, codes(found)) == (MarkState.PRESENT, {Code.MARK_WITHOUT_COLOUR})
    assert found.box == pytest.approx((139, 194, 42, 42), abs=3)


def test_an_arc_of_a_ring_is_for_a_person_to_judge() -> None:
    found = of(faxed(annex2(), ((200, 295),)), "review_seal", has_colour=False, black=128)
    assert (found.state, codes(found)) == (MarkState.UNCLEAR, {Code.MARK_UNCLEAR})


def test_text_that_fills_a_box_without_colour_is_no_ring() -> None:
    paper = annex2()
    for row in range(7):
        paper.text(108, 200 + 5.2 * row, "经研究同意该同志公开承诺内容属实")
    found = of(paper, "review_seal", has_colour=False, black=128)
    assert found.state is MarkState.ABSENT


def test_a_ring_between_two_boxes_counts_for_one_of_them() -> None:
    paper = faxed(Paper("annex1"), ((20, 75), (130, 200), (260, 320)), x=150, y=188)
    found = read_marks(paper.registered(has_colour=False, black=128))
    assert sorted(one.state for one in found.values()) == [MarkState.ABSENT, MarkState.PRESENT]


@pytest.mark.parametrize(("colour", "strength"), [(RED, 1.0), (RED, 0.3), ((225, 70, 80), 0.6)])
def test_a_seal_is_seen_strong_or_faint(colour: Colour, strength: float) -> None:
    found = of(annex2().seal(160, 215, colour=colour, strength=strength), "review_seal")
    assert found.state is MarkState.PRESENT
    assert found.box == pytest.approx((139, 194, 42, 42), abs=1.5)
    assert found.pixel_box == pytest.approx(tuple(px(139, 194, 181, 236)), abs=12)
    assert not found.notes


def test_a_seal_that_another_layout_made_narrower_is_seen() -> None:
    assert of(annex2().seal(160, 215, radius=16.2), "review_seal").state is MarkState.PRESENT


@pytest.mark.parametrize("black", [None, 140])
def test_a_seal_without_colour_is_seen_and_said_to_be_without(black: int | None) -> None:
    found = of(annex2().seal(160, 215), "review_seal", has_colour=False, black=black)
    assert (found.state, codes(found)) == (MarkState.PRESENT, {Code.MARK_WITHOUT_COLOUR})


def test_a_seal_cut_off_by_the_edge_of_the_page_is_seen() -> None:
    registered = annex2().seal(180, 215).registered()
    pixels = registered.upright.copy()
    pixels[:, 188 * 8 :] = 255
    page = dataclasses.replace(registered.page, pixels=np.ascontiguousarray(pixels[:, : 188 * 8]))
    cut = dataclasses.replace(registered, upright=pixels, page=page)
    assert read_marks(cut)["review_seal"].state is MarkState.PRESENT


@pytest.mark.parametrize(("y", "owner"), [(186, "seal"), (194, "superior_seal")])
def test_a_seal_across_two_boxes_counts_for_the_one_of_its_middle(y: float, owner: str) -> None:
    found = read_marks(Paper("annex1").seal(150, y).registered())
    assert [key for key, one in found.items() if one.state is MarkState.PRESENT] == [owner]
    assert [one.state for key, one in found.items() if key != owner] == [MarkState.ABSENT]


def test_a_strong_seal_does_not_hide_a_faint_one() -> None:
    found = read_marks(Paper("annex1").seal(150, 150, strength=0.2).seal(150, 220).registered())
    assert {one.state for one in found.values()} == {MarkState.PRESENT}


def test_a_seal_whose_middle_is_in_no_seal_box_counts_for_the_one_that_holds_enough_of_it() -> None:
    assert of(annex2().seal(98, 212), "review_seal").state is MarkState.PRESENT
    assert of(annex2().seal(78, 212), "review_seal").state is not MarkState.PRESENT


@pytest.mark.parametrize("colour", [BLUE, BLACK])
@pytest.mark.parametrize("place", [(45, 205), (66, 194), (40, 218)])
def test_a_signature_is_seen_wherever_it_stands(colour: Colour, place: tuple[float, float]) -> None:
    found = of(annex2().signature(*place, colour=colour), "signature")
    assert found.state is MarkState.PRESENT
    assert found.box is not None
    assert found.box[0] <= place[0] + 2
    assert found.box[0] + found.box[2] >= place[0] + 22


def test_a_signature_without_colour_is_seen_and_said_to_be_without() -> None:
    found = of(annex2().signature(45, 205), "signature", has_colour=False, black=150)
    assert (found.state, codes(found)) == (MarkState.PRESENT, {Code.MARK_WITHOUT_COLOUR})


def test_a_date_written_by_hand_is_no_signature() -> None:
    paper = annex2().text(60, 222, "2011", 5.5, BLUE).text(76, 222, "2", 5.5, BLUE).text(82, 222, "18", 5.5, BLUE)
    assert of(paper, "signature").state is MarkState.ABSENT


def test_a_label_broken_into_two_lines_is_no_signature() -> None:
    paper = Paper().text(30, 195, "承诺人").text(30, 201.5, "手写签名：").text(70, 223, "年  月  日")
    assert of(paper, "signature").state is MarkState.ABSENT


def test_a_typed_name_is_for_a_person_to_judge() -> None:
    found = of(annex2().text(45, 209, "王建国"), "signature")
    assert (found.state, codes(found)) == (MarkState.UNCLEAR, {Code.MARK_UNCLEAR})


def test_the_foot_of_a_cup_over_the_box_is_no_signature() -> None:
    paper = annex2().add(lambda draw: draw.ellipse(px(20, 205, 90, 275), outline=255, width=12), (120, 120, 120))
    assert of(paper, "signature", has_colour=False).state is MarkState.ABSENT


def test_a_line_to_sign_on_is_no_signature() -> None:
    paper = annex2().add(lambda draw: draw.line(px(40, 212, 85, 212), fill=255, width=3))
    assert of(paper, "signature").state is MarkState.ABSENT


def test_a_seal_over_the_signature_box_is_no_signature() -> None:
    assert of(annex2().seal(70, 212), "signature").state is MarkState.ABSENT


def test_a_thumbprint_in_place_of_a_signature_is_for_a_person() -> None:
    def drawn(draw: ImageDraw.ImageDraw) -> None:
        for size in range(1, 8):
            draw.ellipse(px(60 - size, 210 - size, 60 + size, 210 + size), outline=255, width=3)

    found = of(annex2().add(drawn, RED), "signature")
    assert (found.state, codes(found)) == (MarkState.UNCLEAR, {Code.MARK_OTHER})


def test_a_name_seal_is_no_seal_of_an_organisation() -> None:
    def drawn(draw: ImageDraw.ImageDraw) -> None:
        draw.rectangle(px(150, 210, 160, 220), outline=255, width=8)
        draw.line(px(155, 211, 155, 219), fill=255, width=8)

    found = of(annex2().add(drawn, RED), "review_seal")
    assert (found.state, codes(found)) == (MarkState.ABSENT, {Code.MARK_OTHER})


def test_red_lines_and_the_foot_of_a_cup_are_no_seals() -> None:
    paper = annex2().add(lambda draw: draw.line(px(106, 206, 170, 205), fill=255, width=8), RED)
    paper.add(lambda draw: draw.ellipse(px(135, 193, 177, 235), outline=255, width=8), (190, 160, 115))
    assert of(paper, "review_seal").state is MarkState.ABSENT


VIOLET, GREEN = (95, 45, 140), (30, 110, 70)


@pytest.mark.parametrize("colour", [BLUE, VIOLET, GREEN])
def test_a_seal_in_another_colour_is_seen_and_said_to_be_no_red_one(colour: Colour) -> None:
    found = of(annex2().seal(160, 215, colour=colour), "review_seal")
    assert (found.state, codes(found)) == (MarkState.PRESENT, {Code.MARK_OTHER})
    assert found.box == pytest.approx((139, 194, 42, 42), abs=1.5)


def test_a_black_seal_on_a_page_with_colour_is_for_a_person_to_judge() -> None:
    paper = annex2().seal(160, 215, colour=BLACK).signature(40, 210)
    found = of(paper, "review_seal")
    assert (found.state, codes(found)) == (MarkState.UNCLEAR, {Code.MARK_OTHER})


def test_a_blue_seal_over_the_signature_box_is_no_signature() -> None:
    assert of(annex2().seal(70, 212, colour=BLUE), "signature").state is not MarkState.PRESENT


def test_a_box_signed_in_blue_in_place_of_a_seal_has_none() -> None:
    assert of(annex2().signature(140, 210), "review_seal").state is MarkState.ABSENT


def test_a_box_that_was_not_found_is_unclear() -> None:
    registered = annex2().registered()
    found = read_marks(dataclasses.replace(registered, cells={}))
    assert {one.state for one in found.values()} == {MarkState.UNCLEAR}
    assert all(one.box is None and one.confidence == 0 and codes(one) == {Code.MARK_UNCLEAR} for one in found.values())


def test_every_box_of_another_form_is_read_too() -> None:
    paper = Paper("annex3")
    keys = {key for key, field in paper.form.fields.items() if field.kind.is_mark}
    assert set(read_marks(paper.registered())) == keys
