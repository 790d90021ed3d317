"""Where filed things are kept: one contract, `Store`, and its implementations."""

from formsvc.storage.local import LocalStore
from formsvc.storage.memory import MemoryStore
from formsvc.storage.store import Item, Store

__all__ = ["Item", "LocalStore", "MemoryStore", "Store"]
