"""Drafts, and meetings that are not for everybody: the read model does not know them, the service tells who may."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.errors import NotFound, Unavailable

from portal.meetings import queries
from portal.meetings.queries import MeetingCard, MeetingPage
from portal.networks.queries import NetworkPage
from portal.web.services import Refused
from portal.web.view import View

MOST = 100
LONG_AGO = "2000-01-01"  # dates of a course that are over belong to it


async def ask(view: View, network: str, meeting_id: UUID) -> dict[str, Any]:
    """A meeting as the service describes it to the reader. Raises `NotFound`, `Unavailable`, `LoginNeeded`."""
    try:
        answer: dict[str, Any] = await view.services.events.get(f"/meetings/{meeting_id}", token=await view.token())
    except Refused as error:
        raise NotFound from error
    if answer["network"] != network:
        raise NotFound
    return answer


async def find_meeting(view: View, page: NetworkPage, meeting_id: UUID) -> MeetingPage:
    """A meeting that the reader may know of, with its online address if they come or plan it. Raises `NotFound`."""
    try:
        meeting = await view.read(queries.meeting_page, page.slug, meeting_id)
    except NotFound:
        if view.viewer is None:
            raise
        return await describe(view, page, await ask(view, page.slug, meeting_id))
    if view.viewer is None or not meeting.card.online:
        return meeting
    try:
        return replace(meeting, online_link=(await ask(view, page.slug, meeting_id))["online_link"])
    except (NotFound, Unavailable):
        return meeting  # the page without the address is better than none


async def dates_with(view: View, page: NetworkPage, meeting: MeetingPage) -> list[MeetingPage]:
    """What somebody comes to who comes to a meeting: it alone, or all dates of its course, in order of time."""
    course_id = meeting.card.course_id
    if course_id is None:
        return [meeting]
    if meeting.card.public and (view.viewer is None or not meeting.card.online):
        return await view.read(queries.course_of, page.slug, course_id)
    # Planners see dates, too, that nobody else knows yet.
    shown = [one for one in meeting.dates if meeting.card.draft or not one.draft]
    return [await find_meeting(view, page, one.id) for one in shown]


async def describe(view: View, page: NetworkPage, answer: dict[str, Any]) -> MeetingPage:
    """The page of a meeting as the service describes it."""
    async with view.reading() as session:
        organisers = await queries.organisers(session, [UUID(one) for one in answer["organisation_ids"]])
    counts = answer["counts"]
    return MeetingPage(
        card=card_of(page, answer),
        description=answer["description"],
        agenda=answer["agenda"],
        calendar_uid=answer["calendar_uid"],
        calendar_sequence=answer["calendar_sequence"],
        dates=await _course(view, page, answer["course_id"]),
        organisers=organisers,
        capacity=answer["capacity"],
        registration_from=_moment(answer["registration_from"]),
        registration_until=_moment(answer["registration_until"]),
        cancel_reason=answer["cancel_reason"],
        online_link=answer["online_link"],
        invited=counts["invited"],
        accepted=counts["accepted"],
        declined=counts["declined"],
        registered=counts["registered"],
    )


async def restricted_meetings(view: View, page: NetworkPage, **params: Any) -> list[MeetingCard]:
    """Drafts and meetings of a network that are not for everybody, as far as the reader may know of them.

    Without a login there are none, and none while the service does not answer.
    """
    if view.viewer is None:
        return []
    wanted = {"network": page.slug, "restricted": True, "limit": MOST, **params}
    try:
        answer = await view.services.events.get("/meetings", token=await view.token(), **wanted)
    except (Refused, Unavailable):
        return []
    return [card_of(page, one) for one in answer["items"]]


def card_of(page: NetworkPage, answer: dict[str, Any]) -> MeetingCard:
    """The card of a meeting as the service describes it."""
    village_id = UUID(answer["village_id"]) if answer["village_id"] else None
    village = page.village_of(village_id)
    return MeetingCard(
        id=UUID(answer["id"]),
        network=answer["network"],
        title=answer["title"],
        kind=answer["kind"],
        place=answer["place"],
        village_id=village_id,
        village=village.name if village else None,
        starts_at=datetime.fromisoformat(answer["starts_at"]),
        ends_at=datetime.fromisoformat(answer["ends_at"]),
        status=answer["status"],
        visibility=answer["visibility"],
        attendance=answer["attendance"],
        taken_over_from=answer["taken_over_from"],
        course_id=UUID(answer["course_id"]) if answer["course_id"] else None,
    )


async def _course(view: View, page: NetworkPage, course_id: str | None) -> list[MeetingCard]:
    if course_id is None:
        return []
    wanted = {"network": page.slug, "course": course_id, "from": LONG_AGO, "limit": MOST}
    answer = await view.services.events.get("/meetings", token=await view.token(), **wanted)
    return [card_of(page, one) for one in answer["items"]]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
