"""Which volunteers the caller may see, and where areas of activity belong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from shared.access.grants import Access, ScopeKind
from shared.contracts.registry import AreaKind, AreaWithRadius, ConsentPurpose
from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from registry.consents.conditions import has_given
from registry.scope import has_district, ids_of
from registry.territory.model import Network, Village
from registry.volunteers.model import Volunteer, VolunteerArea
from registry.volunteers.radius import reaches, villages_around


@dataclass(frozen=True)
class Places:
    """Where areas of activity belong; `municipalities` are a person's own (see `volunteers_in_scope`)."""

    municipalities: frozenset[UUID]
    networks: dict[UUID, str]  # id and slug
    everywhere: bool  # the whole district

    @property
    def scopes(self) -> list[str]:
        """The ids of municipalities and networks whose staff is responsible."""
        return sorted(str(scope) for scope in (*self.municipalities, *self.networks))


async def places_of(session: AsyncSession, areas: Iterable[AreaWithRadius]) -> Places:
    """The own municipalities that areas of activity name, and the networks that they touch."""
    areas = list(areas)
    named: dict[AreaKind, list[UUID]] = {kind: [] for kind in AreaKind}
    for area in areas:
        named[area.kind].append(area.id)
    touched = or_(
        Village.id.in_(named[AreaKind.VILLAGE]),
        Village.municipality_id.in_(named[AreaKind.MUNICIPALITY]),
        *(Village.id.in_(villages_around(area)) for area in areas if area.km is not None),
    )
    networks = select(Network.id, Network.slug).where(
        or_(Network.id.in_(named[AreaKind.NETWORK]), Network.id.in_(select(Village.network_id).where(touched)))
    )
    own = select(Village.municipality_id).where(Village.id.in_(named[AreaKind.VILLAGE]))
    whole = select(Village.municipality_id).where(
        Village.network_id.in_(named[AreaKind.NETWORK]), Village.network_id.in_(_within_one_municipality())
    )
    municipalities = {*named[AreaKind.MUNICIPALITY], *await session.scalars(own.union(whole))}
    found = {row.id: row.slug for row in await session.execute(networks)}
    return Places(frozenset(municipalities), found, bool(named[AreaKind.DISTRICT]))


def volunteers_in_scope(access: Access) -> ColumnElement[bool]:
    """Volunteers that the caller's office is responsible for; whether they may be asked is a question of consent.

    - The district sees everybody.
    - A network's coordinators see who named the network or one of its villages, and whom a wider area brings there: a
      municipality in which the network has a village, kilometres around a village, or the district.
    - Municipalities are controllers of their own (Art. 4 Nr. 7 DSGVO), so one does not simply see what was said to
      another. A person's *own* municipalities are those that they named, those of the villages that they named, and
      the one of a network that lies in it as a whole: naming a place is asking to be called there. An area that spans
      municipalities (a network across several, the district) names none of them, kilometres around a village only the
      one of that village. There the staff of a municipality
      see the volunteer only with the consent to `sharing`; that consent reaches no further than the area does.
    """
    if has_district(access):
        return true()
    municipalities, networks = ids_of(access, ScopeKind.MUNICIPALITY), ids_of(access, ScopeKind.NETWORK)
    named = or_(_names(municipalities), _concerns(networks))
    spanning = Volunteer.area_rows.any(_spans(municipalities)) & has_given(Volunteer.person_id, ConsentPurpose.SHARING)
    return or_(Volunteer.area_rows.any(named), spanning)


def _names(municipalities: Sequence[UUID]) -> ColumnElement[bool]:
    """An area by which one of these becomes the person's own municipality."""
    villages = select(Village.id).where(Village.municipality_id.in_(municipalities))
    networks = _within_one_municipality(municipalities)
    return or_(
        _is(AreaKind.VILLAGE, VolunteerArea.area_id.in_(villages)),
        _is(AreaKind.MUNICIPALITY, VolunteerArea.area_id.in_(municipalities)),
        _is(AreaKind.NETWORK, VolunteerArea.area_id.in_(networks)),
    )


def _spans(municipalities: Sequence[UUID]) -> ColumnElement[bool]:
    """An area that reaches into one of these and does not name it."""
    if not municipalities:
        return false()
    networks = select(Village.network_id).where(Village.municipality_id.in_(municipalities))
    villages = select(Village.id).where(Village.municipality_id.in_(municipalities))
    return or_(
        VolunteerArea.kind == AreaKind.DISTRICT,
        _is(AreaKind.NETWORK, VolunteerArea.area_id.in_(networks)),
        reaches(villages),
    )


def _concerns(networks: Sequence[UUID]) -> ColumnElement[bool]:
    """An area that touches one of these networks."""
    if not networks:
        return false()
    villages = select(Village.id).where(Village.network_id.in_(networks))
    municipalities = select(Village.municipality_id).where(Village.network_id.in_(networks))
    return or_(
        VolunteerArea.kind == AreaKind.DISTRICT,
        _is(AreaKind.NETWORK, VolunteerArea.area_id.in_(networks)),
        _is(AreaKind.VILLAGE, VolunteerArea.area_id.in_(villages)),
        _is(AreaKind.MUNICIPALITY, VolunteerArea.area_id.in_(municipalities)),
        reaches(villages),
    )


def _is(kind: AreaKind, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return (VolunteerArea.kind == kind) & condition


def _within_one_municipality(municipalities: Sequence[UUID] | None = None) -> Select[UUID | None]:
    """The networks all of whose villages lie in the same municipality: in one of these, if some are given."""
    municipality = func.min(sa.cast(Village.municipality_id, sa.Text))  # PostgreSQL 15 has no min(uuid)
    networks = select(Village.network_id).where(Village.network_id.is_not(None)).group_by(Village.network_id)
    networks = networks.having(func.count(Village.municipality_id.distinct()) == 1)
    if municipalities is None:
        return networks
    return networks.having(municipality.in_([str(one) for one in municipalities]))
