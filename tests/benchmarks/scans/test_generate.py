"""Pages made from a seed: the same sheet taken well and badly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.scans import fonts
from benchmarks.scans.generate import samples, undamaged_samples


@pytest.fixture(autouse=True)
def _only_faces_at_hand(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(fonts, "SOURCES", {name: one for name, one in fonts.SOURCES.items() if not one.package})
    fonts.faces.cache_clear()
    fonts.glyph.cache_clear()
    yield
    fonts.faces.cache_clear()
    fonts.glyph.cache_clear()


def test_an_undamaged_page_says_the_same_by_the_same_hand(tmp_path: Path) -> None:
    worn = {one.path.stem.split("-")[-1]: one for one in samples(3, range(1), tmp_path) if one.truth["form"]}
    good = {one.path.stem.split("-")[-1]: one for one in undamaged_samples(3, range(1), tmp_path)}
    assert worn
    assert worn.keys() == good.keys()
    for number, page in worn.items():
        same = ("form", "hand", "hands", "font", "values", "layout", "year")
        assert {key: page.truth[key] for key in same} == {key: good[number].truth[key] for key in same}
        assert good[number].truth["plan"]["clean"]
        assert good[number].path != page.path
