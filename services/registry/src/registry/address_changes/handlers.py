"""Taking a new address over. The proof is the token that was mailed there: it opens rows that no grant does."""

from datetime import UTC, datetime

import sqlalchemy as sa
from shared.errors import NotFound
from sqlalchemy.ext.asyncio import AsyncSession

from registry.address_changes.model import AddressChange
from registry.logins.handlers import use_up_codes
from registry.people.handlers import take_address
from registry.people.model import Person
from registry.secrets import hash_of


async def confirmable(session: AsyncSession, token: str) -> AddressChange:
    """What a link is about. Raises `NotFound` for one that is unknown, used or too old."""
    found = await session.scalar(sa.select(AddressChange).where(_opened_by(token)))
    if found is None:
        raise NotFound
    return found


async def confirm(session: AsyncSession, token: str) -> None:
    """The owner of the mailbox takes it; the link works once. Raises `NotFound`, and `PersonExists` for a double."""
    taken = sa.delete(AddressChange).where(_opened_by(token)).returning(AddressChange.person_id, AddressChange.email)
    row = (await session.execute(taken)).one_or_none()
    if row is None:
        raise NotFound
    person = await session.get(Person, row.person_id, with_for_update=True)
    if person is None:
        raise NotFound
    await take_address(session, person, row.email)
    await use_up_codes(session, person.id)  # links in the old mailbox


def _opened_by(token: str) -> sa.ColumnElement[bool]:
    return sa.and_(AddressChange.token_hash == hash_of(token), AddressChange.expires_at > datetime.now(UTC))
