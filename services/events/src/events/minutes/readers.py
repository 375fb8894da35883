"""Who prepares a network's meetings and reads their minutes: its staff, and contacts of its lead associations."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from shared.access.dependencies import allow
from shared.access.grants import Access, Role, ScopeKind
from shared.dates import BERLIN
from shared.errors import NotFound
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.audience.model import LeadMandate, Network
from events.meetings import queries as meetings
from events.meetings.access import PLANNERS
from events.meetings.model import Meeting

Reader = Annotated[Access, Depends(allow(*PLANNERS, Role.ASSOCIATION_CONTACT))]


def today() -> date:
    """The date in Germany."""
    return datetime.now(BERLIN).date()


def organisations_of(access: Access) -> list[UUID]:
    """The associations that the caller speaks for."""
    grants = access.principal.grants
    return [grant.scope_id for grant in grants if grant.scope is ScopeKind.ASSOCIATION and grant.scope_id]


async def leads(session: AsyncSession, access: Access, network: str) -> UUID | None:
    """The association by which the caller belongs to the network: it leads in one of its villages today."""
    mandates = (
        select(LeadMandate.organisation_id)
        .join(Network, LeadMandate.village_id == func.any(Network.village_ids))
        .where(
            Network.slug == network,
            LeadMandate.organisation_id.in_(organisations_of(access)),
            LeadMandate.starts_on <= today(),
            or_(LeadMandate.until.is_(None), LeadMandate.until >= today()),
        )
        .limit(1)
    )
    return await session.scalar(mandates)


async def reach_network(session: AsyncSession, access: Access, network: str) -> None:
    """Raise `NotFound` unless the caller belongs to the network."""
    if not access.covers(network=network) and await leads(session, access, network) is None:
        raise NotFound


async def reach_meeting(session: AsyncSession, access: Access, meeting_id: UUID) -> Meeting:
    """A meeting of the caller's network. Raises `NotFound`."""
    meeting = await meetings.get(session, meeting_id, access)
    await reach_network(session, access, meeting.network)
    return meeting
