"""Which language is spoken, and how libraries that look their own words up are made to speak it too.

A command speaks one language on one screen. It is settled once, by the door, before anything is shown.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping, MutableMapping
from enum import StrEnum
from pathlib import Path

CATALOGUES = Path(__file__).parent
"""The folder with one `<locale>/LC_MESSAGES/` folder for each language."""

_LOCALE_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_CLICK_DOMAIN = "click"


class Language(StrEnum):
    """The languages there are catalogues for; the values of `--lang` and of the setting."""

    ZH = "zh"
    EN = "en"

    @property
    def locale(self) -> str:
        """The gettext name of the language: the name of its folder of catalogues."""
        return {Language.ZH: "zh_CN", Language.EN: "en"}[self]


def choose_language(option: str | None, setting: str | None, environ: Mapping[str, str]) -> Language:
    """Return the language of the option, else of the setting, else of the locale in `environ`, else Chinese.

    A locale in neither language means English; one that names no language (`C`, `POSIX`, nothing) leaves it at Chinese,
    the language of the forms. Raises ValueError when the option or the setting is not the value of a `Language`.
    """
    for choice in (option, setting):
        if choice:
            return Language(choice)
    for variable in _LOCALE_VARIABLES:
        if environ.get(variable):
            return _language_of_locales(environ[variable].split(":"))
    return Language.ZH


def _language_of_locales(locales: list[str]) -> Language:
    """Return the first of ours among locale names such as `zh_CN.UTF-8`."""
    named = [name.partition(".")[0].partition("_")[0].partition("-")[0].lower() for name in locales]
    spoken = [name for name in named if name not in {"", "c", "posix"}]
    for name in spoken:
        if name in set(Language):
            return Language(name)
    return Language.EN if spoken else Language.ZH


def route_gettext(language: Language, environ: MutableMapping[str, str]) -> None:
    """Make click, which looks its words up through gettext, speak `language` in this process.

    For the command line's door alone, with `os.environ`, and before it imports the commands: some of click's words are
    looked up while options are being declared. gettext has no other switch for the language than the variable
    `LANGUAGE`, so programs started from here inherit it unless they are given an environment of their own.
    """
    gettext.bindtextdomain(_CLICK_DOMAIN, str(CATALOGUES))
    gettext.textdomain(_CLICK_DOMAIN)
    environ["LANGUAGE"] = language.locale
