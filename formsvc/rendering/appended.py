"""What is added to a filed copy behind its last byte: marks over its first page, further pages, attached files.

The copy stays as it is, byte for byte, at the beginning of what comes out: PDF calls this an incremental update. So
nothing the paper says is written anew, no image is packed again, and who cuts the file at the copy's size has the copy
that was filed. A copy may hold what strangers sent, so this runs as a job in the sandbox; what it gives back is small,
since neither the copy nor the attached files are in it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from formsvc.extraction.preflight.sniff import read_at

_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_END_BYTES, _HEAD_BYTES = 2048, 32
_TABLE = b"xref"
_STREAM = re.compile(rb"\d+ 0 obj\b")
_END_OF_STREAM = b"\r\nendstream\n"
"""Two signs before the word: data that ends with one of them must not be taken for a part of the line's end."""
_ROW = struct.Struct(">BQH")
"""An entry of a cross-reference stream: what it is, where it stands, its generation."""

Held = Mapping[int, int]
"""Object number -> the number of the attached file whose bytes are its stream."""


def append_job(descriptor: int, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what goes behind the copy: {"pieces": [base64, or the number of an attached file]}.

    The request holds `xmp` and `info` of the result, `overlay` (base64 of a PDF, or empty), whether its first page is
    laid over the copy's first (`is_over`, both of one size; its further pages go behind the copy's), and `files`, each
    with `name`, `plain` (an ASCII name), `media_type`, `relationship`, `modified` (a PDF date), `size` and `sha256`.
    Raises ValueError for a copy that is not as ours are.
    """
    end = _end(descriptor)
    with os.fdopen(os.dup(descriptor), "rb") as file, pikepdf.open(file, inherit_page_attributes=False) as pdf:
        before = {one.objgen[0]: _dictionary(one) for one in _objects(pdf)}
        if request["overlay"]:
            with pikepdf.open(io.BytesIO(base64.b64decode(request["overlay"]))) as overlay:
                _lay(pdf, overlay, is_over=request["is_over"])
        held = _attach(pdf, request["files"])
        pdf.Root.Metadata = pdf.make_stream(request["xmp"].encode(), Type=Name.Metadata, Subtype=Name.XML)
        pdf.trailer.Info = pdf.make_indirect(pikepdf.Object.parse(request["info"].encode("ascii")))
        changed = [one for one in _objects(pdf) if before.get(one.objgen[0]) != _dictionary(one)]
        update = _Update(end.size, request["files"])
        update.add(b"" if end.has_line_feed else b"\n")
        for one in sorted(changed, key=lambda one: one.objgen):
            update.write(one, held.get(one.objgen[0]))
        update.close(pdf, end)
    return {"pieces": update.pieces()}


@dataclass(frozen=True, slots=True)
class _End:
    """How a copy ends."""

    size: int
    start: int
    """Where its cross references stand."""
    is_table: bool
    """Whether they are a table, and no stream."""
    has_line_feed: bool


def _end(descriptor: int) -> _End:
    size = os.fstat(descriptor).st_size
    end = read_at(descriptor, _END_BYTES, max(0, size - _END_BYTES))
    found = _START.search(end)
    head = b"" if found is None else read_at(descriptor, _HEAD_BYTES, int(found[1]))
    if found is None or not (head.startswith(_TABLE) or _STREAM.match(head)):
        raise ValueError("no cross references")
    return _End(size, int(found[1]), head.startswith(_TABLE), end.endswith(b"\n"))


def _objects(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """Return the objects of a document that are more than a number; no update of ours changes one of those."""
    found: list[Any] = list(pdf.objects)
    return [one for one in found if isinstance(one, pikepdf.Object)]


def _dictionary(one: pikepdf.Object) -> bytes:
    """Return an object as it is written, of a stream its dictionary: no stream that is there is ever changed."""
    return (one.stream_dict if isinstance(one, Stream) else one).unparse(resolved=True)


def _lay(pdf: pikepdf.Pdf, overlay: pikepdf.Pdf, *, is_over: bool) -> None:
    pages = list(overlay.pages)
    if is_over:
        first = pages.pop(0)
        page = pdf.pages[0].obj
        layer = Stream(pdf, b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array(list(first.mediabox)))
        layer.write(_packed_content(first), filter=Name.FlateDecode)
        layer.Resources = _taken(pdf, overlay, first.obj.Resources)
        resources = _entries(page, "/Resources")
        named = _entries(resources, "/XObject")
        name = next(name for number in count() if (name := f"/Endorsement{number}") not in named)
        named[name] = pdf.make_indirect(layer)
        resources.XObject = named
        page.Resources = resources
        page.Contents = Array([*_streams(page), pdf.make_stream(b"q %s Do Q\n" % name.encode("ascii"))])
    for added in pages:
        made = Dictionary(
            Type=Name.Page,
            Parent=pdf.Root.Pages,
            MediaBox=Array(list(added.mediabox)),
            Resources=_taken(pdf, overlay, added.obj.Resources),
            Contents=Array([pdf.copy_foreign(part) for part in _streams(added.obj)]),
        )
        pdf.Root.Pages.Kids.append(pdf.make_indirect(made))
        pdf.Root.Pages.Count = int(pdf.Root.Pages.Count) + 1


def _entries(one: pikepdf.Object, key: str) -> Dictionary:
    """Return a dictionary inside an object, its own copy of it; an empty one where there is none."""
    return _copied(one[key]) if key in one else Dictionary()


def _copied(found: Any) -> Dictionary:
    return Dictionary({key: found[key] for key in found.keys()})  # noqa: SIM118 - it is not iterable itself


def _taken(pdf: pikepdf.Pdf, overlay: pikepdf.Pdf, found: pikepdf.Object) -> pikepdf.Object:
    return pdf.copy_foreign(found if found.is_indirect else overlay.make_indirect(found))


def _streams(page: pikepdf.Object) -> list[pikepdf.Object]:
    contents = page.get("/Contents", Array())
    return list(contents) if isinstance(contents, Array) else [contents]


def _packed_content(page: pikepdf.Page) -> bytes:
    return zlib.compress(b"\n".join(bytes(part.read_bytes()) for part in _streams(page.obj)))


def _attach(pdf: pikepdf.Pdf, files: Sequence[Mapping[str, Any]]) -> Held:
    held: dict[int, int] = {}
    specs: dict[str, pikepdf.Object] = {}
    for number, file in enumerate(files):
        params = Dictionary(Size=file["size"], ModDate=String(file["modified"]))
        kind = Name(f"/{file['media_type']}")
        stream = pdf.make_stream(b"", Type=Name.EmbeddedFile, Subtype=kind, Params=params)
        held[stream.objgen[0]] = number
        spec = Dictionary(
            Type=Name.Filespec,
            F=String(file["plain"]),
            UF=String(file["name"]),
            EF=Dictionary(F=stream, UF=stream),
            AFRelationship=Name(f"/{file['relationship']}"),
        )
        specs[file["name"]] = pdf.make_indirect(spec)
    if specs:
        names = sorted((String(name) for name in specs), key=bytes)
        pairs = [item for name in names for item in (name, specs[str(name)])]
        tree = pdf.Root.get("/Names", Dictionary())
        tree.EmbeddedFiles = Dictionary(Names=Array(pairs))
        pdf.Root.Names = tree
        pdf.Root.AF = Array(list(specs.values()))
    return held


class _Update:
    """The bytes of an incremental update, with the attached files left out."""

    def __init__(self, start: int, files: Sequence[Mapping[str, Any]]) -> None:
        self._place = start
        self._files = files
        self._parts: list[bytes | int] = []
        self._digest = hashlib.sha256()
        self._places: dict[int, tuple[int, int]] = {}

    def add(self, data: bytes) -> None:
        """Add bytes."""
        self._parts.append(data)
        self._digest.update(data)
        self._place += len(data)

    def write(self, one: pikepdf.Object, held: int | None) -> None:
        """Add an object; `held` is the number of the file whose bytes its stream is."""
        number, generation = one.objgen
        self._places[number] = (self._place, generation)
        self.add(b"%d %d obj\n" % (number, generation))
        if not isinstance(one, Stream):
            self.add(one.unparse(resolved=True) + b"\nendobj\n")
            return
        data = b"" if held is not None else bytes(one.read_raw_bytes())
        told = _copied(one.stream_dict)
        told.Length = len(data) if held is None else self._files[held]["size"]
        self.add(told.unparse(resolved=True) + b"\nstream\n" + data)
        if held is not None:
            self._parts.append(held)
            self._digest.update(self._files[held]["sha256"].encode("ascii"))
            self._place += self._files[held]["size"]
        self.add(_END_OF_STREAM + b"endobj\n")

    def close(self, pdf: pikepdf.Pdf, end: _End) -> None:
        """Add the cross references of what was added, as a table or a stream like those of the copy."""
        own = self._digest.digest()[:16].hex().encode("ascii")
        first = bytes(pdf.trailer.ID[0]).hex().encode("ascii") if "/ID" in pdf.trailer else own
        size = max(int(pdf.trailer.Size), 1 + max(self._places))
        start = self._place
        told = b"/Root %s /Info %s /Prev %d /ID [<%s> <%s>]" % (
            pdf.Root.unparse(),
            pdf.trailer.Info.unparse(),
            end.start,
            first,
            own,
        )
        if end.is_table:
            self.add(b"xref\n")
            for run in self._runs():
                rows = b"".join(b"%010d %05d n \n" % self._places[number] for number in run)
                self.add(b"%d %d\n%s" % (run[0], len(run), rows))
            self.add(b"trailer\n<< /Size %d %s >>" % (size, told))
        else:
            self._places[size] = (start, 0)
            runs = self._runs()
            index = b" ".join(b"%d %d" % (run[0], len(run)) for run in runs)
            places = [self._places[number] for run in runs for number in run]
            data = zlib.compress(b"".join(_ROW.pack(1, place, generation) for place, generation in places))
            about = b"/Type /XRef /W [1 8 2] /Index [%s] /Filter /FlateDecode /Length %d" % (index, len(data))
            self.add(b"%d 0 obj\n<< %s /Size %d %s >>\nstream\n" % (size, about, size + 1, told))
            self.add(data + _END_OF_STREAM + b"endobj")
        self.add(b"\nstartxref\n%d\n%%%%EOF\n" % start)

    def _runs(self) -> list[list[int]]:
        """Return the numbers of what was added, neighbours together."""
        runs: list[list[int]] = []
        for number in sorted(self._places):
            if runs and runs[-1][-1] + 1 == number:
                runs[-1].append(number)
            else:
                runs.append([number])
        return runs

    def pieces(self) -> list[str | int]:
        """Return what was added, in few pieces."""
        found: list[str | int] = []
        text = b""
        for part in self._parts:
            if isinstance(part, bytes):
                text += part
            else:
                found += [base64.b64encode(text).decode("ascii"), part]
                text = b""
        return [*found, base64.b64encode(text).decode("ascii")]
