"""Making the tables that `schema` describes."""

from __future__ import annotations

from formsvc.index.library import Database
from formsvc.index.schema import SCHEMA_VERSION

_WITHOUT_ROWID = """
CREATE TABLE posting (token TEXT, rank INTEGER, name TEXT, PRIMARY KEY (token, rank, name)) WITHOUT ROWID;
CREATE TABLE syllable (text TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE place_token (token TEXT, place INTEGER, PRIMARY KEY (token, place)) WITHOUT ROWID;
CREATE TABLE belonging (place INTEGER, record INTEGER, PRIMARY KEY (place, record)) WITHOUT ROWID;
CREATE TABLE filed (sha256 BLOB, reading INTEGER, id INTEGER, PRIMARY KEY (sha256, reading, id)) WITHOUT ROWID;
CREATE TABLE fact (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""
"""Tables that are their own index; sqlite-utils makes none of these."""

_LISTING = """
SELECT printf('%012x', record.id) AS id, form, year, name, organisation, unit, status, version, path FROM record
"""


def create_tables(database: Database) -> None:
    """Make all tables and views in an empty database, and stamp it with the version."""
    database.table("place").create({"id": int, "text": str, "key": str}, pk="id", not_null={"text", "key"})
    record = database.table("record")
    columns = {"id": int, "form": str, "year": int, "subject": str, "name": str, "organisation": str, "unit": str}
    columns |= {"status": str, "version": int, "path": str, "identity": str, "events": int, "document": bytes}
    record.create(columns, pk="id", not_null=set(columns) - {"organisation", "unit"})
    database.executescript(_WITHOUT_ROWID)
    database.create_view("listing", _LISTING)
    database.table("place").create_index(["text"], "place_by_text", unique=True)
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def create_indexes(database: Database) -> None:
    """Make the indexes of the records; after many rows are written this is quicker than before."""
    record = database.table("record")
    database.execute("CREATE INDEX record_in_order ON record (year DESC, name)")
    record.create_index(["identity"], "record_by_identity")
