"""Why a PDF could not be read, and how much a PDF may ask for.

The limits keep an honest file far from them and a hostile one within the child's processor time: a form has one to
three pages, about a thousand operators and as many characters a page. Facts only; what a person reads is decided by
whoever called the reader.
"""

from __future__ import annotations

PAGES = 1_000
"""Pages in one file: a feeder's morning is fewer; each costs 1 ms, and 10,000 cost pypdf 6 s before the first sign."""
OPERATORS = 1_000_000
"""Drawing operators of all pages, form XObjects counted at each use: about 3 s."""
CONTENT_BYTES = 16 << 20
"""Content streams of all pages, form XObjects counted at each use: about 4 s at two bytes an operand."""
GLYPHS = 300_000
"""Characters of all pages: about 3 s and 200 MB."""
UNSEEN_GLYPHS = 900_000
"""Characters nobody sees, which a scanner laid over its pages: they are counted and not kept; about 3 s."""
RULES = 20_000
"""Ruling lines of one page; a form has about fifty."""
STREAM_BYTES = 64 << 20
"""One decoded stream; the content of a form's page is some 20 kB, a full-page scan at 300 dpi in colour 26 MB."""
FORM_DEPTH = 12
"""Form XObjects inside one another; programs nest two or three."""
WIDGETS = 4_000
"""Fillable fields and notes of all pages."""


class PdfError(Exception):
    """Root of what `read_pdf` raises."""


class EncryptedPdfError(PdfError):
    """The file asks for a password."""


class DamagedPdfError(PdfError):
    """The file is not a PDF that can be read whole; `what` names the part that failed."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class TooComplexError(PdfError):
    """The file asks for more than a form ever does; `what` names the limit it passed."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class TooManyPagesError(TooComplexError):
    """The file has more pages than are read at once; `count` says how many."""

    def __init__(self, count: int) -> None:
        super().__init__("pages")
        self.count = count


class Budget:
    """Counts what a file has used of one limit, over all its pages."""

    __slots__ = ("left", "what")

    def __init__(self, what: str, limit: int) -> None:
        self.what = what
        self.left = limit

    def spend(self, count: int) -> None:
        """Take `count` off; raises TooComplexError when nothing is left."""
        self.left -= count
        if self.left < 0:
            raise TooComplexError(self.what)
