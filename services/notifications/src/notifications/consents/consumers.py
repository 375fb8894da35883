"""Follows consents to the newsletter, and makes a notice for each subscriber when a meeting is published."""

from datetime import UTC, datetime, timedelta

from shared.contracts.envelope import Event
from shared.contracts.events import MeetingCancelled, MeetingPublished, MeetingWithdrawn
from shared.contracts.registry import ConsentGiven, ConsentPurpose, ConsentWithdrawn
from shared.messaging.consumer import Consumer
from shared.messaging.projection import upsert_if_newer
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.consents.model import Subscription
from notifications.consents.queries import covers, is_wanted, news_cause
from notifications.notices.kinds import NoticeKind
from notifications.notices.model import NEWS, Notice, NoticeStatus, about_meeting

# Who is invited to the meeting gets the invitation and not the news. Invitations come by another queue: wait for them.
INVITATIONS_FIRST = timedelta(seconds=20)

consumer = Consumer("notifications.consents")


@consumer.on(ConsentGiven)
async def consent_given(session: AsyncSession, event: Event[ConsentGiven]) -> None:
    """Somebody wants the newsletter, or belongs to other networks than before."""
    given = event.data
    if given.purpose is not ConsentPurpose.NEWSLETTER:
        return
    values = {
        "person_id": given.person_id,
        "networks": given.networks,
        "everywhere": given.everywhere,
        "unsubscribe_token": given.unsubscribe_token,
        "withdrawn": False,
    }
    await upsert_if_newer(session, Subscription, {"id": given.consent_id}, event.sequence, values)


@consumer.on(ConsentWithdrawn)
async def consent_withdrawn(session: AsyncSession, event: Event[ConsentWithdrawn]) -> None:
    """Nothing more is sent, and what still waits is thrown away."""
    withdrawn = event.data
    if withdrawn.purpose is not ConsentPurpose.NEWSLETTER:
        return
    values = {
        "person_id": withdrawn.person_id,
        "networks": [],
        "everywhere": False,
        "unsubscribe_token": None,
        "withdrawn": True,
    }
    await upsert_if_newer(session, Subscription, {"id": withdrawn.consent_id}, event.sequence, values)
    theirs = Notice.kind == NoticeKind.NEW_MEETING, Notice.person_id == withdrawn.person_id
    await session.execute(delete(Notice).where(*theirs, Notice.status != NoticeStatus.SENT, ~is_wanted()))


@consumer.on(MeetingPublished)
async def meeting_published(session: AsyncSession, event: Event[MeetingPublished]) -> None:
    """One notice for each subscriber of the network."""
    meeting = event.data.meeting
    if meeting.ends_at <= datetime.now(UTC):
        return  # somebody enters what was, for the chronicle
    if meeting.taken_over_from is not None:
        return  # a calendar can bring hundreds of dates at once
    persons = select(Subscription.person_id).where(covers(meeting.network)).distinct()
    rows = [
        about_meeting(NoticeKind.NEW_MEETING, meeting, cause=str(news_cause(meeting.meeting_id, person)), sequence=0)
        | {"person_id": person, "priority": NEWS, "next_attempt_at": datetime.now(UTC) + INVITATIONS_FIRST}
        for person in await session.scalars(persons)
    ]
    if rows:
        await session.execute(insert(Notice).on_conflict_do_nothing(), rows)


@consumer.on(MeetingCancelled, MeetingWithdrawn)
async def meeting_gone(session: AsyncSession, event: Event[MeetingCancelled | MeetingWithdrawn]) -> None:
    """It is no news any more: it does not take place, or is no longer for everybody."""
    gone = event.data.meeting.meeting_id if isinstance(event.data, MeetingCancelled) else event.data.meeting_id
    news = Notice.kind == NoticeKind.NEW_MEETING, Notice.meeting_id == gone
    await session.execute(delete(Notice).where(*news, Notice.status != NoticeStatus.SENT))
