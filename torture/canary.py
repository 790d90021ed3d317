"""Posting copies of forms whose withheld fields hold marked values: the copies tell nothing of them.

Two searches: the copy has to be the same bytes whatever is withheld, and no mark may be told by anything in it
(`torture.searched`), nor its rare characters by a font.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from hashlib import sha256

from formsvc.forms.load import load_forms
from formsvc.forms.reading import FieldReading, Reading, YearReading, YearSource
from formsvc.forms.spec import FormSpec, Kind
from formsvc.rendering.copies import draw_copies
from torture.corpus import ROOT, moment
from torture.searched import Said, said_by

_RARE = "鼍龘馕齉爨灪麤鱻"


@dataclass
class Posted:
    """What came of it."""

    copies: int = 0
    values: int = 0
    """Withheld values that were marked."""
    leaks: int = 0


def canary(copies: int, seed: int) -> Posted:
    """Draw so many posting copies and look for what they must not hold."""
    forms = [
        form for form in load_forms(ROOT / "templates").values() if any(not one.public for one in form.fields.values())
    ]
    chance = random.Random(seed)
    done = Posted()
    plain: dict[str, bytes] = {}
    searched: dict[bytes, Said] = {}
    for number in range(copies):
        form = forms[number % len(forms)]
        public = chance.randrange(20)
        mark = f"{chance.choice(_RARE)}{chance.choice(_RARE)}C{chance.randrange(10**9):09}"
        data = _posting(form, _reading(form, public, mark))
        key = f"{form.id} {public}"
        plain.setdefault(key, _posting(form, _reading(form, public, "")))
        digest = sha256(data).digest()
        said = searched.get(digest) or searched.setdefault(digest, said_by(data))
        told = [*said.tells(mark), *said.tells(mark[2:])]
        done.copies += 1
        done.values += sum(not one.public for one in form.fields.values())
        done.leaks += data != plain[key] or bool(told)
    return done


def _reading(form: FormSpec, public: int, mark: str) -> Reading:
    fields = {}
    for key, field in form.fields.items():
        if key == form.year_key:
            continue
        if field.public:
            value = (f"第{public}件事",) if field.kind is Kind.ITEMS else None
            fields[key] = FieldReading(value, f"城西{public}", 1.0)
        else:
            fields[key] = FieldReading(None, mark, 1.0, alternatives=(mark,))
    return Reading(1, form.id, form.version, YearReading(2011, YearSource.TITLE, 1.0, "2011"), fields)


def _posting(form: FormSpec, reading: Reading) -> bytes:
    drawn = draw_copies(form, reading, record="0" * 12, version=1, date=moment())
    data = next(drawn[copy.role].data for copy in form.copies if copy.is_public)
    if not isinstance(data, bytes):
        raise TypeError(form.id)
    return data
