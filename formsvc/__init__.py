"""Document generation and archiving built around form templates.

Every operation is here in one call, and is imported when it is asked for:

    import formsvc

    with formsvc.open_workspace(Path("office")) as workspace:
        for outcome in formsvc.ingest(workspace, [Path("filled")]):
            print(outcome)
        print(formsvc.find(workspace, "wangwei", 2011))
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from formsvc.operations.blank import BlankFormat, blank
    from formsvc.operations.check import check
    from formsvc.operations.correct import correct
    from formsvc.operations.delivered import DeliveryFormat, Selection
    from formsvc.operations.delivery import deliver
    from formsvc.operations.draft import draft
    from formsvc.operations.export import ExportFormat, export
    from formsvc.operations.extract import extract
    from formsvc.operations.find import find
    from formsvc.operations.handover import HandoverFormat, hand_over
    from formsvc.operations.indexing import rebuild
    from formsvc.operations.ingest import ingest
    from formsvc.operations.init import init
    from formsvc.operations.lookup import open_lookup
    from formsvc.operations.papers import board, handbook, plates
    from formsvc.operations.prefill import prefill
    from formsvc.operations.queue import confirm, queue, reject
    from formsvc.operations.repair import repair
    from formsvc.operations.restore import restore
    from formsvc.operations.review import review as stamp
    from formsvc.operations.roster import import_roster
    from formsvc.operations.show import path_of, show
    from formsvc.operations.status import status
    from formsvc.operations.workspace import open_workspace
    from formsvc.records.event import ReviewDecision
    from formsvc.watch import watch as serve
    from formsvc.watch import watch_once as serve_once

__version__ = "0.1.0"
__all__ = [
    "BlankFormat",
    "DeliveryFormat",
    "ExportFormat",
    "HandoverFormat",
    "ReviewDecision",
    "Selection",
    "blank",
    "board",
    "check",
    "confirm",
    "correct",
    "deliver",
    "draft",
    "export",
    "extract",
    "find",
    "hand_over",
    "handbook",
    "import_roster",
    "ingest",
    "init",
    "open_lookup",
    "open_workspace",
    "path_of",
    "plates",
    "prefill",
    "queue",
    "rebuild",
    "reject",
    "repair",
    "restore",
    "serve",
    "serve_once",
    "show",
    "stamp",
    "status",
]

_HOMES = {
    "BlankFormat": "operations.blank:BlankFormat",
    "DeliveryFormat": "operations.delivered:DeliveryFormat",
    "ExportFormat": "operations.export:ExportFormat",
    "HandoverFormat": "operations.handover:HandoverFormat",
    "ReviewDecision": "records.event:ReviewDecision",
    "Selection": "operations.delivered:Selection",
    "blank": "operations.blank:blank",
    "board": "operations.papers:board",
    "check": "operations.check:check",
    "confirm": "operations.queue:confirm",
    "correct": "operations.correct:correct",
    "deliver": "operations.delivery:deliver",
    "draft": "operations.draft:draft",
    "export": "operations.export:export",
    "extract": "operations.extract:extract",
    "find": "operations.find:find",
    "hand_over": "operations.handover:hand_over",
    "handbook": "operations.papers:handbook",
    "import_roster": "operations.roster:import_roster",
    "ingest": "operations.ingest:ingest",
    "init": "operations.init:init",
    "open_lookup": "operations.lookup:open_lookup",
    "open_workspace": "operations.workspace:open_workspace",
    "path_of": "operations.show:path_of",
    "plates": "operations.papers:plates",
    "prefill": "operations.prefill:prefill",
    "queue": "operations.queue:queue",
    "rebuild": "operations.indexing:rebuild",
    "reject": "operations.queue:reject",
    "repair": "operations.repair:repair",
    "restore": "operations.restore:restore",
    "serve": "watch:watch",
    "serve_once": "watch:watch_once",
    "show": "operations.show:show",
    "stamp": "operations.review:review",
    "status": "operations.status:status",
}
"""Name -> where it is defined. `stamp` and `serve` are what the commands `review` and `watch` call: those two names are
taken by a folder and a file of this package."""


def __getattr__(name: str) -> object:
    home, _, defined = _HOMES.get(name, "").partition(":")
    if not home:
        raise AttributeError(name)
    globals()[name] = getattr(import_module(f"{__name__}.{home}"), defined)
    return globals()[name]
