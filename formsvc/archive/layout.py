"""Where everything lies in the archive: names only, no files. docs/archive-format.md is the specification.

Names are store names: POSIX paths relative to the archive. They are made to be read in Explorer; the ids in them,
and what record.json says, are what the program goes by.
"""

from __future__ import annotations

import re

from formsvc import chinese

DECLARATION = "formsvc-archive-1.0"
"""The name of the file that declares the format; another program refuses what it does not know."""
DECLARATION_PATTERN = re.compile(r"formsvc-archive-(\d+)\.(\d+)")
DECLARATION_TEXT = re.compile(r"formsvc-archive-1\.0\n[0-9a-f]{64}  README\.txt\n")
IMPORT_PATTERN = re.compile(r"organisations/\d{8}T\d{6}-[0-9a-f]{8}\.json")
FORMAT = (1, 0)
README = "README.txt"
RECORD = "record.json"
MANIFEST = "manifest-sha256.txt"
FORM = "form.toml"
SOURCES = "sources"
FORMS = "forms"
JOURNAL = "journal"
ORGANISATIONS = "organisations"
ISSUED = "issued"
WRITER_LOCK = ".writer.lock"
WRITER_PENDING = ".writer.pending.json"
WORKING = frozenset({WRITER_LOCK, WRITER_PENDING})
"""Names at the top that belong to writers at work and are no part of the archive."""
_UNFINISHED = re.compile(r"\.tmp-\d+-[0-9a-f]+")

_ORGANISATION_BYTES = 48
_NAME_BYTES = 45
_ORIGINAL_BYTES = 48
_LABEL_BYTES = 36
"""UTF-8 bytes. With `archive/`, the year, a form of 16 characters and a version below 1000 they keep every path within
200 characters."""

_RECORD_NAME = re.compile(r"(?P<prefix>\d{4}/[^/]+/[^/]+/[^/]+-(?P<id>[0-9a-f]{12}))/(?P<rest>.+)")
_YEAR = re.compile(r"\d{4}/")
_RECORD_DEPTH = 4
"""How many slashes the name of a record's folder has, with the one at its end."""
_EVENT_NAME = re.compile(r"events/(\d{4}|[1-9]\d{4,})\.json")
_REDRAWN_NAME = re.compile(r"redrawn/(\d{4}|[1-9]\d{4,})/[^/]+")
_VERSION_NAME = re.compile(r"v([1-9]\d*)/(.+)")


def record_prefix(year: int, form: str, organisation: str | None, name: str, record: str) -> str:
    """Return the folder of a record: year/form/organisation/name-id."""
    folder = chinese.safe_part(organisation or name, _ORGANISATION_BYTES)
    return f"{year:04}/{form}/{folder}/{chinese.safe_part(name, _NAME_BYTES)}-{record}"


def version_prefix(record: str, number: int) -> str:
    """Return the folder of a record's version."""
    return f"{record}/v{number}"


def original_name(name: str) -> str:
    """Return the name an original is kept under inside its version or source: as received, made safe."""
    return f"original/{chinese.safe_file_name(name, _ORIGINAL_BYTES)}"


def copy_name(number: int, label: str) -> str:
    """Return the name of a copy inside its version, such as copies/1-本人.pdf."""
    return f"copies/{number}-{chinese.safe_part(label, _LABEL_BYTES)}.pdf"


def crop_name(key: str, number: int) -> str:
    """Return the name of a picture of a field's mark inside its version: the field's first, second … one."""
    return f"crops/{key}.png" if number == 1 else f"crops/{key}-{number}.png"


def event_name(record: str, number: int) -> str:
    """Return the name of a record's event."""
    return f"{record}/events/{number:04}.json"


def redrawn_name(event: int, copy: str) -> str:
    """Return the name, below its record, of a copy drawn anew: by the event that tells of it and its name before."""
    return f"redrawn/{event:04}/{copy.rpartition('/')[2]}"


def is_redrawn(rest: str) -> bool:
    """Whether a name below a record is that of a copy drawn anew."""
    return _REDRAWN_NAME.fullmatch(rest) is not None


def source_prefix(sha256: str) -> str:
    """Return the folder of a file that held several forms."""
    return f"{SOURCES}/{sha256}"


def form_name(form: str, version: int) -> str:
    """Return the name of a form version's form.toml."""
    return f"{form_prefix(form, version)}/{FORM}"


def form_prefix(form: str, version: int) -> str:
    """Return the folder of a form version."""
    return f"{FORMS}/{form}-{version}"


def import_name(at: str, sha256: str) -> str:
    """Return the name of a roster import by its moment, ISO 8601, and the hash of its content."""
    moment = at[:19].replace("-", "").replace(":", "")
    return f"{ORGANISATIONS}/{moment}-{sha256[:8]}.json"


def issued_name(form: str, tag: str, sha256: str) -> str:
    """Return the name of a run of blanks by the tag of its serials and the hash of its content."""
    return f"{ISSUED}/{form}-{tag}-{sha256[:8]}.json"


def declaration(readme_sha256: str) -> str:
    """Return the content of the format declaration: its name, and the README as `sha256sum` lists it."""
    return f"{DECLARATION}\n{readme_sha256}  {README}\n"


def is_working(name: str) -> bool:
    """Whether a name belongs to a writer at work, or to one that died."""
    return name in WORKING or _UNFINISHED.fullmatch(name) is not None


def split_record_name(name: str) -> tuple[str, str, str] | None:
    """Split a name below a record into (record prefix, record id, rest), or None when it is elsewhere."""
    match = _RECORD_NAME.fullmatch(name)
    return None if match is None else (match["prefix"], match["id"], match["rest"])


def may_tell_of_records(folder: str) -> bool:
    """Whether a record's event, record.json or manifest may lie in a folder (its name, with a slash) or below it."""
    depth = folder.count("/")
    if depth <= _RECORD_DEPTH:
        return depth > 1 or _YEAR.fullmatch(folder) is not None
    inside = folder[:-1].rpartition("/")[2] if depth == _RECORD_DEPTH + 1 else ""
    return inside == "events" or inside[:1] == "v"


def is_record(folder: str) -> bool:
    """Whether a folder (its name, with a slash) lies where records do."""
    return folder.count("/") == _RECORD_DEPTH


def event_number(rest: str) -> int | None:
    """Return the number of an event's name below its record, or None."""
    match = _EVENT_NAME.fullmatch(rest)
    return None if match is None else int(match[1])


def version_number(rest: str) -> tuple[int, str] | None:
    """Split a name below a record into (version number, name in the version), or None."""
    match = _VERSION_NAME.fullmatch(rest)
    return None if match is None else (int(match[1]), match[2])
