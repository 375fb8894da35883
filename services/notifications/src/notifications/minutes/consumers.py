"""Makes the reminders after a meeting."""

from datetime import timedelta

from shared.contracts.envelope import Event
from shared.contracts.events import ActionItemFellDue, MinutesMissed
from shared.messaging.consumer import Consumer
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.minutes.model import MissingMinutes, TaskReminder
from notifications.notices.consumers import add
from notifications.notices.kinds import NoticeKind
from notifications.notices.model import with_content

LIFETIME = timedelta(days=6)  # then the next reminder comes

consumer = Consumer("notifications.minutes")


@consumer.on(ActionItemFellDue)
async def action_item_fell_due(session: AsyncSession, event: Event[ActionItemFellDue]) -> None:
    """Whoever is responsible is reminded; the directory knows the address."""
    due = event.data
    row = with_content(
        NoticeKind.ACTION_ITEM_REMINDER,
        TaskReminder.model_validate(due.model_dump(include=set(TaskReminder.model_fields))),
        cause=event.subject,
        sequence=event.sequence,
        expires_at=event.time + LIFETIME,
        network=due.network,
    )
    recipient = {"contact_id": due.contact_id, "person_id": due.person_id, "organisation_id": due.organisation_id}
    await add(session, row | recipient)


@consumer.on(MinutesMissed)
async def minutes_missed(session: AsyncSession, event: Event[MinutesMissed]) -> None:
    """Whoever planned the meeting is reminded."""
    missed = event.data
    path = f"/n/{missed.network}/treffen/{missed.meeting_id}/protokoll"
    content = MissingMinutes(meeting_title=missed.meeting_title, met_at=missed.met_at, path=path)
    row = with_content(
        NoticeKind.MINUTES_REMINDER,
        content,
        cause=event.subject,
        sequence=event.sequence,
        expires_at=event.time + LIFETIME,
        network=missed.network,
    )
    await add(session, row | {"person_id": missed.person_id})
