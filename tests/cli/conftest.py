"""An office with a few filed forms, copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from formsvc.forms.reading import Value
from formsvc.operations.ingest import ingest
from formsvc.operations.outcome import Filed, NeedsConfirmation
from formsvc.operations.workspace import open_workspace
from formsvc.rendering.docx import write_docx
from tests.road import MEMBER, ORGANISATION, a_member, a_workspace


@pytest.fixture(scope="session")
def filed_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with four records, and one form that waits because it names no year."""
    root = a_workspace(tmp_path_factory.mktemp("office") / "o")
    drop = tmp_path_factory.mktemp("forms")
    branch: dict[str, Value] = {
        "organisation": "城西社区党支部",
        "pledges": ("公开党务12次。",),
        "pledged_on": "2011-02-18",
    }
    files = {
        "王伟.docx": write_docx(MEMBER, year=2011, values=a_member()),
        "王伟旧.docx": write_docx(MEMBER, year=2010, values=a_member(signed_on="2010-02-21")),
        "单雄.docx": write_docx(MEMBER, year=2011, values=a_member(name="单雄", joined="2001-07")),
        "支部.docx": write_docx(ORGANISATION, year=2011, values=branch),
        "赵敏.docx": write_docx(MEMBER, year=None, values=a_member(name="赵敏", sex="女")),
    }
    for name, data in files.items():
        (drop / name).write_bytes(data)
    with open_workspace(root) as workspace:
        outcomes = list(ingest(workspace, [drop / name for name in files]))
    assert [type(outcome) for outcome in outcomes] == [*[Filed] * 4, NeedsConfirmation]
    return root


@pytest.fixture
def office(filed_office: Path, tmp_path: Path) -> Path:
    """Return a workspace of one's own with those records."""
    root = tmp_path / "office"
    shutil.copytree(filed_office, root)
    return root
