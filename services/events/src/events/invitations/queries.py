"""Whom to invite, and who holds a reply token."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.access.tenancy import beyond_scopes
from shared.dates import TIME_ZONE
from shared.errors import NotFound
from sqlalchemy import ColumnElement, Date, Row, Select, cast, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from events.audience.model import Contact, ContactPerson, LeadMandate, Network
from events.invitations.model import Invitation, hash_token
from events.meetings.model import Meeting, MeetingStatus
from events.meetings.queries import with_course


async def missing_contacts(session: AsyncSession, meeting_id: UUID, now: datetime) -> Sequence[Row[UUID, UUID]]:
    """Contacts and their organisations that belong to the audience of a meeting and have no invitation yet.

    A meeting's audience are the contacts of each organisation with a lead mandate in a village of its network that is
    in force on some day from today to the day of the meeting: so a lead that takes over in between is asked as well.
    """
    audience = (
        select(Contact.id, Contact.organisation_id)
        .distinct()
        .join_from(Meeting, Network, Network.slug == Meeting.network)
        .join(LeadMandate, LeadMandate.village_id == func.any(Network.village_ids))
        .join(Contact, Contact.organisation_id == LeadMandate.organisation_id)
        .where(Meeting.id == meeting_id, *_lacks_invitation(now))
        .order_by(Contact.id)
    )
    return (await session.execute(audience)).all()


async def incomplete_meetings(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    """Published meetings that are not over and lack an invitation for somebody of their audience."""
    lacking: Select[UUID] = (
        select(Meeting.id)
        .distinct()
        .join(Network, Network.slug == Meeting.network)
        .join(LeadMandate, LeadMandate.village_id == func.any(Network.village_ids))
        .join(Contact, Contact.organisation_id == LeadMandate.organisation_id)
        .where(Meeting.status == MeetingStatus.PUBLISHED, *_lacks_invitation(now))
        .order_by(Meeting.id)
    )
    return (await session.scalars(lacking)).all()


def _lacks_invitation(now: datetime) -> tuple[ColumnElement[bool], ...]:
    today = cast(func.timezone(TIME_ZONE, now), Date)
    day_of_meeting = cast(func.timezone(TIME_ZONE, Meeting.starts_at), Date)
    invited = exists().where(Invitation.meeting_id == Meeting.id, Invitation.contact_id == Contact.id)
    # Who is invited for one function does not get a second mail for another one that they have since: also when two
    # entries of their organisation were merged.
    other, this = aliased(ContactPerson), aliased(ContactPerson)
    known = (
        select(Invitation.id)
        .join(other, other.id == Invitation.contact_id)
        .join(this, this.person_id == other.person_id)
        .where(Invitation.meeting_id == Meeting.id, this.id == Contact.id)
        .exists()
    )
    return (
        Meeting.ends_at > now,
        Meeting.taken_over_from.is_(None),
        Meeting.list_id == Meeting.id,  # to a course one is invited once
        LeadMandate.starts_on <= func.greatest(day_of_meeting, today),
        or_(LeadMandate.until.is_(None), LeadMandate.until >= today),
        ~Contact.dismissed,
        ~invited,
        ~known,
    )


async def of_meeting(session: AsyncSession, meeting_id: UUID) -> Sequence[Invitation]:
    """Every invitation to a meeting, oldest first."""
    found = select(Invitation).where(Invitation.meeting_id == meeting_id).order_by(Invitation.issued_at, Invitation.id)
    return (await session.scalars(found)).all()


async def persons_behind(session: AsyncSession, contact_ids: Sequence[UUID | None]) -> Sequence[UUID]:
    """The ids of the people behind these contacts, as far as they are known here; for the audit log alone."""
    async with beyond_scopes(session):  # planners do not learn here who it is, and officers see ids in the log
        known = select(ContactPerson.person_id).where(ContactPerson.id.in_(filter(None, contact_ids)))
        return (await session.scalars(known)).all()


async def by_token(session: AsyncSession, reply_token: str, *, lock: bool = False) -> tuple[Invitation, Meeting]:
    """The invitation that a reply token answers, and its meeting with all dates of its course. Raises `NotFound`.

    With `lock` the meeting's row is locked before the invitation is read: the order in which everybody locks.
    """
    has_token = Invitation.token_hash == hash_token(reply_token)
    of_it = select(Meeting).where(Meeting.id == select(Invitation.meeting_id).where(has_token).scalar_subquery())
    meeting = await session.scalar(of_it.with_for_update(of=Meeting) if lock else of_it)
    invitation = await session.scalar(select(Invitation).where(has_token))
    if meeting is None or invitation is None:
        raise NotFound
    return invitation, await with_course(session, meeting)
