"""Places in JSON, and the same JSON with something else at one of them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any


def places(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of every value in JSON."""
    inside: list[tuple[str | int, ...]] = [path] if path else []
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [*inside, *(place for key, value in items for place in places(value, (*path, key)))]


def held_at(data: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


def changed(data: Any, path: tuple[str | int, ...], change: Callable[[Any, str | int], None]) -> Any:
    made = copy.deepcopy(data)
    change(held_at(made, path[:-1]), path[-1])
    return made


def put(value: Any) -> Callable[[Any, str | int], None]:
    def change(holder: Any, key: str | int) -> None:
        holder[key] = value

    return change
