"""At the door with a phone, and one's own certificate, over HTTP.

A code is a credential: it comes in a header or body and never in an address, and what it opens is not cached.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from shared.access.dependencies import public
from shared.access.tenancy import beyond_scopes
from shared.contracts.events import RegistrationState
from shared.errors import NotFound
from shared.web import DbSession, SecretRoute, TransactionalRoute
from shared.web.client_address import client_address
from shared.web.rate_limits import RateLimits
from sqlalchemy.ext.asyncio import AsyncSession

from events.attendance import certificates, handlers, queries
from events.attendance.entries import Entry
from events.attendance.limits import (
    CERTIFICATES_FOR_PERSON,
    DOOR_GUESTS_FOR_CLIENT,
    DOOR_GUESTS_FOR_MEETING,
    NAMES_FOR_CERTIFICATE,
    NAMES_FOR_CLIENT,
)
from events.attendance.model import NameUnknown, NotAttended, NotOnTheList, door_is_open
from events.attendance.names import OwnNames
from events.attendance.schemas import (
    CertificateView,
    CheckedIn,
    CheckInInput,
    Code,
    DoorGuestInput,
    DoorView,
    IssuedCertificate,
    LinkInput,
    MeetingLine,
    OwnAttendance,
    PassView,
    Verification,
    VerificationInput,
)
from events.meetings.access import AnyReader, may_plan
from events.meetings.model import Meeting
from events.meetings.queries import get
from events.registrations.model import Registration
from events.registrations.queries import by_token, of_person
from events.registrations.routes import Person

router = APIRouter(tags=["attendance"], route_class=TransactionalRoute)
secrets_router = APIRouter(tags=["attendance"], route_class=SecretRoute)
PUBLIC = [Depends(public)]


@router.get("/door", summary="The meeting at whose door a code hangs, and the reader's own place on its list")
async def get_door(
    session: DbSession, access: AnyReader, door_code: Annotated[Code, Header()], response: Response
) -> DoorView:
    response.headers["cache-control"] = "no-store"
    async with beyond_scopes(session, reads_only=True):  # the code is the proof; of the list it is the reader's own
        meeting = await queries.meeting_of_door(session, door_code)
        mine = await queries.own_entry(session, meeting, person=access.principal.id if access else None)
    return DoorView(
        meeting=_line(meeting),
        open=door_is_open(meeting, datetime.now(UTC)),
        known=mine is not None,
        mine=mine.state if mine else None,
    )


@router.post("/door/check-in", summary="I am here: by account, or by the link of a mail")
async def create_check_in(session: DbSession, access: AnyReader, body: CheckInInput) -> CheckedIn:
    person = access.principal.id if access else None
    async with beyond_scopes(session):  # the code at the door is the proof, and it is the caller's own place
        meeting = await queries.open_meeting_of_door(session, body.door_code)
        entry = await queries.own_entry(session, meeting, token=body.registration_token, person=person)
        if entry is None:
            raise NotOnTheList
        return _checked_in(await handlers.check_in(session, meeting, entry))


@router.post(
    "/door/guests", status_code=HTTPStatus.CREATED, summary="I am here, without registering", dependencies=PUBLIC
)
async def create_door_guest(session: DbSession, request: Request, body: DoorGuestInput) -> CheckedIn:
    async with beyond_scopes(session):  # the code at the door is the proof
        meeting = await queries.open_meeting_of_door(session, body.door_code)
        limits = RateLimits(lambda: nullcontext(session))
        await limits.count(DOOR_GUESTS_FOR_CLIENT, client_address(request))
        await limits.count(DOOR_GUESTS_FOR_MEETING, str(meeting.id))
        return _checked_in(await handlers.add_guest(session, meeting, body, None))


@router.get("/check-in", summary="The registration of somebody's own code, for whoever scans it")
async def get_pass(
    session: DbSession, access: AnyReader, check_in_code: Annotated[Code, Header()], response: Response
) -> PassView:
    response.headers["cache-control"] = "no-store"
    async with beyond_scopes(session):  # the code is the proof; a name is told to planners of the meeting alone
        registration, meeting = await queries.by_pass(session, check_in_code)
        entry = await queries.entry_of_registration(session, meeting, registration)
        planner = may_plan(access, meeting.network)
        if planner and entry:
            handlers.note_look(session, meeting, entry)
    return PassView(
        meeting=_line(meeting),
        registration=registration.state,
        state=entry.state if entry else None,
        entry=entry.view() if entry and planner else None,
    )


@router.get("/meetings/{meeting_id}/attendance/mine", summary="One's own code for the door, and what was noted")
async def get_own_attendance(session: DbSession, access: Person, meeting_id: UUID) -> OwnAttendance:
    meeting = await get(session, meeting_id, access)
    async with beyond_scopes(session, reads_only=True):  # it is the caller's own
        return await _own(session, meeting, person=access.principal.id)


@router.get("/attendance/by-token", summary="The same of the registration of a link", dependencies=PUBLIC)
async def get_linked_attendance(
    session: DbSession, registration_token: Annotated[Code, Header()], response: Response
) -> OwnAttendance:
    response.headers["cache-control"] = "no-store"
    async with beyond_scopes(session, reads_only=True):  # the token is the proof
        registration, of = await by_token(session, registration_token)
        meeting = queries.date_meant(of, datetime.now(UTC))
        entry = await queries.entry_of_registration(session, meeting, registration)
        return await _view(session, registration, meeting, entry)


@secrets_router.post(
    "/meetings/{meeting_id}/certificates/mine", status_code=HTTPStatus.CREATED, summary="A certificate for oneself"
)
async def create_own_certificate(
    session: DbSession, request: Request, access: Person, meeting_id: UUID
) -> IssuedCertificate:
    meeting = await get(session, meeting_id, access)
    async with beyond_scopes(session):  # it is the caller's own
        entry = await queries.own_entry(session, meeting, person=access.principal.id)
        entry, dates = await _attended(session, meeting, entry)
        await _count_certificate(session, entry)
        names: OwnNames = request.app.state.own_names
        name = await names.of(request.headers["authorization"])
        return certificates.issue(session, meeting, entry, dates, name)


@secrets_router.post(
    "/certificates/by-token",
    status_code=HTTPStatus.CREATED,
    summary="A certificate for the registration of a link",
    dependencies=PUBLIC,
)
async def create_linked_certificate(session: DbSession, body: LinkInput) -> IssuedCertificate:
    async with beyond_scopes(session):  # the token is the proof
        registration, of = await by_token(session, body.token)
        meeting = queries.date_meant(of, datetime.now(UTC))
        entry = await queries.entry_of_registration(session, meeting, registration)
        entry, dates = await _attended(session, meeting, entry)
        if registration.name is None:
            raise NameUnknown
        await _count_certificate(session, entry)
        return certificates.issue(session, meeting, entry, dates, registration.name)


@router.get("/certificates/by-code", summary="What a certificate says, for whoever holds its code", dependencies=PUBLIC)
async def get_certificate(
    session: DbSession, certificate_code: Annotated[Code, Header()], response: Response
) -> CertificateView:
    response.headers["cache-control"] = "no-store"
    async with beyond_scopes(session, reads_only=True):  # the code is the proof
        found = await certificates.find(session, certificate_code)
    return CertificateView.model_validate(found, from_attributes=True)


@secrets_router.post(
    "/certificates/verification", summary="Whether a certificate was issued for this name", dependencies=PUBLIC
)
async def verify_certificate(session: DbSession, request: Request, body: VerificationInput) -> Verification:
    async with beyond_scopes(session):  # the code is the proof
        found = await certificates.find(session, body.code)
        limits = RateLimits(lambda: nullcontext(session))  # without a code that holds there is nothing to try
        await limits.count(NAMES_FOR_CLIENT, client_address(request))
        await limits.count(NAMES_FOR_CERTIFICATE, str(found.id))
    return Verification(matches=certificates.is_for(found, body.code, body.name))


async def _own(session: AsyncSession, meeting: Meeting, person: UUID) -> OwnAttendance:
    registration = await of_person(session, meeting.id, person)
    entry = await queries.own_entry(session, meeting, person=person)
    if entry is None:
        raise NotFound
    return await _view(session, registration, meeting, entry)


async def _view(
    session: AsyncSession, registration: Registration | None, meeting: Meeting, entry: Entry | None
) -> OwnAttendance:
    comes = registration is not None and registration.state is RegistrationState.COMING
    shown = comes and not meeting.is_over(datetime.now(UTC))
    dates = await certificates.attended_dates(session, meeting, [entry] if entry else [])
    return OwnAttendance(
        check_in_code=registration.check_in_code if registration and shown else None,
        state=entry.state if entry else None,
        certificate=any(dates.values()),
    )


async def _attended(session: AsyncSession, meeting: Meeting, entry: Entry | None) -> tuple[Entry, Sequence[Meeting]]:
    """Whose certificate it is, and the dates that it tells of. Raises `NotAttended`."""
    dates = await certificates.attended_dates(session, meeting, [entry] if entry else [])
    if entry is None or not dates[entry.id]:
        raise NotAttended
    return entry, dates[entry.id]


async def _count_certificate(session: AsyncSession, entry: Entry) -> None:
    await RateLimits(lambda: nullcontext(session)).count(CERTIFICATES_FOR_PERSON, str(entry.id))


def _checked_in(entry: Entry) -> CheckedIn:
    if entry.state is None:
        raise NotOnTheList
    return CheckedIn(state=entry.state, people=entry.people)


def _line(meeting: Meeting) -> MeetingLine:
    return MeetingLine.model_validate(meeting, from_attributes=True)
