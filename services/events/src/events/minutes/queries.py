"""Finding minutes, their versions and decisions."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from shared.contracts.events import Answer
from shared.errors import NotFound
from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from events.invitations.model import Invitation
from events.meetings.model import Meeting, MeetingStatus
from events.meetings.queries import list_of
from events.minutes.model import Decision, Minutes, MinutesStatus, MinutesVersion

SHOWN = 200  # of a list: sixteen years of monthly meetings


async def find(session: AsyncSession, meeting_id: UUID) -> Minutes | None:
    """The minutes of a meeting, None before the first note."""
    return await session.scalar(select(Minutes).where(Minutes.meeting_id == meeting_id))


async def lock(session: AsyncSession, meeting_id: UUID) -> Minutes:
    """The minutes of a meeting, so that nobody else changes them meanwhile. Raises `NotFound` before the first note."""
    minutes = await session.scalar(select(Minutes).where(Minutes.meeting_id == meeting_id).with_for_update())
    if minutes is None:
        raise NotFound
    return minutes


async def ensure(session: AsyncSession, meeting: Meeting) -> Minutes:
    """The minutes of a meeting, begun if there are none, and not submitted by somebody else before this ends."""
    begun = insert(Minutes).values(
        id=uuid4(),
        version=1,
        meeting_id=meeting.id,
        network=meeting.network,
        status=MinutesStatus.DRAFT,
        present=[],
        excused=[],
    )
    await session.execute(begun.on_conflict_do_nothing(index_elements=["meeting_id"]))
    query = select(Minutes).where(Minutes.meeting_id == meeting.id)
    return (await session.scalars(query.with_for_update(read=True))).one()


async def require_open(session: AsyncSession, meeting_id: UUID) -> None:
    """Raise `MinutesClosed` where the minutes of a meeting are submitted: then its agenda is history, too."""
    minutes = await find(session, meeting_id)
    if minutes is not None:
        minutes.require_draft()


async def of_network(session: AsyncSession, network: str) -> Sequence[Row[Meeting, Minutes | None]]:
    """The meetings of a network that took place, the last first, with their minutes."""
    query = (
        select(Meeting, Minutes)
        .outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
        .where(Meeting.network == network, (Meeting.status == MeetingStatus.HELD) | Minutes.id.is_not(None))
        .order_by(Meeting.starts_at.desc(), Meeting.id)
        .limit(SHOWN)
    )
    return (await session.execute(query)).all()


async def versions(session: AsyncSession, minutes: Minutes) -> Sequence[MinutesVersion]:
    """The versions that are kept, the first first."""
    query = select(MinutesVersion).where(MinutesVersion.minutes_id == minutes.id).order_by(MinutesVersion.number)
    return (await session.scalars(query)).all()


async def version(session: AsyncSession, meeting_id: UUID, number: int) -> MinutesVersion:
    """One of them. Raises `NotFound`."""
    query = (
        select(MinutesVersion)
        .join(Minutes, Minutes.id == MinutesVersion.minutes_id)
        .where(Minutes.meeting_id == meeting_id, MinutesVersion.number == number)
    )
    found = await session.scalar(query)
    if found is None:
        raise NotFound
    return found


async def decision(session: AsyncSession, decision_id: UUID) -> Decision:
    """One decision, locked. Raises `NotFound`."""
    found = await session.get(Decision, decision_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found


async def expected(session: AsyncSession, meeting_id: UUID) -> tuple[list[UUID], list[UUID]]:
    """The organisations that accepted, and those that declined: what the writer of the minutes begins with."""
    query = select(Invitation.organisation_id, Invitation.answer).where(Invitation.meeting_id == list_of(meeting_id))
    answers = (await session.execute(query)).all()
    coming = {row[0] for row in answers if row[0] and row[1] is Answer.ACCEPTED}
    declined = {row[0] for row in answers if row[0] and row[1] is Answer.DECLINED} - coming
    return sorted(coming), sorted(declined)
