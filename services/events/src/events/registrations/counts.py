"""How many are invited to a meeting and how many come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from shared.access.tenancy import beyond_scopes
from shared.contracts.events import Answer, RegistrationsCounted, RegistrationState
from shared.messaging import outbox
from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.invitations.model import Invitation
from events.meetings.model import Meeting
from events.registrations.model import Registration


@dataclass(frozen=True)
class Counts:
    """`registered` are the people who come: accepted invitations, and those who registered with whom they bring.

    Whoever did both comes once.
    """

    invited: int = 0
    accepted: int = 0
    declined: int = 0
    registered: int = 0

    def plus(self, people: int) -> "Counts":
        """When so many more come by registration."""
        return replace(self, registered=self.registered + people)


_REGISTERED_TOO = (
    exists()
    .where(
        Registration.meeting_id == Invitation.meeting_id,
        Registration.person_id == Invitation.person_id,
        Registration.state == RegistrationState.COMING,
    )
    .correlate(Invitation)
)
INVITATIONS = (
    func.count(),
    func.count().filter(Invitation.answer == Answer.ACCEPTED),
    func.count().filter(Invitation.answer == Answer.DECLINED),
    func.count().filter(Invitation.answer == Answer.ACCEPTED, ~_REGISTERED_TOO),
)
"""What `Counts` tell of invitations, in their order; and at last how many come by an invitation alone."""


async def count(session: AsyncSession, meetings: Sequence[Meeting]) -> dict[UUID, Counts]:
    """The counts of each of the meetings, by its id; all dates of a course have the same."""
    list_ids = {meeting.list_id for meeting in meetings}
    invitations = (
        select(Invitation.meeting_id, *INVITATIONS)
        .where(Invitation.meeting_id.in_(list_ids))
        .group_by(Invitation.meeting_id)
    )
    registrations = (
        select(Registration.meeting_id, func.sum(Registration.people))
        .where(Registration.meeting_id.in_(list_ids), Registration.state == RegistrationState.COMING)
        .group_by(Registration.meeting_id)
    )
    async with beyond_scopes(session):  # the numbers are public, whom they count is not
        entered = {row[0]: int(row[1]) for row in await session.execute(registrations)}
        answered = {row[0]: row[1:] for row in await session.execute(invitations)}
    return {
        meeting.id: Counts(invited, accepted, declined, alone + entered.get(meeting.list_id, 0))
        for meeting in meetings
        for invited, accepted, declined, alone in [answered.get(meeting.list_id, (0, 0, 0, 0))]
    }


async def tell_counts(session: AsyncSession, meeting: Meeting, counts: Counts | None = None) -> Counts:
    """Record the new counts. The caller has locked the meeting's row: counts are told in the order they arise.

    Without `counts` they are counted here. Of a meeting that is not for everybody nobody is told, and of a course once,
    for its first date.
    """
    if counts is None:
        await session.flush()
        counts = (await count(session, [meeting]))[meeting.id]
    if not meeting.public or meeting.list_id != meeting.id:
        return counts
    meeting.touch()
    data = RegistrationsCounted(
        meeting_id=meeting.id,
        invited=counts.invited,
        accepted=counts.accepted,
        declined=counts.declined,
        registered=counts.registered,
    )
    outbox.record(session, data, subject=meeting.id, sequence=meeting.version, network=meeting.network)
    return counts
