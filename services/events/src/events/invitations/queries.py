"""Who was invited, and who holds a reply token."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from shared.contracts.events import Answer
from shared.errors import NotFound
from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from events.invitations.model import Invitation, hash_token
from events.meetings.model import Meeting
from events.meetings.queries import with_course


class InvitationState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"

    @property
    def condition(self) -> ColumnElement[bool]:
        return Invitation.answer.is_(None) if self is InvitationState.OPEN else Invitation.answer == Answer(self.value)


async def of_meeting(
    session: AsyncSession, meeting_id: UUID, state: InvitationState | None, *, after: UUID | None, limit: int
) -> Sequence[Invitation]:
    """The invitations to a meeting, oldest first; `after` is the last one of the page before."""
    found = select(Invitation).where(Invitation.meeting_id == meeting_id)
    if state is not None:
        found = found.where(state.condition)
    if after is not None:
        last = select(Invitation.issued_at).where(Invitation.id == after).scalar_subquery()
        found = found.where(tuple_(Invitation.issued_at, Invitation.id) > tuple_(last, after))
    return (await session.scalars(found.order_by(Invitation.issued_at, Invitation.id).limit(limit))).all()


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
