"""Asking for a new address, and telling the old one. Nothing is looked up: who has the new one is nobody's business."""

from contextlib import nullcontext
from datetime import UTC, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from shared import audit
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import AddressChangeRequested, AddressReplaced
from shared.messaging.outbox import record
from shared.web.rate_limits import RateLimits
from sqlalchemy.ext.asyncio import AsyncSession

from registry.address_changes.limits import CHANGES_OF_PERSON, CHANGES_TO_ADDRESS
from registry.address_changes.model import LIFETIME, AddressChange
from registry.logins.handlers import end_all_logins
from registry.people.model import Person
from registry.secrets import hash_of, new_secret


async def ask_for_address(session: AsyncSession, person: Person, email: str) -> None:
    """Have a link mailed to the new address, and a warning to the old one. An older link of the person ends.

    Raises `TooManyRequests`.
    """
    limits = RateLimits(lambda: nullcontext(session))  # counts the mails that are really sent
    await limits.count(CHANGES_OF_PERSON, str(person.id))
    await limits.count(CHANGES_TO_ADDRESS, email.lower())
    await forget_wishes(session, person.id)
    token, expires_at = new_secret(), datetime.now(UTC) + LIFETIME
    wish = AddressChange(id=uuid4(), person_id=person.id, email=email, token_hash=hash_of(token), expires_at=expires_at)
    session.add(wish)
    requested = AddressChangeRequested(
        change_id=wish.id,
        person_id=person.id,
        name=person.name,
        email=email,
        old_email=person.email,
        token=token,
        expires_at=expires_at,
    )
    record(session, requested, subject=wish.id, sequence=1)
    audit.record(session, "address_change.requested", kind="person", subject=person.id, persons=[person.id])


async def forget_wishes(session: AsyncSession, person_id: UUID) -> None:
    """No link that was mailed to a new address of the person works any more."""
    await session.execute(sa.delete(AddressChange).where(AddressChange.person_id == person_id))


def tell_old_address(session: AsyncSession, person: Person, old_email: str) -> None:
    """Somebody took this address away without its owner's click."""
    told = uuid4()
    replaced = AddressReplaced(change_id=told, person_id=person.id, name=person.name, old_email=old_email)
    record(session, replaced, subject=told, sequence=1)


async def replaced_by_staff(session: AsyncSession, person: Person, old_email: str | None) -> None:
    """Whoever is logged in by the old address is so no longer, and no link there works any more."""
    async with beyond_scopes(session):  # the caller may change the person; logins are nobody's but their own
        await forget_wishes(session, person.id)
        await end_all_logins(session, person.id)
    if old_email is not None:
        tell_old_address(session, person, old_email)
