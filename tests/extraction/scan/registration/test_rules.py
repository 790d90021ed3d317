from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.registration.rules import find_rules

UNIT = 5.0


def blank() -> NDArray[np.uint8]:
    return np.zeros((400, 1000), np.uint8)


def test_a_line_broken_by_gaps_is_one_rule_that_remembers_them() -> None:
    mask = blank()
    for start, end in ((100, 380), (420, 600), (660, 900)):
        cv2.line(mask, (start, 200), (end, 200), (255,), 2)
    (rule,) = find_rules(mask, UNIT)
    assert abs(rule.start - 100) < 6
    assert abs(rule.end - 900) < 6
    assert [round(start, -1) for start, _ in rule.pieces] == [100, 420, 660]
    assert abs(rule.at(500) - 200.5) < 1.5


def test_a_bent_line_is_followed() -> None:
    mask = blank()
    along = np.arange(50, 950)
    across = 200 + 12 * np.sin(np.pi * (along - 50) / 900)
    cv2.polylines(mask, [np.stack([along, across], axis=1).round().astype(np.int32)], False, (255,), 2)
    rule = find_rules(mask, UNIT)[0]
    assert abs(rule.at(500) - 212) < 2
    assert abs(rule.at(80) - across[30]) < 2


def test_a_slanted_line_is_one_rule() -> None:
    mask = blank()
    cv2.line(mask, (50, 150), (950, 210), (255,), 2)
    (rule,) = find_rules(mask, UNIT)
    assert abs(rule.at(500) - 180) < 1.5


def test_a_row_of_writing_is_no_rule_from_end_to_end() -> None:
    rng = np.random.default_rng(3)
    mask = blank()
    for row in range(5):
        for column in range(35):
            for _ in range(7):
                first = rng.integers(0, 20, 2) + np.array([60 + column * 25, 60 + row * 60])
                second = (first[0] + rng.integers(4, 20), first[1]) if rng.random() < 0.6 else (first[0], first[1] + 12)
                cv2.line(mask, (int(first[0]), int(first[1])), (int(second[0]), int(second[1])), (255,), 2)
    assert all(rule.seen < 400 for rule in find_rules(mask, UNIT))


def test_dotted_lines_are_seen_when_toner_is_said_to_be_faint() -> None:
    mask = blank()
    for start in range(100, 900, 16):
        cv2.line(mask, (start, 200), (start + 8, 200), (255,), 1)
    assert find_rules(mask, UNIT) == []
    (rule,) = find_rules(mask, UNIT, is_faint=True)
    assert rule.end - rule.start > 700


def test_a_thick_bar_is_no_rule() -> None:
    mask = blank()
    cv2.rectangle(mask, (100, 180), (900, 230), (255,), -1)
    assert find_rules(mask, UNIT) == []


def test_a_short_line_between_two_thick_ones_is_no_writing() -> None:
    mask = np.zeros((400, 400), np.uint8)
    mask[100:102, 100:184] = 255
    for left in (100, 176):
        mask[40:360, left : left + 9] = 255
    found = [rule for rule in find_rules(mask, 5.0) if abs(rule.at(140) - 100.5) < 2]
    assert len(found) == 1
    assert found[0].seen > 70


def test_a_rule_goes_on_under_writing_that_touches_it() -> None:
    mask = blank()
    cv2.line(mask, (100, 200), (900, 200), (255,), 2)
    for left in range(400, 700, 10):
        cv2.line(mask, (left, 170), (left + 4, 198), (255,), 2)
    (rule,) = (rule for rule in find_rules(mask, UNIT) if rule.seen > 300)
    assert rule.seen > 780


def test_a_row_of_writing_in_line_with_a_stroke_is_none() -> None:
    mask = blank()
    cv2.line(mask, (100, 200), (180, 200), (255,), 2)
    for left in range(200, 900, 10):
        cv2.line(mask, (left, 180), (left + 4, 220), (255,), 2)
        cv2.line(mask, (left, 200), (left + 10, 200), (255,), 2)
    assert all(rule.seen < 150 for rule in find_rules(mask, UNIT))
