"""Pictures pasted into the cells of our own Word form."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from docx.shared import Mm
from PIL import Image

from formsvc.errors import Code
from formsvc.extraction.read import read_bytes
from formsvc.rendering.docx import write_docx
from tests.road import FORMS, MEMBER, a_member


@pytest.mark.parametrize(
    ("words", "field"), [("党组织审核", "review_seal"), ("盖章", "review_seal"), ("手写签名", "signature")]
)
def test_a_picture_beside_a_label_is_a_mark_in_its_box(tmp_path: Path, words: str, field: str) -> None:
    picture = tmp_path / "seal.png"
    Image.new("RGB", (40, 40), "red").save(picture)
    document = docx.Document(io.BytesIO(write_docx(MEMBER, year=2011, values=a_member())))
    cells = [cell for row in document.tables[0].rows for cell in row.cells]
    cell = next(cell for cell in cells if words in "".join(map(str, cell._tc.itertext())))  # noqa: SLF001 - controls too
    cell.add_paragraph().add_run().add_picture(str(picture), width=Mm(20))
    changed = io.BytesIO()
    document.save(changed)

    (reading,) = read_bytes(changed.getvalue(), FORMS.values())
    assert reading.value(field) == "unclear"
    assert [one.field for one in reading.pictures] == [field]
    assert (Code.PICTURE_IN_BOX, field) in {(problem.code, problem.field) for problem in reading.problems}
