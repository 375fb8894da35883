"""Notices over HTTP, for the office: what was sent, what waits, what failed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from shared import audit
from shared.access.dependencies import allow
from shared.access.grants import Access, Role
from shared.inputs import Line
from shared.web import DbSession, TransactionalRoute

from notifications.notices import queries
from notifications.notices.schemas import NoticePage, NoticeView, ShownStatus

router = APIRouter(tags=["notices"], route_class=TransactionalRoute)

Staff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.NETWORK_COORDINATOR))]


@router.get("/notices", summary="Notices of the caller's networks, newest first")
async def list_notices(
    session: DbSession,
    access: Staff,
    network: Annotated[Line | None, Query(description="Slug of a network")] = None,
    meeting: UUID | None = None,
    status: ShownStatus | None = None,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> NoticePage:
    found = await queries.find(
        session, access, network=network, meeting_id=meeting, status=status, after=cursor, limit=limit + 1
    )
    items = [NoticeView.of(notice, reachable) for notice, reachable in found[:limit]]
    shown = [notice for notice, _ in found[:limit]]
    recipients = (notice.person_id for notice in shown if notice.person_id is not None)
    audit.record_list(session, "notices.seen", recipients, {notice.network for notice in shown if notice.network})
    return NoticePage(items=items, next=items[-1].id if len(found) > limit else None)


@router.post("/notices/{notice_id}/retry", summary="Send a notice that failed once more")
async def retry_notice(session: DbSession, access: Staff, notice_id: UUID) -> NoticeView:
    notice, reachable = await queries.get(session, notice_id, access)
    notice.retry()
    persons = [notice.person_id] if notice.person_id else []
    scopes = [notice.network] if notice.network else []
    audit.record(session, "notice.retried", kind="notice", subject=notice.id, persons=persons, scopes=scopes)
    return NoticeView.of(notice, reachable)
