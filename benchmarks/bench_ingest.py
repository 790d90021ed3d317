"""The road of typed forms: CPU a form, drop to findable, memory; beside the limit probe and a plain script.

The limit probe does what no program can leave out: read, hash, unpack and parse, write four synced 50 kB files in
groups, commit to SQLite. The peer does the job the obvious way, without durability and without a sandbox: python-docx
for reading, reportlab with its built-in Chinese font for four copies.
"""

from __future__ import annotations

import ctypes
import hashlib
import io
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import docx
import psutil
from lxml import etree
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.corpus import a_workspace, member_form, members
from benchmarks.report import Spent, median_of, pss_mib, show, spent
from formsvc.operations.outcome import Filed
from formsvc.operations.workspace import open_workspace
from formsvc.rendering.docx import DocxTemplate
from formsvc.watch import REST_S, watch_once

FORMS = 192
RUNS = 3
DROPS = 40
_GROUP = 32
_COPY = b"x" * 50_000


def main() -> None:
    """Measure and print."""
    template = DocxTemplate(member_form())
    forms = [template.fill(year=2011, values=values) for values in members(FORMS)]
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        top = Path(name)
        ours, limit, peer = [], [], []
        for run in range(RUNS):
            limit.append(_limit(top / f"limit{run}", forms))
            ours.append(_ours(top / f"ours{run}", forms))
            peer.append(_peer(top / f"peer{run}", forms[:32]))
        _show_road(median_of(ours), median_of(limit), median_of(peer))
        _show_service(top / "service", forms)


def _ours(folder: Path, forms: Sequence[bytes]) -> Spent:
    root = a_workspace(folder)
    _drop(root / "inbox", forms)

    def work() -> None:
        with open_workspace(root) as workspace:
            filed = sum(isinstance(outcome, Filed) for outcome in watch_once(workspace))
        if filed != len(forms):
            raise SystemExit(f"{filed} of {len(forms)} filed")

    return spent(work, len(forms))


def _limit(folder: Path, forms: Sequence[bytes]) -> Spent:
    folder.mkdir()
    _drop(folder, forms)
    database = sqlite3.connect(folder / "limit.db", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE f(h, n, p)")
    libc = ctypes.CDLL(None)

    def work() -> None:
        paths = sorted(folder.glob("*.docx"))
        descriptor = os.open(folder, os.O_RDONLY)
        for start in range(0, len(paths), _GROUP):
            database.execute("BEGIN")
            for path in paths[start : start + _GROUP]:
                data = path.read_bytes()
                digest = hashlib.sha256(data).hexdigest()
                with zipfile.ZipFile(io.BytesIO(data)) as package:
                    text = "".join(map(str, etree.fromstring(package.read("word/document.xml")).itertext()))
                for copy in range(4):
                    (folder / f"{digest}-{copy}").write_bytes(_COPY)
                database.execute("INSERT INTO f VALUES (?, ?, ?)", (digest, text, path.name))
            libc.syncfs(descriptor)
            database.execute("COMMIT")
        os.close(descriptor)

    taken = spent(work, len(forms))
    database.close()
    return taken


def _peer(folder: Path, forms: Sequence[bytes]) -> Spent:
    folder.mkdir()
    _drop(folder, forms)
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    database = sqlite3.connect(folder / "peer.db")
    database.execute("CREATE TABLE f(n, p)")

    def work() -> None:
        for path in sorted(folder.glob("*.docx")):
            texts = [cell.text for table in docx.Document(str(path)).tables for row in table.rows for cell in row.cells]
            for copy in range(4):
                canvas = Canvas(str(folder / f"{path.stem}-{copy}.pdf"))
                canvas.setFont("STSong-Light", 14)
                for number, text in enumerate(texts):
                    canvas.drawString(60, 800 - 16 * number, text)
                canvas.save()
            database.execute("INSERT INTO f VALUES (?, ?)", ("".join(texts), path.name))
            database.commit()

    taken = spent(work, len(forms))
    database.close()
    return taken


def _show_road(ours: Spent, limit: Spent, peer: Spent) -> None:
    show(
        f"Typed forms, {FORMS} at once, medians of {RUNS} runs, per form",
        [
            ("limit probe", f"{limit.cpu_ms:.2f} ms CPU", f"{limit.wall_ms:.2f} ms wall"),
            ("formsvc: four copies drawn, durable", f"{ours.cpu_ms:.2f} ms CPU", f"{ours.wall_ms:.2f} ms wall"),
            ("plain script: no sync, no sandbox", f"{peer.cpu_ms:.2f} ms CPU", f"{peer.wall_ms:.2f} ms wall"),
            ("formsvc / limit (CPU)", f"{ours.cpu_ms / limit.cpu_ms:.1f}", ""),
            ("plain script / formsvc (CPU)", f"{peer.cpu_ms / ours.cpu_ms:.1f}", "goal for formsvc: <= 40 ms"),
        ],
    )


def _show_service(folder: Path, forms: Sequence[bytes]) -> None:
    root = a_workspace(folder)
    with subprocess.Popen(
        [sys.executable, "-m", "formsvc", "-C", str(root), "watch"], stdout=subprocess.DEVNULL
    ) as service:
        try:
            _until(lambda: (root / ".formsvc" / "index.db").exists() or (root / "inbox" / ".spool").exists())
            time.sleep(2)
            fresh = _pss(service.pid)
            times = [_drop_to_findable(root, number, forms[number]) for number in range(DROPS)]
            time.sleep(REST_S + 5)
            idle = _pss(service.pid)
            first = _drop_to_findable(root, DROPS, forms[DROPS])
            _drop(root / "inbox", forms[DROPS + 1 :])
            peak = 0.0
            while list((root / "inbox").glob("*.docx")) or list((root / "inbox" / ".spool").glob("*/*")):
                peak = max(peak, _pss(service.pid))
                time.sleep(0.05)
        finally:
            service.terminate()
    show(
        f"A served inbox, {DROPS} drops one by one",
        [
            ("drop to findable, median", f"{statistics.median(times):.0f} ms", "goal: <= 100 ms"),
            ("drop to findable, 95th percentile", f"{sorted(times)[int(DROPS * 0.95)]:.0f} ms", ""),
            ("the first drop after a rest", f"{first:.0f} ms", ""),
            ("PSS of the process tree, before any form", f"{fresh:.0f} MiB", "goal: <= 40 MiB"),
            ("PSS after forms and a rest", f"{idle:.0f} MiB", "goal: <= 40 MiB"),
            ("PSS at work, highest seen", f"{peak:.0f} MiB", "goal: <= 100 MiB"),
        ],
    )


def _drop_to_findable(root: Path, number: int, form: bytes) -> float:
    target = root / "inbox" / f"{number}.docx"
    target.write_bytes(form)
    start = time.perf_counter()
    index = root / ".formsvc" / "index.db"
    _until(lambda: index.exists() and _count(index) > number, pause=0.001)
    taken = (time.perf_counter() - start) * 1000
    time.sleep(0.3)
    return taken


def _count(index: Path) -> int:
    connection = sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM record").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def _pss(pid: int) -> float:
    process = psutil.Process(pid)
    return pss_mib([pid, *(child.pid for child in process.children(recursive=True))])


def _until(happened: Callable[[], bool], pause: float = 0.05, patience_s: float = 60) -> None:
    end = time.monotonic() + patience_s
    while not happened():
        if time.monotonic() > end:
            raise SystemExit("waited in vain")
        time.sleep(pause)


def _drop(folder: Path, forms: Sequence[bytes]) -> None:
    for number, form in enumerate(forms):
        (folder / f"form-{number:04}.docx").write_bytes(form)


if __name__ == "__main__":
    main()
