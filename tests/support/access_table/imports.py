"""Imports of lists in each place of the test district: one of each step, of the municipality's office."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from registry.imports.model import (
    Choice,
    ImportChunk,
    ImportPart,
    ImportRow,
    ImportState,
    ListImport,
    ListKind,
)
from shared.access.grants import Role

from access_table.model import STAFF, Json, Place, Row

if TYPE_CHECKING:
    from access_table.world import World

ROW = 2
_STEPS = {
    "import": ImportState.UPLOADED,
    "checked_import": ImportState.CHECKED,
    "done_import": ImportState.DONE,
}


async def fill_imports(world: "World", place: Place) -> None:
    """A file as it was uploaded, one whose rows were checked, and one that was written."""
    for kind, state in _STEPS.items():
        import_id, label = uuid4(), f"Listenkanarie {place.name} {kind}"
        place.put(kind, import_id, [place["municipality"]])
        place.hide(label, kind)
        for table, values in _rows(import_id, state, label, place).items():
            await world.change("registry", sa.insert(table).values(**values))


def _rows(import_id: UUID, state: ImportState, label: str, place: Place) -> dict[Any, Json]:
    now = datetime.now(UTC)
    numbers = {"done": 0, "total": 0, "attempts": 0}
    no = {"good_rows_only": False, "remove_changed": False, "cancelled": False}
    titles = [{"column": number, "text": text, "samples": []} for number, text in enumerate(("Verein", "Ort"))]
    entry = {"name": label, "village_id": place["village"]}
    match = {"id": place["organisation"], "name": label, "reasons": ["same_name"]}
    return {
        ListImport: {
            "id": import_id,
            "office": place["municipality"],
            "role": Role.MUNICIPALITY_OFFICER,
            "created_by": uuid4(),
            "file_name": f"{label}.xlsx",
            "size": 3,
            "state": state,
            "changed_at": now,
            **numbers,
            **no,
        },
        ImportPart: {
            "import_id": import_id,
            "number": 0,
            "sheet": "",
            "kind": ListKind.ORGANISATIONS,
            "header_row": 1,
            "titles": titles,
            "mapping": {"name": 0, "village": 1},
            "constants": {},
            "rows": 1,
            "wrong": 0,
            "hinted": 0,
            "known": 1,
        },
        ImportChunk: {"import_id": import_id, "number": 0, "data": b"a;b"},
        ImportRow: {
            "import_id": import_id,
            "part": 0,
            "number": ROW,
            "label": label,
            "values": {"entry": entry, "contact": None},
            "problems": [],
            "good": True,
            "matches": [match],
            "exact": False,
            "choice": Choice.SKIP,
            "target_id": UUID(place["organisation"]),
        },
    }


FIRST = {"number": "=0"}
CHECKED = {"import_id": "checked_import"}
DONE = {"import_id": "done_import"}
SKIP = {"choice": "skip"}


def _assign(_: Place) -> Json:
    return {"kind": "organisations", "mapping": {"name": "A", "village": "B"}}


ROWS = (
    Row("GET /imports", STAFF, shows="import"),
    Row(
        "POST /imports",
        STAFF,
        body=lambda at: {"Verein": at["organisation"]},  # any text is a list in csv
        query=lambda at: {"file_name": "Liste.csv"},
        answer=201,
        note="for one's own office",
    ),
    Row("GET /imports/templates/{kind}.xlsx", STAFF, path={"kind": "=volunteers"}),
    Row("GET /imports/{import_id}", STAFF, "import"),
    Row("DELETE /imports/{import_id}", STAFF, "import"),
    Row("PUT /imports/{import_id}/parts/{number}", STAFF, "import", path=FIRST, body=_assign),
    Row("POST /imports/{import_id}/check", STAFF, "import"),
    Row("GET /imports/{import_id}/parts/{number}/rows", STAFF, "import", path=FIRST),
    Row("GET /imports/{import_id}/errors.xlsx", STAFF, "import"),
    Row(
        "PUT /imports/{import_id}/parts/{number}/choice",
        STAFF,
        "checked_import",
        path={**CHECKED, **FIRST},
        body=lambda at: SKIP,
    ),
    Row(
        "PUT /imports/{import_id}/parts/{number}/rows/{row}/choice",
        STAFF,
        "checked_import",
        path={**CHECKED, **FIRST, "row": f"={ROW}"},
        body=lambda at: SKIP,
    ),
    Row("POST /imports/{import_id}/run", STAFF, "checked_import", path=CHECKED, body=lambda at: {}),
    Row("POST /imports/{import_id}/cancellation", STAFF, "import"),
    Row("GET /imports/{import_id}/undo", STAFF, "done_import", path=DONE),
    Row("POST /imports/{import_id}/undo", STAFF, "done_import", path=DONE, body=lambda at: {}),
)
