"""Reading consents."""

from collections.abc import Sequence
from uuid import UUID

from shared.contracts.registry import ConsentPurpose
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.consents.model import Consent, UnsubscribeLink


async def consents_of(session: AsyncSession, person_id: UUID) -> Sequence[Consent]:
    """Every consent of a person, also those that were withdrawn, the newest first."""
    consents = select(Consent).where(Consent.person_id == person_id)
    return (await session.scalars(consents.order_by(Consent.given_at.desc(), Consent.id))).all()


async def present_consent(session: AsyncSession, person_id: UUID, purpose: ConsentPurpose) -> Consent | None:
    """The consent that holds now."""
    given = Consent.person_id == person_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
    found: Consent | None = await session.scalar(select(Consent).where(*given))
    return found


async def unsubscribe_link(session: AsyncSession, token_hash: bytes) -> UnsubscribeLink | None:
    return await session.get(UnsubscribeLink, token_hash)
