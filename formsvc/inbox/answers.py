"""What the clerk sees in the shared folder: set aside, duplicates, receipts. Each answer is given once.

The areas are kept by a store over the inbox, so that an answer is there whole or not at all. A claim that is worked
off again after a crash finds its own answer by the claim's id and gives no second one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from formsvc import chinese
from formsvc.errors import MissingError, TakenError
from formsvc.inbox.areas import DUPLICATES, RECEIPTS, REJECTED
from formsvc.storage.store import Content, Store

REASON_TEXT = "reason.txt"
REASON_JSON = "reason.json"
_NAME_BYTES = 80
_ONE_ANSWER = ("claim", "waiting", "record")
"""The keys of a reason that make it another answer."""


def reject(
    store: Store, date: str, name: str, files: Mapping[str, Content], reason: Mapping[str, Any], text: str
) -> str:
    """Set a submission aside under the day's date with its reason; return the folder's name.

    `files` holds the untouched file by the name it came with; `reason` becomes reason.json and names the claim.
    """
    return _put(store, f"{REJECTED}/{date}", name, {**files, REASON_TEXT: text.encode("utf-8")}, reason)


def duplicate(
    store: Store, date: str, name: str, files: Mapping[str, Content], reason: Mapping[str, Any], text: str
) -> str:
    """Set a file aside that is filed or waits already; return the folder's name."""
    return _put(store, f"{DUPLICATES}/{date}", name, {**files, REASON_TEXT: text.encode("utf-8")}, reason)


def untouched_name(name: str) -> str:
    """Return the name of the untouched file beside its reason: the one it came with, unless a reason has it."""
    safe = chinese.safe_file_name(name, _NAME_BYTES)
    return f"_{safe}" if safe.lower() in (REASON_TEXT, REASON_JSON) else safe


def receipt(store: Store, date: str, lines: Sequence[str]) -> None:
    """Add the lines that are not there yet to the day's receipts."""
    name = f"{RECEIPTS}/{date}.txt"
    try:
        told = set(store.get(name).decode("utf-8", "replace").splitlines())
    except MissingError:
        told = set()
    store.append_lines(name, [line for line in dict.fromkeys(lines) if line not in told])


def _put(store: Store, area: str, name: str, files: Mapping[str, Content], reason: Mapping[str, Any]) -> str:
    part = chinese.safe_file_name(name, _NAME_BYTES)
    content = json.dumps(dict(reason), ensure_ascii=False, indent=1).encode("utf-8")
    number = 1
    while True:
        prefix = f"{area}/{part}" if number == 1 else f"{area}/{part}-{number}"
        try:
            store.publish(prefix, {**files, REASON_JSON: content})
        except TakenError:
            if _is_answer_to(_reason_of(store, prefix), reason):
                return prefix
            number += 1
            continue
        return prefix


def _is_answer_to(told: Mapping[str, Any], reason: Mapping[str, Any]) -> bool:
    """Whether an answer was given already, in whatever words: the claim, and the one part of it that is answered."""
    return told.get("claim") is not None and all(told.get(key) == reason.get(key) for key in _ONE_ANSWER)


def _reason_of(store: Store, prefix: str) -> Mapping[str, Any]:
    try:
        told = json.loads(store.get(f"{prefix}/{REASON_JSON}"))
    except (MissingError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
