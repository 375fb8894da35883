"""Signing up for a meeting."""

from datetime import UTC, datetime
from uuid import UUID

from shared import audit
from shared.contracts.events import RegistrationReceived
from shared.messaging import outbox
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.meetings import queries as meetings
from events.registrations.counts import tell_counts
from events.registrations.model import RegisteredAlready, Registration


async def register(session: AsyncSession, meeting_id: UUID, person_id: UUID) -> Registration:
    """Register a person, who may know of the meeting.

    Raises `NotFound`, `RegisteredAlready` and what `Meeting.require_registration` raises.
    """
    meeting = await meetings.get_locked(session, meeting_id)
    meeting.require_registration(datetime.now(UTC))
    if await find_registration(session, meeting_id, person_id) is not None:
        raise RegisteredAlready
    registration = Registration.receive(meeting_id, meeting.network, person_id)
    session.add(registration)
    data = RegistrationReceived(
        registration_id=registration.id, person_id=person_id, meeting=meeting.facts(), online_link=meeting.online_link
    )
    outbox.record(session, data, subject=registration.id, sequence=1, network=meeting.network)
    audit.record(
        session,
        "registration.received",
        kind="registration",
        subject=registration.id,
        persons=[person_id],
        scopes=[meeting.network],
    )
    await tell_counts(session, meeting)
    return registration


async def find_registration(session: AsyncSession, meeting_id: UUID, person_id: UUID) -> Registration | None:
    """A person's registration for a meeting."""
    mine = (Registration.meeting_id == meeting_id) & (Registration.person_id == person_id)
    return await session.scalar(select(Registration).where(mine))
