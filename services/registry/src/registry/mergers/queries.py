"""Reading mergers, and what one is going to move."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from shared.errors import NotFound
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access.model import AccessGrant
from registry.access.queries import not_over
from registry.api_clients.model import ApiClient
from registry.clock import today
from registry.mergers.model import Merger
from registry.organisations.model import Organisation
from registry.territory.model import Municipality, UnknownMunicipality, Village

IS_PLANNED: ColumnElement[bool] = and_(Merger.completed_at.is_(None), Merger.cancelled_at.is_(None))


async def list_mergers(session: AsyncSession) -> Sequence[Merger]:
    """All mergers, the latest first."""
    return (await session.scalars(select(Merger).order_by(Merger.effective_on.desc(), Merger.id))).all()


async def merger_for_update(session: AsyncSession, merger_id: UUID) -> Merger:
    """A merger as it is now, locked. Raises `NotFound`."""
    found = await session.get(Merger, merger_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


async def planned(session: AsyncSession) -> Sequence[Merger]:
    """Those that are still to take place."""
    return (await session.scalars(select(Merger).where(IS_PLANNED))).all()


async def due(session: AsyncSession, day: date) -> Sequence[UUID]:
    """The ids of those that take effect on this day or before, the earliest first."""
    mergers = select(Merger.id).where(IS_PLANNED, Merger.effective_on <= day)
    return (await session.scalars(mergers.order_by(Merger.effective_on, Merger.created_at))).all()


async def municipalities_named(session: AsyncSession, ids: Iterable[UUID]) -> Sequence[Municipality]:
    """These municipalities by name, locked. Raises `UnknownMunicipality`."""
    wanted = set(ids)
    rows = select(Municipality).where(Municipality.id.in_(wanted)).order_by(Municipality.id).with_for_update()
    found = (await session.scalars(rows.execution_options(populate_existing=True))).all()
    if len(found) != len(wanted):
        raise UnknownMunicipality
    return sorted(found, key=lambda municipality: municipality.name)


async def villages_in(session: AsyncSession, municipalities: Iterable[UUID]) -> Sequence[Village]:
    """The villages that lie in these municipalities now, by name, locked."""
    rows = select(Village).where(Village.municipality_id.in_(list(municipalities))).order_by(Village.id)
    found = (await session.scalars(rows.with_for_update(of=Village).execution_options(populate_existing=True))).all()
    return sorted(found, key=lambda village: (village.name, village.id))


async def counts(session: AsyncSession, municipalities: Sequence[UUID]) -> dict[str, int]:
    """How many organisations, grants and programs the merger concerns."""
    villages = select(Village.id).where(Village.municipality_id.in_(municipalities))
    what = {
        "organisations": select(func.count()).where(Organisation.village_id.in_(villages)),
        "grants": select(func.count()).where(AccessGrant.scope_id.in_(municipalities), not_over(today())),
        "api_clients": select(func.count()).where(ApiClient.scope_id.in_(municipalities), ApiClient.ended_at.is_(None)),
    }
    return {name: await session.scalar(query) or 0 for name, query in what.items()}
