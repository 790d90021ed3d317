"""The catalogues' sources, read for the tests."""

from __future__ import annotations

import functools
import string
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from formsvc.i18n.language import CATALOGUES, Language


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


@functools.cache
def entries(language: Language) -> dict[str, str]:
    """Return entry -> sentence."""
    catalogue = read(CATALOGUES / language.locale / "LC_MESSAGES" / "formsvc.po")
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def facts(sentence: str) -> set[str]:
    """Return the names in the braces of a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}
