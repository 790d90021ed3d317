"""The house keeps its own rules: floors, sizes, who writes files, where sentences stand."""

from __future__ import annotations

import ast
import graphlib
import importlib.metadata
import re
import tokenize
import tomllib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest

from tests import house, sources

Rule = Callable[[str, ast.Module], list[str]]

PYTHON = sorted(
    path for folder in ("formsvc", "tests", "benchmarks", "examples") for path in (sources.ROOT / folder).rglob("*.py")
)
PARTS = {part for floor in house.FLOORS for part in floor} | {house.PUBLIC_FACE}
FORMS = {path.parent.name for path in (sources.ROOT / "templates").glob("*/form.toml")}

_UNFINISHED = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")
_MACHINE = re.compile(
    r"(?<![\w./-])/(?:home|root|work|Users|opt|srv|mnt)/\w"  # a path of somebody's machine
    r"|\b[A-Z]:\\Users\\"
    r"|--(?:extra-)?index-url|--find-links|--trusted-host"  # where packages come from is the machine's business
    r"|pypi\.org/simple|pythonhosted\.org|registry\.npmjs|\bmirrors?\.[\w-]+\.\w+"
)
_SUPPRESSION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pyright:|ruff:|mypy:|pragma:)")
_REASONED = re.compile(r"# (?:noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*|type: ignore\[[a-z-]+(?:, ?[a-z-]+)*\]) +(?:-|#) .*\w{3}")


def places(rule: Rule, but_in: Collection[str] = ()) -> list[str]:
    """Return what a rule finds in the package, save in the parts `but_in`."""
    kept = {path: tree for path, tree in sources.trees().items() if house.part_of(path) not in but_in}
    found = [place for path, tree in kept.items() for place in rule(path, tree)]
    return [place for place in found if re.sub(r":\d+", "", place) not in house.EXCUSED]


def nowhere(found: list[str]) -> None:
    """Fail with every place found, a line each."""
    __tracebackhide__ = True
    if found:
        pytest.fail("\n".join(found))


def text_files() -> Iterator[Path]:
    """Yield the project's text files; what .gitignore names is left out."""
    lines = (sources.ROOT / ".gitignore").read_text(encoding="utf-8").split()
    ignored = {line.rstrip("/*") for line in lines if not line.startswith("!")} | {".git"}
    pending = [sources.ROOT]
    while pending:
        for path in sorted(pending.pop().iterdir()):
            if path.name in ignored or path.suffix == ".egg-info" or path.is_symlink():
                continue
            if path.is_dir():
                pending.append(path)
            elif b"\0" not in path.read_bytes()[:4096]:
                yield path


def found_in_text(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(sources.ROOT)}:{number} {line.strip()[:80]}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line) and path != Path(__file__)
    ]


def test_every_part_of_the_package_has_its_floor() -> None:
    assert {house.part_of(path) for path in sources.trees()} <= PARTS


def test_imports_only_go_down() -> None:
    nowhere(places(house.climbs))


def test_no_files_import_each_other_in_a_circle() -> None:
    known = {house.module_of(path) for path in sources.trees()}
    graph = {house.module_of(path): house.modules_imported(path, tree, known) for path, tree in sources.trees().items()}
    graphlib.TopologicalSorter(graph).prepare()


def test_what_a_look_up_imports_is_the_standard_library() -> None:
    nowhere(places(house.foreign_imports, but_in=PARTS - house.STANDARD_LIBRARY_ONLY))


def test_only_the_durable_parts_write() -> None:
    nowhere(places(house.writes, but_in=house.WRITERS))


def test_clock_environment_and_chance_are_handed_down() -> None:
    above = {part for floor in house.FLOORS[house.FIRST_FLOOR_WITH_A_CLOCK :] for part in floor}
    nowhere(places(house.readings_of_the_world, but_in={*above, house.PUBLIC_FACE, "durable"}))


def test_no_chinese_sentence_stands_in_code() -> None:
    nowhere(places(house.chinese_sentences, but_in={"chinese"}))


def test_no_form_is_named_in_code() -> None:
    assert FORMS
    nowhere(places(lambda path, tree: house.forms_named(path, tree, FORMS)))


def test_a_function_fits_a_screen() -> None:
    nowhere(places(house.long_bodies))


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.relative_to(sources.ROOT).as_posix())
def test_a_file_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= house.LONGEST_FILE


def test_nothing_is_left_unfinished() -> None:
    nowhere(found_in_text(_UNFINISHED))


def test_no_text_names_a_machine() -> None:
    nowhere(found_in_text(_MACHINE))


def test_every_suppression_has_a_code_and_a_reason() -> None:
    bare = []
    for path in PYTHON:
        with path.open("rb") as file:
            comments = [token for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
        bare += [
            f"{path.relative_to(sources.ROOT)}:{token.start[0]} {token.string}"
            for token in comments
            if _SUPPRESSION.search(token.string) and not _REASONED.search(token.string)
        ]
    nowhere(bare)


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in (sources.ROOT / "tests").rglob("*.py")}
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize(
    ("rule", "path", "lines"),
    [
        (house.climbs, "formsvc/errors.py", "from formsvc.i18n import Messages"),
        (house.climbs, "formsvc/forms/spec.py", "def f():\n    from formsvc import archive"),
        (house.climbs, "formsvc/forms/spec.py", "if TYPE_CHECKING:\n    import formsvc.archive.layout"),
        (house.climbs, "formsvc/archive/layout.py", "from ..index import find"),
        (house.climbs, "formsvc/archive/layout.py", "from formsvc import ingest"),
        (house.climbs, "formsvc/watch.py", "importlib.import_module('formsvc.cli')"),
        (house.foreign_imports, "formsvc/forms/spec.py", "from lxml import etree"),
        (house.writes, "formsvc/inbox/claim.py", "open(path, 'wb')"),
        (house.writes, "formsvc/inbox/claim.py", "path.open(mode='a')"),
        (house.writes, "formsvc/inbox/claim.py", "os.open(path, os.O_WRONLY)"),
        (house.writes, "formsvc/inbox/claim.py", "os.replace(a, b)"),
        (house.writes, "formsvc/inbox/claim.py", "path.replace(other)"),
        (house.writes, "formsvc/inbox/claim.py", "path.write_text('x')"),
        (house.writes, "formsvc/inbox/claim.py", "from shutil import copyfile"),
        (house.readings_of_the_world, "formsvc/index/schema.py", "dt.datetime.now(zone)"),
        (house.readings_of_the_world, "formsvc/index/schema.py", "os.environ['HOME']"),
        (house.readings_of_the_world, "formsvc/index/schema.py", "uuid.uuid4()"),
        (house.chinese_sentences, "formsvc/cli/find.py", "echo('没有找到。')"),
        (house.long_bodies, "formsvc/cli/find.py", "def f():\n    x = 1\n" + "    x += 1\n" * 50),
    ],
)
def test_a_breach_is_seen(rule: Rule, path: str, lines: str) -> None:
    assert len(rule(path, ast.parse(lines))) == 1


@pytest.mark.parametrize(
    ("rule", "path", "lines"),
    [
        (house.climbs, "formsvc/archive/layout.py", "from formsvc.chinese import safe_part"),
        (house.climbs, "formsvc/archive/layout.py", "from formsvc.archive import versions"),
        (house.climbs, "formsvc/i18n/messages.py", "from formsvc import errors"),
        (house.climbs, "formsvc/operations/workspace.py", "from formsvc import __version__, durable"),
        (house.foreign_imports, "formsvc/forms/spec.py", "import tomllib\nfrom formsvc.errors import Code"),
        (house.writes, "formsvc/inbox/claim.py", "from formsvc import durable\ndurable.mkdir(path)"),
        (house.writes, "formsvc/inbox/claim.py", "open(path, 'rb')\npath.open()\n'a'.replace('a', 'b')"),
        (house.writes, "formsvc/inbox/claim.py", "dataclasses.replace(value, name='x')\nmoment.replace(hour=0)"),
        (house.readings_of_the_world, "formsvc/index/schema.py", "time.monotonic()\nuuid.uuid5(space, name)"),
        (house.chinese_sentences, "formsvc/cli/find.py", "MALE = '男'"),
        (house.long_bodies, "formsvc/cli/find.py", "def f():\n    '''x'''\n" + "    x = 1\n" * 50),
    ],
)
def test_what_is_allowed_is_left_alone(rule: Rule, path: str, lines: str) -> None:
    assert rule(path, ast.parse(lines)) == []


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((sources.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = [name for names in project["optional-dependencies"].values() for name in names]
    page = (sources.ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\w-]+) \| ([\d.]+) \| [^|]+ \| [^|]{20,} \|$", page, re.MULTILINE)
    assert sorted(f"{name}>={bound}" for name, bound in rows) == sorted(
        re.sub(r"\[\w+\]", "", name.partition(";")[0].strip())
        for name in [*project["dependencies"], *optional]
        if not name.startswith("formsvc[")
    )


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((sources.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = [name for names in project["optional-dependencies"].values() for name in names]
    declared = {re.split(r"[>;\[]", name)[0] for name in [*project["dependencies"], *optional]}
    owners = importlib.metadata.packages_distributions()
    undeclared = [
        place
        for place in places(house.foreign_imports)
        if not declared & {re.sub("[_.]", "-", owner).lower() for owner in owners.get(place.split()[1], ())}
    ]
    nowhere(undeclared)


def test_a_form_named_in_code_is_seen() -> None:
    tree = ast.parse('"""Such as annex2."""\nif form == "annex2":\n    print(f"{root}/annex1/x", "annex10")')
    assert len(house.forms_named("formsvc/x.py", tree, {"annex1", "annex2"})) == 2
