"""What one can do with a meeting."""

from uuid import UUID

from shared.contracts.events import MeetingChanged, MeetingPublished
from shared.errors import ChangedMeanwhile
from shared.messaging import outbox
from sqlalchemy.ext.asyncio import AsyncSession

from events.audience.queries import name_of_village, require_network
from events.invitations.handlers import issue_missing
from events.meetings.model import AgendaPoint, Meeting, Plan
from events.meetings.schemas import MeetingChange, MeetingInput, NewMeeting
from events.registrations.counts import Counts, tell_counts


async def plan_meeting(session: AsyncSession, new: NewMeeting, planner: UUID) -> Meeting:
    """A draft. Raises `UnknownNetwork`, `UnknownVillage`, `EndsBeforeStart`, `PlaceMissing`."""
    await require_network(session, new.network)
    meeting = Meeting.draft(new.network, await _plan(session, new), planner)
    session.add(meeting)
    await session.flush()
    return meeting


async def revise_meeting(session: AsyncSession, meeting: Meeting, change: MeetingChange) -> None:
    """Replace what the planner decides; tell it if the meeting is published.

    Raises `ChangedMeanwhile` unless the planner saw the newest revision, or none is given.
    """
    if change.revision not in (None, meeting.revision):
        raise ChangedMeanwhile
    meeting.revise(await _plan(session, change))
    await session.flush()
    if meeting.published:
        data = MeetingChanged(meeting=meeting.facts())
        outbox.record(session, data, subject=meeting.id, sequence=meeting.version, network=meeting.network)


async def publish_meeting(session: AsyncSession, meeting: Meeting) -> Counts:
    """Show the meeting to everybody and invite its audience. Raises `AlreadyPublished`."""
    meeting.publish()
    data = MeetingPublished(meeting=meeting.facts())
    outbox.record(session, data, subject=meeting.id, sequence=meeting.version, network=meeting.network)
    await issue_missing(session, meeting)
    return await tell_counts(session, meeting)


async def _plan(session: AsyncSession, wanted: MeetingInput) -> Plan:
    village = await name_of_village(session, wanted.village_id) if wanted.village_id else ""
    return Plan(
        kind=wanted.kind,
        title=wanted.title,
        description=wanted.description,
        village_id=wanted.village_id,
        place=wanted.place or village,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        agenda=tuple(AgendaPoint(item.title, item.minutes) for item in wanted.agenda),
    )
