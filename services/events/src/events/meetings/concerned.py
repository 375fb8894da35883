"""Who is told of what became of a meeting: everybody if it is public, those concerned by mail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.access.tenancy import beyond_scopes
from shared.contracts.events import (
    Answer,
    MeetingChanged,
    MeetingNewsTold,
    MeetingPublished,
    MeetingWithdrawn,
)
from shared.messaging import outbox
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.invitations.model import Invitation
from events.meetings.model import Meeting, Revision
from events.registrations.model import ACTIVE, Registration


@dataclass(frozen=True)
class Concerned:
    """Somebody who reckons with a meeting: who is invited as a contact or for themselves, or registered, or a guest."""

    contact_id: UUID | None = None
    person_id: UUID | None = None
    name: str | None = None  # of a guest
    email: str | None = None
    organisation_id: UUID | None = None
    answer: Answer | None = None


async def concerned(session: AsyncSession, meeting: Meeting, *, rescheduled: bool = False) -> list[Concerned]:
    """Everybody who reckons with the meeting, nobody twice.

    Who declined does not, unless the meeting is `rescheduled`: on another day they may have time.
    """
    invited = (
        select(Invitation.contact_id, Invitation.organisation_id, Invitation.answer, Invitation.person_id)
        .where(Invitation.meeting_id == meeting.list_id, Invitation.person_id.is_not(None))
        .order_by(Invitation.issued_at, Invitation.id)
    )
    registered = (
        select(Registration.person_id, Registration.name, Registration.email)
        .where(
            Registration.meeting_id == meeting.list_id,
            Registration.state.in_(ACTIVE),
            func.num_nonnulls(Registration.person_id, Registration.email) > 0,
        )
        .order_by(Registration.arrival)
    )
    found: dict[UUID | str | None, Concerned] = {}
    async with beyond_scopes(session, reads_only=True):  # planners do not learn here who stands behind a contact
        for contact_id, organisation_id, answer, person_id in await session.execute(invited):
            if rescheduled or answer is not Answer.DECLINED:
                found.setdefault(
                    person_id,
                    Concerned(
                        contact_id=contact_id,
                        person_id=None if contact_id else person_id,
                        organisation_id=organisation_id,
                        answer=answer,
                    ),
                )
        for account, name, email in await session.execute(registered):
            guest = (None, None) if account else (name, email)
            found.setdefault(
                account or email,
                Concerned(person_id=account, answer=Answer.ACCEPTED, name=guest[0], email=guest[1]),
            )
    return list(found.values())


def tell_everybody(session: AsyncSession, meeting: Meeting, *, was_public: bool) -> bool:
    """Public events of a meeting that was published or changed; returns whether everybody hears of it for the first
    time. Nothing is said of what is not for everybody, but that it no longer is."""
    data: MeetingPublished | MeetingChanged | MeetingWithdrawn
    if meeting.public:
        data = MeetingChanged(meeting=meeting.facts()) if was_public else MeetingPublished(meeting=meeting.facts())
    elif was_public:
        data = MeetingWithdrawn(meeting_id=meeting.id, network=meeting.network)
    else:
        return False
    outbox.record(session, data, subject=meeting.id, sequence=meeting.version, network=meeting.network)
    return isinstance(data, MeetingPublished)


async def news_of_change(session: AsyncSession, meeting: Meeting, revision: Revision) -> list[MeetingNewsTold]:
    """For each of those concerned what the meeting was and what it is now."""
    people = await concerned(session, meeting, rescheduled=revision.rescheduled)
    return [_news(meeting, one).model_copy(update={"before": revision.before}) for one in people]


async def news_of_cancellation(session: AsyncSession, meeting: Meeting) -> list[MeetingNewsTold]:
    """For each of those concerned that the meeting does not take place, and why."""
    said = {"cancelled": True, "reason": meeting.cancel_reason}
    return [_news(meeting, one).model_copy(update=said) for one in await concerned(session, meeting)]


async def news_of_addition(session: AsyncSession, meeting: Meeting) -> list[MeetingNewsTold]:
    """For each of those who reckon with a course that it has one date more."""
    return [_news(meeting, one) for one in await concerned(session, meeting)]


Post = Callable[[AsyncSession, Meeting, Sequence[MeetingNewsTold]], None]
"""What becomes of news: a mail each, or one mail for all dates of a series."""


def post_at_once(session: AsyncSession, meeting: Meeting, news: Sequence[MeetingNewsTold]) -> None:
    """A mail for this meeting to each of them."""
    for data in news:
        outbox.record(session, data, subject=meeting.id, sequence=meeting.version, network=meeting.network)


def _news(meeting: Meeting, to: Concerned) -> MeetingNewsTold:
    return MeetingNewsTold(
        contact_id=to.contact_id,
        person_id=to.person_id,
        name=to.name,
        email=to.email,
        organisation_id=to.organisation_id,
        answer=to.answer,
        meeting=meeting.facts(),
        online_link=meeting.online_link,
    )
