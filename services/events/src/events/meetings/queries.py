"""Finding meetings."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from shared.access.grants import Access
from shared.access.tenancy import EVERYTHING, enter_scopes, scopes_of
from shared.contracts.events import MeetingKind, RegistrationState, Visibility
from shared.errors import DomainError, NotFound
from shared.i18n import N_
from sqlalchemy import ColumnElement, ScalarSelect, Select, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from events.invitations.model import Invitation
from events.meetings.access import planned_by, visible_to
from events.meetings.model import Meeting, MeetingStatus
from events.registrations.model import Registration


class BadCursor(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "bad_cursor"
    message = N_("This page does not exist. Please begin with the first one.")
    field = "cursor"


@dataclass(frozen=True)
class Position:
    """Where a page begins: after this meeting, in order of time."""

    starts_at: datetime
    meeting_id: UUID

    @classmethod
    def after(cls, meeting: Meeting) -> "Position":
        return cls(meeting.starts_at, meeting.id)

    @classmethod
    def read(cls, cursor: str) -> "Position":
        """Raises `BadCursor` for text that `write` did not make."""
        try:
            moment, meeting_id = json.loads(base64.urlsafe_b64decode(cursor))
            position = cls(datetime.fromisoformat(moment), UUID(meeting_id))
        except (ValueError, TypeError, AttributeError, binascii.Error) as error:
            raise BadCursor from error
        if position.starts_at.tzinfo is None:
            raise BadCursor
        return position

    def write(self) -> str:
        """The cursor as callers get it; they need not understand it."""
        text = json.dumps([self.starts_at.isoformat(), str(self.meeting_id)])
        return base64.urlsafe_b64encode(text.encode()).decode()


@dataclass(frozen=True)
class Wanted:
    """Which meetings a list shows; None and empty leave a thing open."""

    since: datetime
    until: datetime | None = None
    network: str | None = None
    kind: MeetingKind | None = None
    status: MeetingStatus | None = None
    village_id: UUID | None = None
    course_id: UUID | None = None
    restricted: bool = False  # only drafts and what is not for everybody

    def conditions(self) -> list[ColumnElement[bool]]:
        """Of meetings that end after `since` and begin before `until`."""
        found: list[ColumnElement[bool]] = [Meeting.ends_at > self.since]
        if self.until is not None:
            found.append(Meeting.starts_at < self.until)
        for column, value in (
            (Meeting.network, self.network),
            (Meeting.kind, self.kind),
            (Meeting.status, self.status),
            (Meeting.village_id, self.village_id),
            (Meeting.course_id, self.course_id),
        ):
            if value is not None:
                found.append(column == value)
        if self.restricted:
            found.append(or_(Meeting.status == MeetingStatus.DRAFT, Meeting.visibility != Visibility.PUBLIC))
        return found


async def find(
    session: AsyncSession, wanted: Wanted, access: Access | None, *, after: Position | None, limit: int
) -> Sequence[Meeting]:
    """Meetings that the caller may know of, by time."""
    found = select(Meeting).where(*wanted.conditions(), visible_to(access))
    if after is not None:
        found = found.where(tuple_(Meeting.starts_at, Meeting.id) > tuple_(after.starts_at, after.meeting_id))
    return (await session.scalars(found.order_by(Meeting.starts_at, Meeting.id).limit(limit))).all()


async def get(session: AsyncSession, meeting_id: UUID, access: Access | None) -> Meeting:
    """The meeting, if the caller may know of it. Raises `NotFound`."""
    return await _one(session, meeting_id, visible_to(access), lock=False)


async def get_own(session: AsyncSession, meeting_id: UUID, access: Access, *, lock: bool = False) -> Meeting:
    """Like `get`, of the caller's own networks. Raises `NotFound`, also for a published one of another network.

    With `lock` nobody else changes it meanwhile.
    """
    return await _one(session, meeting_id, planned_by(access), lock=lock)


async def get_list(session: AsyncSession, meeting_id: UUID, access: Access | None) -> Meeting:
    """Like `get`, the meeting under which registrations stand: of a date of a course the first one, with all dates."""
    return await with_course(session, await _one(session, list_of(meeting_id), visible_to(access), lock=False))


async def get_own_list(session: AsyncSession, meeting_id: UUID, access: Access) -> Meeting:
    """Like `get_list`, of the caller's own networks. Raises `NotFound`."""
    return await with_course(session, await _one(session, list_of(meeting_id), planned_by(access), lock=False))


async def lock_own_list(session: AsyncSession, meeting_id: UUID, access: Access) -> Meeting:
    """Like `get_list`, of the caller's own networks, locked. Raises `NotFound`."""
    return await with_course(session, await _one(session, list_of(meeting_id), planned_by(access), lock=True))


async def lock_list(session: AsyncSession, meeting_id: UUID) -> Meeting:
    """Like `get_list`, no draft, locked, for a caller who makes sure who may know of it. Raises `NotFound`."""
    out = Meeting.status != MeetingStatus.DRAFT
    return await with_course(session, await _one(session, list_of(meeting_id), out, lock=True))


def list_of(meeting_id: UUID) -> ScalarSelect[UUID]:
    """The id under which the registrations for a meeting stand."""
    date = aliased(Meeting)
    return select(date.list_id).where(date.id == meeting_id).scalar_subquery()


async def with_course(session: AsyncSession, meeting: Meeting) -> Meeting:
    """The meeting, having read `Meeting.course_dates`."""
    if meeting.course_id is not None:
        dates = select(Meeting).where(Meeting.course_id == meeting.course_id).order_by(Meeting.starts_at, Meeting.id)
        set_committed_value(meeting, "course_dates", list(await session.scalars(dates)))
    return meeting


def all_over(before: ColumnElement[Any] | datetime) -> ColumnElement[bool]:
    """That a meeting was over before a moment, and every date of its course."""
    date = aliased(Meeting)
    goes_on = select(date.id).where(date.course_id == Meeting.course_id, date.ends_at >= before).exists()
    return (Meeting.ends_at < before) & ~goes_on


async def require_known(session: AsyncSession, meeting: Meeting, access: Access) -> None:
    """That the caller may know of the meeting, in a transaction that sees everything. Raises `NotFound`."""
    if meeting.public:
        return
    with session.no_autoflush:  # what was added is written within the scopes of the transaction
        await enter_scopes(session, scopes_of(access.principal))
        known = await session.scalar(select(Meeting.id).where(Meeting.id == meeting.id, visible_to(access)))
        await enter_scopes(session, [EVERYTHING])
    if known is None:
        raise NotFound


def locked(query: Select[Meeting]) -> Select[Meeting]:
    """The query, locking the meeting. What was read of it before may be outdated by then: it is read again."""
    return query.with_for_update(of=Meeting).execution_options(populate_existing=True)


async def comes(session: AsyncSession, meeting: Meeting, person_id: UUID) -> bool:
    """Whether somebody is invited to the meeting or has a place by account."""
    invited = select(Invitation.id).where(Invitation.meeting_id == meeting.list_id, Invitation.person_id == person_id)
    registered = select(Registration.id).where(
        Registration.meeting_id == meeting.list_id,
        Registration.person_id == person_id,
        Registration.state == RegistrationState.COMING,
    )
    return bool(await session.scalar(select(or_(invited.exists(), registered.exists()))))


async def _one(
    session: AsyncSession, meeting_id: UUID | ScalarSelect[UUID], condition: ColumnElement[bool], *, lock: bool
) -> Meeting:
    query = select(Meeting).where(Meeting.id == meeting_id, condition)
    meeting = await session.scalar(locked(query) if lock else query)
    if meeting is None:
        raise NotFound
    return meeting
