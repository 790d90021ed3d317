"""The contract of an index: what it takes in and what it answers, whatever keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from formsvc.index.entry import Entry, FiledAs, Found, Query


class Index(Protocol):
    """Where records are found; it holds nothing the archive does not, and can be built anew from it.

    Answers are exact: every condition of a query holds for every record found, and every record for which they hold
    is found. They come in this order: names the question covers whole, then later years, then names, then ids.
    """

    def note(self, entries: Iterable[Entry], *, head: str | None = None) -> None:
        """Take records in, or anew, all or none; with `head`, also how far the archive is taken in by that."""

    def find(self, query: Query) -> list[Found]:
        """Give the records that meet every condition of the query, best first."""

    def by_id_prefix(self, prefix: str) -> list[Found]:
        """Give the records whose id begins with `prefix`, by id."""

    def by_identity(self, identity: str) -> list[Found]:
        """Give the records that have exactly this identity key, by id."""

    def by_hash(self, sha256: str) -> list[FiledAs]:
        """Tell in which records the submission with this hash is filed, by reading."""

    def head(self) -> str | None:
        """Tell how far the archive was taken in, in the words it was noted in; None if it never was."""

    def dump(self) -> Iterator[str]:
        """Give what the index holds as lines: the same archive gives the same lines, byte for byte."""

    def rows_for_export(self, query: Query) -> Iterator[dict[str, Any]]:
        """Give the rows to export of what `find` finds, in its order, as dictionaries by column."""

    def close(self) -> None:
        """Let go of what is held open."""
