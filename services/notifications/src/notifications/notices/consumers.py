"""Makes notices: each event that somebody must be told of is one notice, however often it arrives."""

from typing import Any
from uuid import UUID, uuid5

from shared.contracts.envelope import Event
from shared.contracts.events import (
    Answer,
    CourseDate,
    InvitationAnswered,
    InvitationIssued,
    InvitationTried,
    MeetingBefore,
    MeetingNewsTold,
    PersonAnswered,
    PersonInvited,
    SeriesNewsTold,
)
from shared.messaging.consumer import Consumer
from sqlalchemy import ColumnElement, delete, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.notices.kinds import NoticeKind
from notifications.notices.model import (
    AT_ONCE,
    News,
    Notice,
    NoticeStatus,
    SeriesNews,
    about_meeting,
    with_content,
)

consumer = Consumer("notifications.notices")


@consumer.on(InvitationIssued)
async def invitation_issued(session: AsyncSession, event: Event[InvitationIssued]) -> None:
    """The contact gets the invitation with its reply link."""
    invitation = event.data
    await _add(
        session,
        NoticeKind.MEETING_INVITATION,
        event,
        contact_id=invitation.contact_id,
        organisation_id=invitation.organisation_id,
        reply_token=invitation.reply_token,
        online_link=invitation.online_link,
        news=_course(invitation.course),
    )


@consumer.on(PersonInvited)
async def person_invited(session: AsyncSession, event: Event[PersonInvited]) -> None:
    """The same for somebody who speaks for no organisation."""
    invited = event.data
    about = {"reply_token": invited.reply_token, "online_link": invited.online_link, "news": _course(invited.course)}
    await _add(session, NoticeKind.MEETING_INVITATION, event, person_id=invited.person_id, **about)


@consumer.on(InvitationTried)
async def invitation_tried(session: AsyncSession, event: Event[InvitationTried]) -> None:
    """A planner sees the mail at once, before or while thousands get it."""
    tried = event.data
    about = {"online_link": tried.online_link, "priority": AT_ONCE, "news": _course(tried.course)}
    await _add(session, NoticeKind.INVITATION_TRIAL, event, person_id=tried.person_id, **about)


@consumer.on(InvitationAnswered)
async def invitation_answered(session: AsyncSession, event: Event[InvitationAnswered]) -> None:
    """The contact gets a confirmation of each answer."""
    await _confirm_answer(session, event, contact_id=event.data.contact_id)


@consumer.on(PersonAnswered)
async def person_answered(session: AsyncSession, event: Event[PersonAnswered]) -> None:
    """The same for somebody who speaks for no organisation."""
    await _confirm_answer(session, event, person_id=event.data.person_id)


async def _confirm_answer(
    session: AsyncSession, event: Event[InvitationAnswered] | Event[PersonAnswered], **to: UUID
) -> None:
    given = event.data
    link = given.online_link if given.answer is Answer.ACCEPTED else None
    about = {"answer": given.answer, "online_link": link, "news": _course(given.course)}
    await _add(session, NoticeKind.ANSWER_CONFIRMATION, event, **about, **to)


@consumer.on(MeetingNewsTold)
async def meeting_news_told(session: AsyncSession, event: Event[MeetingNewsTold]) -> None:
    """What became of a meeting.

    A mail that still waits says no more what the meeting was in between; and after a cancellation nobody is invited.
    """
    told = event.data
    waiting = await _take_back(session, told, event.sequence)
    news = News(before=waiting or told.before, reason=told.reason, name=told.name or "")
    kind = NoticeKind.MEETING_CANCELLED if told.cancelled else NoticeKind.MEETING_CHANGED
    # One event of the meeting makes a notice for each person.
    cause = str(uuid5(told.meeting.meeting_id, str(told.person_id or told.contact_id or told.email)))
    row = about_meeting(kind, told.meeting, cause=cause, sequence=event.sequence)
    about = {
        "contact_id": told.contact_id,
        "person_id": told.person_id,
        "address": told.email,
        "organisation_id": told.organisation_id,
        "answer": told.answer,
        "online_link": None if told.cancelled else told.online_link,
        "news": news.model_dump(mode="json"),
    }
    await add(session, row | about)


@consumer.on(SeriesNewsTold)
async def series_news_told(session: AsyncSession, event: Event[SeriesNewsTold]) -> None:
    """What became of several dates of a series, in one mail."""
    told = event.data
    to = told.model_dump(include={"contact_id", "person_id", "name", "email", "organisation_id"})
    dates = []
    for date in told.dates:
        alone = MeetingNewsTold(**to, meeting=date.meeting, cancelled=date.cancelled)
        waiting = await _take_back(session, alone, date.sequence)
        dates.append(date.model_copy(update={"before": waiting or date.before}))
    content = SeriesNews(title=told.title, network=told.network, reason=told.reason, dates=dates)
    row = with_content(
        NoticeKind.SERIES_CHANGED,
        content,
        cause=str(uuid5(told.series_id, str(told.person_id or told.contact_id or told.email))),
        sequence=event.sequence,
        expires_at=max(date.meeting.ends_at for date in dates),
        network=told.network,
    )
    about = {
        "contact_id": told.contact_id,
        "person_id": told.person_id,
        "address": told.email,
        "organisation_id": told.organisation_id,
        "news": News(name=told.name or "").model_dump(mode="json"),
    }
    await add(session, row | about)


async def _take_back(session: AsyncSession, told: MeetingNewsTold, sequence: int) -> MeetingBefore | None:
    """Throw away what the same person was to be told of the meeting; returns what it was before that."""
    outdated = [NoticeKind.MEETING_CHANGED]
    if told.cancelled:
        outdated += [
            NoticeKind.MEETING_INVITATION,
            NoticeKind.ANSWER_CONFIRMATION,
            NoticeKind.REGISTRATION_CONFIRMATION,
            NoticeKind.GUEST_CONFIRMATION,
            NoticeKind.WAITING_LIST,
            NoticeKind.PLACE_OFFERED,
        ]
    theirs = delete(Notice).where(
        Notice.status == NoticeStatus.PENDING,
        Notice.meeting_id == told.meeting.meeting_id,
        Notice.kind.in_(outdated),
        or_(Notice.kind != NoticeKind.MEETING_CHANGED, Notice.cause_sequence < sequence),
        _to(told),
    )
    found = [news for news in await session.scalars(theirs.returning(Notice.news)) if news]
    return News.model_validate(found[0]).before if found else None


def _to(told: MeetingNewsTold) -> ColumnElement[bool]:
    if told.person_id:
        return Notice.person_id == told.person_id
    return Notice.contact_id == told.contact_id if told.contact_id else Notice.address == told.email


async def _add(session: AsyncSession, kind: NoticeKind, event: Event[Any], **values: Any) -> None:
    data = event.data
    row = about_meeting(kind, data.meeting, cause=event.subject, sequence=event.sequence, course=data.course)
    await add(session, row | values)


def _course(dates: list[CourseDate]) -> dict[str, Any] | None:
    return News(course=dates).model_dump(mode="json") if dates else None


async def add(session: AsyncSession, row: dict[str, Any]) -> None:
    """Write a new notice, unless its cause has already made one."""
    await session.execute(insert(Notice).values(row).on_conflict_do_nothing())
