"""Volunteers: public sign-up, lists for staff."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from shared.access.dependencies import allow, public
from shared.access.grants import Access, Role
from shared.web import DbSession, TransactionalRoute

from registry.inputs import SlugFilter
from registry.pages import After, Limit, Page
from registry.volunteers import handlers, queries
from registry.volunteers.consent_texts import TEXTS, current_version
from registry.volunteers.schemas import (
    ConsentText,
    ConsentTextsAnswer,
    SignUpAnswer,
    VolunteerAnswer,
    VolunteerInput,
)

router = APIRouter(route_class=TransactionalRoute, tags=["Volunteers"])

Staff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR))]


@router.post("/volunteers", status_code=HTTPStatus.ACCEPTED, dependencies=[Depends(public)])
async def sign_up(session: DbSession, entered: VolunteerInput) -> SignUpAnswer:
    """Sign up as a volunteer, without login. The answer does not tell whether the person was already registered."""
    await handlers.sign_up(session, entered)
    return SignUpAnswer()


@router.get("/consent-texts", dependencies=[Depends(public)])
async def list_consent_texts() -> ConsentTextsAnswer:
    """The words that have to be shown, with the version that a consent then names."""
    current = [(purpose, current_version(purpose)) for purpose in TEXTS]
    texts = [
        ConsentText(purpose=purpose, version=version, text=TEXTS[purpose][version]) for purpose, version in current
    ]
    return ConsentTextsAnswer(items=texts)


@router.get("/volunteers")
async def list_volunteers(
    session: DbSession,
    access: Staff,
    field: SlugFilter = None,
    area_id: UUID | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[VolunteerAnswer]:
    """The volunteers whose areas of activity touch the caller's scope, by name."""
    rows, following = await queries.list_volunteers(session, access, field, area_id, after, limit)
    return Page(items=[VolunteerAnswer.model_validate(row) for row in rows], next=following)


@router.get("/volunteers/{volunteer_id}")
async def read_volunteer(session: DbSession, access: Staff, volunteer_id: UUID) -> VolunteerAnswer:
    """One volunteer in the caller's scope."""
    return VolunteerAnswer.model_validate(await queries.volunteer(session, access, volunteer_id))
