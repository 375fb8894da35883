"""Invitations follow the contact whom they were given to."""

from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from events.invitations.model import Invitation


async def follow_contact(session: AsyncSession, contact_id: UUID, person_id: UUID) -> None:
    """Another person stands behind the contact, or it is known only now who does. Who has an invitation keeps it."""
    other = aliased(Invitation)
    has_one = select(other.id).where(other.meeting_id == Invitation.meeting_id, other.person_id == person_id)
    theirs = update(Invitation).where(
        Invitation.contact_id == contact_id,
        or_(Invitation.person_id.is_(None), Invitation.person_id != person_id),
        ~has_one.exists(),
    )
    await session.execute(theirs.values(person_id=person_id).execution_options(synchronize_session=False))
