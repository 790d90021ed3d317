"""Finds records by name and year. Only the index and sqlite3 are needed for it."""

from __future__ import annotations

import json
from typing import Any

from formsvc.errors import UnknownFormError
from formsvc.index.asked import Query
from formsvc.operations.lookup import TEMPLATES, Lookup

Json = dict[str, Any]


def find(
    lookup: Lookup,
    name: str | None = None,
    year: int | None = None,
    *,
    form: str | None = None,
    organisation: str | None = None,
    limit: int | None = None,
) -> list[Json]:
    """Return the records that fit every condition given, as `find --json` prints them.

    `name` is a name, a part of it, its pinyin or its initials; `organisation` a part of organisation or unit. Raises
    UnknownFormError for a form that neither the workspace nor any record has.
    """
    query = Query(name=name, year=year, form=form, organisation=organisation, limit=limit)
    found = [json.loads(one.document) for one in lookup.finder.find(query)]
    if form is not None and not found and not lookup.finder.find(Query(form=form, limit=1)):
        _check_form(lookup, form)
    return found


def _check_form(lookup: Lookup, form: str) -> None:
    from formsvc.forms.load import load_forms  # noqa: PLC0415 - a look-up that finds something needs no forms

    known = load_forms(lookup.root / TEMPLATES)
    if form not in known:
        raise UnknownFormError(form=form, known=", ".join(known))
