"""Content controls: where a field's value goes in a Word form, by hand-made XML (python-docx has none).

Each field is a control (`w:tag` its key) inside a bookmark `formsvc_<key>`, so that it is found again after
programs that drop the one or the other. An empty control shows its placeholder, which is what the paper form prints
there: the field's own blank, or full-width spaces.

The kinds of controls are those that keep a text as typed. A date control rewrites what is typed and completes what is
missing; a plain-text control is saved by LibreOffice 7.4 with its text four times over. So all but choices are rich
text, which takes further paragraphs and pasted pictures, too. A value of one line, and an empty one, is a control
inside its paragraph; one of several lines is a control around its paragraphs.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from formsvc.forms.spec import Field

FULL_WIDTH_SPACE = "\u3000"
REPLACEMENT = "\ufffd"
"""What stands on paper for a character XML cannot hold: visible, never silently left out."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FIRST_CONTROL_ID = 1001
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

    @property
    def placeholder(self) -> str:
        """The text an empty control shows and prints."""
        return self.field.blank or FULL_WIDTH_SPACE * self.spaces

    @property
    def placeholder_name(self) -> str:
        """The name of that text in the package: equal texts have one."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"formsvc:{self.placeholder}").hex.upper()


def control(place: Place, lines: tuple[str, ...]) -> str:
    """Return the XML of a field with these lines of text, one paragraph each; with its placeholder for no lines.

    Inside a line of text the lines of a value become one.
    """
    if place.paragraph and len(lines) > 1:
        paragraphs = "".join(f"<w:p>{place.paragraph}{_run(line)}</w:p>" for line in lines)
        return _bookmarked(place, _sdt(place, paragraphs, empty=False))
    run = _run(" ".join(lines) if lines else place.placeholder)
    inline = _bookmarked(place, _sdt(place, run, empty=not lines))
    return f"<w:p>{place.paragraph}{inline}</w:p>" if place.paragraph else inline


def xml_text(text: str) -> str:
    """Escape a text for XML; characters XML 1.0 cannot hold become the replacement character."""
    return escape(_FORBIDDEN.sub(REPLACEMENT, text))


def _sdt(place: Place, content: str, *, empty: bool) -> str:
    """Return a control; its properties stand in the order of the schema."""
    field = place.field
    return (
        f"<w:sdt><w:sdtPr><w:alias w:val={quoteattr(field.label)}/><w:tag w:val={quoteattr(field.key)}/>"
        f'<w:id w:val="{_FIRST_CONTROL_ID + place.number}"/><w:lock w:val="sdtLocked"/>'
        f'<w:placeholder><w:docPart w:val="{place.placeholder_name}"/></w:placeholder>'
        f"{'<w:showingPlcHdr/>' if empty else ''}{_options(field)}</w:sdtPr>"
        f"<w:sdtContent>{content}</w:sdtContent></w:sdt>"
    )


def _options(field: Field) -> str:
    if not field.options:
        return ""
    items = "".join(
        f"<w:listItem w:displayText={quoteattr(option)} w:value={quoteattr(option)}/>" for option in field.options
    )
    return f"<w:dropDownList>{items}</w:dropDownList>"


def _bookmarked(place: Place, content: str) -> str:
    """Put a bookmark around it, unless Word could not hold its name."""
    name = f"formsvc_{place.field.key}"
    if not _BOOKMARK.fullmatch(name):
        return content
    return f'<w:bookmarkStart w:id="{place.number}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{place.number}"/>'


def _run(text: str) -> str:
    pieces = xml_text(text).replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')
    return f'<w:r><w:t xml:space="preserve">{pieces}</w:t></w:r>'
