"""Clashes over HTTP, for those who plan."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from shared.dates import day_of
from shared.inputs import Name
from shared.web import DbSession, TransactionalRoute

from events.clashes.public_holidays import holidays_between
from events.clashes.queries import Planned, find_clashes
from events.clashes.schemas import ClashList, ClashView, HolidayView
from events.meetings.access import Planner
from events.meetings.plan import EndsBeforeStart
from events.meetings.wall_clock import PlannedTime

router = APIRouter(tags=["clashes"], route_class=TransactionalRoute)

LONGEST_IN_DAYS = 60


@router.get("/clashes", summary="What else is on the days of a meeting that is planned; it forbids nothing")
async def list_clashes(
    session: DbSession,
    request: Request,
    access: Planner,
    network: Annotated[Name, Query(description="Slug of the network that plans")],
    starts_at: PlannedTime,
    ends_at: PlannedTime,
    village: UUID | None = None,
    organisation: Annotated[list[UUID], Query(max_length=30, description="Who organises it, too")] = [],  # noqa: B006
    meeting: Annotated[UUID | None, Query(description="The meeting itself, where it is stored already")] = None,
) -> ClashList:
    access.check(network=network)
    first, last = day_of(starts_at), day_of(ends_at)
    if ends_at <= starts_at or (last - first).days > LONGEST_IN_DAYS:
        raise EndsBeforeStart
    planned = Planned(network, starts_at, ends_at, village, tuple(organisation), meeting)
    days = holidays_between(first, last, request.app.state.settings.holidays_of)
    return ClashList(
        holidays=[HolidayView(day=day, name=name) for day, name in days],
        items=[ClashView.of(clash) for clash in await find_clashes(session, planned, access)],
    )
