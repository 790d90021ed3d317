"""Pre-filled Word forms per CPU second, beside docxtpl and beside the limit (deflating document.xml alone).

Both fill the same form with the same values; docxtpl gets our own form with its marks in place of the values, so that
it starts from the same slim package. Goal: at least 60 times docxtpl, in files that are no larger.
Run: python benchmarks/bench_docx.py
"""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import docxtpl

from formsvc.forms.load import load_forms
from formsvc.forms.reading import Value
from formsvc.forms.spec import Kind
from formsvc.rendering.docx import DocxTemplate
from formsvc.rendering.printed import printed_lines

FORM = "annex2"
GOAL = 60
PLEDGES = (
    "立足本职，做好全村“十二五”规划实施工作，年内走访农户不少于200户，及时反映群众诉求。",
    "带头参加“美丽乡村”建设，完成村口至渚山桥1.2公里道路绿化的组织工作（6月底前）。",
    "主动到居住地党组织认岗领岗，每月参加志愿服务1次以上；结对帮扶困难家庭2户。",
    "履行家庭责任，遵守社会公德，自觉接受党员群众监督。",
)
PERSON: Mapping[str, Value] = {
    "sex": "女",
    "age": 46,
    "joined": "1998-07",
    "unit_post": "马渚镇开元村党委　组织委员",
    "pledges": PLEDGES,
    "signed_on": "2011-02-25",
    "phone": "0574-62000000",
    "email": "kaiyuan@example.cn",
}


def main() -> None:
    """Print forms per CPU second, sizes and ratios."""
    spec = load_forms(Path(__file__).parent.parent / "templates")[FORM]
    template = DocxTemplate(spec)
    compiling = _seconds(lambda _: DocxTemplate(spec), 5)

    def ours(number: int) -> bytes:
        return template.fill(year=2011, values={**PERSON, "name": f"张三{number}"}, serial=f"{number:06}")

    marks = {key: f"{{{{ {key} }}}}" for key, field in spec.fields.items() if not field.kind.is_mark}
    lists = [key for key, field in spec.fields.items() if field.kind is Kind.ITEMS]
    for key in lists:
        marks[key] = f"{{%p for item in {key} %}}\n{{{{ item }}}}\n{{%p endfor %}}"
    form = io.BytesIO(template.fill(year=None, values=marks))
    printed = {key: printed_lines(spec.fields[key], value) for key, value in PERSON.items()}
    context = {key: lines if key in lists else lines[0] for key, lines in printed.items()}
    peer = docxtpl.DocxTemplate(form)

    def theirs(number: int) -> bytes:
        saved = io.BytesIO()
        peer.render({**context, "name": f"张三{number}"}, autoescape=True)
        peer.save(saved)
        peer.reset_replacements()
        return saved.getvalue()

    body = zipfile.ZipFile(io.BytesIO(ours(1))).read("word/document.xml")
    rates = {
        "formsvc": (1 / _seconds(ours, 3000), len(ours(1))),
        "docxtpl": (1 / _seconds(theirs, 100), len(theirs(1))),
        "limit": (1 / _seconds(lambda _: zlib.compress(body, 6), 3000), len(body)),
    }
    for name, (rate, size) in rates.items():
        print(f"{name:8} {rate:9,.0f} forms per CPU second   {size:7,} bytes")
    print(f"compiling a form: {compiling * 1000:.1f} ms CPU")
    ratio = rates["formsvc"][0] / rates["docxtpl"][0]
    print(f"formsvc / docxtpl: {ratio:.0f} (goal {GOAL}) {'met' if ratio >= GOAL else 'MISSED'}")
    print(f"formsvc / limit: {rates['formsvc'][0] / rates['limit'][0]:.2f}")
    smaller = rates["formsvc"][1] <= rates["docxtpl"][1]
    print(f"size: {rates['formsvc'][1] / rates['docxtpl'][1]:.2f} of docxtpl's {'met' if smaller else 'MISSED'}")


def _seconds(make: Callable[[int], object], count: int) -> float:
    """Return the CPU seconds of one call, from `count` of them after a first that is not counted."""
    make(0)
    begin = time.process_time()
    for number in range(1, count + 1):
        make(number)
    return (time.process_time() - begin) / count


if __name__ == "__main__":
    main()
