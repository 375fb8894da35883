"""The worker's part: one piece of work after the other, in one process of the service at a time.

The worker's timer holds a lock of the database while this runs (`shared.messaging.worker`), so no second worker takes
the same import. Work that finds its import at work when it begins was broken off, as by a restart: nothing of it is
committed that it would not do again, and it begins anew.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from shared import audit
from shared.database import transaction
from shared.errors import DomainError
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer

from registry.imports.checking import check_import
from registry.imports.model import AT_WORK, BrokenOff, ImportState, ListImport
from registry.imports.running import Conflicts, mark_conflicts, run_import
from registry.imports.undoing import undo_import
from registry.imports.work import Cancelled, Work

EVERY = 1.0  # seconds: somebody waits in front of the page
MOST_ATTEMPTS = 3  # of work that fails for a reason of ours

log = structlog.get_logger(__name__)


def timer() -> Timer:
    """Looks for work; while there is some it goes on without a pause."""
    return Timer("imports", EVERY, work_on_imports)


async def work_on_imports(sessions: Sessions) -> None:
    """Everything that waits, in the order in which it was asked for."""
    while (found := await _next(sessions)) is not None:
        import_id, state = found
        await _do(Work(sessions, import_id), state)


async def _next(sessions: Sessions) -> tuple[UUID, ImportState] | None:
    wanted = sa.select(ListImport).where(ListImport.state.in_(AT_WORK)).order_by(ListImport.changed_at).limit(1)
    async with transaction(sessions) as session:
        imported = await session.scalar(wanted)
        if imported is None:
            return None
        imported.attempts += 1
        imported.done = imported.total = 0
        if imported.attempts <= MOST_ATTEMPTS:
            return imported.id, imported.state
        imported.break_off(BrokenOff.FAILED, datetime.now(UTC))
    return await _next(sessions)


async def _do(work: Work, state: ImportState) -> None:
    steps: dict[ImportState, Callable[[Work], Awaitable[None]]] = {
        ImportState.CHECKING: _check,
        ImportState.RUNNING: run_import,
        ImportState.UNDOING: undo_import,
    }
    try:
        await steps[state](work)
    except Cancelled:
        await _break_off(work, BrokenOff.CANCELLED)
    except Conflicts as conflicts:
        await _break_off(work, BrokenOff.CONFLICTS, conflicts, count=conflicts.count)
    except DomainError as error:  # about the file as a whole
        await _break_off(work, error.message, **error.params)
    else:
        log.info("import.done", import_id=str(work.import_id), step=state.value)


async def _check(work: Work) -> None:
    await check_import(work)
    async with transaction(work.sessions) as session:
        imported = await session.get_one(ListImport, work.import_id)
        session.info["principal"] = imported.access().principal
        scopes = [] if imported.scope_id is None else [imported.scope_id]
        audit.record(session, "import.checked", kind="import", subject=imported.id, scopes=scopes)
        imported.finish(ImportState.CHECKED, datetime.now(UTC))


async def _break_off(work: Work, message: str, conflicts: Conflicts | None = None, **params: Any) -> None:
    async with transaction(work.sessions) as session:
        imported = await session.get_one(ListImport, work.import_id)
        if conflicts is not None:
            await mark_conflicts(session, imported, conflicts)
        imported.break_off(message, datetime.now(UTC), **params)
