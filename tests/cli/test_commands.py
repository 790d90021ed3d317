"""What each command prints and which exit code it ends with."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from formsvc.operations.workspace import open_workspace
from tests.cli.said import says, shows

STAMP = ("--by", "李红", "--org", "城西社区党支部", "--on", "2011年2月25日")


def found(office: Path, *words: str) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = json.loads(says(office, "find", *words, "--json").stdout)
    return answer


def record_of(office: Path, name: str, year: str = "2011") -> str:
    return str(found(office, name, year)[0]["id"])


def waiting_in(office: Path) -> dict[str, Any]:
    (one,) = json.loads(says(office, "queue", "--json").stdout)
    assert isinstance(one, dict)
    return one


def test_the_version_is_told() -> None:
    assert re.fullmatch(r"formsvc \d+\.\d+\.\d+\n", says(None, "--version").stdout)


def test_a_folder_that_is_no_workspace_is_a_usage_error(tmp_path: Path) -> None:
    result = says(tmp_path, "find")
    assert result.exit_code == 2
    assert "formsvc init" in result.stderr


def test_the_environment_names_the_workspace(office: Path) -> None:
    result = says(None, "find", "单雄", env={"FORMSVC_WORKSPACE": str(office)})
    assert "单雄" in result.stdout


def test_the_nearest_workspace_above_is_used(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(office / "templates" / "annex1")
    assert "单雄" in says(None, "find", "单雄").stdout


def test_an_unknown_setting_is_named(office: Path) -> None:
    (office / "formsvc.toml").write_text("yaer = 2011\n", encoding="utf-8")
    result = says(office, "find")
    assert (result.exit_code, "yaer" in result.stderr) == (2, True)


def test_a_missing_index_says_what_builds_it_and_rebuild_does(office: Path) -> None:
    for file in (office / ".formsvc").glob("index.db*"):
        file.unlink()
    result = says(office, "find")
    assert (result.exit_code, "formsvc rebuild" in result.stderr) == (1, True)
    assert "4" in says(office, "rebuild").stdout
    assert len(found(office)) == 4


def test_init_makes_a_workspace_that_answers(tmp_path: Path) -> None:
    assert says(None, "init", str(tmp_path / "o")).stdout == f"{tmp_path / 'o'}\n"
    assert says(tmp_path / "o", "find", "--json").exit_code == 3
    assert says(tmp_path / "o", "queue").exit_code == 0


def test_init_again_changes_nothing(tmp_path: Path) -> None:
    says(None, "init", str(tmp_path / "o"))
    result = says(None, "init", str(tmp_path / "o"))
    assert (result.exit_code, "已经是工作区" in result.stderr) == (2, True)


def test_blanks_are_named_and_written_once(office: Path, tmp_path: Path) -> None:
    words = ("blank", "annex2", "--year", "2011", "--format", "docx,pdf", "-o", str(tmp_path / "b"))
    first = says(office, *words).stdout.splitlines()
    assert [Path(line).suffix for line in first] == [".docx", ".pdf"]
    assert says(office, *words).stdout.splitlines() == first
    assert all("2011" in Path(line).name for line in first)


def test_an_unknown_form_is_a_usage_error_that_lists_those_there_are(office: Path) -> None:
    result = says(office, "blank", "annex9")
    assert (result.exit_code, "annex1, annex2" in result.stderr) == (2, True)


def test_ingest_prints_a_line_of_json_for_each_form_and_exits_with_one_for_a_rejection(
    office: Path, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.docx").write_text("abc", encoding="utf-8")
    (tmp_path / "in" / "王伟.docx").write_bytes(original_of(office, "王伟"))
    result = says(office, "ingest", str(tmp_path / "in"), "--json")
    rejected, duplicate = map(json.loads, result.stdout.splitlines())
    assert (rejected["outcome"], rejected["record"], rejected["problems"][0]["code"]) == (
        "rejected",
        None,
        "unknown-type",
    )
    assert rejected["problems"][0]["message"].startswith("认不出")
    assert (duplicate["outcome"], duplicate["record"]) == ("duplicate", record_of(office, "王伟"))
    assert duplicate["schema"] == 1
    assert result.exit_code == 1


def original_of(office: Path, name: str) -> bytes:
    (path,) = office.glob(f"archive/2011/*/*/{name}-*/v1/original/*")
    return path.read_bytes()


def test_a_duplicate_of_a_waiting_form_names_its_place_in_the_queue(office: Path, tmp_path: Path) -> None:
    (tmp_path / "x.docx").write_bytes((office / waiting_in(office)["path"]).read_bytes())
    result = says(office, "ingest", str(tmp_path / "x.docx"), "--json")
    (line,) = map(json.loads, result.stdout.splitlines())
    assert (line["outcome"], line["record"], line["waiting"]) == ("duplicate", None, waiting_in(office)["id"])
    assert result.exit_code == 0


def test_ingest_of_a_file_that_is_not_there_is_a_usage_error(office: Path) -> None:
    assert says(office, "ingest", "nowhere.docx").exit_code == 2


def test_extract_shows_the_readings_and_files_nothing(office: Path, tmp_path: Path) -> None:
    (tmp_path / "w.docx").write_bytes(original_of(office, "王伟"))
    result = says(office, "extract", str(tmp_path / "w.docx"), "--json")
    data = json.loads(result.stdout)
    (reading,) = data["readings"]
    assert (data["schema"], data["file"], reading["form"], reading["decision"]) == (1, "w.docx", "annex2", "file")
    assert reading["year"]["value"] == 2011
    assert {"value", "raw", "confidence", "evidence"} <= reading["fields"]["name"].keys()
    assert (result.exit_code, len(found(office))) == (0, 4)
    assert "王伟" in says(office, "extract", str(tmp_path / "w.docx")).stdout


def test_extract_of_what_is_refused_exits_with_one(office: Path, tmp_path: Path) -> None:
    (tmp_path / "x.docx").write_text("abc", encoding="utf-8")
    result = says(office, "extract", str(tmp_path / "x.docx"), "--json")
    (reading,) = json.loads(result.stdout)["readings"]
    assert (result.exit_code, reading["form"], reading["decision"]) == (1, None, "refuse")
    assert "不能受理" in says(office, "extract", str(tmp_path / "x.docx")).stdout


def test_show_has_everything_of_a_record(office: Path) -> None:
    record = record_of(office, "王伟")
    data = json.loads(says(office, "show", record[:6], "--json").stdout)
    assert {"fields", "versions", "events", "copies", "reviews", "problems"} <= data.keys()
    text = says(office, "show", record).stdout
    assert all(part in text for part in ("入党年月", "1998-07", "1. 走访居民不少于200户。", "1-本人.pdf", "归档"))


def test_an_unknown_id_exits_with_three_and_an_ambiguous_one_with_two(office: Path) -> None:
    assert says(office, "show", "fffffffff").exit_code == 3
    assert says(office, "show", "zz").exit_code == 3
    assert says(office, "show", "").exit_code == 3
    shared = [one["id"] for one in found(office)]
    if len({one[0] for one in shared}) < len(shared):
        digit = next(one[0] for one in shared if sum(other[0] == one[0] for other in shared) > 1)
        assert says(office, "show", digit).exit_code == 2


def test_open_prints_where_the_copy_lies(office: Path) -> None:
    record = record_of(office, "王伟")
    assert Path(says(office, "open", record, "--copy", "posting").stdout.strip()).is_file()
    assert Path(says(office, "open", record).stdout.strip()).is_dir()
    assert says(office, "open", record, "--copy", "nobody").exit_code == 3


def test_a_review_is_recorded_once(office: Path) -> None:
    record = record_of(office, "王伟")
    words = ("review", record, "--decision", "approve", *STAMP, "--opinion", "同意", "--criterion", "helps_work=yes")
    assert says(office, *words).stdout.split("\t")[4] == "reviewed\n"
    (stamp,) = found(office, "王伟", "2011")[0]["reviews"]
    assert (stamp["on"], stamp["by"], stamp["criteria"]) == ("2011-02-25", "李红", {"helps_work": True})
    again = says(office, *words)
    assert (again.exit_code, "都已同意" in again.stderr) == (1, True)


@pytest.mark.parametrize("bad", [("--on", "someday"), ("--criterion", "luck=yes"), ("--step", "third")])
def test_a_review_with_a_word_that_is_none_is_a_usage_error(office: Path, bad: tuple[str, str]) -> None:
    assert says(office, "review", record_of(office, "王伟"), "--decision", "return", *STAMP, *bad).exit_code == 2


def test_the_queue_says_what_waits_and_why(office: Path) -> None:
    one = waiting_in(office)
    assert (one["schema"], one["name"], one["form"]) == (1, "赵敏", "annex2")
    assert "year-proposed" in [problem["code"] for problem in one["problems"]]
    assert (office / one["path"]).is_file()
    assert says(office, "queue").stdout.split("\t")[0] == one["id"]
    seen = shows(office, "--lang", "zh", "queue")
    assert "标题里没有写年度" in seen.text
    assert "没有看到手写签名" not in seen.text


def test_a_waiting_form_is_confirmed_with_what_a_person_adds(office: Path) -> None:
    waiting = waiting_in(office)["id"]
    result = says(office, "confirm", waiting[:6], "--by", "李红", "--year", "2011年", "--set", "姓名=赵敏敏")
    assert result.stdout.split("\t")[1:4] == ["annex2", "2011", "赵敏敏"]
    assert json.loads(says(office, "queue", "--json").stdout) == []
    assert found(office, "赵敏敏", "2011")[0]["id"] == waiting[2:]


def test_a_waiting_form_is_rejected_with_a_reason_its_sender_can_read(office: Path) -> None:
    result = says(office, "reject", waiting_in(office)["id"], "--why", "缺少年度", "--by", "李红")
    folder = office / result.stdout.strip()
    assert "缺少年度" in (folder / "reason.txt").read_text(encoding="utf-8")
    assert says(office, "queue").stdout == ""
    assert says(office, "reject", "q-", "--why", "x", "--by", "y").exit_code == 3


def test_a_correction_is_shown_and_the_copies_stay(office: Path) -> None:
    record = record_of(office, "单雄")
    before = found(office, "单雄")[0]["copies"]
    assert says(office, "correct", record, "--set", "joined=someday", "--why", "误", "--by", "李红").exit_code == 2
    words = ("correct", record, "--set", "监督电话=0574-62000001", "--why", "误录", "--by", "李红")
    assert says(office, *words).exit_code == 0
    assert "0574-62000001" in says(office, "show", record).stdout
    assert found(office, "单雄")[0]["copies"] == before
    assert says(office, *words).exit_code == 1


def test_a_roster_names_holders_and_a_dry_run_none(office: Path, tmp_path: Path) -> None:
    roster = tmp_path / "r.csv"
    roster.write_text(
        "姓名,性别,入党年月,单位及职务,工作地党组织,居住地党组织\n"
        "王伟,男,1998.07,城西社区 网格员,城西社区党支部,南门社区党支部\n",
        encoding="utf-8",
    )
    assert "没有写入" in says(office, "roster", "import", str(roster), "--dry-run").stdout
    assert "2 份档案" in says(office, "roster", "import", str(roster)).stdout
    holders = [copy["holder"] for copy in found(office, "王伟", "2011")[0]["copies"]]
    assert holders == ["王伟", "城西社区党支部", "南门社区党支部", "公示"]


def test_a_roster_with_a_row_that_cannot_be_read_names_it_and_exits_with_one(office: Path, tmp_path: Path) -> None:
    roster = tmp_path / "r.csv"
    roster.write_text("姓名,性别,入党年月,工作地党组织\n王伟,男,很久以前,城西社区党支部\n", encoding="utf-8")
    result = says(office, "roster", "import", str(roster))
    assert (result.exit_code, "很久以前" in result.stderr) == (1, True)


def test_status_counts_and_names_what_is_lacking(office: Path) -> None:
    data = json.loads(says(office, "status", "2011", "--json").stdout)
    assert {"year": 2011, "form": "annex2", "status": "filed", "count": 2} in data["records"]
    assert (data["schema"], data["waiting"]) == (1, 1)
    assert {one["name"] for one in data["without_holder"]} >= {"王伟", "单雄"}
    assert "process" in data["reader_layers"]
    text = says(office, "status").stdout
    assert "承诺单位盖章" in text
    assert "待核的共 1 张" in text


def test_check_finds_nothing_wrong_in_a_sound_archive(office: Path) -> None:
    for words in ((), ("--full",), ("--quick",)):
        result = says(office, "check", *words, "--json")
        data = json.loads(result.stdout)
        assert (data["schema"], data["findings"], result.exit_code) == (1, [], 0)
        assert data["checked"] > 20


def test_check_exits_with_four_when_a_copy_was_changed(office: Path) -> None:
    copy = office / found(office, "单雄")[0]["copies"][0]["path"]
    copy.chmod(0o640)
    copy.write_bytes(copy.read_bytes() + b" ")
    result = says(office, "check", "--full", "--json")
    (finding,) = json.loads(result.stdout)["findings"]
    assert (result.exit_code, finding["code"]) == (4, "file-changed")
    assert finding["path"] in str(copy)
    assert "file-changed" in says(office, "check").stdout
    assert says(office, "check", "--quick").exit_code == 0


def test_check_exits_with_one_when_only_the_index_differs(office: Path) -> None:
    with closing(sqlite3.connect(office / ".formsvc" / "index.db")) as index, index:
        index.execute("UPDATE record SET version = 7 WHERE year = 2010")
    result = says(office, "check", "--json")
    assert [one["code"] for one in json.loads(result.stdout)["findings"]] == ["index-differs"]
    assert result.exit_code == 1
    says(office, "rebuild")
    assert says(office, "check").exit_code == 0


def test_a_list_is_exported_to_a_pipe_or_to_a_new_file(office: Path, tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(says(office, "export", "csv", "2011").stdout_bytes.decode("utf-8-sig"))))
    assert len(rows) == 4
    file = tmp_path / "all.xlsx"
    assert says(office, "export", "xlsx", "-o", str(file)).stdout == f"{file}\n"
    assert file.read_bytes().startswith(b"PK")
    assert says(office, "export", "xlsx", "-o", str(file)).exit_code == 5


def test_who_writes_while_another_writes_is_told_that_it_is_busy(office: Path) -> None:
    with open_workspace(office) as workspace, workspace.inbox_lock():
        result = says(office, "watch", "--once")
    assert (result.exit_code, "另一个 formsvc" in result.stderr) == (5, True)


def test_a_system_that_refuses_is_told_in_one_sentence(office: Path) -> None:
    result = says(office, "blank", "annex2", "-o", str(office / "formsvc.toml" / "below"))
    assert result.exit_code in {1, 2}
    assert len(result.stderr.splitlines()) <= 4
    assert "Traceback" not in result.stderr


def test_show_says_who_confirmed_and_shows_items_that_were_corrected_on_one_line(office: Path) -> None:
    waiting = waiting_in(office)["id"]
    says(office, "confirm", waiting, "--by", "李红", "--year", "2011")
    record = record_of(office, "赵敏")
    says(office, "correct", record, "--set", "pledges=甲", "--set", "pledges=乙", "--why", "误", "--by", "陈刚")
    text = says(office, "show", record).stdout
    assert "李红" in text.partition("\n各版\n")[2].partition("\n经过\n")[0]
    assert "甲 / 乙" in text
    assert "\\n" not in text


def test_what_is_piped_of_a_record_and_of_the_status_is_in_words(office: Path) -> None:
    record = record_of(office, "王伟")
    says(office, "review", record, "--decision", "approve", *STAMP)
    shown = says(office, "show", record).stdout
    assert "审定组织" in shown
    assert not {"filed", "reviewed", "approve"} & set(shown.replace("\n", "\t").split("\t"))
    assert "2011\t党员公开承诺书\t已归档\t1" in says(office, "status").stdout


def test_status_lists_protections_to_those_who_ask_or_lack_one(office: Path) -> None:
    brief, whole = says(office, "status").stdout, says(office, "status", "--verbose").stdout
    assert "fsync" not in brief
    assert "保护措施都已生效" in brief
    assert "fsync" in whole


def test_the_status_of_a_new_office_is_said_in_sentences(tmp_path: Path) -> None:
    says(None, "init", str(tmp_path / "o"))
    assert says(tmp_path / "o", "status").stdout.splitlines()[:2] == ["还没有归档的表。", "没有待核的表。"]


def test_a_setting_that_breaks_off_is_told_without_a_word_of_english(office: Path) -> None:
    with (office / "formsvc.toml").open("a", encoding="utf-8") as file:
        file.write("a b\n")
    said = says(office, "status").stderr
    assert "行起读不通" in said
    assert "Expected" not in said


def test_an_empty_roster_imports_nothing_and_says_so(office: Path, tmp_path: Path) -> None:
    (tmp_path / "r.csv").touch()
    result = says(office, "roster", "import", str(tmp_path / "r.csv"))
    assert (result.exit_code, "“r.csv”里一行也没有" in result.stderr) == (1, True)


def test_sentences_name_copies_fields_and_options_as_clerks_know_them(office: Path) -> None:
    record = record_of(office, "王伟")
    assert "本人 (member)" in says(office, "open", record, "--copy", "nobody").stderr
    assert "“姓名”栏" in says(office, "correct", record, "--set", "name=", "--why", "x", "--by", "y").stderr
    assert "“--by”不能空着" in says(office, "reject", waiting_in(office)["id"], "--why", "x", "--by", " ").stderr
