"""Whatever is asked of them, the local store and the store in memory answer the same."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from formsvc.errors import FormsvcError
from formsvc.storage import Item, LocalStore, MemoryStore, Store
from tests.storage.conftest import IN_MEMORY

NAMES = st.lists(st.sampled_from(["a", "b", "b-c", "党"]), min_size=1, max_size=3).map("/".join)
DATA = st.binary(max_size=3)
FILES = st.dictionaries(NAMES, DATA, min_size=1, max_size=3)


class Agreement(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None)
        self.local = LocalStore(Path(self.folder.name))
        self.memory = MemoryStore()

    def teardown(self) -> None:
        self.folder.cleanup()

    def both(self, call: Callable[[Store], object]) -> None:
        assert answer(call, self.local) == answer(call, self.memory)

    @rule(prefix=NAMES, files=FILES)
    def publish(self, prefix: str, files: dict[str, bytes]) -> None:
        self.both(lambda store: store.publish(prefix, files))

    @rule(items=st.lists(st.builds(Item, NAMES, FILES), max_size=3))
    def publish_many(self, items: list[Item]) -> None:
        self.both(lambda store: [type(result) for result in store.publish_many(items)])

    @rule(name=NAMES, data=DATA)
    def put_new(self, name: str, data: bytes) -> None:
        self.both(lambda store: store.put_new(name, data))

    @rule(files=FILES)
    def put_many(self, files: dict[str, bytes]) -> None:
        self.both(lambda store: store.put_many(files))

    @rule(name=NAMES, lines=st.lists(st.sampled_from(["", "{}", "a\nb"]), max_size=2))
    def append(self, name: str, lines: list[str]) -> None:
        self.both(lambda store: store.append_lines(name, lines))

    @rule(name=NAMES)
    def cut(self, name: str) -> None:
        self.both(lambda store: store.cut_torn_line(name))

    @rule(name=NAMES, warrant=NAMES)
    def dispose(self, name: str, warrant: str) -> None:
        self.both(lambda store: store.dispose(name, warrant))

    @rule(name=NAMES)
    def read(self, name: str) -> None:
        self.both(lambda store: store.get(name))
        self.both(lambda store: store.exists(name))
        self.both(lambda store: list(store.names(name)))

    @rule()
    def recover(self) -> None:
        assert self.local.recover() == ()

    @invariant()
    def hold_the_same(self) -> None:
        self.both(lambda store: [(name, store.get(name)) for name in store.names()])


def answer(call: Callable[[Store], object], store: Store) -> object:
    try:
        return call(store)
    except (FormsvcError, ValueError) as error:
        return type(error)


TestAgreement = Agreement.TestCase
TestAgreement.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
