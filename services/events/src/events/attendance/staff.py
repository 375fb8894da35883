"""The list of a meeting as its planners keep it at the door, and certificates that they issue."""

from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from shared import audit
from shared.errors import DomainError, NotFound
from shared.web import DbSession, SecretRoute
from sqlalchemy.ext.asyncio import AsyncSession

from events.attendance import certificates, handlers
from events.attendance.entries import count_entries, entries_of
from events.attendance.model import AttendanceList, require_list
from events.attendance.schemas import (
    AttendanceView,
    CertificatesInput,
    DoorCodeView,
    EntryView,
    GuestInput,
    IssuedCertificates,
    MarkInput,
)
from events.audience.queries import persons_behind
from events.meetings.access import Planner
from events.meetings.model import Meeting
from events.meetings.queries import get_own
from events.registrations.rush import MeetingRoute

router = APIRouter(tags=["attendance"], route_class=MeetingRoute)
secrets_router = APIRouter(tags=["attendance"], route_class=SecretRoute)


@router.get("/meetings/{meeting_id}/attendance", summary="Who is there, for the planners")
async def get_attendance(session: DbSession, access: Planner, meeting_id: UUID) -> AttendanceView:
    return await _view(session, await get_own(session, meeting_id, access), seen=True)


@router.get("/meetings/{meeting_id}/attendance/now", summary="The same, asked again and again meanwhile")
async def follow_attendance(session: DbSession, access: Planner, meeting_id: UUID) -> AttendanceView:
    # Who follows the list has opened it, which is in the audit log; an entry every few seconds is not.
    return await _view(session, await get_own(session, meeting_id, access), seen=False)


@router.put("/meetings/{meeting_id}/attendance/{entry_id}", summary="Somebody is there, is excused, or is missing")
async def change_attendance(
    session: DbSession, access: Planner, meeting_id: UUID, entry_id: UUID, body: MarkInput
) -> EntryView:
    meeting = await get_own(session, meeting_id, access, lock=True)
    entry = await handlers.mark(session, meeting, entry_id, body, access.principal.id)
    return entry.view()


@router.post(
    "/meetings/{meeting_id}/attendance/guests",
    status_code=HTTPStatus.CREATED,
    summary="Somebody came without registering",
)
async def create_guest(session: DbSession, access: Planner, meeting_id: UUID, body: GuestInput) -> EntryView:
    meeting = await get_own(session, meeting_id, access, lock=True)
    await handlers.require_changeable(session, meeting)
    return (await handlers.add_guest(session, meeting, body, access.principal.id)).view()


@router.post("/meetings/{meeting_id}/attendance/closing", summary="The list is complete: whoever is open was absent")
async def close_attendance(session: DbSession, access: Planner, meeting_id: UUID) -> AttendanceView:
    meeting = await get_own(session, meeting_id, access, lock=True)
    await handlers.close(session, meeting, access.principal.id)
    return await _view(session, meeting, seen=True)


@secrets_router.post(
    "/meetings/{meeting_id}/door-codes",
    status_code=HTTPStatus.CREATED,
    summary="A code to hang at the door; those that were made before hold as well",
)
async def create_door_code(session: DbSession, access: Planner, meeting_id: UUID) -> DoorCodeView:
    meeting = await get_own(session, meeting_id, access)
    return DoorCodeView(code=await handlers.make_door_code(session, meeting))


@router.delete(
    "/meetings/{meeting_id}/door-codes", status_code=HTTPStatus.NO_CONTENT, summary="No code at the door holds any more"
)
async def delete_door_codes(session: DbSession, access: Planner, meeting_id: UUID) -> None:
    meeting = await get_own(session, meeting_id, access)
    await handlers.renew_door(session, meeting)


@secrets_router.post(
    "/meetings/{meeting_id}/certificates",
    status_code=HTTPStatus.CREATED,
    summary="Certificates of participation for people who were there",
)
async def create_certificates(
    session: DbSession, access: Planner, meeting_id: UUID, body: CertificatesInput
) -> IssuedCertificates:
    meeting = await get_own(session, meeting_id, access)
    listed = {one: entry for entry in await entries_of(session, meeting) for one in entry.ids}
    if any(one.entry_id not in listed for one in body.items):
        raise NotFound
    wanted = [(listed[one.entry_id], one.name) for one in body.items]
    dates = await certificates.attended_dates(session, meeting, [entry for entry, _ in wanted])
    items = [certificates.issue(session, meeting, entry, dates[entry.id], name) for entry, name in wanted]
    return IssuedCertificates(items=items)


async def _view(session: AsyncSession, meeting: Meeting, *, seen: bool) -> AttendanceView:
    await session.flush()
    entries = await entries_of(session, meeting)
    closed = await session.get(AttendanceList, meeting.id)
    if seen:
        behind = await persons_behind(session, [entry.contact_id for entry in entries])
        known = [entry.person_id for entry in entries if entry.person_id]
        audit.record_list(session, "attendance.seen", {*known, *behind}, [meeting.network])
    return AttendanceView(
        meeting_id=meeting.id,
        changeable=await _changeable(session, meeting),
        closed_at=closed.closed_at if closed else None,
        counts=count_entries(entries),
        entries=[entry.view() for entry in entries],
    )


async def _changeable(session: AsyncSession, meeting: Meeting) -> bool:
    try:
        require_list(meeting, datetime.now(UTC))
    except DomainError:
        return False
    return not await handlers.is_final(session, meeting)
