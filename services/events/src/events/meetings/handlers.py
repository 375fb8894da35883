"""What one can do with a meeting."""

from datetime import UTC, datetime
from uuid import UUID

from shared.contracts.events import MeetingCancelled, MeetingHeld
from shared.database import transaction
from shared.errors import ChangedMeanwhile
from shared.messaging import outbox
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from events.audience.queries import name_of_village, require_network, require_organisations
from events.invitations.choosing import groups_of
from events.invitations.handlers import release_and_issue
from events.meetings.concerned import (
    Post,
    concerned,
    news_of_cancellation,
    news_of_change,
    post_at_once,
    tell_everybody,
)
from events.meetings.model import Meeting, MeetingStatus
from events.meetings.plan import ONLINE, AgendaPoint, Plan
from events.meetings.schemas import Cancellation, ChangePreview, KnownFacts, MeetingChange, MeetingInput, NewMeeting
from events.registrations.counts import Counts, tell_counts
from events.registrations.places import settle

HELD_AT_ONCE = 200  # of the timer: a year's meetings of a district are a few runs


async def plan_meeting(session: AsyncSession, new: NewMeeting, planner: UUID) -> Meeting:
    """A draft. Raises `UnknownNetwork`, `UnknownVillage`, `UnknownOrganisation` and what a `Plan` raises."""
    await require_network(session, new.network)
    audience = [group.copy() for group in await groups_of(session, new.audience_of, new.network)]
    meeting = Meeting.draft(new.network, await read_plan(session, new), planner, audience=audience)
    session.add(meeting)
    await session.flush()
    return meeting


async def revise_meeting(session: AsyncSession, meeting: Meeting, change: MeetingChange) -> None:
    """Replace what the planner decides, and tell of it if the meeting is published.

    Raises `ChangedMeanwhile` unless the planner saw the newest revision, or none is given; `Cancelled`, `HeldAlready`,
    `CourseTogether`.
    """
    _require_seen(meeting, change.revision)
    plan = await read_plan(session, change)
    meeting.require_alone(plan)
    await apply_plan(session, meeting, plan, tell=change.tell)
    meeting.own_edits = meeting.series_id is not None


async def apply_plan(
    session: AsyncSession, meeting: Meeting, plan: Plan, *, tell: bool, post: Post = post_at_once
) -> None:
    """Replace the plan and tell of it as `revise_meeting` does. Raises `Cancelled`, `HeldAlready`."""
    revision = meeting.revise(plan)
    await settle(session, meeting)  # there may be more places now
    if tell_everybody(session, meeting, was_public=revision.was_public):
        await tell_counts(session, meeting)
    if revision.tells(asked=tell) and _awaited(meeting):
        post(session, meeting, await news_of_change(session, meeting, revision))


async def preview_change(session: AsyncSession, meeting: Meeting, change: MeetingChange) -> ChangePreview:
    """What `revise_meeting` would do now."""
    plan = await read_plan(session, change)
    meeting.require_alone(plan)
    revision = meeting.compare(plan)
    people = await concerned(session, meeting, rescheduled=revision.rescheduled) if _awaited(meeting) else []
    tells = bool(people) and revision.tells(asked=change.tell)
    return ChangePreview(
        rescheduled=revision.rescheduled,
        relocated=revision.relocated,
        tells=tells,
        people=len(people),
        before=KnownFacts.model_validate(revision.before, from_attributes=True),
        after=KnownFacts.model_validate(plan, from_attributes=True),
    )


async def publish_meeting(session: AsyncSession, meeting: Meeting) -> Counts:
    """Show the meeting to those who may know of it, and invite its audience. Raises `AlreadyPublished`, `Cancelled`."""
    meeting.publish()
    tell_everybody(session, meeting, was_public=False)
    await release_and_issue(session, meeting)
    return await tell_counts(session, meeting)


async def cancel_meeting(
    session: AsyncSession, meeting: Meeting, cancellation: Cancellation, *, post: Post = post_at_once
) -> None:
    """It does not take place. Raises `ChangedMeanwhile`, `NotPublished`, `Cancelled`, `MeetingOver`."""
    _require_seen(meeting, cancellation.revision)
    meeting.cancel(cancellation.reason)
    if meeting.public:
        data = MeetingCancelled(meeting=meeting.facts(), reason=meeting.cancel_reason)
        outbox.record(session, data, subject=meeting.id, sequence=meeting.version, network=meeting.network)
    post(session, meeting, await news_of_cancellation(session, meeting))


def hold_meeting(session: AsyncSession, meeting: Meeting) -> None:
    """It took place: minutes are written, or it is over. Raises `NotPublished`, `Cancelled`, `NotBegun`."""
    before = meeting.status
    meeting.hold()
    if meeting.status is not before and meeting.public:
        data = MeetingHeld(meeting=meeting.facts())
        outbox.record(session, data, subject=meeting.id, sequence=meeting.version, network=meeting.network)


async def hold_past(sessions: async_sessionmaker[AsyncSession]) -> None:
    """A published meeting that is over was held. Workers that run this at the same time pass over each other's rows."""
    async with transaction(sessions) as session:
        over = (
            select(Meeting)
            .where(Meeting.status == MeetingStatus.PUBLISHED, Meeting.ends_at <= datetime.now(UTC))
            .order_by(Meeting.ends_at, Meeting.id)
            .limit(HELD_AT_ONCE)
            .with_for_update(of=Meeting, skip_locked=True)
        )
        for meeting in await session.scalars(over):
            hold_meeting(session, meeting)


def _require_seen(meeting: Meeting, revision: int | None) -> None:
    if revision not in (None, meeting.revision):
        raise ChangedMeanwhile


def _awaited(meeting: Meeting) -> bool:
    """Whether anybody still reckons with it."""
    return meeting.published and not meeting.is_over(datetime.now(UTC))


async def read_plan(session: AsyncSession, wanted: MeetingInput) -> Plan:
    """What a planner wants, checked. Raises `UnknownVillage`, `UnknownOrganisation` and what a `Plan` raises."""
    village = await name_of_village(session, wanted.village_id) if wanted.village_id else ""
    organisation_ids = tuple(dict.fromkeys(wanted.organisation_ids))  # in the planner's order, each once
    await require_organisations(session, organisation_ids)
    return Plan(
        kind=wanted.kind,
        title=wanted.title,
        description=wanted.description,
        village_id=wanted.village_id,
        place=wanted.place or village or (ONLINE if wanted.online_link else ""),
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        agenda=None if wanted.agenda is None else tuple(AgendaPoint(i.title, i.minutes) for i in wanted.agenda),
        online_link=wanted.online_link,
        organisation_ids=organisation_ids,
        capacity=wanted.capacity,
        registration_from=wanted.registration_from,
        registration_until=wanted.registration_until,
        visibility=wanted.visibility,
    )
