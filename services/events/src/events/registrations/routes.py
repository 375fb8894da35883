"""Registrations over HTTP: for oneself by account, as a guest, and by the link of a mail.

A token is a credential: it comes in a header or body and never in an address, and what it opens is not cached.
"""

from contextlib import nullcontext
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from shared.access.dependencies import allow, public
from shared.access.grants import Access, Role
from shared.access.tenancy import beyond_scopes
from shared.contracts.events import RegistrationState
from shared.errors import NotFound
from shared.web import DbSession
from shared.web.client_address import client_address
from shared.web.idempotency import Command
from shared.web.rate_limits import RateLimits
from sqlalchemy.ext.asyncio import AsyncSession

from events.meetings import queries as meetings
from events.meetings.access import AnyReader
from events.meetings.model import Meeting
from events.meetings.schemas import CourseDateView, MeetingView
from events.registrations import handlers, queries
from events.registrations.counts import count
from events.registrations.forms import form_of
from events.registrations.limits import GUESTS_FOR_ADDRESS, GUESTS_FOR_CLIENT
from events.registrations.model import Registration
from events.registrations.rush import Desk, MeetingRoute
from events.registrations.schemas import (
    Coming,
    FormView,
    GuestInput,
    LinkedRegistration,
    LinkInput,
    LinkToken,
    Received,
    RegistrationView,
)

router = APIRouter(tags=["registrations"], route_class=MeetingRoute)
rush = APIRouter(tags=["registrations"])  # its transactions are the desk's

# A program cannot come to a meeting; every person with an account can.
Person = Annotated[Access, Depends(allow(*(role for role in Role if role is not Role.API_CLIENT)))]


@router.get("/meetings/{meeting_id}/registration-form", summary="What the planner asks those who register")
async def get_form(session: DbSession, access: AnyReader, meeting_id: UUID) -> FormView:
    meeting = await meetings.get(session, meeting_id, access)
    return await form_of(session, meeting.list_id)


@rush.post(
    "/meetings/{meeting_id}/registrations",
    status_code=HTTPStatus.CREATED,
    response_model=RegistrationView,
    summary="Register oneself for a meeting",
)
async def create_registration(
    request: Request, access: Person, meeting_id: UUID, body: Coming | None = None
) -> Response:
    desk: Desk = request.app.state.desk
    command = await Command.of(request, access.principal)
    return await desk.register(meeting_id, access, body or Coming(), command)


@router.get("/meetings/{meeting_id}/registrations/mine", summary="One's own registration for a meeting")
async def get_own_registration(session: DbSession, access: Person, meeting_id: UUID) -> RegistrationView:
    registration = await _own(session, meeting_id, access)
    async with beyond_scopes(session):  # how many stand before one, not who
        return await _view(session, registration)


@router.post("/meetings/{meeting_id}/registrations/mine/confirmation", summary="Take the place that became free")
async def confirm_own(session: DbSession, access: Person, meeting_id: UUID) -> RegistrationView:
    mine = await _own(session, meeting_id, access)
    async with beyond_scopes(session):  # it is the caller's own
        registration, meeting = await queries.one(session, mine.id, lock=True)
        await handlers.confirm(session, registration, meeting)
        return await _view(session, registration)


@router.post("/meetings/{meeting_id}/registrations/mine/withdrawal", summary="Not come after all")
async def withdraw_own(session: DbSession, access: Person, meeting_id: UUID) -> RegistrationView:
    mine = await _own(session, meeting_id, access)
    async with beyond_scopes(session):  # it is the caller's own
        registration, meeting = await queries.one(session, mine.id, lock=True)
        await handlers.withdraw(session, registration, meeting)
        return await _view(session, registration)


@router.post(
    "/meetings/{meeting_id}/guest-registrations",
    status_code=HTTPStatus.ACCEPTED,
    summary="Register for a public meeting without an account; a link to confirm it comes by mail",
    dependencies=[Depends(public)],
)
async def create_guest_registration(
    session: DbSession, request: Request, meeting_id: UUID, body: GuestInput
) -> Received:
    meeting = await meetings.get_list(session, meeting_id, None)
    limits = RateLimits(lambda: nullcontext(session))  # what is refused sends no mail, so it does not count
    await limits.count(GUESTS_FOR_CLIENT, client_address(request))
    await limits.count(GUESTS_FOR_ADDRESS, body.email.lower())
    async with beyond_scopes(session):  # anybody may hand one in; nothing is read back
        await handlers.receive_guest(session, meeting, body)
    return Received()


@router.get("/registrations/by-token", summary="The registration of a link", dependencies=[Depends(public)])
async def get_linked(
    session: DbSession, registration_token: Annotated[LinkToken, Header()], response: Response
) -> LinkedRegistration:
    async with beyond_scopes(session):  # the token is the proof
        registration, meeting = await queries.by_token(session, registration_token)
        return await _linked(session, registration, meeting, response)


@router.post(
    "/registrations/confirmation",
    summary="It was me; or: take the place that became free",
    dependencies=[Depends(public)],
)
async def confirm_linked(session: DbSession, body: LinkInput, response: Response) -> LinkedRegistration:
    async with beyond_scopes(session):  # the token is the proof
        registration, meeting = await queries.by_token(session, body.token, lock=True)
        await handlers.confirm(session, registration, meeting)
        return await _linked(session, registration, meeting, response)


@router.post("/registrations/withdrawal", summary="Not come after all", dependencies=[Depends(public)])
async def withdraw_linked(session: DbSession, body: LinkInput, response: Response) -> LinkedRegistration:
    async with beyond_scopes(session):  # the token is the proof
        registration, meeting = await queries.by_token(session, body.token, lock=True)
        await handlers.withdraw(session, registration, meeting)
        return await _linked(session, registration, meeting, response)


async def _own(session: AsyncSession, meeting_id: UUID, access: Access) -> Registration:
    registration = await queries.of_person(session, meeting_id, access.principal.id)
    if registration is None:
        raise NotFound
    return registration


async def _view(session: AsyncSession, registration: Registration) -> RegistrationView:
    await session.flush()
    return RegistrationView.of(registration, await queries.ahead_of(session, registration))


async def _linked(
    session: AsyncSession, registration: Registration, meeting: Meeting, response: Response
) -> LinkedRegistration:
    response.headers["cache-control"] = "no-store"
    view = await _view(session, registration)
    counts = (await count(session, [meeting]))[meeting.id]
    comes = registration.state is RegistrationState.COMING
    shown = MeetingView.of(meeting, counts, may_join=comes)
    return LinkedRegistration(
        **view.model_dump(),
        name=registration.name,
        meeting=shown,
        course=CourseDateView.all_of(meeting, may_join=comes),
    )
