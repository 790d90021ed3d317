"""TOML as clerks edit it: read whole, or the line told from which on it cannot be."""

from __future__ import annotations

import re
import tomllib
from typing import Any


class BrokenTomlError(ValueError):
    """Bytes that are no TOML; `line` is the first that cannot be read, from 1, and `is_text` whether they are UTF-8."""

    def __init__(self, line: int, *, is_text: bool) -> None:
        super().__init__(line)
        self.line = line
        self.is_text = is_text


def read_toml(data: bytes) -> dict[str, Any]:
    """Read TOML, a byte order mark before it or not; raises BrokenTomlError."""
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BrokenTomlError(data.count(b"\n", 0, error.start) + 1, is_text=False) from None
    except tomllib.TOMLDecodeError as error:
        # tomllib names the line in its message only, and none where the text ends too early
        named = re.search(r"at line (\d+)", str(error))
        line = int(named[1]) if named else max(1, len(data.splitlines()))
        raise BrokenTomlError(line, is_text=True) from None
