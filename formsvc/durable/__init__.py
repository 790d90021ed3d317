"""The only local writes of the program: create-only, synced before they have a name, told after they are durable.

`single` holds one write at a time, `batch` many that share a sync, `folders` the folders, `lines` files that grow,
`lock` locks between processes, `opening` files that strangers placed, `calls` what differs between systems.
"""

from formsvc.durable.batch import Batch, Copied
from formsvc.durable.calls import (
    FILE_MODE,
    FOLDER_MODE,
    READ_ONLY_MODE,
    Protection,
    file_system,
    is_network,
    protections,
    sync_everything,
)
from formsvc.durable.folders import (
    discard,
    discard_empty,
    is_unfinished,
    make_dirs,
    make_unsynced,
    remove,
    sync_dir,
    sync_tree,
    unused_name,
)
from formsvc.durable.lines import append_line, append_lines, cut_torn_tail, torn_tail
from formsvc.durable.lock import Lock
from formsvc.durable.opening import OpenFile, Unopened, open_regular
from formsvc.durable.single import copy_in, move_in, publish, put_new, replace

__all__ = [
    "FILE_MODE",
    "FOLDER_MODE",
    "READ_ONLY_MODE",
    "Batch",
    "Copied",
    "Lock",
    "OpenFile",
    "Protection",
    "Unopened",
    "append_line",
    "append_lines",
    "copy_in",
    "cut_torn_tail",
    "discard",
    "discard_empty",
    "file_system",
    "is_network",
    "is_unfinished",
    "make_dirs",
    "make_unsynced",
    "move_in",
    "open_regular",
    "protections",
    "publish",
    "put_new",
    "remove",
    "replace",
    "sync_dir",
    "sync_everything",
    "sync_tree",
    "torn_tail",
    "unused_name",
]
