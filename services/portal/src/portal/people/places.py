"""The places that a role holds for: how they are called, and which of them somebody may give a role for."""

from collections.abc import Iterable
from uuid import UUID

from shared.access.grants import Role, ScopeKind
from sqlalchemy import ColumnElement, Select, Text, cast, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.read_model.model import Municipality, Network, Organisation, Village
from portal.sessions.handlers import Viewer

_NOWHERE = cast(null(), Text)  # only an organisation lies somewhere
# What the forms offer; the registry decides by the same rule, and by the dates of the giver's own grant.
OFFERS = {
    Role.DISTRICT_OFFICER: (
        Role.DISTRICT_OFFICER,
        Role.MUNICIPALITY_OFFICER,
        Role.NETWORK_COORDINATOR,
        Role.ASSOCIATION_CONTACT,
    ),
    Role.MUNICIPALITY_OFFICER: (Role.MUNICIPALITY_OFFICER, Role.ASSOCIATION_CONTACT),
    Role.NETWORK_COORDINATOR: (Role.NETWORK_COORDINATOR, Role.ASSOCIATION_CONTACT),
}


def roles_to_give(viewer: Viewer) -> list[Role]:
    """The roles that somebody may give, the highest first."""
    offered = {role for held in viewer.principal.roles() for role in OFFERS.get(held, ())}
    return [role for role in Role if role in offered]


def needs_place(role: Role) -> bool:
    """Whether a role holds for a place; the district is one, it need not be chosen."""
    return role is not Role.DISTRICT_OFFICER


async def place_names(session: AsyncSession, ids: Iterable[UUID | str | None]) -> dict[str, str]:
    """Names of villages, municipalities, networks and organisations by their id as text; unknown ones are left out."""
    wanted = [UUID(str(one)) for one in ids if one is not None]
    if not wanted:
        return {}
    names = (
        select(Municipality.municipality_id, Municipality.name)
        .where(Municipality.municipality_id.in_(wanted))
        .union_all(
            select(Village.village_id, Village.name).where(Village.village_id.in_(wanted)),
            select(Network.network_id, Network.name).where(Network.network_id.in_(wanted)),
            select(Organisation.organisation_id, Organisation.name).where(Organisation.organisation_id.in_(wanted)),
        )
    )
    return {str(key): name for key, name in await session.execute(names)}


async def places_to_give(session: AsyncSession, viewer: Viewer, role: Role) -> list[tuple[str, str]]:
    """The places in somebody's own scope that a role may be given for, by name: id and label."""
    mine: ColumnElement[bool]
    found: Select[UUID, str, str | None]
    if role is Role.MUNICIPALITY_OFFICER:
        mine = Municipality.municipality_id.in_(_held(viewer, ScopeKind.MUNICIPALITY))
        found = select(Municipality.municipality_id, Municipality.name, _NOWHERE).order_by(Municipality.name)
        found = found.where(Municipality.dissolved_on.is_(None))
    elif role is Role.NETWORK_COORDINATOR:
        mine = Network.network_id.in_(_held(viewer, ScopeKind.NETWORK))
        found = select(Network.network_id, Network.name, _NOWHERE).order_by(Network.name)
    else:
        mine = Village.municipality_id.in_(_held(viewer, ScopeKind.MUNICIPALITY)) | Village.village_id.in_(
            await _villages_of(session, _held(viewer, ScopeKind.NETWORK))
        )
        found = (
            select(Organisation.organisation_id, Organisation.name, Village.name)
            .join(Village, Village.village_id == Organisation.village_id)
            .where(Organisation.hidden.is_(False))
            .order_by(Organisation.name, Organisation.organisation_id)
        )
    if not viewer.holds(Role.DISTRICT_OFFICER):
        found = found.where(mine)
    return [
        (str(key), f"{name} ({where})" if where and where not in name else name)
        for key, name, where in await session.execute(found)
    ]


async def _villages_of(session: AsyncSession, networks: list[UUID]) -> set[UUID]:
    found = await session.scalars(select(Network.village_ids).where(Network.network_id.in_(networks)))
    return {village for villages in found for village in villages}


def _held(viewer: Viewer, kind: ScopeKind) -> list[UUID]:
    return [one.scope_id for one in viewer.principal.grants if one.scope is kind and one.scope_id is not None]
