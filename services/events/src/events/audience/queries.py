"""Questions about networks and villages."""

from collections.abc import Collection, Sequence
from http import HTTPStatus
from uuid import UUID

from shared.access.tenancy import beyond_scopes
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.audience.model import ContactPerson, FieldOfActivity, Network, Organisation, Village


class UnknownNetwork(DomainError):
    """The registry's event may still be on its way: the caller may try again."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_network"
    message = N_("This network is not known here. If it was founded just now, please try again in a minute.")
    field = "network"


class UnknownVillage(DomainError):
    """The registry's event may still be on its way: the caller may try again."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_village"
    message = N_("This village is not known here. If it was registered just now, please try again in a minute.")
    field = "village_id"


class UnknownField(DomainError):
    """The registry's event may still be on its way: the caller may try again."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_field"
    message = N_("One of these fields of activity is not known here. If it was entered just now, please try again.")
    field = "fields"


class UnknownOrganisation(DomainError):
    """It does not exist, is hidden, or the registry's event is still on its way: the caller may try again."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_organisation"
    message = N_("One of these organisations is not known here. If it was entered just now, please try again.")
    field = "organisation_ids"


async def require_network(session: AsyncSession, slug: str) -> None:
    """Raise `UnknownNetwork` for a slug that no network has."""
    if await session.scalar(select(Network.id).where(Network.slug == slug).limit(1)) is None:
        raise UnknownNetwork


async def name_of_village(session: AsyncSession, village_id: UUID) -> str:
    """The village's name. Raises `UnknownVillage`."""
    village = await session.get(Village, village_id)
    if village is None:
        raise UnknownVillage
    return village.name


async def require_organisations(session: AsyncSession, ids: Collection[UUID]) -> None:
    """Raise `UnknownOrganisation` unless everybody sees all of them."""
    if ids:
        known = select(Organisation.id).where(Organisation.id.in_(ids), ~Organisation.hidden)
        if set(ids) - set(await session.scalars(known)):
            raise UnknownOrganisation


async def require_fields(session: AsyncSession, slugs: Collection[str]) -> None:
    """Raise `UnknownField` unless there are all of these fields of activity; merged ones are known, too."""
    if slugs:
        known = select(FieldOfActivity.slug).where(FieldOfActivity.slug.in_(slugs))
        if set(slugs) - set(await session.scalars(known)):
            raise UnknownField


async def persons_behind(session: AsyncSession, contact_ids: Sequence[UUID | None]) -> Sequence[UUID]:
    """The ids of the people behind these contacts, as far as they are known here; for the audit log alone."""
    async with beyond_scopes(session):  # planners do not learn here who it is, and officers see ids in the log
        known = select(ContactPerson.person_id).where(ContactPerson.id.in_(filter(None, contact_ids)))
        return (await session.scalars(known)).all()
