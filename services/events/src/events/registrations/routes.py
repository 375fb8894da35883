"""Registrations over HTTP: everybody for oneself, by account."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from shared.access.dependencies import allow
from shared.access.grants import Access, Role
from shared.access.tenancy import beyond_scopes
from shared.errors import NotFound
from shared.web import DbSession, TransactionalRoute

from events.meetings import queries as meetings
from events.registrations.handlers import find_registration, register
from events.registrations.schemas import RegistrationView

router = APIRouter(tags=["registrations"], route_class=TransactionalRoute)

# A program cannot come to a meeting; every person with an account can.
Person = Annotated[Access, Depends(allow(*(role for role in Role if role is not Role.API_CLIENT)))]


@router.post(
    "/meetings/{meeting_id}/registrations", status_code=HTTPStatus.CREATED, summary="Register oneself for a meeting"
)
async def create_registration(session: DbSession, access: Person, meeting_id: UUID) -> RegistrationView:
    await meetings.get(session, meeting_id, access)
    async with beyond_scopes(session):  # who may know of a meeting may come, and one registers only oneself
        registration = await register(session, meeting_id, access.principal.id)
    return RegistrationView.model_validate(registration, from_attributes=True)


@router.get("/meetings/{meeting_id}/registrations/mine", summary="One's own registration for a meeting")
async def get_own_registration(session: DbSession, access: Person, meeting_id: UUID) -> RegistrationView:
    registration = await find_registration(session, meeting_id, access.principal.id)
    if registration is None:
        raise NotFound
    return RegistrationView.model_validate(registration, from_attributes=True)
