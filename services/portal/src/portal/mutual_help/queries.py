"""Needs and offers as the public pages show them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.contracts.registry import HelpState
from shared.errors import NotFound
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.networks.queries import NetworkPage, OrganisationCard, network_page
from portal.read_model.model import HelpEntry, Village
from portal.web.dates import today


@dataclass(frozen=True)
class HelpCard:
    """A need or an offer (`side`) with its organisation, and the name of the village where it is."""

    id: UUID
    side: str
    kind: str
    state: str
    title: str
    description: str
    organisation: OrganisationCard
    village_id: UUID
    village: str
    fields: list[str]
    starts_on: date | None
    ends_on: date | None
    weekdays: list[int]
    daytimes: list[str]
    wanted: int
    sequence: int

    @property
    def is_need(self) -> bool:
        return self.side == "need"

    @property
    def is_over(self) -> bool:
        """Done or withdrawn: nothing is changed any more."""
        return self.state in (HelpState.DONE, HelpState.WITHDRAWN)


async def open_help(session: AsyncSession, network: str) -> list[HelpCard]:
    """What the organisations of a network need and offer now, the soonest first. Raises `NotFound`."""
    is_open = HelpEntry.state == HelpState.OPEN.value
    return await _cards(session, await network_page(session, network), is_open, _is_not_over())


async def help_card(session: AsyncSession, network: str, entry_id: UUID) -> HelpCard:
    """One of them, also when it is done. Raises `NotFound`, also for a withdrawn one."""
    found = await _cards(session, await network_page(session, network), HelpEntry.entry_id == entry_id)
    if not found:
        raise NotFound
    return found[0]


def _is_not_over() -> ColumnElement[bool]:
    return or_(HelpEntry.ends_on.is_(None), HelpEntry.ends_on >= today())


async def _cards(session: AsyncSession, page: NetworkPage, *where: ColumnElement[bool]) -> list[HelpCard]:
    organisations = {one.id: one for village in page.villages for one in village.organisations}
    rows = (
        select(HelpEntry, Village.name)
        .join(Village, Village.village_id == HelpEntry.village_id)
        .where(~HelpEntry.withdrawn, HelpEntry.organisation_id.in_(organisations), *where)
        .order_by(HelpEntry.starts_on.nulls_last(), HelpEntry.title)
    )
    return [
        HelpCard(
            id=row.entry_id,
            side=row.side,
            kind=row.kind,
            state=row.state,
            title=row.title,
            description=row.description,
            organisation=organisations[row.organisation_id],
            village_id=row.village_id,
            village=village,
            fields=row.fields,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            weekdays=row.weekdays,
            daytimes=row.daytimes,
            wanted=row.wanted,
            sequence=row.sequence,
        )
        for row, village in await session.execute(rows)
        if row.organisation_id is not None and row.village_id is not None
    ]
