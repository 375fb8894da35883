"""The box that shows planners what else is on the days they think of. It forbids nothing."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.errors import NotFound, Unavailable

from portal.contacts.directory import contact_people
from portal.meetings import queries
from portal.meetings.forms import MeetingForm
from portal.meetings.queries import MeetingCard
from portal.networks.queries import NetworkPage
from portal.web.services import Refused
from portal.web.view import View


@dataclass(frozen=True)
class Clash:
    """Another meeting. `people` are names, or the association where the name is not for the reader."""

    meeting: MeetingCard
    same_time: bool
    people: list[str]
    organisers: list[str]


@dataclass(frozen=True)
class Clashes:
    """What is on these days; `asked` is false while the form says no day."""

    asked: bool = False
    holidays: list[tuple[date, str]] = field(default_factory=list)
    others: list[Clash] = field(default_factory=list)


async def look_for_clashes(view: View, page: NetworkPage, form: MeetingForm) -> Clashes:
    """What else is on the days of the form. Nothing is shown while they make no sense, or nobody answers."""
    body = form.body()
    params = {
        "network": page.slug,
        "starts_at": body["starts_at"],
        "ends_at": body["ends_at"],
        "village": body["village_id"],
        "organisation": body["organisation_ids"],
        "meeting": form.optional("meeting_id"),
    }
    try:
        answer = await view.services.events.get(
            "/clashes", token=await view.token(), **{name: value for name, value in params.items() if value}
        )
    except (Refused, NotFound, Unavailable):
        return Clashes()
    others = [await _clash(view, page, item) for item in answer["items"]]
    holidays = [(date.fromisoformat(one["day"]), one["name"]) for one in answer["holidays"]]
    return Clashes(True, holidays, others)


async def _clash(view: View, page: NetworkPage, item: dict[str, Any]) -> Clash:
    village = page.village_of(UUID(item["village_id"])) if item["village_id"] else None
    async with view.reading() as session:
        organisers = await queries.organisers(session, [UUID(one) for one in item["organisation_ids"]])
    meeting = MeetingCard(
        id=UUID(item["id"]),
        network=item["network"],
        title=item["title"],
        kind="",
        place=item["place"],
        village_id=None,
        village=village.name if village else None,
        starts_at=datetime.fromisoformat(item["starts_at"]),
        ends_at=datetime.fromisoformat(item["ends_at"]),
        status=item["status"],
    )
    people = [await _name(view, UUID(one["contact_id"]), UUID(one["organisation_id"])) for one in item["contacts"]]
    return Clash(meeting, item["same_time"], people, [one.name for one in organisers])


async def _name(view: View, contact_id: UUID, organisation_id: UUID) -> str:
    """The registry tells the name to those who may know it."""
    async with view.reading() as session:
        found = await queries.organisers(session, [organisation_id])
    organisation = found[0].name if found else ""
    try:
        people = {person.id: person.name for person in await contact_people(view, organisation_id)}
    except (Refused, NotFound, Unavailable):
        people = {}
    name = people.get(contact_id)
    return f"{name} ({organisation})" if name and organisation else name or organisation
