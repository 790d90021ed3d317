from __future__ import annotations

import cv2
import numpy as np

from formsvc.extraction.scan.registration.edges import boxed, follow
from formsvc.extraction.scan.registration.rules import Rule


def guess(across: float) -> Rule:
    return Rule(np.array([across]), ((100.0, 700.0),), 2.0)


def test_a_rule_moves_to_the_ink_beside_it() -> None:
    mask = np.zeros((400, 800), np.uint8)
    mask[204:207, 100:700] = 255
    found = follow(mask, guess(200), (100, 700), is_level=True, reach=1.4)
    assert abs(found.at(400) - 205) <= 0.5
    assert abs(found.thickness - 3) <= 1


def test_a_rule_with_no_ink_near_stays() -> None:
    mask = np.zeros((400, 800), np.uint8)
    cv2.line(mask, (100, 260), (700, 260), (255,), 3)
    assert follow(mask, guess(200), (100, 700), is_level=True, reach=1.4).at(400) == 200


def test_a_stroke_across_does_not_pull_a_rule() -> None:
    mask = np.zeros((400, 800), np.uint8)
    cv2.line(mask, (100, 203), (700, 203), (255,), 2)
    cv2.line(mask, (300, 100), (420, 300), (255,), 6)
    assert abs(follow(mask, guess(200), (100, 700), is_level=True, reach=1.4).at(360) - 203) <= 1


def test_an_upright_rule_is_followed_as_a_level_one() -> None:
    mask = np.zeros((800, 400), np.uint8)
    cv2.line(mask, (205, 100), (205, 700), (255,), 3)
    assert abs(follow(mask, guess(200), (100, 700), is_level=False, reach=1.4).at(400) - 205) <= 0.5


def test_a_bent_line_is_followed_along_its_bend() -> None:
    mask = np.zeros((400, 800), np.uint8)
    along = np.arange(100, 700)
    across = 200 + 5 * np.sin(np.pi * (along - 100) / 600)
    cv2.polylines(mask, [np.stack([along, across], axis=1).round().astype(np.int32)], False, (255,), 2)
    found = follow(mask, guess(200), (100, 700), is_level=True, reach=1.4)
    assert abs(found.at(400) - 205) < 1.2
    assert abs(found.at(160) - across[60]) < 1.2


def test_a_box_with_nothing_inside_is_none() -> None:
    assert boxed([100, 100, 108, 300], (1680, 2376)) is None
    assert boxed([-5, 100, 200, 300], (1680, 2376)) == (0, 100, 200, 300)
