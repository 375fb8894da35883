"""Reading lead mandates."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from shared.errors import NotFound
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from registry.clock import today
from registry.lead_mandates.model import ENDS_SOON, LeadMandate
from registry.pages import read_page
from registry.territory.model import Network, Village


async def list_mandates(
    session: AsyncSession,
    *,
    village_id: UUID | None,
    organisation_id: UUID | None,
    network: str | None,
    on: date | None,
    after: str | None,
    limit: int,
) -> tuple[Sequence[LeadMandate], str | None]:
    """Mandates by their first day, without those withdrawn before it; `on` keeps those that cover that day."""
    mandates = select(LeadMandate).where(_took_effect())
    if village_id is not None:
        mandates = mandates.where(LeadMandate.village_id == village_id)
    if organisation_id is not None:
        mandates = mandates.where(LeadMandate.organisation_id == organisation_id)
    if network is not None:
        villages = select(Village.id).join(Network, Network.id == Village.network_id).where(Network.slug == network)
        mandates = mandates.where(LeadMandate.village_id.in_(villages))
    if on is not None:
        mandates = mandates.where(LeadMandate.starts_on <= on, _lasts_until(on))
    return await read_page(session, mandates, (LeadMandate.starts_on, LeadMandate.id), after, limit)


async def mandate(session: AsyncSession, mandate_id: UUID) -> LeadMandate:
    """Raises `NotFound`."""
    found = await session.get(LeadMandate, mandate_id)
    if found is None:
        raise NotFound
    return found


async def mandates_of_village(session: AsyncSession, village_id: UUID) -> Sequence[LeadMandate]:
    """All mandates of a village as they are now; the caller holds the lock on the village."""
    mandates = select(LeadMandate).where(LeadMandate.village_id == village_id).order_by(LeadMandate.starts_on)
    return (await session.scalars(mandates.execution_options(populate_existing=True))).all()


async def leads_now_or_later(session: AsyncSession, organisation_id: UUID) -> bool:
    """Whether the organisation has a mandate that has not ended yet."""
    mandates = select(LeadMandate.id).where(
        LeadMandate.organisation_id == organisation_id, _took_effect(), _lasts_until(today())
    )
    return await session.scalar(mandates.limit(1)) is not None


async def villages_to_tell(session: AsyncSession, day: date) -> list[UUID]:
    """Villages where on this day something may have to be told that was not: a lost lead, a mandate that ends soon."""
    other = aliased(LeadMandate)
    same = other.village_id == LeadMandate.village_id
    later = select(other.id).where(same, other.until > LeadMandate.until)
    leading = select(other.id).where(same, other.starts_on <= day, or_(other.until.is_(None), other.until >= day))
    lost = and_(LeadMandate.until < day, LeadMandate.loss_told_at.is_(None), ~later.exists(), ~leading.exists())
    following = select(other.id).where(
        same, other.starts_on == LeadMandate.until + 1, or_(other.until.is_(None), other.until >= other.starts_on)
    )
    soon = and_(
        LeadMandate.starts_on <= day,
        LeadMandate.until.between(day, day + ENDS_SOON),
        LeadMandate.end_told_at.is_(None),
        ~following.exists(),
    )
    mandates = select(LeadMandate.village_id).where(_took_effect(), or_(lost, soon)).distinct()
    return list(await session.scalars(mandates))


def _took_effect() -> ColumnElement[bool]:
    return or_(LeadMandate.until.is_(None), LeadMandate.until >= LeadMandate.starts_on)


def _lasts_until(day: date) -> ColumnElement[bool]:
    return or_(LeadMandate.until.is_(None), LeadMandate.until >= day)
