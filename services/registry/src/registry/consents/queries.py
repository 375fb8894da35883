"""Reading consents."""

from collections.abc import Sequence
from uuid import UUID

from shared.contracts.registry import ConsentPurpose
from shared.errors import NotFound
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.consents.model import Consent, GuardianLink, UnsubscribeLink
from registry.people.model import Person


async def consents_of(session: AsyncSession, person_id: UUID) -> Sequence[Consent]:
    """Every consent of a person, also those that were withdrawn, the newest first."""
    consents = select(Consent).where(Consent.person_id == person_id)
    return (await session.scalars(consents.order_by(Consent.given_at.desc(), Consent.id))).all()


async def present_consent(session: AsyncSession, person_id: UUID, purpose: ConsentPurpose) -> Consent | None:
    """The consent that holds now."""
    given = Consent.person_id == person_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
    found: Consent | None = await session.scalar(select(Consent).where(*given))
    return found


def with_consent(people: Select[UUID], purpose: ConsentPurpose) -> Select[UUID]:
    """Those of these people who agree to this purpose now, in an order in which everybody locks them."""
    given = Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
    return select(Consent.person_id).where(Consent.person_id.in_(people), *given).order_by(Consent.person_id)


async def child_of(session: AsyncSession, token_hash: bytes) -> Person:
    """Who the guardian with this link agreed for. Raises `NotFound`, also for who is 16 by now."""
    child: Person | None = await session.scalar(
        select(Person)
        .join(GuardianLink, GuardianLink.person_id == Person.id)
        .where(GuardianLink.token_hash == token_hash)
    )
    if child is None or not child.is_under_16(today()):
        raise NotFound
    return child


async def unsubscribe_link(session: AsyncSession, token_hash: bytes) -> UnsubscribeLink | None:
    return await session.get(UnsubscribeLink, token_hash)
