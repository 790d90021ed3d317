"""The faces of the office: found by name among the fonts of the system, asked before the bundled ones.

For each role the faces named are taken in the order named, every one that is there and may be embedded; behind them
stand the bundled faces, for the characters the others lack. Nothing is taken in silence: a role without any face of the
office, and each face that is broken or may not be embedded, is a problem that names what is used instead. With other
faces the same document is another file: what is the same on every machine is drawn with the bundled faces alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import count
from pathlib import Path

from formsvc.errors import Code, FontRefusedError, Problem
from formsvc.rendering.faces import Face, SystemFace
from formsvc.rendering.font_files import FontFace, faces_in
from formsvc.rendering.fonts import Chain, Fonts, Role, bundled_fonts

Order = Mapping[Role, Sequence[str]]
"""The names of faces for each role, the first wanted first: of a family, a face or a file."""


@dataclass(frozen=True, slots=True)
class Typefaces:
    """The faces documents are drawn with."""

    fonts: Fonts
    used: Mapping[Role, tuple[str, ...]]
    """The names of the faces of each role, in the order they are asked for a character."""
    problems: tuple[Problem, ...] = ()


def bundled_typefaces() -> Typefaces:
    """Return the faces that come with the installation."""
    fonts = bundled_fonts()
    return Typefaces(fonts, {role: tuple(_names(fonts.chain(role).faces)) for role in Role})


def office_order() -> dict[Role, tuple[str, ...]]:
    """Return the order of faces of official papers."""
    data = tomllib.loads((resources.files(__package__) / "office-faces.toml").read_text(encoding="utf-8"))
    return {role: tuple(data[role]) for role in Role}


def office_typefaces(folders: Iterable[Path], order: Order) -> Typefaces:
    """Return the faces of an order as far as they are in these folders; a role it leaves out has the usual order."""
    finder = _Finder(faces_in(folders))
    wanted = {**office_order(), **{role: names for role, names in order.items() if names}}
    chosen = {role: finder.chain(role, wanted[role]) for role in Role}
    fonts = Fonts({role: chain for role, (chain, _) in chosen.items()})
    problems = tuple(problem for _, found in chosen.values() for problem in found)
    return Typefaces(fonts, {role: tuple(_names(fonts.chain(role).faces)) for role in Role}, problems)


class _Finder:
    """Finds and opens faces, each once: two roles with the same face share it."""

    def __init__(self, known: Sequence[FontFace]) -> None:
        self._known = known
        self._opened: dict[tuple[Path, int], SystemFace | str] = {}
        self._names = {face.name for role in Role for face in bundled_fonts().chain(role).faces}

    def chain(self, role: Role, wanted: Sequence[str]) -> tuple[Chain, list[Problem]]:
        """Return the chain of a role, and what is to be said about it."""
        bundled = bundled_fonts().chain(role)
        found: dict[SystemFace, None] = {}
        refused: dict[tuple[Path, int], tuple[str, str]] = {}
        for name in wanted:
            for listed in self._named(name):
                opened = self._open(listed, serif=role is not Role.HEADS)
                if isinstance(opened, SystemFace):
                    found[opened] = None
                    break
                shown = listed.path.name if listed.path.name == name else f"{name} ({listed.path.name})"
                refused.setdefault((listed.path, listed.number), (shown, opened))
        # The added weight is that of the bundled faces: the office's own are as heavy as they should be.
        chain = Chain((*found, *bundled.faces)) if found else bundled
        used = next(_names(chain.faces))
        facts = [(Code.FONT_REFUSED, {"font": font, "reason": reason}) for font, reason in refused.values()]
        if not found and not refused:
            facts = [(Code.FONT_ABSENT, {"fonts": ", ".join(wanted)})]
        return chain, [Problem(code, None, {"typeface": role, "used": used, **known}) for code, known in facts]

    def _named(self, name: str) -> Iterator[FontFace]:
        """Yield the faces a name fits, the likeliest first."""
        fitting = [face for face in self._known if face.fits(name)]
        yield from sorted(fitting, key=lambda face: face.distance(name))

    def _open(self, listed: FontFace, *, serif: bool) -> SystemFace | str:
        """Return the face, or why it cannot be used."""
        place = (listed.path, listed.number)
        if place not in self._opened:
            self._opened[place] = self._checked(listed, serif=serif)
        return self._opened[place]

    def _checked(self, listed: FontFace, *, serif: bool) -> SystemFace | str:
        if not listed.is_whole:
            return "broken-font"
        face = SystemFace(listed.path, serif=serif, number=listed.number)
        try:
            face.check()
        except FontRefusedError as error:
            return str(error.params["reason"])
        except OSError:
            return "broken-font"
        if face.name in self._names:
            free = next(name for name in map(f"{face.name}-{{}}".format, count(2)) if name not in self._names)
            face = SystemFace(listed.path, serif=serif, number=listed.number, name=free)
        self._names.add(face.name)
        return face


def _names(faces: Iterable[Face]) -> Iterator[str]:
    return (face.title for face in faces)
