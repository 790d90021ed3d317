"""Print in which two items may look like one, and cells on a later page than their table."""

from __future__ import annotations

from formsvc.errors import Code
from formsvc.extraction.document import Document, Paragraph, Table, TableCell
from formsvc.extraction.interpret import interpret
from formsvc.extraction.labels import form_map
from formsvc.forms.reading import Decision
from tests.road import FORMS, ORGANISATION

MAPS = tuple(map(form_map, FORMS.values()))
_LABELS = [field.printed for field in ORGANISATION.fields.values() if field.printed and field.kind != "year"]


def a_document(*pledges: str, unsure: tuple[int, ...] = (), page: int | None = None) -> Document:
    """Return an organisation's form as a PDF shows it."""
    name, items, opinion = _LABELS
    rows = ((name, ("城西社区党支部",)), (items, (*pledges, "（盖章）", "2011年2月18日")), (opinion, ("",)))
    cells = []
    for number, (label, texts) in enumerate(rows):
        cells.append(TableCell(number, 0, 1, 1, (label,)))
        later = page if number else None
        cells.append(TableCell(number, 1, 1, 1, texts, page=later, unsure=unsure if number == 1 else ()))
    title = Paragraph(ORGANISATION.title.replace("{year}", "2011"), page=1)
    return Document((title, Table(tuple(cells), page=1)), pages=2)


def test_items_without_numbers_that_may_be_more_wait_for_a_person() -> None:
    sure, unsure = (
        interpret(a_document("每月走访20户。", "修好村口道路。", unsure=doubt), MAPS)[0] for doubt in ((), (0,))
    )
    assert sure.decision is Decision.FILE
    assert (Code.LOW_CONFIDENCE, "pledges") in {(problem.code, problem.field) for problem in unsure.problems}


def test_numbered_items_are_sure_however_they_were_printed() -> None:
    (reading,) = interpret(a_document("一、每月走访20户。", "二、修好村口道路。", unsure=(0,)), MAPS)
    assert reading.decision is Decision.FILE


def test_a_value_is_said_to_stand_on_the_page_it_stands_on() -> None:
    (reading,) = interpret(a_document("一、每月走访20户。", page=2), MAPS)
    evidence = reading.fields["pledges"].evidence
    assert evidence is not None
    assert evidence.page == 2
