"""Which names in the inbox are ours, which are junk, and which are submissions.

Only the reserved top folders and names that are known to be left by programs are not submissions; everything else is
answered, never ignored.
"""

from __future__ import annotations

import re

SPOOL = ".spool"
STAGING = ".staging"
REVIEW = "_待核_review"
REJECTED = "_退件_rejected"
DUPLICATES = "_重复_duplicates"
RECEIPTS = "_回执_receipts"
RESERVED = frozenset({SPOOL, STAGING, REVIEW, REJECTED, DUPLICATES, RECEIPTS})
"""Folders at the top of the inbox that are not looked into for submissions."""

_JUNK = re.compile(
    r"""
    ~\$.*                      # the owner file beside an open Word or WPS document
    | \.~.*                    # WPS and LibreOffice locks
    | ~wr[a-z]\d+\.tmp         # Word's temporary files
    | .*\.tmp | .*\.crdownload | .*\.part | .*\.partial | .*\.filepart   # unfinished transfers
    | .*\.lnk | thumbs\.db | ehthumbs\.db | desktop\.ini                 # Windows Explorer
    | \.ds_store | \._.* | \.localized | __macosx                        # macOS
    | \#recycle | @eadir | \.stfolder | \.stversions | \.sync | \.syncthing\..*   # NAS and sync programs
    | \$recycle\.bin | system\ volume\ information
    | \.goutputstream-.* | \.fuse_hidden.* | \.nfs.* | \.smbdelete.*     # names of files being replaced or removed
    | \.git | \.gitkeep | \.gitignore
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def is_junk(name: str) -> bool:
    """Whether a file or folder of this name is known to be left by a program and no submission."""
    return _JUNK.fullmatch(name) is not None
