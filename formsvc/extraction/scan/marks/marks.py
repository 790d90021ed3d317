"""The marks on a scanned form: for each signature and seal box whether there is one, how sure that is, and where.

A seal counts for one box: the one its middle lies in, else the one that holds most of it. Thumbprints, name seals and
other red marks are no seals of an organisation; in a signature box a person has to look at them. Without colour a
mark of ink looks the same as a photocopied one, which is noted; where a fax left bits of a ring, they are
counted along a circle (`arcs`), and where it left nothing, an empty box is less sure. A box without a red seal is
searched for one in blue, violet or green, and in black, which on a page with colour was hardly pressed by hand: neither
passes without a note.

A missing mark holds no form up; one of which nobody can tell is asked about. The crops are the evidence.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np

from formsvc.errors import Code, Problem
from formsvc.extraction.scan.ink import Inks, cold_and_warm, has_tones, inks_of
from formsvc.extraction.scan.marks.arcs import Arcs, arcs_of
from formsvc.extraction.scan.marks.disc import Disc
from formsvc.extraction.scan.marks.seal import Ring, ring_ink, rings_of
from formsvc.extraction.scan.marks.seal_text import seal_strip, seal_text
from formsvc.extraction.scan.marks.signature import ENOUGH, SOME, written_in
from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.registered import PER_MM, PixelBox, Registered
from formsvc.forms.reading import MarkState
from formsvc.forms.spec import Cell, FormSpec, Kind

_AROUND = 26.0
"""Millimetres around the boxes that are looked at: a seal whose middle lies in a box reaches that far."""
_SCORES = MappingProxyType({True: (0.45, 0.55), False: (0.74, 0.78)})
"""With and without colour: the score from which a ring may be a seal, and from which it is one."""
_ARCS = (0.25, 0.33)
"""Without colour: the score from which what is left of a ring may be a seal, and from which it is one."""
_ABSENT = MappingProxyType({False: 0.97, True: 0.7})
"""How sure it is that a box in which no seal is seen has none; and where all is black or white."""
_RADII = (15.2, 24.8)
"""Millimetres of the ring of a seal, as a table of another office's widths may shrink or stretch it."""
_LEAST_CONTENT = MappingProxyType({True: 0.0, False: 0.05})
"""With and without colour: a ring with less in it is the foot of a cup (which is brown where there is colour)."""
_LEAST_VISIBLE = 0.45
_SHARES = (0.2, 0.35)
"""Which part of a seal must lie in a box that its middle does not lie in, for it to be unclear there, and to count."""
_SAME = 8.0
"""Millimetres between the middles of what is one ring seen in two inks."""
_SMALL_MARK = (5.0, 24.0)
"""Millimetres of thumbprints and name seals."""
_SMALL_INK = 6.0
"""Square millimetres of red ink that make a mark."""


@dataclass(frozen=True, slots=True)
class MarkReading:
    """What stands in one signature or seal box."""

    field: str
    state: MarkState
    confidence: float
    """0 to 1: how sure it is that the state is right."""
    box: tuple[float, float, float, float] | None
    """x, y, width, height in mm on the page as it came, of the mark or of its empty box; None for a box not found."""
    pixel_box: PixelBox | None
    """The same on the upright picture, for the crop."""
    notes: tuple[Problem, ...] = ()
    text: str = ""
    """The writing along a seal's ring as far as it could be read: evidence, and no value."""
    ring: Ring | None = None
    """Of a seal, in pixels of the upright picture."""


def read_marks(
    registered: Registered, inks: Inks | None = None, read_text: Callable[[Grey], str] | None = None
) -> Mapping[str, MarkReading]:
    """Return field key -> what stands in its box, for every signature and seal of the form.

    `inks` are those of the upright picture, when they are known already; `read_text` reads one line, such as the
    writing of a seal laid straight.
    """
    boxes = dict(_boxes(registered))
    if not boxes:
        keys = (field.key for field in registered.form.fields.values() if field.kind.is_mark)
        return MappingProxyType({key: _not_found(key) for key in keys})
    sight = _Sight.of(registered, tuple(boxes.values()), inks)
    seals = _owners(registered.form, boxes, sight.rings)
    if not sight.has_colour:
        sight = sight.with_arcs(_without_sure(registered.form, boxes, seals))
        seals = {key: one for key, one in seals.items() if key not in sight.arcs or not _holds(boxes[key], one)}
    if sight.has_colour and any(registered.form.fields[key].kind is Kind.SEAL for key in boxes.keys() - seals):
        sight = sight.with_others(registered)
    others = _owners(registered.form, boxes, (*sight.cold, *sight.black))
    found = {}
    for field in registered.form.fields.values():
        if field.kind.is_mark and field.key not in boxes:
            found[field.key] = _not_found(field.key)
        elif field.kind is Kind.SEAL:
            ring, other = seals.get(field.key), others.get(field.key)
            seal = _seal(registered, sight, field.key, boxes[field.key], ring, other)
            words = "" if ring is None or read_text is None else seal_text(sight.strip(ring), read_text)
            found[field.key] = dataclasses.replace(seal, text=words, ring=ring or other)
        elif field.kind is Kind.SIGNATURE:
            found[field.key] = _signature(registered, sight, field.key, boxes[field.key])
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class _Sight:
    """The part of the page with the boxes of marks, and what was seen on it."""

    left: int
    top: int
    inks: Inks
    rings: tuple[Ring, ...]
    """In pixels of the upright picture; those that are seals or may be."""
    has_colour: bool
    shown: Grey
    """Where the part shows the page: 255, and 0 beyond its edges."""
    is_two_valued: bool = False
    """Whether all is black or white, as a fax leaves it: pale ink and red ink may be gone without a trace."""
    arcs: Mapping[str, Arcs] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
    """Without colour: what is left of a ring in each box in which none is sure."""
    cold: tuple[Ring, ...] = ()
    black: tuple[Ring, ...] = ()
    """Where there is colour and they were looked for: rings in blue, violet or green, and in black."""

    @classmethod
    def of(cls, registered: Registered, boxes: tuple[PixelBox, ...], whole: Inks | None) -> _Sight:
        """Look at the boxes and what is around them."""
        height, width = registered.upright.shape[:2]
        around = round(_AROUND * PER_MM)
        left, top = max(0, min(box[0] for box in boxes) - around), max(0, min(box[1] for box in boxes) - around)
        right = min(width, max(box[2] for box in boxes) + around)
        bottom = min(height, max(box[3] for box in boxes) + around)
        part = (slice(top, bottom), slice(left, right))
        inks = inks_of(np.ascontiguousarray(registered.upright[part])) if whole is None else whole.part(*part)
        has_colour = registered.page.has_colour
        shown = _shown(registered)[part]
        rings = rings_of(ring_ink(inks, has_colour=has_colour), shown)
        seals = tuple(ring.moved(left, top) for ring in rings if _may_be_seal(ring, has_colour=has_colour))
        is_two_valued = not has_colour and not has_tones((whole or inks).grey)
        return cls(left, top, inks, seals, has_colour, shown, is_two_valued)

    def with_arcs(self, boxes: Mapping[str, PixelBox]) -> _Sight:
        """Return the sight with what is left of a ring in each of these boxes, those that were found left out."""
        plane = ring_ink(self.inks, has_colour=False)
        for ring in self.rings:
            if ring.score >= _SCORES[False][1]:
                centre = (round(ring.x) - self.left, round(ring.y) - self.top)
                cv2.circle(plane, centre, round(ring.radius + PER_MM), 0.0, -1)
        moved = [(left - self.left, top - self.top, right - self.left, low - self.top)
                 for left, top, right, low in boxes.values()]  # fmt: skip
        found = [one.moved(self.left, self.top) for one in arcs_of(plane, moved)]
        best = {
            key: one
            for key, one in zip(boxes, found, strict=True)
            if not any(_is_same(one, other) and other.score > one.score for other in found)
        }
        return dataclasses.replace(self, arcs=MappingProxyType(best))

    def with_others(self, registered: Registered) -> _Sight:
        """Return the sight with the rings in other colours than red; they have to be as sure as without colour."""
        height, width = self.inks.grey.shape
        part = (slice(self.top, self.top + height), slice(self.left, self.left + width))
        without_red = dataclasses.replace(self.inks, grey=self.inks.red_free)
        cold, warm = cold_and_warm(np.ascontiguousarray(registered.upright[part]))
        black = np.where(warm, np.float32(0), ring_ink(without_red, has_colour=False))
        found: list[tuple[Ring, ...]] = []
        for plane in (cold, black):
            known = (*self.rings, *(ring for rings in found for ring in rings))
            moved = (ring.moved(self.left, self.top) for ring in rings_of(plane, self.shown))
            rings = (ring for ring in moved if _may_be_seal(ring, has_colour=False))
            found.append(tuple(ring for ring in rings if not any(_is_same(ring, other) for other in known)))
        return dataclasses.replace(self, cold=found[0], black=found[1])

    def strip(self, ring: Ring) -> Grey:
        """Return the writing of a seal laid straight, of its red ink alone where there is colour."""
        red = np.clip(255 * cv2.exp(-self.inks.red), 0, 255).astype(np.uint8)
        return seal_strip(red if self.has_colour else self.inks.grey, ring.moved(-self.left, -self.top))

    def part(self, picture: Grey, box: PixelBox) -> Grey:
        """Return a part of a picture of this sight, by its box on the upright picture."""
        left, top, right, bottom = box
        return picture[max(0, top - self.top) : bottom - self.top, max(0, left - self.left) : right - self.left]


def _boxes(registered: Registered) -> Iterator[tuple[str, PixelBox]]:
    """Yield key and box of each mark whose cell was found."""
    for field in registered.form.fields.values():
        cell = cell_of(registered.form, field.key)
        box = registered.cell_box(cell) if field.kind.is_mark and cell is not None else None
        if box is not None and box[2] - box[0] > PER_MM and box[3] - box[1] > PER_MM:
            yield field.key, box


def cell_of(form: FormSpec, key: str) -> Cell | None:
    """Return the cell where the value of a field goes, or None when it is in none."""
    return next(
        (cell for cell in form.grid.cells if any(line.key == key and not line.is_label for line in cell.lines)), None
    )


def _shown(registered: Registered) -> Grey:
    """Return where the upright picture shows the page: 255, and 0 beyond its edges."""
    height, width = registered.page.pixels.shape[:2]
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], dtype=np.float64)
    points = corners @ np.linalg.inv(registered.to_page).T
    shown = np.zeros(registered.upright.shape[:2], np.uint8)
    limit = 100_000
    flat = np.clip(points[:, :2] / points[:, 2:], -limit, limit)
    cv2.fillConvexPoly(shown, np.rint(flat).astype(np.int32), 255)
    return shown


def _may_be_seal(ring: Ring, *, has_colour: bool) -> bool:
    low, high = (radius * PER_MM for radius in _RADII)
    is_ring = low <= ring.radius <= high and ring.score >= _SCORES[has_colour][0]
    return is_ring and ring.visible >= _LEAST_VISIBLE and ring.content >= _LEAST_CONTENT[has_colour]


def _is_same(ring: Disc, other: Disc) -> bool:
    return float(np.hypot(ring.x - other.x, ring.y - other.y)) < _SAME * PER_MM


def _owners(form: FormSpec, boxes: Mapping[str, PixelBox], rings: tuple[Ring, ...]) -> dict[str, Ring]:
    """Return the seal that counts for each seal box; a seal counts for one box, the surest first."""
    seals = {key: box for key, box in boxes.items() if form.fields[key].kind is Kind.SEAL}
    owned: dict[str, Ring] = {}
    for ring in sorted(rings, key=lambda one: one.score, reverse=True):
        shares = {key: _share(ring, box) for key, box in seals.items()}
        if not shares:
            break
        holders = [key for key, box in seals.items() if _holds(box, ring)]
        key = holders[0] if holders else max(shares, key=lambda one: shares[one])
        if holders or shares[key] >= _SHARES[0]:
            owned.setdefault(key, ring)
    return owned


def _without_sure(form: FormSpec, boxes: Mapping[str, PixelBox], seals: Mapping[str, Ring]) -> dict[str, PixelBox]:
    """Return the boxes of seals in which no ring is sure."""
    sure = {key for key, ring in seals.items() if ring.score >= _SCORES[False][1]}
    return {key: box for key, box in boxes.items() if form.fields[key].kind is Kind.SEAL and key not in sure}


def _holds(box: PixelBox, ring: Disc) -> bool:
    return box[0] <= ring.x < box[2] and box[1] <= ring.y < box[3]


def _share(ring: Disc, box: PixelBox) -> float:
    """Return which part of a ring's disc lies in a box."""
    steps = np.linspace(-1, 1, 41)
    across, down = np.meshgrid(steps, steps)
    inside = across**2 + down**2 <= 1
    x, y = ring.x + across * ring.radius, ring.y + down * ring.radius
    held = (x >= box[0]) & (x < box[2]) & (y >= box[1]) & (y < box[3])
    return float((held & inside).sum() / inside.sum())


def _seal(
    registered: Registered, sight: _Sight, key: str, box: PixelBox, ring: Ring | None, other: Ring | None
) -> MarkReading:
    _, sure = _SCORES[sight.has_colour]
    if ring is None and other is not None:
        return _other_seal(registered, sight, key, box, other)
    if ring is None and key in sight.arcs and sight.arcs[key].score >= _ARCS[0]:
        return _left_seal(registered, key, sight.arcs[key])
    if ring is None:
        notes = (Problem(Code.MARK_OTHER, key),) if _small_mark(sight, box) is not None else ()
        return _reading(registered, key, MarkState.ABSENT, _ABSENT[sight.is_two_valued], box, notes)
    in_box = _holds(box, ring) or _share(ring, box) >= _SHARES[1]
    if ring.score < sure or not in_box:
        notes = (Problem(Code.MARK_UNCLEAR, key),)
        return _reading(registered, key, MarkState.UNCLEAR, 0.5, _wider(ring.box, 1.0), notes)
    notes = () if sight.has_colour else (Problem(Code.MARK_WITHOUT_COLOUR, key),)
    confidence = 0.9 + 0.1 * min(1.0, (ring.score - sure) / 0.2)
    return _reading(registered, key, MarkState.PRESENT, confidence, _wider(ring.box, 1.0), notes)


def _left_seal(registered: Registered, key: str, arcs: Arcs) -> MarkReading:
    """Return the reading of a box without colour by what is left of a ring."""
    place = _wider(arcs.box, 1.0)
    if arcs.score >= _ARCS[1]:
        note = Problem(Code.MARK_WITHOUT_COLOUR, key)
        return _reading(registered, key, MarkState.PRESENT, 0.95, place, (note,))
    return _reading(registered, key, MarkState.UNCLEAR, 0.5, place, (Problem(Code.MARK_UNCLEAR, key),))


def _other_seal(registered: Registered, sight: _Sight, key: str, box: PixelBox, ring: Ring) -> MarkReading:
    """Return the reading of a box whose seal is not red: one in black, or a doubtful one, is for a person to judge."""
    is_sure = ring in sight.cold and ring.score >= _SCORES[False][1]
    is_seal = is_sure and (_holds(box, ring) or _share(ring, box) >= _SHARES[1])
    state, confidence = (MarkState.PRESENT, 0.9) if is_seal else (MarkState.UNCLEAR, 0.5)
    return _reading(registered, key, state, confidence, _wider(ring.box, 1.0), (Problem(Code.MARK_OTHER, key),))


def _signature(registered: Registered, sight: _Sight, key: str, box: PixelBox) -> MarkReading:
    form = registered.form
    left = (one for one in sight.arcs.values() if one.score >= _ARCS[1])
    rings = (*sight.cold, *sight.black) if sight.has_colour else (*sight.rings, *left)
    hidden = _discs(rings, box) if rings or not sight.has_colour else None
    written = written_in(
        sight.part(sight.inks.red_free, box), _label_lengths(form, key), has_date=_has_date(form, key), hidden=hidden
    )
    place = box if written.box is None else _wider(_moved(written.box, box[0], box[1]), 1.5)
    if written.strokes >= ENOUGH and not written.is_typed:
        notes = () if sight.has_colour else (Problem(Code.MARK_WITHOUT_COLOUR, key),)
        confidence = 0.9 + 0.1 * min(1.0, (written.strokes - ENOUGH) / ENOUGH)
        return _reading(registered, key, MarkState.PRESENT, confidence, place, notes)
    other = _small_mark(sight, box)
    if other is not None:
        return _reading(registered, key, MarkState.UNCLEAR, 0.5, other, (Problem(Code.MARK_OTHER, key),))
    if written.strokes >= SOME or _is_hidden(hidden):
        return _reading(registered, key, MarkState.UNCLEAR, 0.5, place, (Problem(Code.MARK_UNCLEAR, key),))
    return _reading(registered, key, MarkState.ABSENT, 0.9 + 0.1 * (1 - written.strokes / SOME), box, ())


def _label_lengths(form: FormSpec, key: str) -> tuple[int, ...]:
    """Return how many characters the printed label may have, with its colon."""
    field = form.fields[key]
    texts = (field.printed or field.label, *field.aliases)
    return tuple(len("".join(text.split()).rstrip(":：")) + 1 for text in texts)


def _has_date(form: FormSpec, key: str) -> bool:
    """Whether the last line of the box is a date."""
    cell = cell_of(form, key)
    return cell is not None and form.fields[cell.lines[-1].key].kind is Kind.DATE


def _discs(rings: tuple[Disc, ...], box: PixelBox) -> Grey:
    """Return what of a box lies under seals, 255 there."""
    hidden = np.zeros((box[3] - box[1], box[2] - box[0]), np.uint8)
    for ring in rings:
        centre = (round(ring.x) - box[0], round(ring.y) - box[1])
        cv2.circle(hidden, centre, round(ring.radius + 1.2 * PER_MM), 255, -1)
    return hidden


def _is_hidden(hidden: Grey | None) -> bool:
    return hidden is not None and float((hidden > 0).mean()) > 0.4


def _small_mark(sight: _Sight, box: PixelBox) -> PixelBox | None:
    """Return where in a box a red mark of the size of a thumbprint or a name seal stands, seals left out."""
    if not sight.has_colour:
        return None
    red = sight.part(sight.inks.red_mask.astype(np.uint8), box).copy()
    red[_discs(sight.rings, box)[: red.shape[0], : red.shape[1]] > 0] = 0
    red = np.asarray(cv2.morphologyEx(red, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)), dtype=np.uint8)
    joined = cv2.dilate(red, np.ones((13, 13), np.uint8))
    count, labels, places, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    low, high = (size * PER_MM for size in _SMALL_MARK)
    for number in range(1, count):
        left, top, width, height = (int(one) for one in places[number, :4])
        ink = int(red[labels == number].sum()) / PER_MM**2
        if low <= min(width, height) and max(width, height) <= high and ink >= _SMALL_INK:
            return _moved((left, top, left + width, top + height), box[0], box[1])
    return None


def _moved(box: PixelBox, right: int, down: int) -> PixelBox:
    return (box[0] + right, box[1] + down, box[2] + right, box[3] + down)


def _wider(box: PixelBox, margin: float) -> PixelBox:
    more = round(margin * PER_MM)
    return (box[0] - more, box[1] - more, box[2] + more, box[3] + more)


def _reading(
    registered: Registered, key: str, state: MarkState, confidence: float, box: PixelBox, notes: tuple[Problem, ...]
) -> MarkReading:
    height, width = registered.upright.shape[:2]
    left, top = min(max(box[0], 0), width - 1), min(max(box[1], 0), height - 1)
    within = (left, top, max(min(box[2], width), left + 1), max(min(box[3], height), top + 1))
    return MarkReading(key, state, round(confidence, 3), registered.in_mm(within), within, notes)


def _not_found(key: str) -> MarkReading:
    return MarkReading(key, MarkState.UNCLEAR, 0.0, None, None, (Problem(Code.MARK_UNCLEAR, key),))
