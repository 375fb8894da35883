"""Somebody's own calendar: what they go to or plan, and what happens in the networks that they look after."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.events import Answer, RegistrationState
from shared.dates import day_of
from shared.errors import NotFound
from sqlalchemy import ColumnElement, delete, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from events.audience.model import Network, StaffGrant
from events.calendars.entries import Entry, read_entries
from events.calendars.model import PersonalCalendar
from events.invitations.model import Invitation, hash_token
from events.meetings.model import Meeting
from events.registrations.model import Registration


@dataclass(frozen=True)
class Ties:
    """What ties a person to meetings: those that they go to, and the networks whose meetings they plan.

    `goes_to` names courses by their first date.
    """

    person_id: UUID
    goes_to: frozenset[UUID]
    networks: frozenset[str]
    whole_district: bool

    @property
    def fingerprint(self) -> str:
        """Another one as soon as one of them is another."""
        parts = [*sorted(map(str, self.goes_to)), *sorted(self.networks), str(self.whole_district), str(self.person_id)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def meetings(self) -> ColumnElement[bool]:
        """The meetings of this person; a draft is in nobody's calendar."""
        if self.whole_district:
            return true()
        return or_(
            Meeting.list_id.in_(self.goes_to), Meeting.network.in_(self.networks), Meeting.planned_by == self.person_id
        )


async def owner_of(session: AsyncSession, token: str) -> UUID:
    """Whose calendar has this secret. Raises `NotFound`."""
    query = select(PersonalCalendar.person_id).where(PersonalCalendar.token_hash == hash_token(token))
    person_id = await session.scalar(query)
    if person_id is None:
        raise NotFound
    return person_id


async def ties_of(session: AsyncSession, person_id: UUID, now: datetime) -> Ties:
    """Asked of invitations, registrations and grants; the meetings are not looked at."""
    invited = select(Invitation.meeting_id).where(
        Invitation.person_id == person_id, Invitation.answer.is_distinct_from(Answer.DECLINED)
    )
    registered = select(Registration.meeting_id).where(
        Registration.person_id == person_id, Registration.state == RegistrationState.COMING
    )
    today = day_of(now)
    grants = (
        select(StaffGrant.network_id, Network.slug)
        .outerjoin(Network, Network.id == StaffGrant.network_id)
        .where(
            StaffGrant.person_id == person_id,
            ~StaffGrant.taken_back,
            StaffGrant.starts_on <= today,
            or_(StaffGrant.ends_on.is_(None), StaffGrant.ends_on >= today),
        )
    )
    held = (await session.execute(grants)).all()
    return Ties(
        person_id,
        frozenset(await session.scalars(invited.union(registered))),
        frozenset(slug for _, slug in held if slug is not None),
        any(network_id is None for network_id, _ in held),
    )


async def own_entries(session: AsyncSession, ties: Ties, since: datetime) -> list[Entry]:
    """By time, also those that are not for everybody."""
    return await read_entries(session, ties.meetings(), since)


async def find_address(session: AsyncSession, person_id: UUID) -> PersonalCalendar | None:
    """The address that somebody has made, if there is one."""
    return await session.get(PersonalCalendar, person_id)


async def make_address(session: AsyncSession, person_id: UUID) -> tuple[PersonalCalendar, str]:
    """A new secret address; one that was there before leads nowhere from now on. Returns it and its secret."""
    calendar = await session.get(PersonalCalendar, person_id, with_for_update=True)
    if calendar is None:
        calendar, token = PersonalCalendar.make(person_id)
        session.add(calendar)
    else:
        token = calendar.renew()
    await session.flush()
    return calendar, token


async def drop_address(session: AsyncSession, person_id: UUID) -> None:
    """Nobody reads the calendar any more; a second time changes nothing."""
    await session.execute(delete(PersonalCalendar).where(PersonalCalendar.person_id == person_id))
