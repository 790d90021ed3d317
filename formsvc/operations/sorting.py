"""The orders that people and organisations can be listed in."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from formsvc import chinese


class Order(StrEnum):
    """How names are sorted."""

    PINYIN = "pinyin"
    STROKES = "strokes"


def key_of(order: Order) -> Callable[[str], tuple[object, ...]]:
    """Return the function that gives a name's place in an order."""
    if order is Order.STROKES:
        return chinese.stroke_key
    from formsvc.index.readings import order_of  # noqa: PLC0415 - readings are for those who sort so

    return order_of
