"""The rules of the house that the sources are read for: each returns the places that break it.

A rule takes one file's path and tree, so that it can be tried on a few lines that break it on purpose.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from tests.sources import documentation, name_of, text_of

FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors", "chinese", "i18n"),
    ("durable", "forms", "storage"),
    ("records", "extraction", "inbox", "organisations"),
    ("archive", "index", "rendering", "review", "campaign", "publishing"),
    ("operations", "queueing"),
    ("watch", "web"),
    ("cli",),
)
"""The parts of the package from the ground up; a part imports lower floors and itself."""
IN_ORDER = FLOORS[:2]
"""On these floors a part may import those before it as well."""
STANDARD_LIBRARY_ONLY = frozenset({"errors", "chinese", "i18n", "durable", "forms", "records", "storage"})
"""What looking a record up imports: it must start at once."""
WRITERS = frozenset({"durable", "storage", "index"})
"""The parts that may change files (the index its own)."""
FIRST_FLOOR_WITH_A_CLOCK = 4
"""Index of the floor from which on clock, environment and randomness are read; below they are handed down."""
PUBLIC_FACE = ""
"""The part of the package's own `__init__` and `__main__`, above everything."""
EXCUSED = {
    "formsvc/rendering/docx_package.py '方正小标宋简体'": "the name of a typeface, which Word knows by this name alone",
}
"""File and what is done there, with the reason why it may; everything else keeps the rules without exception."""
LONGEST_FILE = 400
LONGEST_BODY = 50

_SENTENCE = re.compile("[\u3400-\u9fff]{6}|[\u3400-\u9fff][，。；！？]")
_WRITING_MODE = re.compile(r"[rbt]*[wax+][wxab+t]*")
_WRITING_FLAGS = frozenset({"O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND", "O_TMPFILE"})
_OS_WRITES = frozenset(
    {"chmod", "chown", "link", "makedirs", "mkdir", "mkfifo", "remove", "removedirs", "rename", "renames", "replace"}
    | {"rmdir", "symlink", "truncate", "unlink", "utime"}
)
_PATH_WRITES = frozenset(
    {"hardlink_to", "mkdir", "rmdir", "symlink_to", "touch", "unlink", "write_bytes", "write_text"}
)
_WRITING_MODULES = frozenset({"shutil", "tempfile"})
_CHANCE_MODULES = frozenset({"random", "secrets"})
_CLOCK_CALLS = frozenset({"now", "utcnow", "today"})
_READINGS = {
    "os": frozenset({"environ", "environb", "getenv", "urandom", "getlogin"}),
    "time": frozenset({"time", "time_ns", "localtime", "gmtime", "ctime", "strftime"}),
    "uuid": frozenset({"uuid1", "uuid4"}),
}


def part_of(path: str) -> str:
    """Return the part of the package a file belongs to: `formsvc/forms/spec.py` to `forms`."""
    first = path.split("/")[1].removesuffix(".py")
    return PUBLIC_FACE if first in {"__init__", "__main__"} else first


def module_of(path: str) -> str:
    """Return the dotted name of a file."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(path: str, tree: ast.Module) -> Iterator[tuple[int, str, str | None]]:
    """Yield line, module and name for every import of the file, wherever it stands; the name for `from` imports."""
    package = module_of(path).split(".") if path.endswith("__init__.py") else module_of(path).split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, None
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            for alias in node.names:
                yield node.lineno, ".".join([*above, *filter(None, [node.module])]), alias.name
        elif isinstance(node, ast.Call) and name_of(node.func) in {"import_module", "__import__"} and node.args:
            yield node.lineno, text_of(node.args[0]) or "", None


def _imported_parts(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    for line, module, name in imports(path, tree):
        parts = [*module.split("."), *filter(None, [name])]
        if parts[0] == "formsvc" and name != "__version__":
            known = {part for floor in FLOORS for part in floor}
            yield (
                line,
                parts[1] if len(parts) > 1 and (len(module.split(".")) > 1 or parts[1] in known) else PUBLIC_FACE,
            )


def climbs(path: str, tree: ast.Module) -> list[str]:
    """Imports of a part on the same floor or above."""
    here = part_of(path)
    allowed = set(_below(here))
    return [
        f"{path}:{line} {here} imports {part or 'formsvc'}"
        for line, part in dict.fromkeys(_imported_parts(path, tree))
        if here not in {PUBLIC_FACE, part} and part not in allowed
    ]


def _below(part: str) -> list[str]:
    below: list[str] = []
    for floor in FLOORS:
        if part in floor:
            return [*below, *(floor[: floor.index(part)] if floor in IN_ORDER else ())]
        below += floor
    return below


def modules_imported(path: str, tree: ast.Module, known: set[str]) -> set[str]:
    """Return the modules of the package that this file imports; a module out of a folder is the folder's too."""
    found = {named for _, module, name in imports(path, tree) for named in (module, f"{module}.{name}")}
    return (found & known) - {module_of(path), "formsvc"}


def foreign_imports(path: str, tree: ast.Module) -> list[str]:
    """Imports from outside the standard library and the package."""
    roots = {(line, module.partition(".")[0]) for line, module, _ in imports(path, tree)}
    return [f"{path}:{line} {root}" for line, root in roots if root not in {*sys.stdlib_module_names, "formsvc", ""}]


def writes(path: str, tree: ast.Module) -> list[str]:
    """Calls that change the file system and modules whose purpose that is."""
    ours = {name for _, module, name in imports(path, tree) if module.split(".")[0] == "formsvc" and name}
    found = [(line, module) for line, module, _ in imports(path, tree) if module in _WRITING_MODULES]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _writes(node, ours):
            found.append((node.lineno, ast.unparse(node.func)))
        elif isinstance(node, ast.Attribute) and node.attr in _WRITING_FLAGS:
            found.append((node.lineno, node.attr))
    return [f"{path}:{line} {what}" for line, what in found]


def _writes(call: ast.Call, ours: set[str]) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id == "open" and _opens_to_write([*call.args[1:2], *_mode(call)])
    if not isinstance(call.func, ast.Attribute):
        return False
    receiver, verb = call.func.value, call.func.attr
    if isinstance(receiver, ast.Name) and receiver.id in {"os", *ours}:
        return receiver.id == "os" and verb in _OS_WRITES
    if verb == "open":
        return _opens_to_write([*call.args[:2], *_mode(call)])
    one_path = verb in {"rename", "replace"} and len(call.args) == 1 and not call.keywords
    return verb in _PATH_WRITES or one_path


def _mode(call: ast.Call) -> list[ast.expr]:
    return [keyword.value for keyword in call.keywords if keyword.arg == "mode"]


def _opens_to_write(arguments: list[ast.expr]) -> bool:
    return any(_WRITING_MODE.fullmatch(text_of(argument) or "") for argument in arguments)


def readings_of_the_world(path: str, tree: ast.Module) -> list[str]:
    """Uses of the clock, the environment and chance."""
    found = [(line, module) for line, module, _ in imports(path, tree) if module in _CHANCE_MODULES]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = node.value.id
            if node.attr in _READINGS.get(module, ()):
                found.append((node.lineno, f"{module}.{node.attr}"))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CLOCK_CALLS:
            found.append((node.lineno, ast.unparse(node.func)))
    return [f"{path}:{line} {what}" for line, what in found]


def chinese_sentences(path: str, tree: ast.Module) -> list[str]:
    """Chinese sentences, documentation included: they belong into catalogues and form data."""
    return [
        f"{path}:{getattr(node, 'lineno', 0)} {text[:40]!r}"
        for node in ast.walk(tree)
        if (text := text_of(node)) is not None and _SENTENCE.search(text)
    ]


def forms_named(path: str, tree: ast.Module, forms: set[str]) -> list[str]:
    """Strings that name a form."""
    named = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(forms)))})(?![\w-])")
    return [
        f"{path}:{getattr(node, 'lineno', 0)} {text!r}"
        for node in set(ast.walk(tree)) - documentation(tree)
        if (text := text_of(node)) is not None and named.search(text)
    ]


def long_bodies(path: str, tree: ast.Module) -> list[str]:
    """Functions whose body, docstring aside, is longer than fits a screen."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = [line for line in node.body if getattr(line, "value", None) not in documentation(node)]
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            if length > LONGEST_BODY:
                found.append(f"{path}:{node.lineno} {node.name}: {length} lines")
    return found
