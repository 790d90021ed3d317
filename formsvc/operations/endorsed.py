"""A filed copy as it is handed out: the copy itself, byte for byte, and behind it what the archive knows besides.

What is told of a review is what a person decided: the last decision on each step of the latest version. A stamp that
the paper brought along stands on the paper already. On a posting copy stands what the form's data calls public, and
approvals only: the opinion where its field is public, the date where its field is, the organisation where its seal's
is, who decided never.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from formsvc import durable
from formsvc.errors import DamagedArchiveError
from formsvc.extraction.sandbox.limits import MEBIBYTE, ChildLimits
from formsvc.extraction.sandbox.outcome import Answer
from formsvc.extraction.sandbox.sandbox import Sandbox
from formsvc.forms.spec import CopySpec, FormSpec
from formsvc.i18n import Language, Messages
from formsvc.records.event import ReviewDecision
from formsvc.records.history import History, Stamp
from formsvc.records.record import Pages
from formsvc.rendering.copies import copy_mark
from formsvc.rendering.endorsement import Endorsement, Words, draw_endorsement
from formsvc.rendering.fonts import Fonts
from formsvc.rendering.layout import layout_of
from formsvc.rendering.marks import Text
from formsvc.rendering.metadata import Metadata, info, packet
from formsvc.rendering.pdf import Document, write
from formsvc.rendering.printed import printed_lines
from formsvc.rendering.spans import Span, Spliced

APPEND_JOB = "formsvc.rendering.appended:append_job"
"""Named, not imported: what opens filed copies is for the sandbox alone."""
PAPER = Language.ZH
"""The language of what is drawn: that of the forms, whatever the screen speaks."""
_LIMITS = ChildLimits(address_space=2048 * MEBIBYTE, cpu_s=30, wall_s=90.0, answer_bytes=32 * MEBIBYTE)
_ROWS = ("step", "decision", "organisation", "by", "on", "opinion", "recorded")


@dataclass(frozen=True, slots=True)
class Whole:
    """A file of the archive that goes in as it is; gone through, it is held against its hash.

    Raises DamagedArchiveError at its end when it is not what was filed.
    """

    path: Path
    name: str
    """What the archive calls it."""
    sha256: str
    size: int
    """Bytes."""

    def __iter__(self) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for piece in Spliced(self.path, (Span(0, self.size),)):
            digest.update(piece)
            yield piece
        if digest.hexdigest() != self.sha256:
            raise DamagedArchiveError(path=self.name, reason="file-changed")


def whole(folder: Path, name: str, sha256: str) -> Whole:
    """Return a file of the archive in `folder`; raises DamagedArchiveError when it is not there."""
    opened = durable.open_regular(folder / name)
    if not isinstance(opened, durable.OpenFile):
        raise DamagedArchiveError(path=name, reason="missing")
    with opened:
        return Whole(folder / name, name, sha256, opened.size)


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes into a PDF as an attachment."""

    file: Whole
    name: str
    """What it is called in the PDF."""
    plain: str
    """The same for programs that know ASCII only."""
    media_type: str
    relationship: str
    """What it is to the pages (ISO 32000-2, AFRelationship)."""
    modified: str
    """A PDF date."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a copy behind it."""

    metadata: Metadata
    stamps: tuple[Endorsement, ...]
    files: tuple[Attached, ...] = ()


def current_stamps(spec: FormSpec, history: History) -> tuple[Stamp, ...]:
    """Return the last decision of a person on each step of the latest version, in the order of the steps."""
    last = {
        stamp.review.step: stamp
        for stamp in history.stamps
        if stamp.review.version == history.latest.number and stamp.review.decision is not ReviewDecision.UNSET
    }
    order = {step.key: number for number, step in enumerate(spec.reviews)}
    return tuple(sorted(last.values(), key=lambda stamp: (order.get(stamp.review.step, len(order)), stamp.event)))


def endorsement_of(spec: FormSpec, stamp: Stamp, *, public: bool) -> Endorsement | None:
    """Return what a copy tells of a stamp; None when a posting copy tells nothing of it."""
    review, step = stamp.review, next((one for one in spec.reviews if one.key == stamp.review.step), None)
    if public and review.decision is not ReviewDecision.APPROVE:
        return None

    def is_shown(key: str | None) -> bool:
        return not public or (key is not None and spec.fields[key].public)

    opinion, seal, on = (None, None, None) if step is None else (step.opinion, step.seal, step.date)
    field = None if on is None else spec.fields[on]
    date = review.on or ""
    return Endorsement(
        step=review.step if step is None else step.label,
        decision=Messages.load(PAPER).text(f"decision.{review.decision}"),
        organisation=(review.organisation or "") if is_shown(seal) else "",
        by="" if public else stamp.by or "",
        on="".join(printed_lines(field, date) if field is not None else (date,)) if is_shown(on) else "",
        opinion=tuple(line for line in review.opinion.splitlines() if line.strip()) if is_shown(opinion) else (),
        recorded="" if public else stamp.at[:16].replace("T", " "),
    )


def told_of(
    spec: FormSpec, history: History, copy: CopySpec, *, files: Sequence[Attached] = (), part: int = 2
) -> Told | None:
    """Return what is to be said behind a copy; None when it is handed out as it is."""
    version = history.latest
    found = [(stamp, endorsement_of(spec, stamp, public=copy.is_public)) for stamp in current_stamps(spec, history)]
    stamps = [(stamp, told) for stamp, told in found if told is not None]
    if not stamps and not files:
        return None
    moments = [stamp.at for stamp, _ in stamps] + [event.at for event in history.events if files]
    facts = {
        "form": f"{spec.id}/{spec.version}",
        "record": history.id,
        "version": str(version.number),
        "copy": copy.role,
        "endorsed": ",".join(str(stamp.event) for stamp, _ in stamps),
    }
    metadata = Metadata(
        spec.title.replace("{year}", str(version.year.value or "")),
        dt.datetime.fromisoformat(version.filed_at),
        properties={name: text for name, text in facts.items() if text},
        part=part,
        modified=max(map(dt.datetime.fromisoformat, moments), default=None),
    )
    return Told(metadata, tuple(told for _, told in stamps), tuple(files))


def handed_out(
    sandbox: Sandbox, spec: FormSpec, history: History, copy: CopySpec, source: Whole, told: Told, *, fonts: Fonts
) -> Sequence[bytes | Whole] | None:
    """Return the parts of a copy as it is handed out; None when nothing can be added to it, though it is as filed."""
    pages, is_over = _overlay(spec, history, copy, told, fonts)
    request = {
        "overlay": base64.b64encode(pages).decode("ascii"),
        "is_over": is_over,
        "xmp": packet(told.metadata).decode("utf-8"),
        "info": info(told.metadata).decode("ascii"),
        "files": [_request(file) for file in told.files],
    }
    opened = durable.open_regular(source.path)
    if not isinstance(opened, durable.OpenFile):
        raise DamagedArchiveError(path=source.name, reason="missing")
    with opened:
        outcome = sandbox.read(opened.descriptor, request, _LIMITS)
    pieces = _pieces(outcome.value, told.files) if isinstance(outcome, Answer) else None
    if pieces is None:
        deque(source, maxlen=0)  # a copy that was damaged is told as such
        return None
    return (source, *pieces)


def _overlay(spec: FormSpec, history: History, copy: CopySpec, told: Told, fonts: Fonts) -> tuple[bytes, bool]:
    """Return what is drawn as a PDF, and whether its first page lies over the copy's first; written by itself.

    So its fonts hold what is told on this copy, and nothing of what another copy tells.
    """
    if not told.stamps:
        return b"", False
    (pages,) = (one.pages for one in history.latest.copies if one.role == copy.role)
    number = 1 + [one.role for one in spec.copies].index(copy.role)
    mark = "".join(
        one.text for one in copy_mark(layout_of(spec, fonts), fonts, number, copy).marks if isinstance(one, Text)
    )
    drawn = draw_endorsement(
        spec,
        told.stamps,
        _words(history),
        fonts,
        about=_about(spec, history, told.metadata.title, public=copy.is_public),
        mark=mark,
        is_drawn=pages is Pages.DRAWN,
    )
    sheets = (*((drawn.over,) if drawn.over is not None else ()), *drawn.behind)
    (data,) = write([Document(sheets, told.metadata)], fonts)
    return data, drawn.over is not None


def _words(history: History) -> Words:
    text = Messages.load(PAPER).text
    return Words(
        title=text("endorsement.title"),
        notice=text("endorsement.notice"),
        record=text("endorsement.record", record=history.id, version=history.latest.number),
        behind=text("endorsement.behind"),
        labels={row: text(f"endorsement.{row}") for row in _ROWS},
    )


def _about(spec: FormSpec, history: History, title: str, *, public: bool) -> str:
    field = spec.fields[spec.subject.name]
    return f"{title}\u3000{field.label}：{history.corrected(spec).name}" if field.public or not public else title


def _request(file: Attached) -> dict[str, str | int]:
    facts = {key: str(getattr(file, key)) for key in ("name", "plain", "media_type", "relationship", "modified")}
    return {**facts, "size": file.file.size, "sha256": file.file.sha256}


def _pieces(value: object, files: Sequence[Attached]) -> list[bytes | Whole] | None:
    """Return the parts in an answer, each file once and in order; None when it is out of shape."""
    match value:
        case {"pieces": list(pieces)} if [piece for piece in pieces if not isinstance(piece, str)] == [
            *range(len(files))
        ]:
            try:
                return [
                    base64.b64decode(piece, validate=True) if isinstance(piece, str) else files[piece].file
                    for piece in pieces
                ]
            except (binascii.Error, ValueError):
                return None
        case _:
            return None
