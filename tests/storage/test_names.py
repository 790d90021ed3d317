"""A name is judged alike by the quick look that nearly all names get and by the careful one."""

from __future__ import annotations

from itertools import product

import pytest

from formsvc.errors import BadNameError
from formsvc.storage.names import check_name

LONG = "x" * 64
"""A harmless part that makes a name too long for the quick look."""
DEVICES = ["con", "PRN", "aux", "nul", "com0", "COM²", "lpt1", "conin$", "CONOUT$"]
HEADS = ["", ".", "..", "a", "党", ".staging", ".Staging", "a\x1f", "a|", "\ud800", "conx", "com10", *DEVICES]
PARTS = [f"{head}{tail}" for head, tail in product(HEADS, ["", "x", ".txt", " ", ".", " .", "/"])]


def is_refused(name: str) -> bool:
    try:
        check_name(name)
    except BadNameError:
        return True
    return False


@pytest.mark.parametrize("shape", ["{}", "{}/a", "a/{}", "a/{}/b"])
def test_the_quick_look_and_the_careful_one_agree(shape: str) -> None:
    names = [shape.format(part) for part in PARTS]
    assert [name for name in names if is_refused(name) != is_refused(f"{name}/{LONG}")] == []
    assert 0 < sum(map(is_refused, names)) < len(names)
