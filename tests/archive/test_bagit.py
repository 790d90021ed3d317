"""Bags encode what RFC 8493 asks for, and a bag from elsewhere is read by the same rules."""

from __future__ import annotations

from pathlib import Path

import bagit as library
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formsvc.archive import bagit
from formsvc.archive.handover import fingerprint
from formsvc.errors import BadNameError, UnsoundExportError
from formsvc.storage import LocalStore, MemoryStore

NAMES = st.text(st.sampled_from("ab张 %0A25.-"), min_size=1, max_size=12).filter(
    lambda name: not name.endswith((" ", ".")) and name not in (".", "..")
)


def a_bag(store: MemoryStore | LocalStore, payload: dict[str, bytes]) -> None:
    tags = bagit.tag_files({name: fingerprint(data) for name, data in payload.items()}, {"Contact-Name": "张三\n李四"})
    store.put_many({**tags, **{bagit.place_of(name): data for name, data in payload.items()}})


@settings(deadline=None)
@given(st.dictionaries(NAMES, st.binary(max_size=9), min_size=1, max_size=5))
def test_names_with_per_cent_signs_come_back_as_they_were(payload: dict[str, bytes]) -> None:
    store = MemoryStore()
    a_bag(store, payload)
    assert {name: store.get(place) for name, place in bagit.payload_of(store).items()} == payload


def test_the_library_accepts_a_bag_and_its_words(tmp_path: Path) -> None:
    a_bag(LocalStore(tmp_path), {"2011/张三/v1/a b.pdf": b"x", "b": b""})
    found = library.Bag(str(tmp_path))
    assert found.is_valid()
    assert (found.info["Contact-Name"], found.info["Payload-Oxum"]) == ("张三 李四", "1.2")


@pytest.mark.parametrize("name", ["../x", "/x", "C:/x", "a/../../x", "con", "a%2F..%2F../x\\y"])
def test_a_name_that_leads_out_of_the_bag_is_refused(name: str) -> None:
    store = MemoryStore()
    line = f"{'0' * 64}  data/{name}\n".encode()
    store.put_many(
        {"bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "manifest-sha256.txt": line}
    )
    with pytest.raises((BadNameError, UnsoundExportError)):
        bagit.payload_of(store)
