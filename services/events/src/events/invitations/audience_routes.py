"""Over HTTP: whom a meeting addresses, for its planners."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from shared import audit
from shared.access.tenancy import beyond_scopes
from shared.web import DbSession, TransactionalRoute

from events.invitations import reaching
from events.invitations.audience_schemas import (
    AudienceInput,
    AudiencePreview,
    AudienceView,
    GroupView,
    Person,
    PersonList,
)
from events.invitations.choosing import choose_audience, preview
from events.meetings import queries as meetings
from events.meetings.access import Planner

router = APIRouter(tags=["invitations"], prefix="/meetings/{meeting_id}/audience", route_class=TransactionalRoute)


@router.get("", summary="Whom the meeting addresses, with the numbers of people")
async def get_audience(session: DbSession, access: Planner, meeting_id: UUID) -> AudiencePreview:
    meeting = await meetings.get_own_list(session, meeting_id, access)
    return await preview(session, meeting)


@router.put("", summary="Replace the groups that the meeting addresses; nobody is invited by this")
async def change_audience(session: DbSession, access: Planner, meeting_id: UUID, body: AudienceInput) -> AudienceView:
    meeting = await meetings.lock_own_list(session, meeting_id, access)
    groups = await choose_audience(session, meeting, body, access)
    return AudienceView(groups=[GroupView.model_validate(group) for group in groups])


@router.get("/people", summary="The people of the audience or of one of its groups, by id")
async def list_people(
    session: DbSession,
    access: Planner,
    meeting_id: UUID,
    group: UUID | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> PersonList:
    meeting = await meetings.get_own_list(session, meeting_id, access)
    now = datetime.now(UTC)
    async with beyond_scopes(session, reads_only=True):  # ids; the registry tells the names that the caller may know
        found = await reaching.list_reached(session, meeting.id, group, now, after=after, limit=limit + 1)
    items = [Person.model_validate(one) for one in found[:limit]]
    audit.record_list(session, "audience.seen", [one.person_id for one in items], [meeting.network])
    return PersonList(items=items, next=items[-1].person_id if len(found) > limit else None)
