"""Finding meetings."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from shared.access.grants import Access, ScopeKind
from shared.errors import DomainError, NotFound
from shared.i18n import N_
from sqlalchemy import ColumnElement, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from events.meetings.model import Meeting, MeetingStatus


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


async def find(
    session: AsyncSession,
    *,
    access: Access | None,
    network: str | None,
    since: datetime,
    after: Position | None,
    limit: int,
) -> Sequence[Meeting]:
    """Meetings that end after `since`, by time: the published ones, and drafts where `access` covers them."""
    found = select(Meeting).where(Meeting.ends_at > since, _visible_to(access))
    if network is not None:
        found = found.where(Meeting.network == network)
    if after is not None:
        found = found.where(tuple_(Meeting.starts_at, Meeting.id) > tuple_(after.starts_at, after.meeting_id))
    return (await session.scalars(found.order_by(Meeting.starts_at, Meeting.id).limit(limit))).all()


async def get(session: AsyncSession, meeting_id: UUID, access: Access | None, *, lock: bool = False) -> Meeting:
    """The meeting, if the caller may see it. With `lock` nobody else changes it meanwhile. Raises `NotFound`."""
    return await _one(session, meeting_id, _visible_to(access), lock)


async def get_own(session: AsyncSession, meeting_id: UUID, access: Access, *, lock: bool = False) -> Meeting:
    """Like `get`, of the caller's own networks. Raises `NotFound`, also for a published one of another network."""
    return await _one(session, meeting_id, _covered_by(access), lock)


async def _one(session: AsyncSession, meeting_id: UUID, condition: ColumnElement[bool], lock: bool) -> Meeting:
    query = select(Meeting).where(Meeting.id == meeting_id, condition)
    meeting = await session.scalar(query.with_for_update(of=Meeting) if lock else query)
    if meeting is None:
        raise NotFound
    return meeting


def _visible_to(access: Access | None) -> ColumnElement[bool]:
    published = Meeting.status == MeetingStatus.PUBLISHED
    return published if access is None else or_(published, _covered_by(access))


def _covered_by(access: Access) -> ColumnElement[bool]:
    grants = [grant for grant in access.principal.grants if grant.role in access.roles]
    if any(grant.scope is ScopeKind.DISTRICT for grant in grants):
        return true()
    slugs = [grant.scope_key for grant in grants if grant.scope is ScopeKind.NETWORK and grant.scope_key]
    return Meeting.network.in_(slugs)
