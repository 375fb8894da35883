"""Reading needs, offers and requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from shared.access.grants import Access
from shared.contracts.registry import HelpKind, HelpState
from shared.errors import NotFound
from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, load_only, raiseload

from registry.clock import today
from registry.fields_of_activity.queries import is_called
from registry.mutual_help.model import HelpEntry, HelpRequest, HelpRequestLink, RequestState, Side
from registry.organisations.model import Organisation, Publication
from registry.pages import read_page
from registry.people.model import Person
from registry.scope import organisations_in_scope, villages_in_scope
from registry.territory.model import Network, Village


@dataclass(frozen=True)
class Filter:
    """Which needs and offers a list shows; None leaves a property open. `network` and `field` are slugs."""

    side: Side | None = None
    state: HelpState = HelpState.OPEN
    kind: HelpKind | None = None
    organisation_id: UUID | None = None
    village_id: UUID | None = None
    network: str | None = None
    field: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found = [HelpEntry.state == self.state]
        for column, wanted in (
            (HelpEntry.side, self.side),
            (HelpEntry.kind, self.kind),
            (HelpEntry.organisation_id, self.organisation_id),
            (HelpEntry.village_id, self.village_id),
        ):
            if wanted is not None:
                found.append(column == wanted)
        if self.state is HelpState.OPEN:
            found.append(or_(HelpEntry.ends_on.is_(None), HelpEntry.ends_on >= today()))
        if self.network is not None:
            villages = select(Village.id).join(Network, Network.id == Village.network_id)
            found.append(HelpEntry.village_id.in_(villages.where(Network.slug == self.network)))
        if self.field is not None:
            found.append(HelpEntry.fields.any(is_called(self.field)))
        return found


async def list_entries(
    session: AsyncSession, wanted: Filter, after: str | None, limit: int, *, within: Access | None = None
) -> tuple[Sequence[HelpEntry], str | None]:
    """Needs and offers of published organisations, by title; of the organisation no more than its name.

    Those `within` a caller's scope are theirs to change: also of organisations that are not published.
    """
    shown = listed(wanted) if within is None else [*wanted.conditions(), _in_scope(within)]
    named = joinedload(HelpEntry.organisation, innerjoin=True).options(load_only(Organisation.name), raiseload("*"))
    entries = select(HelpEntry).where(*shown).options(named, raiseload(HelpEntry.village))
    return await read_page(session, entries, (HelpEntry.title, HelpEntry.id), after, limit)


async def entry(session: AsyncSession, entry_id: UUID) -> HelpEntry:
    """One that everybody may see. Raises `NotFound`."""
    found = await session.scalar(select(HelpEntry).where(HelpEntry.id == entry_id, _published()))
    if found is None:
        raise NotFound
    return found


async def own_entry(session: AsyncSession, access: Access, entry_id: UUID, *, lock: bool = False) -> HelpEntry:
    """One of an organisation in the caller's scope. Raises `NotFound`."""
    wanted = select(HelpEntry).where(HelpEntry.id == entry_id, _in_scope(access))
    found = await session.scalar(wanted.with_for_update(of=HelpEntry) if lock else wanted)
    if found is None:
        raise NotFound
    return found


async def requests_of(session: AsyncSession, need_id: UUID) -> Sequence[tuple[HelpRequest, Person | None]]:
    """The requests of a need, newest first, each with who helps: None until they have said yes."""
    helps = HelpRequest.state.in_((RequestState.ACCEPTED, RequestState.DONE))
    rows = (
        select(HelpRequest, Person)
        .outerjoin(Person, (Person.id == HelpRequest.answered_by) & helps)
        .where(HelpRequest.need_id == need_id)
        .order_by(HelpRequest.created_at.desc(), HelpRequest.id)
    )
    return [(request, helper) for request, helper in (await session.execute(rows)).all()]


async def own_request(session: AsyncSession, access: Access, request_id: UUID) -> HelpRequest:
    """One that an organisation in the caller's scope has made, locked. Raises `NotFound`."""
    mine = HelpRequest.need_id.in_(select(HelpEntry.id).where(_in_scope(access)))
    wanted = select(HelpRequest).where(HelpRequest.id == request_id, mine)
    found = await session.scalar(wanted.with_for_update(of=HelpRequest))
    if found is None:
        raise NotFound
    return found


async def request_by_token(
    session: AsyncSession, token_hash: bytes, *, lock: bool = False
) -> tuple[HelpRequest, HelpRequestLink]:
    """The request that a link asks about. Raises `NotFound` for one that is unknown, answered or too old."""
    wanted = (
        select(HelpRequest, HelpRequestLink)
        .join(HelpRequestLink, HelpRequestLink.request_id == HelpRequest.id)
        .where(
            HelpRequestLink.token_hash == token_hash,
            HelpRequest.state == RequestState.ASKED,
            HelpRequest.expires_at > datetime.now(UTC),
        )
    )
    row = (await session.execute(wanted.with_for_update(of=HelpRequest) if lock else wanted)).first()
    if row is None or row[0].need.state in (HelpState.DONE, HelpState.WITHDRAWN):
        raise NotFound
    return row[0], row[1]


async def need_for_update(session: AsyncSession, need_id: UUID) -> HelpEntry:
    """The need of a request, locked and as it is now: of two answers at the same time the second sees the first."""
    wanted = select(HelpEntry).where(HelpEntry.id == need_id).with_for_update(of=HelpEntry)
    return (await session.scalars(wanted.execution_options(populate_existing=True))).one()


async def people_with_link(session: AsyncSession, request_id: UUID) -> Sequence[UUID]:
    """Who was asked and has not answered yet."""
    links = select(HelpRequestLink.person_id).where(HelpRequestLink.request_id == request_id)
    return (await session.scalars(links.order_by(HelpRequestLink.person_id))).all()


async def drop_links(session: AsyncSession, request_id: UUID) -> None:
    """An answered request has no links any more: they worked once."""
    await session.execute(delete(HelpRequestLink).where(HelpRequestLink.request_id == request_id))


async def count_requests(session: AsyncSession, need_id: UUID, *states: RequestState) -> int:
    """How many requests of a need are in one of these states."""
    counted = select(func.count()).where(HelpRequest.need_id == need_id, HelpRequest.state.in_(states))
    return await session.scalar(counted) or 0


async def village_ids(session: AsyncSession, access: Access, network: str | None) -> Sequence[UUID]:
    """The villages in the caller's scope, of one network if that is named."""
    villages = select(Village.id).where(villages_in_scope(access))
    if network is not None:
        villages = villages.join(Network, Network.id == Village.network_id).where(Network.slug == network)
    return (await session.scalars(villages)).all()


def listed(wanted: Filter) -> list[ColumnElement[bool]]:
    """What a list of these needs and offers shows: those of published organisations."""
    return [*wanted.conditions(), _published()]


def _published() -> ColumnElement[bool]:
    published = select(Organisation.id).where(Organisation.publication == Publication.PUBLISHED)
    return HelpEntry.organisation_id.in_(published)


def _in_scope(access: Access) -> ColumnElement[bool]:
    return HelpEntry.organisation_id.in_(select(Organisation.id).where(organisations_in_scope(access)))
