"""The table of bad files: what must become of each, whatever reads them inside the sandbox.

Inherit `BadFiles` with a job of your own to hold it to the same table.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from formsvc.errors import Code
from formsvc.extraction.sandbox.limits import TYPED_CHILD
from formsvc.extraction.sandbox.outcome import Answer, Outcome, problem_of
from formsvc.extraction.sandbox.sandbox import ReaderServer, Sandbox, open_sandbox

FOLDER = Path(__file__).parents[1] / "data" / "bad"
FILES = sorted(path for path in FOLDER.glob("*/*") if path.parent.name != "licences")
REFUSED = [path for path in FILES if path.parent.name in set(Code) - {Code.NOT_A_FORM}]
RIGHT_CAUSE = 0.95
"""How many of the refused files must be refused for the right cause; none may pass."""


def name_of(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


class BadFiles:
    """What every reader promises; a subclass names its job and reads the codes out of its answers."""

    job: ClassVar[str]
    request: ClassVar[dict[str, Any]] = {}
    modules: ClassVar[tuple[str, ...]] = ()
    takes: ClassVar[frozenset[str]] = frozenset({".docx", ".docm", ".pdf", ".zip", ".doc", ".png", ".jpg", ".tif"})
    """The extensions whose refusal this job is answerable for."""

    def codes_in(self, value: Any) -> set[Code]:
        """Give the codes of the problems in an answer."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def sandbox(cls) -> Iterator[Sandbox]:
        with open_sandbox(cls.job, modules=cls.modules) as sandbox:
            yield sandbox

    def codes(self, outcome: Outcome) -> set[Code]:
        return self.codes_in(outcome.value) if isinstance(outcome, Answer) else {problem_of(outcome).code}

    def read(self, sandbox: Sandbox, path: Path) -> Outcome:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            return sandbox.read(descriptor, self.request)
        finally:
            os.close(descriptor)

    def test_every_file_to_be_refused_is_refused_and_nearly_all_for_the_right_cause(self, sandbox: Sandbox) -> None:
        files = [path for path in REFUSED if path.suffix in self.takes]
        found = {path: self.codes(self.read(sandbox, path)) for path in files}
        assert [name_of(path) for path, codes in found.items() if not codes] == []
        wrong = [f"{name_of(path)}: {codes}" for path, codes in found.items() if Code(path.parent.name) not in codes]
        assert len(wrong) <= (1 - RIGHT_CAUSE) * len(files), wrong

    def test_every_file_is_answered_within_the_limits_by_the_same_server(self, sandbox: Sandbox) -> None:
        first = sandbox.pid if isinstance(sandbox, ReaderServer) else None
        for path in FILES:
            before = hashlib.sha256(path.read_bytes()).digest()
            outcome = self.read(sandbox, path)
            if isinstance(outcome, Answer):
                assert outcome.resident * 1024 < TYPED_CHILD.address_space, name_of(path)
            assert hashlib.sha256(path.read_bytes()).digest() == before, name_of(path)
        assert first == (sandbox.pid if isinstance(sandbox, ReaderServer) else None)

    def test_no_readable_file_is_refused_as_broken(self, sandbox: Sandbox) -> None:
        broken = {Code.DAMAGED_FILE, Code.UNSAFE_CONTENT, Code.TOO_COMPLEX, Code.READER_STOPPED, Code.ENCRYPTED}
        for path in FILES:
            if path.parent.name == "not-a-form" and path.suffix in self.takes:
                assert not self.codes(self.read(sandbox, path)) & broken, name_of(path)
