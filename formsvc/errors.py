"""What can go wrong, as facts without sentences.

A `Problem` is something a clerk can mend: problems are values, all of them are collected and shown. A
`FormsvcError` is something nobody at the desk can mend in passing: it stops the command and knows its exit code.
Neither holds a sentence: the catalogues in `formsvc/i18n` hold one for each code and language, and
`docs/errors.md` documents each code.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import ClassVar

Param = str | int
"""A fact inside a sentence: a name, a number, a piece of raw text."""


class ExitCode(IntEnum):
    """The exit codes of the command line (fixed)."""

    OK = 0
    SOME_FAILED = 1
    USAGE = 2
    NOTHING_FOUND = 3
    DAMAGED = 4
    BUSY = 5


class Weight(StrEnum):
    """What a problem does to a form."""

    REFUSES = "refuses"
    """The submission is set aside."""
    ASKS = "asks"
    """A person decides in the review queue."""
    NOTES = "notes"
    """It is noted in the record and holds nothing up."""


class Code(StrEnum):
    """Every code a clerk can meet on a problem; each has a sentence, a line in the docs and a test file."""

    # The submission is set aside.
    NOT_A_FILE = "not-a-file"
    EMPTY_FILE = "empty-file"
    TOO_LARGE = "too-large"
    UNKNOWN_TYPE = "unknown-type"
    OLD_FORMAT = "old-format"
    PHOTO_FORMAT = "photo-format"
    PACKED_FILE = "packed-file"
    DAMAGED_FILE = "damaged-file"
    ENCRYPTED = "encrypted"
    UNSAFE_CONTENT = "unsafe-content"
    MACRO = "macro"
    TOO_COMPLEX = "too-complex"
    TOO_MANY_PAGES = "too-many-pages"
    READER_STOPPED = "reader-stopped"
    NOT_A_FORM = "not-a-form"
    OTHER_DOCUMENT = "other-document"
    EMPTY_FORM = "empty-form"
    PAGES_NOT_A_FORM = "pages-not-a-form"
    REJECTED_BY_PERSON = "rejected-by-person"
    PROGRAM_ERROR = "program-error"

    # A person decides.
    NO_READER = "no-reader"
    PAGE_UNREADABLE = "page-unreadable"
    YEAR_MISSING = "year-missing"
    YEAR_PROPOSED = "year-proposed"
    YEAR_CONFLICT = "year-conflict"
    SUBJECT_MISSING = "subject-missing"
    IDENTITY_MISSING = "identity-missing"
    FIELD_MISSING = "field-missing"
    FIELD_UNREADABLE = "field-unreadable"
    SOURCES_DISAGREE = "sources-disagree"
    ALIAS_LABEL = "alias-label"
    LOW_CONFIDENCE = "low-confidence"
    EMPTY_UNSURE = "empty-unsure"
    DATES_CONFLICT = "dates-conflict"
    AGE_CONFLICT = "age-conflict"
    NAME_UNKNOWN = "name-unknown"
    NAMESAKE = "namesake"
    FORM_UNSURE = "form-unsure"
    TEXT_LEFT_OVER = "text-left-over"
    TRACKED_CHANGES = "tracked-changes"
    MARK_MISMATCH = "mark-mismatch"
    RETURNED_TWICE = "returned-twice"
    TWICE_IN_FILE = "twice-in-file"
    FURTHER_PAGE = "further-page"
    FURTHER_PAGE_ALONE = "further-page-alone"
    SERIAL_YEAR = "serial-year"
    SERIAL_OTHER = "serial-other"
    SERIAL_TWICE = "serial-twice"
    UNPRINTABLE = "unprintable"
    PRIVATE_DATA = "private-data"

    # Noted, and never a reason to hold a form up.
    SIGNATURE_MISSING = "signature-missing"
    SEAL_MISSING = "seal-missing"
    EXTRA_ROW = "extra-row"
    NOT_ON_ROSTER = "not-on-roster"
    UNIT_NOT_AS_ON_ROSTER = "unit-not-as-on-roster"
    PICTURE_IN_BOX = "picture-in-box"
    SERIAL_LATE = "serial-late"
    SERIAL_UNKNOWN = "serial-unknown"
    MARK_UNCLEAR = "mark-unclear"
    MARK_OTHER = "mark-other"
    MARK_WITHOUT_COLOUR = "mark-without-colour"
    BLANK_PAGES = "blank-pages"
    FONT_ABSENT = "font-absent"
    FONT_REFUSED = "font-refused"
    FURTHER_COPY = "further-copy"

    # A row of a roster.
    ROSTER_EMPTY = "roster-empty"
    ROSTER_NO_HEADER = "roster-no-header"
    ROSTER_COLUMN_MISSING = "roster-column-missing"
    ROSTER_CELL_UNREADABLE = "roster-cell-unreadable"
    ROSTER_DUPLICATE = "roster-duplicate"
    ROSTER_COLUMN_TWICE = "roster-column-twice"
    ROSTER_CELL_SPOILT = "roster-cell-spoilt"
    ROSTER_NAME_MISSING = "roster-name-missing"
    ROSTER_SAME_PERSON = "roster-same-person"
    ROSTER_UNPRINTABLE = "roster-unprintable"

    @property
    def weight(self) -> Weight:
        """What a problem of this code does to a form."""
        if self in _REFUSING:
            return Weight.REFUSES
        return Weight.NOTES if self in _NOTING else Weight.ASKS


_REFUSING = frozenset({
    Code.NOT_A_FILE, Code.EMPTY_FILE, Code.TOO_LARGE, Code.UNKNOWN_TYPE, Code.OLD_FORMAT, Code.PACKED_FILE,
    Code.PHOTO_FORMAT, Code.DAMAGED_FILE, Code.ENCRYPTED, Code.UNSAFE_CONTENT, Code.MACRO, Code.TOO_COMPLEX,
    Code.TOO_MANY_PAGES,
    Code.READER_STOPPED, Code.NOT_A_FORM, Code.OTHER_DOCUMENT, Code.EMPTY_FORM, Code.PAGES_NOT_A_FORM,
    Code.REJECTED_BY_PERSON, Code.PROGRAM_ERROR,
})  # fmt: skip
_NOTING = frozenset({
    Code.SIGNATURE_MISSING, Code.SEAL_MISSING, Code.EXTRA_ROW, Code.NOT_ON_ROSTER, Code.UNIT_NOT_AS_ON_ROSTER,
    Code.PICTURE_IN_BOX, Code.SERIAL_LATE, Code.SERIAL_UNKNOWN,
    Code.MARK_OTHER, Code.MARK_WITHOUT_COLOUR, Code.BLANK_PAGES, Code.FURTHER_COPY, Code.FONT_ABSENT,
    Code.FONT_REFUSED, Code.ROSTER_EMPTY, Code.ROSTER_NO_HEADER,
    Code.ROSTER_COLUMN_MISSING, Code.ROSTER_CELL_UNREADABLE, Code.ROSTER_DUPLICATE, Code.ROSTER_COLUMN_TWICE,
    Code.ROSTER_CELL_SPOILT, Code.ROSTER_NAME_MISSING, Code.ROSTER_SAME_PERSON, Code.ROSTER_UNPRINTABLE,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a clerk can mend, without its sentence."""

    code: Code
    """Which kind of problem; the key of its sentence in the catalogues."""
    field: str | None = None
    """The field key it is about, or None when it is about the whole form or file."""
    params: Mapping[str, Param] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
    """The facts the sentence names."""

    def __hash__(self) -> int:
        return hash((self.code, self.field, tuple(sorted(self.params.items(), key=lambda item: item[0]))))


class FormsvcError(Exception):
    """The root of the tree; never raised itself.

    `code` is the key of the sentence in the catalogues and `params` holds the facts in it.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[ExitCode] = ExitCode.SOME_FAILED

    def __init__(self, **params: Param) -> None:
        super().__init__(self.code, params)
        self.params: dict[str, Param] = params

    def __str__(self) -> str:
        facts = ", ".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.code} ({facts})" if facts else self.code


class UsageError(FormsvcError):
    """The words of a command are off; `reason` says which."""

    code = "usage"
    exit_code = ExitCode.USAGE


class NoWorkspaceError(FormsvcError):
    """No formsvc.toml in `folder` or above it."""

    code = "no-workspace"
    exit_code = ExitCode.USAGE


class SettingsError(FormsvcError):
    """`file` holds a setting, `key`, that is unknown or has a value of the wrong kind."""

    code = "settings"
    exit_code = ExitCode.USAGE


class BrokenSettingsError(SettingsError):
    """`file` cannot be read as TOML, from about `line` on."""

    code = "broken-settings"


class FormSpecError(FormsvcError):
    """A form.toml is wrong: `file`, `table`, `key` and a `reason` code say where."""

    code = "form-spec"
    exit_code = ExitCode.USAGE


class BrokenFormError(FormSpecError):
    """`file` cannot be read as TOML in UTF-8, from about `line` on."""

    code = "broken-form"


class UnknownFormError(FormsvcError):
    """The workspace has no form of the id `form`; `known` lists those it has."""

    code = "unknown-form"
    exit_code = ExitCode.USAGE


class UnknownCopyError(FormsvcError):
    """The record has no copy `copy`; `known` lists the roles it has."""

    code = "unknown-copy"
    exit_code = ExitCode.NOTHING_FOUND


class BlankError(FormsvcError):
    """The option `option` wants a person's words and got none."""

    code = "blank"
    exit_code = ExitCode.USAGE


class UnknownFieldError(FormsvcError):
    """The form `form` has no field, criterion or step `field`."""

    code = "unknown-field"
    exit_code = ExitCode.USAGE


class UnreadableValueError(UnknownFieldError):
    """The text `value` given for `field` (its label) cannot be read as its kind."""

    code = "unreadable-value"
    exit_code = ExitCode.USAGE


class UnknownIdError(FormsvcError):
    """No record or queued reading has an id that begins with `id`."""

    code = "unknown-id"
    exit_code = ExitCode.NOTHING_FOUND


class AmbiguousIdError(FormsvcError):
    """More than one id begins with `id`; `candidates` lists them."""

    code = "ambiguous-id"
    exit_code = ExitCode.USAGE


class NotAllowedError(FormsvcError):
    """The record's history does not allow this now; `reason` is a code of its own in the catalogues."""

    code = "not-allowed"
    exit_code = ExitCode.SOME_FAILED


class NotConfirmedError(NotAllowedError):
    """The waiting reading `id` cannot be filed as it is: `reason` says what is missing, with its further facts."""

    code = "not-confirmed"


class DecidedError(NotAllowedError):
    """What is asked to be decided, `id`, was decided by somebody already: it is the record `record`."""

    code = "decided"
    exit_code = ExitCode.BUSY


class ConflictError(FormsvcError):
    """Somebody else wrote the event `number` of the record `id` first; look again and repeat."""

    code = "conflict"
    exit_code = ExitCode.BUSY


class BusyError(FormsvcError):
    """Another formsvc holds the lock `lock`."""

    code = "busy"
    exit_code = ExitCode.BUSY


class DamagedArchiveError(FormsvcError):
    """What stands at `path` in the archive is not what formsvc wrote; `reason` says what was seen."""

    code = "damaged"
    exit_code = ExitCode.DAMAGED


class NewerFormatError(FormsvcError):
    """The archive declares the format `found`, newer than this program's `known`: it is not written to."""

    code = "newer-format"
    exit_code = ExitCode.DAMAGED


class UnsoundExportError(FormsvcError):
    """A bag or an OCFL root that is to be taken back is not whole, for `reason`, at `path`."""

    code = "unsound-export"
    exit_code = ExitCode.DAMAGED


class TakenError(FormsvcError):
    """A create-only write found `path` there already; nothing was changed."""

    code = "taken"
    exit_code = ExitCode.BUSY


class MissingError(FormsvcError):
    """Nothing is stored under `path`."""

    code = "missing"
    exit_code = ExitCode.NOTHING_FOUND


class ChangedError(FormsvcError):
    """The file `path` is not the one that was read: it changed before it was copied; nothing was kept of the copy."""

    code = "changed"
    exit_code = ExitCode.BUSY


class BadNameError(FormsvcError):
    """`name` cannot be a name in the archive; `reason` is a code of its own that says why."""

    code = "bad-name"
    exit_code = ExitCode.SOME_FAILED


class MissingInboxError(FormsvcError):
    """The inbox `path` is not there or is not the one known (a share that is not mounted): work stops."""

    code = "missing-inbox"
    exit_code = ExitCode.SOME_FAILED


class ReaderUnavailableError(FormsvcError):
    """The process that reads files cannot be kept running (`detail`); no file is to blame and none was decided on."""

    code = "reader-unavailable"
    exit_code = ExitCode.BUSY


class NoGlyphError(FormsvcError):
    """No face has the character `character` (in `field` of `form`); nothing was printed."""

    code = "no-glyph"
    exit_code = ExitCode.SOME_FAILED


class FontRefusedError(FormsvcError):
    """The font `font` is not used: its licence forbids embedding, it is broken, or of no use here (`reason`)."""

    code = "font-refused"
    exit_code = ExitCode.USAGE


class NoIndexError(FormsvcError):
    """The index at `path` has to be built from the archive first; `reason` says why."""

    code = "no-index"
    exit_code = ExitCode.SOME_FAILED
