"""Content controls: where a field's value goes in a Word form, by hand-made XML (python-docx has none).

Each field is a control (`w:tag` its key) inside a bookmark `formsvc_<key>` (`formsvc7_<key>` in the seventh form of a
document: names are unique in it), so that it is found again after programs that drop the one or the other. An empty
control shows its placeholder, which is what the paper form prints there: the field's own blank, or full-width spaces.

The kinds of controls are those that keep a text as typed. A date control rewrites what is typed and completes what is
missing; a plain-text control is saved by LibreOffice 7.4 with its text four times over. So all but choices are rich
text, which takes further paragraphs and pasted pictures, too. A value of one line, and an empty one, is a control
inside its paragraph; one of several lines is a control around its paragraphs.
"""

from __future__ import annotations

import math
import re
import uuid
from dataclasses import dataclass

from formsvc.chinese import display_width
from formsvc.forms.markup import escaped, quoted
from formsvc.forms.spec import Field

FULL_WIDTH_SPACE = "\u3000"
REPLACEMENT = "\ufffd"
"""What stands on paper for a character XML cannot hold: visible, never silently left out."""

_XML_CANNOT_HOLD = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_FORBIDDEN = re.compile(f"[{_XML_CANNOT_HOLD}]")
_UNSAFE = re.compile(f"[&<>{_XML_CANNOT_HOLD}]")
_PRESERVED = ' xml:space="preserve"'
_FIRST_CONTROL_ID = 1001
_WIDER = 0.06
"""How much wider than half an em (em) letters and digits are in many a face."""
_DIGITS = 5
"""The most digits the number of a form has in a document of many."""
_BOOKMARK = re.compile(r"\w{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one field stands in the document."""

    field: Field
    number: int
    """Its number in the document, from 0; ids come from it."""
    paragraph: str
    """The properties of its paragraphs, a `w:pPr`; empty for a place inside a line of text."""
    spaces: int
    """How many full-width spaces an empty one shows when its field has no blank of its own."""
    fits: tuple[tuple[float, str], ...] = ()
    """How wide a value may be (em), from the usual size of type down, and the properties of its paragraph then; the
    last holds for all that are wider. Empty for a place where nothing is made smaller."""
    form: str = ""
    """What stands for the number of its form in a document of many forms; empty in a document of one."""

    @property
    def bookmark(self) -> str:
        """The name of its bookmark: `formsvc_<key>`, with the number of the form before the line in one of many."""
        return f"formsvc{self.form}_{self.field.key}"

    @property
    def bookmark_id(self) -> str:
        """The number of its bookmark, another for every place of the document."""
        return self._id(0)

    @property
    def control_id(self) -> str:
        """The number of its control, the same way."""
        return self._id(_FIRST_CONTROL_ID)

    def _id(self, first: int) -> str:
        return f"{self.form}{first + self.number:04}" if self.form else str(first + self.number)

    @property
    def placeholder(self) -> str:
        """The text an empty control shows and prints."""
        return self.field.blank or FULL_WIDTH_SPACE * self.spaces

    @property
    def placeholder_name(self) -> str:
        """The name of that text in the package, eight digits of base 16: equal texts have one."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"formsvc:{self.placeholder}").hex[:8].upper()


class Control:
    """The XML of one field, all of it but its text made beforehand."""

    def __init__(self, place: Place) -> None:
        self.place = place
        opening, closing = _bookmark(place)
        head, options = _properties(place)
        self._begin = f"{opening}{head}{options}"
        self._end = f"</w:sdtContent></w:sdt>{closing}"
        self._paragraph = f"<w:p>{place.paragraph}"
        before, after = (self._paragraph, "</w:p>") if place.paragraph else ("", "")
        self._line_begin, self._line_end = f"{before}{self._begin}", f"{self._end}{after}"
        shown = f"{opening}{head}<w:showingPlcHdr/>{options}{_run(place.placeholder)}"
        self.empty = f"{before}{shown}{self._line_end}"
        """The field without a value: its placeholder."""
        self._surely = place.fits[0][0] if place.fits else math.inf
        """So many characters fit however wide they are."""

    def filled(self, lines: tuple[str, ...]) -> str:
        """Return the field with these lines of text, one paragraph each; inside a line of text they become one."""
        if len(lines) == 1 and len(lines[0]) > self._surely:
            return f"<w:p>{self._paragraph_for(lines[0])}{self._begin}{_run(lines[0])}{self._end}</w:p>"
        if len(lines) == 1 or not self.place.paragraph:
            return f"{self._line_begin}{_run(' '.join(lines))}{self._line_end}"
        paragraphs = "".join(f"{self._paragraph}{_run(line)}</w:p>" for line in lines)
        return f"{self._begin}{paragraphs}{self._end}"

    def _paragraph_for(self, text: str) -> str:
        """Return the properties of the paragraph of a value: in the largest type in which it fits its cell."""
        if text.isascii():
            width = len(text) * (0.5 + _WIDER)
        else:
            width = display_width(text) / 2 + _WIDER * sum(map(str.isascii, text))
        return next((paragraph for most, paragraph in self.place.fits if width <= most), self.place.fits[-1][1])


def xml_text(text: str) -> str:
    """Escape a text for XML; characters XML 1.0 cannot hold become the replacement character."""
    if _UNSAFE.search(text) is None:
        return text
    return escaped(_FORBIDDEN.sub(REPLACEMENT, text))


def _bookmark(place: Place) -> tuple[str, str]:
    """Return the beginning and the end of the bookmark; none if Word could not hold its name."""
    longest = place.bookmark.replace(place.form, "0" * _DIGITS) if place.form else place.bookmark
    if not _BOOKMARK.fullmatch(longest):
        return "", ""
    number = place.bookmark_id
    return f'<w:bookmarkStart w:id="{number}" w:name="{place.bookmark}"/>', f'<w:bookmarkEnd w:id="{number}"/>'


def _properties(place: Place) -> tuple[str, str]:
    """Return the beginning of a control up to where an empty one is marked, and what follows up to its content.

    The properties stand in the order of the schema.
    """
    field = place.field
    items = "".join(
        f"<w:listItem w:displayText={quoted(option)} w:value={quoted(option)}/>" for option in field.options
    )
    return (
        f"<w:sdt><w:sdtPr><w:alias w:val={quoted(field.label)}/><w:tag w:val={quoted(field.key)}/>"
        f'<w:id w:val="{place.control_id}"/><w:lock w:val="sdtLocked"/>'
        f'<w:placeholder><w:docPart w:val="{place.placeholder_name}"/></w:placeholder>'
    ), f"{f'<w:dropDownList>{items}</w:dropDownList>' if items else ''}</w:sdtPr><w:sdtContent>"


def _run(text: str) -> str:
    safe = xml_text(text)
    if "\t" in safe:
        safe = safe.replace("\t", f"</w:t><w:tab/><w:t{_PRESERVED}>")
    elif safe == safe.strip():
        return f"<w:r><w:t>{safe}</w:t></w:r>"
    return f"<w:r><w:t{_PRESERVED}>{safe}</w:t></w:r>"
