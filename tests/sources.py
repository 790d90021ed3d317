"""The package's own sources as syntax trees, for the tests that hold the house to its rules."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from formsvc.errors import Code, FormsvcError

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "formsvc"


@functools.cache
def trees() -> dict[str, ast.Module]:
    """Return path relative to the root -> tree, for every file of the package."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def documentation(tree: ast.AST) -> set[ast.AST]:
    """Return the strings that stand alone: docstrings, and the meanings of fields under them."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and text_of(node.value) is not None}


def text_of(node: ast.AST | None) -> str | None:
    """Return the string a node is, or None when it is no plain string."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@functools.cache
def texts() -> frozenset[str]:
    """Return every plain string of the package that is not documentation."""
    found = (text_of(node) for tree in trees().values() for node in set(ast.walk(tree)) - documentation(tree))
    return frozenset(text for text in found if text is not None)


@functools.cache
def beginnings() -> frozenset[str]:
    """Return the plain beginnings of the f-strings that could name an entry (`word.{kind}`)."""
    found = (text_of(node.values[0]) for _, node in _nodes() if isinstance(node, ast.JoinedStr) and node.values)
    return frozenset(text for text in found if text and text.endswith("."))


@dataclass(frozen=True, slots=True)
class Made:
    """A place in the sources where a sentence is asked for, or a problem or an error is made."""

    place: str
    key: str
    facts: frozenset[str]


def asked_for() -> Iterator[Made]:
    """Yield every `….text("entry", fact=…)`."""
    for path, call in _calls():
        key = text_of(call.args[0]) if call.args else None
        if isinstance(call.func, ast.Attribute) and call.func.attr == "text" and key is not None:
            yield Made(f"{path}:{call.lineno}", key, _keywords(call))


def families_asked_for() -> set[str]:
    """Return the plain beginnings of the entries asked for by f-strings (`….text(f"status.{…}")`)."""
    asked = (call.args[0] for _, call in _calls() if name_of(call.func) == "text" and call.args)
    found = (text_of(entry.values[0]) for entry in asked if isinstance(entry, ast.JoinedStr) and entry.values)
    return {text for text in found if text is not None}


def error_classes(root: type[FormsvcError] = FormsvcError) -> dict[str, type[FormsvcError]]:
    """Return class name -> class for every error below the root."""
    found: dict[str, type[FormsvcError]] = {}
    for kind in root.__subclasses__():
        if kind.__module__.startswith("formsvc."):
            found |= {kind.__name__: kind, **error_classes(kind)}
    return found


def errors_made() -> Iterator[Made]:
    """Yield every `SomeError(fact=…)` whose facts are all written out there."""
    kinds = error_classes()
    for path, call in _calls():
        kind = kinds.get(name_of(call.func))
        if kind is not None and all(keyword.arg is not None for keyword in call.keywords):
            yield Made(f"{path}:{call.lineno}", f"error.{kind.code}", _keywords(call))


def problems_made() -> Iterator[Made]:
    """Yield every `Problem(Code.X, field, {…})` whose facts are all written out there."""
    for path, call in _calls():
        code = call.args[0] if call.args else None
        if name_of(call.func) != "Problem" or not (isinstance(code, ast.Attribute) and code.attr in Code.__members__):
            continue
        given = dict(zip(("code", "field", "params"), call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        params = given.get("params")
        if isinstance(params, ast.Call) and params.args:
            params = params.args[0]
        keys = [text_of(key) for key in params.keys] if isinstance(params, ast.Dict) else []
        if None in keys or not isinstance(params, ast.Dict | None):
            continue
        field = given.get("field")
        named = (
            {"field"} if field is not None and not (isinstance(field, ast.Constant) and field.value is None) else set()
        )
        yield Made(f"{path}:{call.lineno}", f"problem.{Code[code.attr]}", frozenset({*named, *filter(None, keys)}))


@functools.cache
def reasons() -> frozenset[str]:
    """Return every reason written as a plain string, by keyword or in the place of a parameter named `reason`."""
    places: dict[str, int] = {}
    for _, node in _nodes():
        if isinstance(node, ast.FunctionDef):
            names = [argument.arg for argument in node.args.args if argument.arg not in {"self", "cls"}]
            if "reason" in names:
                places[node.name] = names.index("reason")
    found: set[str | None] = set()
    for _, call in _calls():
        found |= {text_of(keyword.value) for keyword in call.keywords if keyword.arg == "reason"}
        place = places.get(name_of(call.func))
        if place is not None and place < len(call.args):
            found.add(text_of(call.args[place]))
    return frozenset(reason for reason in found if reason)


def _nodes() -> Iterator[tuple[str, ast.AST]]:
    for path, tree in trees().items():
        for node in ast.walk(tree):
            yield path, node


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path, node in _nodes():
        if isinstance(node, ast.Call):
            yield path, node


def _keywords(call: ast.Call) -> frozenset[str]:
    return frozenset(keyword.arg for keyword in call.keywords if keyword.arg)


def name_of(function: ast.AST) -> str:
    """Return the last name of what is called."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
