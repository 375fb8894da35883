# ruff: noqa: FAST003 - the import of the path is loaded by a dependency
"""Imports of lists: upload, columns, preview, run, undo. The long steps are done by the worker; ask how far it is."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, BinaryIO, ClassVar, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from shared import audit
from shared.access.dependencies import allow
from shared.access.grants import Access
from shared.errors import Unavailable
from shared.sheets.writing import write_xlsx
from shared.web import DbSession, TransactionalRoute
from sqlalchemy.ext.asyncio import AsyncSession

from registry.imports import handlers, queries
from registry.imports.layouts import layout_of
from registry.imports.model import ImportState, ListImport, ListKind
from registry.imports.offices import STAFF
from registry.imports.schemas import (
    ChoiceInput,
    ChoicesInput,
    ImportAnswer,
    ImportBrief,
    KeptAnswer,
    PartInput,
    RowAnswer,
    RowsAnswer,
    RunInput,
    Show,
    UndoAnswer,
    UndoInput,
    import_answer,
)
from registry.imports.uses import look_ahead
from registry.imports.vocabulary import load_vocabulary
from registry.pages import Limit, Page
from registry.spreadsheets import kinds
from registry.spreadsheets.columns import Column
from registry.spreadsheets.uploads import spool

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
AT_ONCE = 2  # uploads of one process: both fit into the container's /tmp of 64 MB
LONGEST_WAIT = 30.0  # seconds for one of these places
MOST_KEPT = 200  # named in the outlook of an undo


class UploadRoute(TransactionalRoute):
    """To compare a repeated upload with the first one, the whole file would have to be held in memory."""

    keeps_answers: ClassVar[bool] = False


router = APIRouter(route_class=TransactionalRoute, tags=["Imports"])
uploads = APIRouter(route_class=UploadRoute, tags=["Imports"])

Staff = Annotated[Access, Depends(allow(*STAFF))]


async def _one(session: DbSession, access: Staff, import_id: UUID) -> ListImport:
    return await queries.an_import(session, access, import_id)


async def _locked(session: DbSession, access: Staff, import_id: UUID) -> ListImport:
    return await queries.an_import(session, access, import_id, lock=True)


Imported = Annotated[ListImport, Depends(_one)]
LockedImport = Annotated[ListImport, Depends(_locked)]


@uploads.post("/imports", status_code=HTTPStatus.CREATED, openapi_extra=FILE_BODY)
async def upload_list(
    request: Request,
    session: DbSession,
    access: Staff,
    file_name: Annotated[str, Query(max_length=500)],
    office: Annotated[
        str | None, Query(max_length=40, description="`district`, or an id; needed by who has several")
    ] = None,
) -> ImportAnswer:
    """Upload a list as xlsx, xls, ods or csv: the body is the file, of at most 25 MB. Nothing is written by that."""
    declared = request.headers.get("content-length", "")
    async with _place(request), spool(request.stream(), int(declared) if declared.isdigit() else None) as file:
        imported = await handlers.upload(session, access, office, file_name, file)
    return await _answer(request, session, imported)


@router.get("/imports")
async def list_imports(
    session: DbSession, access: Staff, after: UUID | None = None, limit: Limit = 50
) -> Page[ImportBrief]:
    """The imports of the caller's offices, the newest first."""
    rows = await queries.find(session, access, after, limit + 1)
    following = str(rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[ImportBrief.model_validate(row) for row in rows[:limit]], next=following)


@router.get("/imports/templates/{kind}.xlsx", response_class=Response)
async def read_template(session: DbSession, _access: Staff, kind: ListKind) -> Response:
    """An empty list with all columns."""
    columns = layout_of(kind, await load_vocabulary(session)).columns
    with tempfile.TemporaryFile() as file:
        await write_xlsx(cast("BinaryIO", file), columns, _no_rows(), title=queries.LIST_TITLES[kind])
        return _download(cast("BinaryIO", file), f"Vorlage-{kind.value}.xlsx")


@router.get("/imports/{import_id}")
async def read_import(request: Request, session: DbSession, imported: Imported) -> ImportAnswer:
    """How far an import is, its sheets and their columns."""
    return await _answer(request, session, imported)


@router.delete("/imports/{import_id}", status_code=HTTPStatus.NO_CONTENT)
async def discard_import(session: DbSession, imported: LockedImport) -> None:
    """Forget an upload of which nothing is written."""
    await handlers.discard(session, imported)


@router.put("/imports/{import_id}/parts/{number}")
async def assign_columns(
    request: Request, session: DbSession, imported: LockedImport, number: int, told: PartInput
) -> ImportAnswer:
    """Say what a sheet holds and which column is which."""
    await handlers.assign(session, imported, number, told, await load_vocabulary(session))
    return await _answer(request, session, imported)


@router.post("/imports/{import_id}/check", status_code=HTTPStatus.ACCEPTED)
async def check_rows(request: Request, session: DbSession, imported: LockedImport) -> ImportAnswer:
    """Have every row checked and compared with what is entered already."""
    await handlers.start_check(session, imported, await load_vocabulary(session))
    return await _answer(request, session, imported)


@router.get("/imports/{import_id}/parts/{number}/rows")
async def list_rows(
    request: Request,
    session: DbSession,
    imported: Imported,
    number: int,
    show: Show = Show.ALL,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Limit = 50,
) -> RowsAnswer:
    """Rows of a sheet in its order: what is wrong with them, what they probably repeat, what became of them."""
    part = queries.part_of(imported, number)
    rows, following = await queries.rows_of(session, imported, part.number, show, after, limit)
    persons = tuple(row.person_id for row in rows if row.person_id is not None)
    handlers.audit_import(session, "import.seen", imported, persons)
    translate = request.app.state.translate
    return RowsAnswer(items=[RowAnswer.of(row, translate) for row in rows], next=following)


@router.put("/imports/{import_id}/parts/{number}/rows/{row}/choice")
async def choose(
    request: Request, session: DbSession, imported: LockedImport, number: int, row: int, told: ChoiceInput
) -> RowAnswer:
    """Say what to do with a row that is probably entered already."""
    decided = await handlers.decide(session, imported, number, row, told)
    persons = () if decided.person_id is None else (decided.person_id,)
    handlers.audit_import(session, "import.seen", imported, persons)
    return RowAnswer.of(decided, request.app.state.translate)


@router.put("/imports/{import_id}/parts/{number}/choice", status_code=HTTPStatus.NO_CONTENT)
async def choose_for_all(session: DbSession, imported: LockedImport, number: int, told: ChoicesInput) -> None:
    """Say the same of all rows of a sheet that are probably entered already."""
    await handlers.decide_all(session, imported, queries.part_of(imported, number).number, told.choice)


@router.get("/imports/{import_id}/errors.xlsx", response_class=Response)
async def read_errors(request: Request, session: DbSession, imported: Imported) -> Response:
    """Every wrong cell with its row and column as the spreadsheet shows them."""
    handlers.audit_import(session, "import.seen", imported)
    cells = queries.wrong_cells(session, imported, request.app.state.translate)
    with tempfile.TemporaryFile() as file:
        await write_xlsx(cast("BinaryIO", file), ERRORS, cells, title="Fehler und Hinweise")
        return _download(cast("BinaryIO", file), "Fehler.xlsx")


@router.post("/imports/{import_id}/run", status_code=HTTPStatus.ACCEPTED)
async def run_import(request: Request, session: DbSession, imported: LockedImport, told: RunInput) -> ImportAnswer:
    """Have the rows written: all of them in one transaction."""
    await handlers.start_run(imported, told)
    return await _answer(request, session, imported)


@router.post("/imports/{import_id}/cancellation", status_code=HTTPStatus.ACCEPTED)
async def cancel_work(request: Request, session: DbSession, imported: LockedImport) -> ImportAnswer:
    """Stop the checking or writing that runs; nothing of it stays."""
    await handlers.cancel(imported)
    return await _answer(request, session, imported)


@router.get("/imports/{import_id}/undo")
async def foresee_undo(session: DbSession, imported: Imported, *, remove_changed: bool = False) -> UndoAnswer:
    """What an undo would do."""
    imported.expect(ImportState.DONE, ImportState.UNDOING, ImportState.UNDONE)
    outlook = await look_ahead(session, imported, remove_changed=remove_changed)
    shown = list(outlook.kept)[:MOST_KEPT]
    names = await queries.names_of(session, shown)
    nameless = queries.NO_NAME
    audit.record_list(session, "import.seen", [key for kind, key in shown if kind == "person"])
    return UndoAnswer(
        removed={kind.value: number for kind, number in outlook.removed.items()},
        restored=outlook.restored,
        kept=[
            KeptAnswer(kind=key[0].value, id=key[1], name=names.get(key, nameless), reason=outlook.kept[key])
            for key in shown
        ],
        kept_count=len(outlook.kept),
    )


@router.post("/imports/{import_id}/undo", status_code=HTTPStatus.ACCEPTED)
async def undo_import(request: Request, session: DbSession, imported: LockedImport, told: UndoInput) -> ImportAnswer:
    """Have the whole import taken back."""
    await handlers.start_undo(imported, remove_changed=told.remove_changed)
    return await _answer(request, session, imported)


ERRORS = (
    Column("sheet", "Blatt", kinds.LINE),
    Column("row", "Zeile", kinds.WHOLE),
    Column("column", "Spalte", kinds.LINE),
    Column("header", "Überschrift", kinds.LINE),
    Column("problem", "Was nicht stimmt", kinds.PROSE),
    Column("hint", "Nur ein Hinweis", kinds.YES_NO),
    Column("label", "Eintrag", kinds.LINE),
)


async def _answer(request: Request, session: AsyncSession, imported: ListImport) -> ImportAnswer:
    await session.flush()
    return import_answer(
        imported,
        await load_vocabulary(session),
        request.app.state.translate,
        await queries.outcomes_of(session, imported),
        has_file=await queries.has_file(session, imported),
        has_rows=await queries.has_rows(session, imported),
    )


@asynccontextmanager
async def _place(request: Request) -> AsyncIterator[None]:
    """One of the places for uploads. Raises `Unavailable` when none gets free."""
    places: asyncio.Semaphore = request.app.state.uploads
    try:
        async with asyncio.timeout(LONGEST_WAIT):
            await places.acquire()
    except TimeoutError:
        raise Unavailable from None
    try:
        yield
    finally:
        places.release()


async def _no_rows() -> AsyncIterator[dict[str, object]]:
    rows: tuple[dict[str, object], ...] = ()
    for row in rows:
        yield row


def _download(file: BinaryIO, name: str) -> Response:
    file.seek(0)
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-store"}
    return Response(file.read(), media_type=XLSX, headers=headers)
