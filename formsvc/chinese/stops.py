"""Chinese quotation marks and stops in sentences that a library has put together with its own. Pure."""

from __future__ import annotations

import re
from types import MappingProxyType

_QUOTED = re.compile(r"'([^']*)'")
_BLANK_AT_QUOTE = re.compile(r"(?<=[^ -~]) (?=“)|(?<=”) (?=[^ -~])")
_HALF_WIDTH = MappingProxyType({". ": "。", ".": "。", ", ": "、", "? ": "？", ": ": "："})
_BEHIND_CHINESE = re.compile(r"(?<=[^ -~])(?:\. |\.$|, |\? |: )")


def with_chinese_stops(sentence: str) -> str:
    """Return a sentence whose quotation marks and stops are those of Chinese."""
    quoted = _BLANK_AT_QUOTE.sub("", _QUOTED.sub("“\\1”", sentence))
    return _BEHIND_CHINESE.sub(lambda found: _HALF_WIDTH[found[0]], quoted).replace("。 ", "。")
