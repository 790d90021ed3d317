"""What every store promises: one class that each implementation's tests inherit."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from formsvc.errors import BadNameError, ChangedError, MissingError, NotAllowedError, TakenError
from formsvc.storage import Item, Store
from formsvc.storage.store import Again

FILES = {"original/form.docx": b"as received", "record.json": b"{}", "manifest-sha256.txt": b"..."}
BAD_NAMES = {
    "": "empty",
    "/etc/passwd": "absolute",
    "a//b": "part",
    "a/": "part",
    "./a": "part",
    "a/../b": "part",
    "..": "part",
    "a\\b": "character",
    "c:a": "character",
    "a\nb": "character",
    "a\x00b": "character",
    "a\udc80b": "character",
    "a?": "character",
    "a./b": "windows",
    "a /b": "windows",
    "CON": "windows",
    "nul.txt": "windows",
    "a/com1.docx": "windows",
    "党" * 86: "long",
    ".staging/a": "reserved",
    ".Staging/a": "reserved",
}


class StoreContract:
    """The tests; an implementation gives the fixture `store`, empty each time."""

    @pytest.fixture
    def received(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        path = tmp_path_factory.mktemp("spool") / "原件.pdf"
        path.write_bytes(b"%PDF-1.7 received")
        return path

    def test_what_is_published_is_read_back(self, store: Store) -> None:
        store.publish("2011/张三-7f3c/v1", FILES)
        assert {name: store.get(f"2011/张三-7f3c/v1/{name}") for name in FILES} == FILES

    def test_a_received_file_is_copied_in_and_stays(self, store: Store, received: Path) -> None:
        store.publish("v1", {"original/原件.pdf": received})
        assert store.get("v1/original/原件.pdf") == received.read_bytes() == b"%PDF-1.7 received"

    def test_a_stored_file_is_stored_once_more(self, store: Store, received: Path) -> None:
        store.publish("v1", {"original/原件.pdf": Again(received), "record.json": b"{}"})
        received.unlink()
        assert store.get("v1/original/原件.pdf") == b"%PDF-1.7 received"

    def test_a_stored_file_that_is_gone_is_not_stored_once_more(self, store: Store, received: Path) -> None:
        received.unlink()
        with pytest.raises(ChangedError):
            store.publish("v1", {"original/原件.pdf": Again(received)})
        assert list(store.names()) == []

    def test_nothing_is_published_over_something(self, store: Store) -> None:
        store.publish("v1", FILES)
        with pytest.raises(TakenError):
            store.publish("v1", {"other.txt": b""})
        assert {name: store.get(name) for name in store.names()} == {f"v1/{name}": FILES[name] for name in FILES}

    def test_nothing_is_published_above_something(self, store: Store) -> None:
        store.publish("2011/v1", FILES)
        with pytest.raises(TakenError):
            store.publish("2011", {"other.txt": b""})

    def test_nothing_is_published_below_a_file(self, store: Store) -> None:
        store.put_new("README.txt", b"read me")
        with pytest.raises(TakenError):
            store.publish("README.txt/v1", FILES)
        with pytest.raises(TakenError):
            store.put_new("README.txt/0001.json", b"{}")

    def test_of_many_items_each_is_stored_or_reported(self, store: Store) -> None:
        store.publish("b", FILES)
        results = store.publish_many([Item("a", FILES), Item("b", FILES), Item("c", FILES), Item("c", FILES)])
        assert [type(result) for result in results] == [type(None), TakenError, type(None), TakenError]
        assert len(list(store.names())) == 3 * len(FILES)

    def test_no_items_are_no_work(self, store: Store) -> None:
        assert store.publish_many([]) == ()
        assert store.put_many({}) == ()

    def test_a_received_file_that_changed_is_not_stored(self, store: Store, received: Path) -> None:
        told = sha256(b"what was read before").hexdigest()
        known = sha256(received.read_bytes()).hexdigest()
        items = [Item(name, {"x.pdf": received}, {"x.pdf": digest}) for name, digest in (("a", told), ("b", known))]
        results = store.publish_many(items)
        assert isinstance(results[0], ChangedError)
        assert results[1] is None
        assert list(store.names()) == ["b/x.pdf"]

    def test_a_file_that_comes_in_pieces_is_stored_as_one(self, store: Store) -> None:
        pieces = (b"%PDF", b"", b"-1.7")
        item = Item("a", {"copies/1.pdf": pieces}, {"copies/1.pdf": sha256(b"%PDF-1.7").hexdigest()})
        assert store.publish_many([item]) == (None,)
        assert store.get("a/copies/1.pdf") == b"%PDF-1.7"

    def test_pieces_that_are_not_those_of_before_are_not_stored(self, store: Store) -> None:
        for known in ({}, {"1.pdf": sha256(b"another").hexdigest()}):
            (error,) = store.publish_many([Item("a", {"1.pdf": (b"%PDF", b"-1.7"), "record.json": b"{}"}, known)])
            assert isinstance(error, ChangedError)
            assert not store.exists("a")

    def test_a_received_file_that_is_gone_is_not_stored(self, store: Store, received: Path) -> None:
        received.unlink()
        with pytest.raises(ChangedError):
            store.publish("a", {"x.pdf": received, "record.json": b"{}"})
        assert list(store.names()) == []

    def test_an_empty_folder_is_not_published(self, store: Store) -> None:
        with pytest.raises(BadNameError):
            store.publish("v1", {})

    def test_no_item_lies_below_another(self, store: Store) -> None:
        with pytest.raises(BadNameError):
            store.publish_many([Item("a/b", FILES), Item("a", FILES)])
        assert not store.exists("a")

    def test_a_file_is_not_a_folder_of_another(self, store: Store) -> None:
        with pytest.raises(BadNameError):
            store.publish("v1", {"a": b"", "a/b": b""})
        with pytest.raises(BadNameError):
            store.put_many({"a/b/c": b"", "a": b""})
        assert not store.exists("a")

    def test_a_file_is_put_once(self, store: Store) -> None:
        store.put_new("events/0001.json", b"first")
        with pytest.raises(TakenError) as caught:
            store.put_new("events/0001.json", b"second")
        assert caught.value.params["path"] == "events/0001.json"
        assert store.get("events/0001.json") == b"first"

    def test_a_file_is_not_put_over_a_folder(self, store: Store) -> None:
        store.put_new("events/0001.json", b"first")
        with pytest.raises(TakenError):
            store.put_new("events", b"")

    def test_of_many_files_the_taken_ones_are_told(self, store: Store) -> None:
        store.put_new("b", b"first")
        assert store.put_many({"a": b"1", "b": b"2", "c": b"3", "d/e": b"4"}) == ("b",)
        assert [store.get(name) for name in store.names()] == [b"1", b"first", b"3", b"4"]

    def test_a_file_is_opened_for_reading(self, store: Store) -> None:
        store.put_new("a/large", b"0123456789")
        with store.open("a/large") as file:
            file.seek(4)
            assert file.read(3) == b"456"

    @pytest.mark.parametrize("name", ["nothing", "folder", "folder/nothing", "folder/file/below"])
    def test_what_is_not_stored_is_missing(self, store: Store, name: str) -> None:
        store.put_new("folder/file", b"")
        with pytest.raises(MissingError):
            store.get(name)
        with pytest.raises(MissingError):
            store.open(name)

    def test_names_come_in_the_order_of_their_characters(self, store: Store) -> None:
        names = ["a-b", "a.txt", "a/b", "a/b-c/d", "a/b.d/e", "a0", "张三-1/v1", "张三/v1"]
        for name in reversed(names):
            store.put_new(name, b"")
        assert list(store.names()) == names == sorted(names)

    def test_folders_that_are_not_entered_are_passed_over_whole(self, store: Store) -> None:
        for name in ["2011/a/1", "2011/b/c/2", "2011/d", "2012/b/3"]:
            store.put_new(name, b"")
        asked: list[str] = []

        def enters(folder: str) -> bool:
            asked.append(folder)
            return folder != "2011/b/"

        assert list(store.names(enters=enters)) == ["2011/a/1", "2011/d", "2012/b/3"]
        assert list(store.names("2011", enters=enters)) == ["2011/a/1", "2011/d"]
        assert "2011/b/c/" not in asked

    def test_names_below_a_prefix_are_those_of_its_folder(self, store: Store) -> None:
        store.put_many({"2011/a/1": b"", "2011/ab/1": b"", "2011/a/b/2": b"", "2012/a/1": b""})
        assert list(store.names("2011/a")) == ["2011/a/1", "2011/a/b/2"]
        assert list(store.names("2011/a/1")) == list(store.names("2013")) == []

    def test_files_and_their_folders_exist(self, store: Store) -> None:
        store.put_new("2011/a/1", b"")
        assert [store.exists(name) for name in ("2011", "2011/a", "2011/a/1")] == [True] * 3
        assert [store.exists(name) for name in ("201", "2011/a/1/b", "2012")] == [False] * 3

    def test_lines_are_appended_in_order(self, store: Store) -> None:
        store.append_line("journal/2011-02.jsonl", '{"seq": 1}')
        store.append_lines("journal/2011-02.jsonl", ['{"姓名": 2}', '{"seq": 3}'])
        assert store.get("journal/2011-02.jsonl").decode() == '{"seq": 1}\n{"姓名": 2}\n{"seq": 3}\n'

    @pytest.mark.parametrize("line", ["a\nb", "a\n", "\r"])
    def test_a_line_holds_no_line_end(self, store: Store, line: str) -> None:
        with pytest.raises(ValueError, match="line end"):
            store.append_lines("journal", ["whole", line])
        assert not store.exists("journal")

    def test_no_lines_make_no_file(self, store: Store) -> None:
        store.append_lines("journal", [])
        assert not store.exists("journal")

    def test_a_folder_takes_no_lines(self, store: Store) -> None:
        store.put_new("journal/2011", b"")
        for name in ("journal", "journal/2011/02"):
            with pytest.raises(TakenError):
                store.append_line(name, "{}")

    def test_a_torn_line_is_ended_and_nothing_cut(self, store: Store) -> None:
        store.put_new("journal", b"one\ntw")
        store.append_line("journal", "three")
        assert store.get("journal") == b"one\ntw\nthree\n"

    @pytest.mark.parametrize(
        ("found", "torn"), [(b"one\ntw", b"tw"), (b"tw", b"tw"), (b"one\n", b""), (b"", b""), (b"one\n\0\0", b"\0\0")]
    )
    def test_a_torn_line_is_cut_when_asked(self, store: Store, found: bytes, torn: bytes) -> None:
        store.put_new("journal", found)
        assert store.cut_torn_line("journal") == torn
        assert store.get("journal") == found.removesuffix(torn)
        assert store.cut_torn_line("journal") == store.cut_torn_line("nothing") == b""

    def test_what_a_warrant_names_is_disposed_of(self, store: Store) -> None:
        store.publish("2011/a/v1", FILES)
        store.put_new("2011/a/events/0001.json", b"")
        store.put_new("disposals/0001.json", b"")
        store.dispose("2011/a/v1", "disposals/0001.json")
        store.dispose("2011/a/events/0001.json", "disposals/0001.json")
        assert list(store.names()) == ["disposals/0001.json"]

    def test_what_was_disposed_of_leaves_its_name_free(self, store: Store) -> None:
        store.publish("2011/a/v1", FILES)
        store.put_new("warrant", b"")
        store.dispose("2011/a/v1", "warrant")
        assert not store.exists("2011")
        store.put_new("2011", b"a file now")
        assert store.get("2011") == b"a file now"

    @pytest.mark.parametrize("warrant", ["nothing", "2011/a", "2011/a/v1/record.json", "disposals"])
    def test_without_a_warrant_nothing_is_disposed_of(self, store: Store, warrant: str) -> None:
        store.publish("2011/a/v1", FILES)
        store.put_new("disposals/0001.json", b"")
        with pytest.raises(NotAllowedError):
            store.dispose("2011/a", warrant)
        assert len(list(store.names("2011/a/v1"))) == len(FILES)

    def test_what_is_not_there_is_not_disposed_of(self, store: Store) -> None:
        store.put_new("warrant", b"")
        with pytest.raises(MissingError):
            store.dispose("2011", "warrant")

    @pytest.mark.parametrize("name", BAD_NAMES)
    def test_a_name_that_cannot_be_is_refused_everywhere(self, store: Store, name: str) -> None:
        store.put_new("warrant", b"")
        calls = (
            lambda: store.publish(name, FILES),
            lambda: store.publish("v1", {name: b""}),
            lambda: store.put_new(name, b""),
            lambda: store.get(name),
            lambda: store.open(name),
            lambda: store.exists(name),
            lambda: store.append_line(name, ""),
            lambda: store.cut_torn_line(name),
            lambda: store.dispose(name, "warrant"),
            lambda: list(store.names(name or "..")),
        )
        for call in calls:
            with pytest.raises(BadNameError) as caught:
                call()
            assert caught.value.params["reason"] in {BAD_NAMES[name], "part"}
        assert list(store.names()) == ["warrant"]

    @pytest.mark.parametrize("name", ["党" * 85, "a.b", "-", "~$x", "console", "com10", " a", "x" * 255])
    def test_an_odd_name_that_can_be_is_taken(self, store: Store, name: str) -> None:
        store.put_new(name, b"")
        assert list(store.names()) == [name]
