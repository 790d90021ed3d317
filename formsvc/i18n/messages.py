"""Sentences out of the catalogues, with their facts put in.

Rules: an entry is filled by name; a fact that is missing shows as `…`, one that is empty as `—`, and nothing a file or
a person wrote can hide, turn round or break the line it is shown in. What this does not promise: that the facts given
are the ones the entry asks for (the tests compare them where they are written).
"""

from __future__ import annotations

import functools
import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from formsvc.errors import FormsvcError, Param, Problem
from formsvc.i18n.language import CATALOGUES, Language

MISSING = "…"
EMPTY = "—"
LONGEST = 300
"""Characters of a fact that are shown; a whole page of text pasted into one cell says no more than its beginning."""

SHORT = 60
"""The same of what was read or typed, which a sentence only has to remind of."""
_READ = frozenset({"raw", "value", "found", "other", "before", "after", "known"})
"""Facts that hold what was read or typed."""

_WHOLE = frozenset({"pages"})
"""Facts that are ours and nobody's text: they are never cut off."""

_UNSEEN = (
    (0x0000, 0x001F),  # C0 controls
    (0x007F, 0x009F),  # delete and the C1 controls
    (0x061C, 0x061C),  # Arabic letter mark
    (0x180E, 0x180E),  # Mongolian vowel separator
    (0x200B, 0x200F),  # zero-width characters, left-to-right and right-to-left marks
    (0x2028, 0x202E),  # line and paragraph separators, embeddings and overrides
    (0x2060, 0x206F),  # word joiner, isolates, retired format characters
    (0xD800, 0xDFFF),  # halves of pairs, which stand for bytes of a file name that are not UTF-8
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFF9, 0xFFFB),  # interlinear marks
    (0xE0000, 0xE007F),  # tags
)
_SHORT_ESCAPES = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


@dataclass(frozen=True, slots=True)
class Messages:
    """The catalogue of one language; its file is read when the first sentence is asked for."""

    language: Language
    """The language of every sentence this returns."""

    @classmethod
    def load(cls, language: Language) -> Messages:
        """Return the messages of `language`."""
        return cls(language)

    def text(self, message_id: str, /, **params: Param) -> str:
        """Return the entry `message_id` with `params` put in; an entry that does not exist shows as its id.

        A fact whose name and value together are an entry (`reason` and `not-utf8`: `reason.not-utf8`) is shown as
        that entry's text; a reason that is the code of a problem is shown as that problem's sentence.
        """
        return self._filled(message_id, params)

    def problem(self, problem: Problem, field_label: Callable[[str], str] | None = None) -> str:
        """Return the sentence of `problem`; `field_label` gives the label clerks know a field key by."""
        params = dict(problem.params)
        if problem.field is not None:
            params["field"] = field_label(problem.field) if field_label else problem.field
        return self._filled(f"problem.{problem.code}", params)

    def error(self, error: FormsvcError) -> str:
        """Return the sentence of `error`."""
        return self._filled(f"error.{error.code}", error.params)

    def _filled(self, message_id: str, params: Mapping[str, Param]) -> str:
        template = self._entry(message_id)
        if template is None:
            return message_id
        facts = _Facts({name: _Fact(_shown(name, value)) for name, value in params.items()})
        named = {name: self._word(name, str(value)) for name, value in params.items()}
        facts.update({name: _Fact(entry.format_map(facts)) for name, entry in named.items() if entry is not None})
        return template.format_map(facts)

    def _word(self, name: str, value: str) -> str | None:
        """Return the entry that a fact names, to stand inside a sentence."""
        found = self._entry(f"{name}.{value}")
        if found is None and name == "reason":
            found = self._entry(f"problem.{value}")
        return None if found is None else found.rstrip("。.")

    def _entry(self, message_id: str) -> str | None:
        found = _catalogue(self.language).gettext(message_id)
        return None if found == message_id else found


class _Fact(str):
    """A fact as it is shown; `{found:MB}` in an entry shows a number of bytes in megabytes (2**20 bytes)."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        if spec == "MB" and self.isdecimal():
            return f"{round(int(self) / 2**20, 1):g} MB"
        return str(self)


class _Facts(dict[str, _Fact]):
    """Facts by name; one that was not given shows as such instead of stopping the sentence."""

    def __missing__(self, name: str) -> _Fact:
        return _Fact(MISSING)


@functools.cache
def _catalogue(language: Language) -> gettext.GNUTranslations:
    path = CATALOGUES / language.locale / "LC_MESSAGES" / "formsvc.mo"
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


def _shown(name: str, value: Param) -> str:
    text, longest = str(value), SHORT if name in _READ else LONGEST
    if name in _READ:
        text = " / ".join(text.splitlines())
    if not text:
        return EMPTY
    return visible(text if len(text) <= longest or name in _WHOLE else text[:longest] + MISSING)


def visible(text: str) -> str:
    """Return a text on one line, with whatever cannot be seen, or would turn or break the line, escaped."""
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    code = ord(character)
    if not any(first <= code <= last for first, last in _UNSEEN):
        return character
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
