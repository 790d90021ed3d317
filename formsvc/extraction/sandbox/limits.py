"""How much a file, and the child that reads it, may ask for.

`FileLimits` bound what a file may claim or unpack to; `ChildLimits` bound the process that looks at it. Both are plain
values: a reader with other needs (a scan) passes its own. What a limit does not promise: that a file within it is
harmless; that is what the child is thrown away for.
"""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What a file may be or claim before a parser sees it."""

    file_bytes: int = 50 * MEBIBYTE
    """The largest document taken at all, in bytes."""
    scan_bytes: int = 300 * MEBIBYTE
    """The largest PDF or picture taken at all, in bytes: these may be scans."""
    entries: int = 2_000
    """The most entries a package (a zip) may hold."""
    unpacked_bytes: int = 200 * MEBIBYTE
    """The most a package may unpack to, all entries together, in bytes."""
    ratio: int = 200
    """The most an entry above `ratio_from` may grow by unpacking, in times."""
    ratio_from: int = MEBIBYTE
    """Entries that unpack to less than this may grow as they like, in bytes."""
    side: int = 20_000
    """The longest side of a picture, in pixels."""
    pixels: int = 100_000_000
    """The most pixels of one picture."""
    pictures: int = 10_000
    """The most pages of one TIFF whose headers are looked at."""
    scanned: int = 1_000
    """The most pages of one file that are read as pictures."""


FILE = FileLimits()
"""What a file may be where the settings say nothing else."""


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What the process that reads one file may use."""

    address_space: int = 768 * MEBIBYTE
    """Its virtual memory, in bytes (RLIMIT_AS)."""
    cpu_s: int = 8
    """Its processor time, in seconds (RLIMIT_CPU)."""
    wall_s: float = 20.0
    """Its life from fork to SIGKILL, in seconds."""
    open_files: int = 16
    """Its descriptors (RLIMIT_NOFILE)."""
    answer_bytes: int = MEBIBYTE
    """The longest answer taken from it, in bytes of JSON."""


TYPED_CHILD = ChildLimits()
"""For documents whose text is typed."""

SCAN_ANSWER_BYTES = 32 * MEBIBYTE
"""The longest answer of a child that reads scans, whose readings bring their crops along."""


def scan_child(pages: int) -> ChildLimits:
    """Return what the process that reads so many pages of a scan may use."""
    return ChildLimits(
        address_space=2048 * MEBIBYTE,
        cpu_s=10 + 5 * pages,
        wall_s=30.0 + 20.0 * pages,
        answer_bytes=SCAN_ANSWER_BYTES,
    )
