"""Volunteers, organisations and coordinators, as the registry tells of them."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from shared.contracts.registry import (
    Area,
    AreaKind,
    FieldOfActivityListed,
    GrantGiven,
    OrganisationKind,
    OrganisationRegistered,
    Surroundings,
    VolunteerIdentified,
    VolunteerSignedUp,
)


class People:
    """`await people.helps(...)`, `speaks(...)` and `coordinates(...)` answer with the ids of persons."""

    def __init__(self, registry: Any) -> None:
        self.registry = registry
        self.volunteers: dict[UUID, UUID] = {}  # by person

    async def list_fields(self, *slugs: str) -> None:
        for slug in slugs:
            field = uuid4()
            data = FieldOfActivityListed(field_id=field, slug=slug, name=slug.title(), position=1)
            await self.registry.tell(data, subject=field)

    async def helps(
        self,
        *places: UUID,
        kind: AreaKind = AreaKind.VILLAGE,
        fields: tuple[str, ...] = ("kultur",),
        km: int | None = None,
        person: UUID | None = None,
    ) -> UUID:
        """Somebody signs up in these places; with `km`, around them."""
        volunteer, somebody = uuid4(), person or uuid4()
        signed_up = VolunteerSignedUp(
            volunteer_id=volunteer,
            fields=list(fields),
            areas=[Area(kind=kind, id=place) for place in places],
            around=[Surroundings(village_id=place, km=km) for place in places] if km else [],
        )
        await self.registry.tell(signed_up, subject=volunteer)
        identified = VolunteerIdentified(volunteer_id=volunteer, person_id=somebody)
        await self.registry.tell(identified, subject=volunteer)
        self.volunteers[somebody] = volunteer
        return somebody

    async def speaks(
        self, village: UUID, fields: tuple[str, ...] = (), organisation: UUID | None = None, person: UUID | None = None
    ) -> tuple[UUID, UUID]:
        """A contact of an organisation in a village: the contact and the organisation."""
        known = organisation or uuid4()
        registered = OrganisationRegistered(
            organisation_id=known,
            kind=OrganisationKind.ASSOCIATION,
            slug=f"verein-{known.hex[:8]}",
            name="Heimatverein",
            village_id=village,
            fields=list(fields),
        )
        await self.registry.tell(registered, subject=known)
        return await self.registry.appoint(known, person), known

    async def coordinates(self, network: UUID | None) -> UUID:
        """Somebody plans the meetings of a network, or of the district."""
        person, grant = uuid4(), uuid4()
        role, scope = ("network_coordinator", "network") if network else ("district_officer", "district")
        given = GrantGiven(
            grant_id=grant, person_id=person, role=role, scope=scope, scope_id=network, starts_on=date(2024, 1, 1)
        )
        await self.registry.tell(given, subject=grant)
        return person


@pytest.fixture
async def people(registry: Any) -> People:
    people = People(registry)
    await people.list_fields("kultur", "natur", "jugend")
    return people


Drafting = Callable[..., Awaitable[str]]


@pytest.fixture
def drafted(coordinator: httpx2.AsyncClient, registry: Any, plan: dict[str, Any]) -> Drafting:
    """`await drafted(group, …)`: the address of a new draft that addresses these groups."""

    async def draft(*groups: dict[str, Any], **changes: Any) -> str:
        meeting = (await coordinator.post("/meetings", json=plan | changes)).raise_for_status().json()
        address = f"/meetings/{meeting['id']}"
        answer = await coordinator.put(f"{address}/audience", json={"groups": list(groups)})
        assert answer.status_code == 200, answer.text
        return address

    return draft


def volunteers(*villages: UUID, **more: Any) -> dict[str, Any]:
    """A group of volunteers in villages, or in the network."""
    places = {"area": "villages", "area_ids": list(map(str, villages))} if villages else {}
    return {"role": "volunteers", **places, **more}
