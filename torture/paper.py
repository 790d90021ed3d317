"""`python -m torture paper`: what is printed and filed, as it stands on paper and in the file.

Lines and characters as PDFium finds them, files before two validators, and Word forms that LibreOffice saved.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from torture import characters, saved, setting, validity


def run(words: argparse.Namespace) -> int:
    """Do all of it and print the figures; return how much was wrong."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return (
            _lines(setting.campaign(words.lines, words.seed))
            + _characters(characters.campaign())
            + _files(validity.campaign(folder, words.files, words.seed))
            + _saved(folder / "saved", words)
        )


def _lines(done: setting.Set) -> int:
    wrong = done.marks + done.divided + done.clipped + done.lost
    print(
        f"lines: {done.lines}; marks where they must not stand {done.marks}, numbers or words divided {done.divided},"
    )
    print(
        f"  clipped {done.clipped}, paragraphs that read otherwise {done.lost}",
        *done.examples,
        sep="\n  ! ",
        flush=True,
    )
    return wrong


def _characters(done: characters.Drawn) -> int:
    print(f"characters: {done.asked}; refused {len(done.refused)} {done.refused[:50]}, without ink {len(done.blank)}")
    return len(done.refused) + len(done.blank)


def _files(done: validity.Valid) -> int:
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(done.files.items()))
    print(f"PDF files: {done.files.total()} ({kinds})")
    print(f"  failures in two validators: {len(done.failures)}", *done.failures[:10], sep="\n  ! ", flush=True)
    return len(done.failures)


def _saved(folder: Path, words: argparse.Namespace) -> int:
    if not saved.is_there():
        print("left out, for want of LibreOffice: forms saved by it")
        return 0
    folder.mkdir()
    done = saved.campaign(folder, words.saved, words.seed)
    print(f"forms saved by LibreOffice: {sum(done.forms.values())}, wrong with nobody asked {len(done.wrong)}")
    for chain, count in done.forms.items():
        print(
            f"  {chain:14} {count}: exact {done.exact[chain]}, asked {done.asked[chain]}, refused {done.refused[chain]}"
        )
    for what in done.wrong[:10]:
        print(f"  ! {what}")
    return len(done.wrong)
