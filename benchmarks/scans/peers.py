"""Whole-page recognition with label rules: what anybody has after an afternoon, measured beside the product."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher

import numpy as np
from PIL import Image
from rapidocr import RapidOCR
from rapidocr.utils.output import RapidOCROutput

from benchmarks.scans.generate import known_forms
from benchmarks.scans.scoring import FieldRead, PageRead, fold
from formsvc.extraction.scan.page import ScanPage
from formsvc.forms.spec import FormSpec, Kind
from formsvc.forms.values import normalise

Program = Callable[[ScanPage], PageRead]
Line = tuple[str, float, float, float, float]
"""A line of text and its left, top, right, bottom."""


def _rapidocr() -> Program:
    engine = RapidOCR(params={"Global.log_level": "error"})

    def read(page: ScanPage) -> PageRead:
        found = engine(np.ascontiguousarray(page.pixels[:, :, ::-1]))
        if not isinstance(found, RapidOCROutput) or found.txts is None or found.boxes is None:
            return PageRead(None)
        lines = []
        for text, box in zip(found.txts, found.boxes, strict=True):
            (left, top), (right, bottom) = box.min(axis=0).tolist(), box.max(axis=0).tolist()
            lines.append((text, left, top, right, bottom))
        return by_labels(lines)

    return read


def _tesseract() -> Program:
    def read(page: ScanPage) -> PageRead:
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            Image.fromarray(page.pixels).save(file.name, compress_level=1, dpi=(203, 203))
            told = subprocess.run(
                ["tesseract", file.name, "-", "-l", "chi_sim", "--psm", "3", "tsv"],
                capture_output=True, text=True, check=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            )  # fmt: skip
        return by_labels(_tesseract_lines(told.stdout))

    return read


def _tesseract_lines(told: str) -> list[Line]:
    lines: dict[tuple[str, ...], Line] = {}
    for word in csv.DictReader(io.StringIO(told), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (word["text"] or "").strip()
        if word["level"] != "5" or not text:
            continue
        at = (word["block_num"], word["par_num"], word["line_num"])
        left, top = float(word["left"]), float(word["top"])
        right, bottom = left + float(word["width"]), top + float(word["height"])
        if at in lines:
            old = lines[at]
            lines[at] = (old[0] + text, min(old[1], left), min(old[2], top), max(old[3], right), max(old[4], bottom))
        else:
            lines[at] = (text, left, top, right, bottom)
    return list(lines.values())


_DATE = re.compile(r"\d{4}[年.\-]\d{1,2}[月.\-]\d{1,2}日?")


def by_labels(lines: Sequence[Line]) -> PageRead:
    """Give the lines of a whole page to fields by simple rules: right of the label, or below it, or after it."""
    text = "\n".join(line[0] for line in lines)
    spec = _form_of(text)
    if spec is None:
        return PageRead(None, text=text)
    labels = _labels(spec, lines)
    used = {id(line) for line, _ in labels.values()}
    fields = _items(spec, labels, [line for line in lines if id(line) not in used])
    for key, (line, rest) in labels.items():
        kind = spec.fields[key].kind
        if kind is Kind.ITEMS:
            continue
        found = [rest] if rest else _beside(line, [one for one in lines if id(one) not in used])
        value = normalise(spec.fields[key], "\n".join(found)) if found and not kind.is_mark else None
        fields[key] = FieldRead(value.value if value else None, "\n".join(found))
    dates = [key for key, field in spec.fields.items() if field.kind is Kind.DATE and not field.printed]
    seen = sorted((line for line in lines if _DATE.search(fold(line[0]))), key=lambda line: (line[2] // 60, line[1]))
    for key, line in zip(dates, seen, strict=False):
        match = _DATE.search(fold(line[0]))
        fields[key] = FieldRead(normalise(spec.fields[key], match[0] if match else "").value, line[0])
    year = re.search(r"(?:19|20)\d\d", text)
    return PageRead(spec.id, fields, year=int(year[0]) if year else None, text=text)


def _items(spec: FormSpec, labels: Mapping[str, tuple[Line, str]], lines: Sequence[Line]) -> dict[str, FieldRead]:
    """Take all lines between the labels before and after the items, but for the single signs of a label on end."""
    keys = list(spec.fields)
    found = {}
    for key in (key for key in keys if spec.fields[key].kind is Kind.ITEMS):
        place = keys.index(key)
        tops = [labels[one][0][4] for one in keys[:place] if one in labels]
        ends = [
            labels[one][0][2] for one in keys[place + 1 :] if one in labels and labels[one][0][2] > max(tops, default=0)
        ]
        top, end = max(tops, default=0.0), min(ends, default=1e9)
        texts = [
            line[0] for line in sorted(lines, key=lambda line: line[2]) if top < line[2] < end and len(line[0]) > 1
        ]
        if texts:
            found[key] = FieldRead(normalise(spec.fields[key], "\n".join(texts)).value, "\n".join(texts))
    return found


def _form_of(text: str) -> FormSpec | None:
    """Return the form whose title is most like a line of the page."""
    best, form = 0.72, None
    for spec in known_forms().values():
        title = fold(spec.printed_title)
        for line in text.splitlines():
            alike = SequenceMatcher(None, title, re.sub(r"\d{4}", "", fold(line))).ratio()
            if alike > best:
                best, form = alike, spec
    return form


def _labels(spec: FormSpec, lines: Sequence[Line]) -> dict[str, tuple[Line, str]]:
    """Return field key -> the line of its label, and what follows the label in that line."""
    found: dict[str, tuple[Line, str]] = {}
    for key, field in spec.fields.items():
        wordings = sorted(map(fold, (field.label, field.printed, *field.aliases)), key=len, reverse=True)
        for line in sorted(lines, key=lambda line: line[2]):
            match = next((one for one in wordings if one and fold(line[0]).startswith(one)), None)
            if match is not None:
                found[key] = (line, fold(line[0])[len(match) :].lstrip(":"))
                break
    return found


def _beside(label: Line, lines: Sequence[Line]) -> list[str]:
    _, left, top, right, bottom = label
    height = bottom - top
    row = [line for line in lines if line[1] > right - height and abs(line[2] + line[4] - top - bottom) < 1.6 * height]
    if row:
        return [min(row, key=lambda line: line[1])[0]]
    below = [line for line in lines if line[2] > bottom - height / 2 and line[1] < right and line[3] > left]
    return [min(below, key=lambda line: line[2])[0]] if below else []


PEERS: Mapping[str, Callable[[], Program]] = {"rapidocr": _rapidocr, "tesseract": _tesseract}
