"""Looking records up, and building the index anew, beside a bare B-tree, a LIKE scan and FTS5's trigrams.

All four hold the same made-up people of twenty years: 1,000,000 records take about five minutes and 2.5 GB of disk;
`python -m benchmarks.bench_index 50000` is quick. Every look-up counts what the caller gets: whole rows, first 50, in
order. Goals: name and year 0.1 ms, a part of a name or pinyin 0.5 ms, each hit there and none too many, 5,000 records
a second rebuilt.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from benchmarks.report import show
from formsvc.index.building import rebuild
from formsvc.index.entry import Entry, Query
from formsvc.index.finding import Finder
from formsvc.index.readings import readings_of
from formsvc.index.writing import SqliteIndex

RECORDS = 1_000_000
YEARS = range(2006, 2026)
QUESTIONS = 200
ROUNDS = 5
FIRST = 50

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤单仇解查翟区缪朴盖乐宁华尉"
)
_COMPOUND = ("欧阳", "上官", "司马", "诸葛", "尉迟", "令狐", "长孙", "澹台")
_GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建国文玉志红春梅海燕云飞鹏宇浩然子轩欣怡梓涵一诺俊诗雅思远晓东立新"
    "荣辉凤珍琴莲龙福生林胜学祥才发武利清彬富顺信昌成康星光天达安岩中茂进有坚和彪博诚先敬震振壮会群豪心邦承乐绍功松善厚庆"
    "友裕河哲亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭士以家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘"
)
_UIGHUR = ("阿依努尔·买买提", "古丽·艾合买提", "艾力·吐尔逊")
_TOWNS = ("城西", "城东", "凤山", "阳明", "梨洲", "兰江", "朗霞", "低塘", "临山", "黄家埠", "小曹娥", "泗门")
_SIDES = ("", "新", "上", "下", "西", "南", "北")
_SPOTS = [spot + kind for spot in "桥塘湖山园路河店" for kind in ("社区", "村", "居")]
_POSTS = ("党员", "书记", "副书记", "委员", "会计", "主任", "村民", "教师", "科员")

Asked = TypeVar("Asked")
Row = tuple[int, str, int, str]
"""(id, name, year, unit) as the peers hold it."""


def main(records: int = RECORDS) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.db"
        making = time.process_time()
        for _ in entries(records):
            pass
        making = time.process_time() - making
        begun = time.process_time(), time.perf_counter()
        rebuild(path, entries(records), "0")
        cpu, wall = time.process_time() - begun[0] - making, time.perf_counter() - begun[1] - making
        rows = [(int(entry.id, 16), entry.name, entry.year, entry.unit or "") for entry in entries(records)]
        peers = _peers(Path(folder) / "peers.db", rows)
        finder = Finder.open(path)
        if not isinstance(finder, Finder):
            raise SystemExit(finder.fault)
        chance = random.Random(7)
        asked = chance.sample(rows, min(QUESTIONS, len(rows)))
        _show_building(records, cpu, wall, path)
        _show_finding(finder, peers, asked)
        _show_recall(finder, peers, rows, asked[:12])
        finder.close()
        _show_noting(path)
        peers.close()


def entries(records: int) -> Iterator[Entry]:
    """Yield made-up records: the same people every year, their surnames as common as in life."""
    chance = random.Random(1)
    people = [_a_person(chance) for _ in range(max(1, records // len(YEARS)))]
    for number in range(records):
        name, organisation, unit = people[number % len(people)]
        year = YEARS[number // len(people) % len(YEARS)]
        key = hashlib.sha256(number.to_bytes(8)).hexdigest()
        path = f"{year}/annex/{organisation}/{name}-{key[:12]}"
        copies = [
            {
                "role": role,
                "number": count,
                "holder": organisation,
                "path": f"archive/{path}/v1/copies/{count}-{role}.pdf",
            }
            | {"sha256": hashlib.sha256(f"{key}{count}".encode()).hexdigest(), "state": "filed"}
            for count, role in enumerate(("member", "workplace", "residence", "posting"), 1)
        ]
        document = {
            "schema": 1,
            "id": key[:12],
            "form": "annex",
            "year": year,
            "name": name,
            "status": "filed",
            "version": 1,
        }
        document |= {"organisation": organisation, "unit": unit, "copies": copies, "reviews": []}
        yield Entry(
            id=key[:12],
            form="annex",
            year=year,
            subject="member",
            name=name,
            organisation=organisation,
            unit=unit,
            status="filed",
            version=1,
            path=path,
            identity=f"annex|{year}|{name}|{number % len(people)}",
            events=1,
            document=json.dumps(document, ensure_ascii=False, separators=(",", ":")),
            filed=((key, 1),),
        )


def _a_person(chance: random.Random) -> tuple[str, str, str]:
    kind = chance.random()
    given = "".join(chance.choices(_GIVEN, k=1 if chance.random() < 0.18 else 2))
    if kind < 0.005:
        name = chance.choice(_UIGHUR)
    elif kind < 0.015:
        name = chance.choice(_COMPOUND) + given
    else:
        name = chance.choices(_SURNAMES, [1 / (rank + 2) ** 0.9 for rank in range(len(_SURNAMES))])[0] + given
    place = chance.choice(_TOWNS) + chance.choice(_SIDES) + chance.choice(_SPOTS)
    return name, f"{place}党支部", place + chance.choice(_POSTS)


def _peers(path: Path, rows: Sequence[Row]) -> sqlite3.Connection:
    """Fill the tables that the others would use."""
    peers = sqlite3.connect(path, isolation_level=None)
    peers.execute("PRAGMA journal_mode = OFF")
    peers.execute("BEGIN")
    peers.execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, name TEXT, year INTEGER, unit TEXT)")
    peers.executemany("INSERT INTO plain VALUES (?, ?, ?, ?)", rows)
    peers.execute("CREATE INDEX by_name ON plain (name, year)")
    peers.execute("CREATE VIRTUAL TABLE grams USING fts5 (name, content='', tokenize='trigram')")
    peers.executemany("INSERT INTO grams (rowid, name) VALUES (?, ?)", ((row[0], row[1]) for row in rows))
    peers.execute("COMMIT")
    return peers


def _show_building(records: int, cpu: float, wall: float, path: Path) -> None:
    show(
        f"Building the index of {records:,} records",
        [
            ("records a second, CPU", f"{records / cpu:,.0f}", _goal(records / cpu >= 5_000, "5,000")),
            ("records a second, wall", f"{records / wall:,.0f}", "making the entries taken off"),
            ("size, MB", f"{path.stat().st_size / 1e6:,.0f}", f"{path.stat().st_size / records:,.0f} bytes a record"),
        ],
    )


def _show_finding(finder: Finder, peers: sqlite3.Connection, asked: Sequence[Row]) -> None:
    """Print the median of each kind of question; of each question the best round counts, for the machine is shared."""
    tree = _median(lambda row: _bare(peers, row), asked)
    rows = [("bare B-tree, name + year", f"{tree:.3f} ms", "the limit: id only")]
    for label, query, goal in _kinds():
        found = _median(lambda row, query=query: finder.find(query(row)), asked)  # type: ignore[misc]  # mypy cannot type a lambda with a default
        hits = statistics.median(len(finder.find(query(row))) for row in asked)
        rows.append(
            (
                label,
                f"{found:.3f} ms",
                f"{found / tree:.1f} B-trees, {hits:.0f} hits; {_goal(found <= goal, f'{goal} ms')}",
            )
        )
    scan = _median(lambda row: _like(peers, row[1][-2:]), asked[:4], rounds=2)
    part = _median(lambda row: finder.find(Query(name=row[1][-2:], limit=FIRST)), asked[:4], rounds=2)
    rows.append(("LIKE scan, two characters", f"{scan:.0f} ms", f"{scan / part:,.0f} times ours"))
    long = [row for row in asked if len(row[1]) == 3]
    grams = _median(lambda row: _trigrams(peers, row[1]), long)
    ours = _median(lambda row: finder.find(Query(name=row[1], limit=FIRST)), long)
    rows.append(("FTS5 trigrams, three characters, ids only", f"{grams:.3f} ms", f"ours, whole rows: {ours:.3f} ms"))
    show(f"Looking up, median CPU, first {FIRST} hits", rows)


def _kinds() -> list[tuple[str, Callable[[Row], Query], float]]:
    return [
        ("name + year", lambda row: Query(name=row[1], year=row[2]), 0.1),
        ("name", lambda row: Query(name=row[1], limit=FIRST), 0.5),
        ("two characters", lambda row: Query(name=row[1][-2:], limit=FIRST), 0.5),
        ("surname", lambda row: Query(name=row[1][0], limit=FIRST), 0.5),
        ("surname + year", lambda row: Query(name=row[1][0], year=row[2], limit=FIRST), 0.5),
        ("pinyin + year", lambda row: Query(name=_pinyin(row[1]), year=row[2], limit=FIRST), 0.5),
        ("pinyin", lambda row: Query(name=_pinyin(row[1]), limit=FIRST), 0.5),
        ("pinyin, half typed", lambda row: Query(name=_pinyin(row[1])[:-2], limit=FIRST), 0.5),
        ("initials", lambda row: Query(name=_initials(row[1]), limit=FIRST), 0.5),
    ]


def _show_recall(finder: Finder, peers: sqlite3.Connection, rows: Sequence[Row], asked: Sequence[Row]) -> None:
    """Compare every hit of some questions with what trying every name gives."""
    names = {row[1] for row in rows}
    spelled = {name: list(_spellings(name)) for name in names}
    missing = surplus = wanted_in_all = 0
    for _, name, year, _ in asked:
        for text in (name, name[-2:], name[0], _pinyin(name), _pinyin(name)[:-1], _initials(name)):
            answering = {one for one in names if text in one.replace("·", "") or _answers(spelled[one], text)}
            wanted = {f"{row[0]:012x}" for row in rows if row[2] == year and row[1] in answering}
            found = {one.id for one in finder.find(Query(name=text, year=year))}
            wanted_in_all += len(wanted)
            missing += len(wanted - found)
            surplus += len(found - wanted)
    pairs = [row[1][-2:] for row in asked]
    by_grams = sum(len(_trigrams(peers, pair)) for pair in pairs)
    show(
        "Right answers",
        [
            (
                "recall",
                f"{1 - missing / wanted_in_all:.2%}",
                f"of {wanted_in_all:,} hits; {_goal(not missing, '100 %')}",
            ),
            ("hits too many", f"{surplus}", _goal(not surplus, "0")),
            ("FTS5 trigrams, hits for two characters", f"{by_grams}", f"of {len(pairs)} questions"),
        ],
    )


def _show_noting(path: Path) -> None:
    index = SqliteIndex.open(path)
    if not isinstance(index, SqliteIndex):
        raise SystemExit(index.fault)
    fresh = [replace(entry, id=f"{number:012x}") for number, entry in enumerate(entries(len(YEARS) * 100))][:200]
    cpu = _median(lambda entry: index.note([entry], head=entry.id), fresh[:100], rounds=1)
    begun = time.process_time()
    index.note(fresh[-32:], head="1")
    grouped = (time.process_time() - begun) / 32 * 1000
    show(
        "Noting a record, durable",
        [("one", f"{cpu:.2f} ms CPU", ""), ("in groups of 32", f"{grouped:.2f} ms CPU", "each")],
    )
    index.close()


def _median(look: Callable[[Asked], object], asked: Iterable[Asked], rounds: int = ROUNDS) -> float:
    """Give the median over all questions of the least CPU milliseconds that each took in so many rounds."""
    every = list(asked)
    best = [float("inf")] * len(every)
    for _ in range(rounds):
        for number, one in enumerate(every):
            begun = time.thread_time()
            look(one)
            best[number] = min(best[number], (time.thread_time() - begun) * 1000)
    return statistics.median(best)


def _bare(peers: sqlite3.Connection, row: Row) -> list[tuple[int]]:
    return peers.execute("SELECT id FROM plain WHERE name = ? AND year = ?", (row[1], row[2])).fetchall()


def _like(peers: sqlite3.Connection, part: str) -> list[Row]:
    every = "SELECT * FROM plain WHERE name LIKE ? ORDER BY year DESC, name, id LIMIT ?"
    return peers.execute(every, (f"%{part}%", FIRST)).fetchall()


def _trigrams(peers: sqlite3.Connection, part: str) -> list[tuple[int]]:
    return peers.execute("SELECT rowid FROM grams WHERE grams MATCH ? LIMIT ?", (f'"{part}"', FIRST)).fetchall()


def _pinyin(name: str) -> str:
    return "".join(readings_of(character)[0] for character in name if character != "·")


def _initials(name: str) -> str:
    return "".join(readings_of(character)[0][0] for character in name if character != "·")


def _spellings(name: str) -> Iterator[tuple[str, str]]:
    """Give pinyin and initials of a name from every character on, in every reading."""
    bare = name.replace("·", "")
    for start in range(len(bare)):
        for syllables in itertools.product(*map(readings_of, bare[start:])):
            yield "".join(syllables), "".join(syllable[0] for syllable in syllables)


def _answers(spelled: Iterable[tuple[str, str]], text: str) -> bool:
    return any(pinyin.startswith(text) or (len(text) > 1 and initials.startswith(text)) for pinyin, initials in spelled)


def _goal(met: object, goal: str) -> str:
    return f"goal {goal}: {'met' if met else 'MISSED'}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS)
