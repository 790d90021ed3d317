"""Which record a reading belongs to: certain, or asked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from formsvc.errors import Code
from formsvc.forms.reading import Reading, YearSource
from formsvc.operations.correct import correct
from formsvc.operations.filing import file_group
from formsvc.operations.propose import propose_year
from formsvc.operations.resolve import NEW, Place, Unsure, person_of, person_of_version, resolve
from formsvc.operations.settings import Settings
from formsvc.operations.workspace import Workspace
from formsvc.operations.writing import writing
from formsvc.records.identity import record_id
from tests.forms.factories import a_reading, a_spec
from tests.operations.factories import a_filing, a_workspace, file_all, file_one
from tests.records.factories import a_version

OTHER = hashlib.sha256(b"another file").hexdigest()


def placed(workspace: Workspace, reading: Reading, chosen: str | None = None) -> Place | Unsure:
    spec = workspace.form(reading.form or "")
    return resolve(spec, reading, (OTHER, reading.number), workspace.index, workspace.directory, chosen=chosen)


def test_the_first_form_founds_a_record(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace, a_reading("annex1"))
        place = placed(workspace, a_reading())
    assert isinstance(place, Place)
    record = record_id(OTHER, 1)
    assert (place.record, place.version, place.organisation) == (record, 1, None)
    assert place.prefix == f"2011/annex2/清溪社区居委会 委员/张三-{record}"


def test_all_equal_is_the_next_version(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        place = placed(workspace, a_reading(name="张 三", unit_post="清溪社区居委会委员", phone=None))
    assert isinstance(place, Place)
    assert (place.record, place.version, place.prefix) == (history.id, 2, history.prefix)


@pytest.mark.parametrize("change", [{"sex": "女"}, {"joined": "1999-01"}, {"name": "章三"}])
def test_another_name_sex_or_month_is_another_record(tmp_path: Path, change: dict[str, str]) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
        place = placed(workspace, a_reading("annex2", **change))  # type: ignore[arg-type]  # values by their keys
    assert isinstance(place, Place)
    assert (place.record, place.version) == (record_id(OTHER, 1), 1)


def test_another_year_is_another_record(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
        place = placed(workspace, a_reading(year=2012))
    assert isinstance(place, Place)
    assert place.prefix.startswith("2012/")


@pytest.mark.parametrize("unit", ["东风小学 教师", None])
def test_another_unit_is_asked_about(tmp_path: Path, unit: str | None) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        asked = placed(workspace, a_reading(unit_post=unit))
        assert isinstance(asked, Unsure)
        assert (asked.problem.code, asked.candidates) == (Code.NAMESAKE, (history.id,))
        assert asked.problem.params == {"record": history.id, "unit": "清溪社区居委会 委员"}
        same = placed(workspace, a_reading(unit_post=unit), history.id)
        other = placed(workspace, a_reading(unit_post=unit), NEW)
    assert isinstance(same, Place)
    assert isinstance(other, Place)
    assert (same.record, same.version) == (history.id, 2)
    assert (other.record, other.version) == (record_id(OTHER, 1), 1)


def test_an_organisation_is_one_by_its_name_alone(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace, a_reading("annex1"))
        place = placed(workspace, a_reading("annex1", pledges=("别的",)))
        general = placed(workspace, a_reading("annex1", organisation="清溪社区党总支"))
    assert isinstance(place, Place)
    assert isinstance(general, Place)
    assert (place.record, place.version, general.version) == (history.id, 2, 1)


def test_which_of_two_alike_records_is_asked(tmp_path: Path) -> None:
    """A person has parted two of one unit before: the third is nobody's by itself."""
    with a_workspace(tmp_path / "w") as workspace:
        histories = file_all(workspace, a_reading(age=41), a_reading(age=42))
        assert len({history.id for history in histories}) == 1
        parted = placed(workspace, a_reading(age=43), NEW)
        assert isinstance(parted, Place)
        with writing(workspace):
            (second,) = file_group(
                workspace, [a_filing(workspace, a_reading(age=43), data=b"another file", place=parted)]
            )
        asked = placed(workspace, a_reading(age=44))
        chosen = placed(workspace, a_reading(age=44), second.id)
    assert isinstance(asked, Unsure)
    assert set(asked.candidates) == {histories[0].id, second.id}
    assert isinstance(chosen, Place)
    assert (chosen.record, chosen.version) == (second.id, 2)


@pytest.mark.parametrize("reading", [a_reading(sex=None), a_reading(joined=None), a_reading(name=None)])
def test_without_its_identity_a_form_is_asked_about(tmp_path: Path, reading: Reading) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        asked = placed(workspace, reading)
        assert isinstance(asked, Unsure)
        assert asked.problem.code is Code.IDENTITY_MISSING
        assert isinstance(placed(workspace, reading, NEW), Unsure)
        named = placed(workspace, reading, history.id)
    assert isinstance(named, Place)
    assert (named.record, named.version, named.identity) == (history.id, 2, history.latest.identity)


def test_a_record_a_person_names_need_not_have_the_same_name(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        place = placed(workspace, a_reading(name="张叁", joined="1998-08"), history.id)
    assert isinstance(place, Place)
    assert (place.record, place.version, place.prefix) == (history.id, 2, history.prefix)
    assert "张叁" in place.identity


@pytest.mark.parametrize("reading", [a_reading(year=2012), a_reading("annex1"), a_reading("annex3")])
def test_a_record_a_person_names_has_to_be_of_the_form_and_year(tmp_path: Path, reading: Reading) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        asked = placed(workspace, reading, history.id)
        unknown = placed(workspace, a_reading(), "000000000000")
    assert isinstance(asked, Unsure)
    assert isinstance(unknown, Unsure)
    assert (asked.problem.code, unknown.problem.code) == (Code.NAMESAKE, Code.NAMESAKE)


def test_a_corrected_record_is_the_one_its_corrected_values_say(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace, a_reading(name="张山"))
        correct(workspace, history.id, {"name": "张三", "year": "2012"}, why="看错", by="李四")
        place = placed(workspace, a_reading(year=2012))
        other = placed(workspace, a_reading(name="张山"))
    assert isinstance(place, Place)
    assert isinstance(other, Place)
    assert (place.record, place.version, other.version) == (history.id, 2, 1)


def test_a_person_is_the_same_by_reading_and_by_version() -> None:
    spec = a_spec("annex2")
    assert person_of(spec, a_reading()) == person_of_version(spec, a_version())
    assert person_of(spec, a_reading()).details == {"sex": "男", "joined": "1998-07"}
    assert person_of(spec, a_reading(sex=None)).details == {"joined": "1998-07"}
    assert person_of(a_spec("annex1"), a_reading("annex1")).unit is None


YEARLESS = a_reading(year=None)


@pytest.mark.parametrize(
    ("place", "year", "source"),
    [
        ("2011年承诺书/城东", 2011, YearSource.FOLDER),
        ("党员/２０１１", 2011, YearSource.FOLDER),
        ("2011/2011年", 2011, YearSource.FOLDER),
        ("2011/补交2012", 2013, YearSource.CAMPAIGN),
        ("20110221", 2013, YearSource.CAMPAIGN),
        ("3011", 2013, YearSource.CAMPAIGN),
        ("", 2013, YearSource.CAMPAIGN),
    ],
)
def test_a_year_is_proposed_by_the_folder_or_else_the_campaign(place: str, year: int, source: YearSource) -> None:
    reading = propose_year(Settings(year=2013), place, YEARLESS)
    assert (reading.year.value, reading.year.source) == (year, source)
    (problem,) = reading.problems
    assert (problem.code, problem.params) == (Code.YEAR_PROPOSED, {"year": year, "source": source.value})


def test_nothing_is_proposed_where_a_year_is_read_or_nothing_is_known() -> None:
    assert propose_year(Settings(year=2013), "2012", a_reading()) == a_reading()
    assert propose_year(Settings(), "城东", YEARLESS) is YEARLESS
    nothing = Reading(1, None, None, YEARLESS.year, {})
    assert propose_year(Settings(year=2013), "2012", nothing) is nothing
