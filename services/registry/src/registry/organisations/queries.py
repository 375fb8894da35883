"""Reading organisations."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shared.access.grants import Access
from shared.contracts.registry import OrganisationKind
from shared.errors import NotFound
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import raiseload

from registry.clock import today
from registry.fields_of_activity.queries import is_called
from registry.inputs import register_number
from registry.organisations.model import (
    Organisation,
    OrganisationFederation,
    Publication,
    UnknownFederation,
    UnknownOrganisation,
)
from registry.organisations.notices import SOON, good_until_of
from registry.pages import read_page
from registry.scope import organisations_in_scope
from registry.territory.model import Network, Village


class NoticeFilter(StrEnum):
    STALE = "stale"
    SOON = "soon"  # goes stale within the next 90 days
    NONE = "none"


@dataclass(frozen=True)
class Filter:
    """Which organisations a list shows; None leaves a property open. `network` and `field` are slugs.

    `text` is part of a name or a register number, `federation` the id of one whose members are wanted.
    """

    publication: Publication | None = Publication.PUBLISHED
    kind: OrganisationKind | None = None
    village_id: UUID | None = None
    municipality_id: UUID | None = None
    network: str | None = None
    field: str | None = None
    slug: str | None = None
    text: str | None = None
    notice: NoticeFilter | None = None
    federation: UUID | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the rows of the list fulfil."""
        found: list[ColumnElement[bool]] = []
        if self.publication is not None:
            found.append(Organisation.publication == self.publication)
        if self.kind is not None:
            found.append(Organisation.kind == self.kind)
        if self.village_id is not None:
            found.append(Organisation.village_id == self.village_id)
        if self.municipality_id is not None:
            villages = select(Village.id).where(Village.municipality_id == self.municipality_id)
            found.append(Organisation.village_id.in_(villages))
        if self.network is not None:
            villages = select(Village.id).join(Network, Network.id == Village.network_id)
            found.append(Organisation.village_id.in_(villages.where(Network.slug == self.network)))
        if self.field is not None:
            found.append(Organisation.fields.any(is_called(self.field)))
        if self.slug is not None:
            found.append(Organisation.slug == self.slug)
        if self.text is not None:
            found.append(_mentions(self.text))
        if self.notice is not None:
            found.append(_of_notice(self.notice))
        if self.federation is not None:
            members = select(OrganisationFederation.organisation_id)
            found.append(Organisation.id.in_(members.where(OrganisationFederation.federation_id == self.federation)))
        return found


def _mentions(text: str) -> ColumnElement[bool]:
    number = Organisation.register_number.icontains(register_number(text), autoescape=True)
    return or_(Organisation.name.icontains(text, autoescape=True), number)


def _of_notice(wanted: NoticeFilter) -> ColumnElement[bool]:
    if wanted is NoticeFilter.NONE:
        return Organisation.notice_on.is_(None)
    until = good_until_of(Organisation.notice_kind, Organisation.notice_on)
    if wanted is NoticeFilter.STALE:
        return until < today()
    return and_(until >= today(), until <= today() + SOON)


async def list_organisations(
    session: AsyncSession, access: Access | None, wanted: Filter, after: str | None, limit: int, *, own: bool = False
) -> tuple[Sequence[Organisation], str | None]:
    """Published ones for everybody; others only in the scope of `access`. With `own`, what is in that scope alone."""
    organisations = select(Organisation).where(*organisations_shown(access, wanted, own=own))
    organisations = organisations.options(raiseload(Organisation.village))
    return await read_page(session, organisations, (Organisation.name, Organisation.id), after, limit)


def organisations_shown(access: Access | None, wanted: Filter, *, own: bool) -> list[ColumnElement[bool]]:
    """What the rows of a list fulfil; see `list_organisations`."""
    seen = organisations_in_scope(access) if own and access is not None else visible_to(access)
    return [*wanted.conditions(), seen]


async def organisation(session: AsyncSession, access: Access | None, organisation_id: UUID) -> Organisation:
    """One that the caller may see. Raises `NotFound`."""
    wanted = select(Organisation).where(Organisation.id == organisation_id, visible_to(access))
    found = await session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


async def organisation_for_update(session: AsyncSession, access: Access, organisation_id: UUID) -> Organisation:
    """One in the caller's scope, locked. Raises `NotFound`, also for a published one of somebody else."""
    wanted = select(Organisation).where(Organisation.id == organisation_id, organisations_in_scope(access))
    locked = wanted.with_for_update(of=Organisation)
    found = await session.scalar(locked)
    if found is None:
        raise NotFound
    return found


async def organisation_named(session: AsyncSession, organisation_id: UUID) -> Organisation:
    """The organisation that an input names, locked. Raises `UnknownOrganisation`.

    The database locks no row outside of the caller's scope: such a one is returned as it is, for a check to refuse.
    """
    wanted = select(Organisation).where(Organisation.id == organisation_id)
    found: Organisation | None = await session.scalar(wanted)
    if found is None:
        raise UnknownOrganisation
    await session.scalar(wanted.with_for_update(of=Organisation).execution_options(populate_existing=True))
    return found


async def name_is_taken(session: AsyncSession, organisation: Organisation) -> bool:
    """Whether another organisation of the village has the same name."""
    same = select(Organisation.id).where(
        Organisation.village_id == organisation.village_id,
        func.lower(Organisation.name) == func.lower(organisation.name),
        Organisation.id != organisation.id,
    )
    return await session.scalar(same) is not None


async def register_number_is_taken(session: AsyncSession, organisation: Organisation) -> bool:
    """Whether another organisation has the same register number of the same court."""
    same = select(Organisation.id).where(
        func.lower(Organisation.register_court) == func.lower(organisation.register_court),
        func.lower(Organisation.register_number) == func.lower(organisation.register_number),
        Organisation.id != organisation.id,
    )
    return await session.scalar(same) is not None


async def check_federations(session: AsyncSession, organisation: Organisation, ids: list[UUID]) -> None:
    """Raise `UnknownFederation` unless all of them are entered as federations, and none is the organisation itself."""
    if not ids:
        return
    wanted = Organisation.kind == OrganisationKind.FEDERATION, Organisation.id.in_(ids)
    found = await session.scalar(select(func.count()).where(*wanted, Organisation.id != organisation.id))
    if found != len(set(ids)):
        raise UnknownFederation


async def has_members(session: AsyncSession, federation_id: UUID) -> bool:
    """Whether some organisation is entered as a member of this federation."""
    members = select(OrganisationFederation.organisation_id)
    return (
        await session.scalar(members.where(OrganisationFederation.federation_id == federation_id).limit(1)) is not None
    )


def visible_to(access: Access | None) -> ColumnElement[bool]:
    """Published ones, and all in the scope of `access`."""
    published = Organisation.publication == Publication.PUBLISHED
    return published if access is None else or_(published, organisations_in_scope(access))
