"""Who imports: the office in whose name a list is read, and which places are its own."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from shared.access.grants import Access, Grant, Role, ScopeKind
from shared.contracts.registry import AreaWithRadius
from sqlalchemy.ext.asyncio import AsyncSession

from registry.imports.model import DISTRICT, NoSuchOffice
from registry.territory.model import Village
from registry.volunteers.scope import places_of

STAFF = (Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR)


def offices_of(access: Access) -> dict[str, Role]:
    """The caller's offices, the widest first: `district` or an id, and the role that is held there."""
    held = [grant for grant in access.principal.grants if grant.role in STAFF and grant.role in access.roles]
    return {_office(grant): grant.role for grant in sorted(held, key=lambda grant: STAFF.index(grant.role))}


def choose_office(access: Access, wanted: str | None) -> tuple[str, Role]:
    """The office that was named, or the only one. Raises `NoSuchOffice`."""
    offices = offices_of(access)
    if wanted is None and (DISTRICT in offices or len(offices) == 1):
        wanted = next(iter(offices))
    if wanted not in offices:
        raise NoSuchOffice
    return wanted, offices[wanted]


def _office(grant: Grant) -> str:
    return DISTRICT if grant.scope is ScopeKind.DISTRICT else str(grant.scope_id)


class Reach:
    """Which villages and areas an office may enter something for; areas are looked up once each."""

    def __init__(self, access: Access, names: Mapping[UUID, str]) -> None:
        """`names` are those of all places."""
        self.access, self.names = access, names
        self._areas: dict[AreaWithRadius, bool] = {}

    def has_village(self, village: Village) -> bool:
        return self.access.covers(network=village.network_id, municipality=village.municipality_id)

    async def has_area(self, session: AsyncSession, area: AreaWithRadius) -> bool:
        """As in `volunteers.handlers`: an area that is the office's own; the whole district is the district's alone."""
        if self.access.covers():
            return True
        if area not in self._areas:
            places = await places_of(session, [area.model_copy(update={"km": None})])
            mine = [self.access.covers(network=network) for network in places.networks]
            mine += [self.access.covers(municipality=municipality) for municipality in places.municipalities]
            self._areas[area] = any(mine)
        return self._areas[area]


def scope_ids(offices: Sequence[str]) -> list[UUID]:
    """The ids among offices, for their names."""
    return [UUID(office) for office in offices if office != DISTRICT]
