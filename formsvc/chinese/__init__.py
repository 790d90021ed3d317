"""What Chinese text needs before it can be compared, filed and shown: pure functions, standard library only.

Nothing here guesses. What can be read in one way only gets its normal form; the rest gets None or a fault, and
the text as written stays with the caller.

A file of this folder is imported when the first of its names is asked for: looking a record up needs one of them.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from formsvc.chinese.contacts import PrivateKind, clean_email, clean_phone, is_email, is_phone, private_data
    from formsvc.chinese.dates import (
        DateFault,
        DateReading,
        parse_date,
        parse_month,
        parse_number,
        parse_year,
        read_date,
    )
    from formsvc.chinese.folding import clean_name, display_width, fold, fold_label, fold_name, is_han, pad
    from formsvc.chinese.items import Items, leading_number, read_items, split_items
    from formsvc.chinese.paths import safe_file_name, safe_part
    from formsvc.chinese.pinyin import is_pinyin, numbered, sounds_of, toneless
    from formsvc.chinese.strokes import stroke_key, strokes_of
    from formsvc.chinese.surnames import SURNAMES, surname_of

__all__ = [
    "SURNAMES",
    "DateFault",
    "DateReading",
    "Items",
    "PrivateKind",
    "clean_email",
    "clean_name",
    "clean_phone",
    "display_width",
    "fold",
    "fold_label",
    "fold_name",
    "is_email",
    "is_han",
    "is_phone",
    "is_pinyin",
    "leading_number",
    "numbered",
    "pad",
    "parse_date",
    "parse_month",
    "parse_number",
    "parse_year",
    "private_data",
    "read_date",
    "read_items",
    "safe_file_name",
    "safe_part",
    "sounds_of",
    "split_items",
    "stroke_key",
    "strokes_of",
    "surname_of",
    "toneless",
]

_HOMES = {
    "contacts": ("PrivateKind", "clean_email", "clean_phone", "is_email", "is_phone", "private_data"),
    "dates": ("DateFault", "DateReading", "parse_date", "parse_month", "parse_number", "parse_year", "read_date"),
    "folding": ("clean_name", "display_width", "fold", "fold_label", "fold_name", "is_han", "pad"),
    "items": ("Items", "leading_number", "read_items", "split_items"),
    "paths": ("safe_file_name", "safe_part"),
    "pinyin": ("is_pinyin", "numbered", "sounds_of", "toneless"),
    "strokes": ("stroke_key", "strokes_of"),
    "surnames": ("SURNAMES", "surname_of"),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
            return globals()[name]
    raise AttributeError(name)
