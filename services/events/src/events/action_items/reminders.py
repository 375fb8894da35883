"""Timers that remind: of action items that are due, and of minutes that nobody has submitted.

Workers that run them at the same time pass over each other's rows; what was told is written in the same transaction as
the event, so that nobody is reminded twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from shared.contracts.events import ActionItemFellDue, ActionItemState, MeetingKind, MinutesMissed
from shared.database import transaction
from shared.messaging import outbox
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from events.action_items.model import AGAIN_AFTER, MOST_REMINDERS, ActionItem
from events.audience.model import Contact
from events.meetings.model import Meeting, MeetingStatus
from events.minutes.model import Minutes, MinutesStatus
from events.minutes.queries import ensure
from events.minutes.readers import today

MINUTES_WITHIN = timedelta(days=7)
"""After a meeting; then whoever planned it is reminded, once."""

NOT_AFTER = timedelta(days=60)
"""Older meetings took place before anybody wrote minutes here."""

AT_ONCE = 200

Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True)
class _Recipient:
    contact_id: UUID | None = None
    person_id: UUID | None = None


async def remind_of_action_items(sessions: Sessions) -> None:
    """On the day an item is due, then weekly, at most `MOST_REMINDERS` times: to whoever is responsible."""
    day = today()
    async with transaction(sessions) as session:
        due = (
            select(ActionItem, Meeting.title, Meeting.starts_at)
            .join(Meeting, Meeting.id == ActionItem.meeting_id)
            .where(
                ActionItem.state == ActionItemState.OPEN,
                ActionItem.due_on <= day,
                ActionItem.reminders < MOST_REMINDERS,
                or_(ActionItem.reminded_on.is_(None), ActionItem.reminded_on <= day - AGAIN_AFTER),
            )
            .order_by(ActionItem.due_on, ActionItem.id)
            .limit(AT_ONCE)
            .with_for_update(of=ActionItem, skip_locked=True)
        )
        for item, title, met_at in (await session.execute(due)).all():
            recipients = await _recipients(session, item)
            number = item.remind(day)
            for recipient in recipients:
                _tell(session, item, recipient, number, title, met_at)


async def _recipients(session: AsyncSession, item: ActionItem) -> Sequence[_Recipient]:
    """The person or the contact; of an organisation as a whole all of its contacts."""
    if item.person_id is not None:
        return [_Recipient(person_id=item.person_id)]
    if item.organisation_id is None:
        return []
    present = select(Contact.id).where(Contact.organisation_id == item.organisation_id, ~Contact.dismissed)
    contacts = (await session.scalars(present.order_by(Contact.id))).all()
    chosen = [item.contact_id] if item.contact_id in contacts else contacts
    return [_Recipient(contact_id=contact) for contact in chosen]


def _tell(
    session: AsyncSession, item: ActionItem, recipient: _Recipient, number: int, title: str, met_at: datetime
) -> None:
    data = ActionItemFellDue(
        action_item_id=item.id,
        contact_id=recipient.contact_id,
        person_id=recipient.person_id,
        organisation_id=item.organisation_id,
        network=item.network,
        title=item.title,
        due_on=item.due_on,
        number=number,
        meeting_title=title,
        met_at=met_at,
    )
    outbox.record(session, data, subject=uuid4(), sequence=1, network=item.network)


async def remind_of_minutes(sessions: Sessions) -> None:
    """A week after a network meeting whose minutes are not submitted: to whoever planned it, once."""
    now = datetime.now(UTC)
    async with transaction(sessions) as session:
        missing = (
            select(Meeting)
            .outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
            .where(
                Meeting.kind == MeetingKind.NETWORK_MEETING,
                Meeting.status.in_((MeetingStatus.PUBLISHED, MeetingStatus.HELD)),
                Meeting.ends_at <= now - MINUTES_WITHIN,
                Meeting.ends_at > now - NOT_AFTER,
                or_(Minutes.id.is_(None), (Minutes.status == MinutesStatus.DRAFT) & Minutes.reminded_at.is_(None)),
            )
            .order_by(Meeting.ends_at, Meeting.id)
            .limit(AT_ONCE)
            .with_for_update(of=Meeting, skip_locked=True)
        )
        for meeting in (await session.scalars(missing)).all():
            minutes = await ensure(session, meeting)
            if minutes.reminded_at is not None or minutes.status is not MinutesStatus.DRAFT:
                continue  # somebody else was faster; the query does not see that
            minutes.reminded_at = now
            data = MinutesMissed(
                meeting_id=meeting.id,
                person_id=meeting.planned_by,
                network=meeting.network,
                meeting_title=meeting.title,
                met_at=meeting.starts_at,
            )
            outbox.record(session, data, subject=meeting.id, sequence=1, network=meeting.network)
