"""Merged fields and dissolved municipalities: what named them names their successor, in whatever order events come."""

from typing import Any
from uuid import UUID

import pytest
from example_network import id_of, told
from portal.read_model.model import FieldOfActivity, Organisation, Volunteer
from shared.contracts import registry
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker[AsyncSession]
OLD, NEW, NEWEST = id_of("old seat"), id_of("new seat"), id_of("newest seat")


def _merged(slug: str, into: str) -> Any:
    data = registry.FieldOfActivityMerged(
        field_id=id_of(slug), slug=slug, name=slug, into_id=id_of(into), into_slug=into
    )
    return told(data, id_of(slug), 2)


def _listed(slug: str) -> Any:
    return told(registry.FieldOfActivityListed(field_id=id_of(slug), slug=slug, name=slug), id_of(slug), 1)


def _volunteer(*, fields: list[str], seat: UUID) -> Any:
    volunteer = id_of("volunteer")
    area = registry.AreaWithRadius(kind=registry.AreaKind.MUNICIPALITY, id=seat)
    return told(registry.VolunteerSignedUp(volunteer_id=volunteer, fields=fields, areas=[area]), volunteer, 1)


def _dissolved(seat: UUID, successor: UUID) -> Any:
    state: dict[str, Any] = {"municipality_id": seat, "ags": "15082241", "slug": str(seat), "name": "Alt"}
    data = registry.MunicipalityDissolved(**state, dissolved_on="2027-01-01", successor_id=successor)
    return told(data, seat, 2)


def _organisation() -> Any:
    state: dict[str, Any] = {
        "organisation_id": id_of("club"),
        "kind": registry.OrganisationKind.ASSOCIATION,
        "slug": "club",
        "name": "Club",
        "village_id": id_of("Gossa"),
        "legal_form": "e. V.",
        "goals": "",
        "strengths": "",
        "fields": ["tanz", "musik"],
        "areas": [registry.Area(kind=registry.AreaKind.MUNICIPALITY, id=OLD)],
        "support_kinds": [],
        "founded": None,
        "website": None,
    }
    return told(registry.OrganisationRegistered(**state), id_of("club"), 1)


MERGERS = [_merged("tanz", "musik"), _merged("musik", "kultur"), _dissolved(OLD, NEW), _dissolved(NEW, NEWEST)]
EVENTS = {
    "told before": lambda: [_organisation(), _volunteer(fields=["tanz"], seat=OLD), *MERGERS],
    "told after": lambda: [*MERGERS, _organisation(), _volunteer(fields=["tanz"], seat=OLD)],
    "mergers the wrong way round": lambda: [_organisation(), *reversed(MERGERS), _volunteer(fields=["tanz"], seat=OLD)],
}


@pytest.mark.parametrize("order", EVENTS)
async def test_successors_stand_in_every_row(telling: Any, sessions: Sessions, order: str) -> None:
    await telling(*(_listed(slug) for slug in ("tanz", "musik", "kultur")))
    await telling(*EVENTS[order]())
    async with sessions() as session:
        club = await session.get_one(Organisation, id_of("club"))
        assert club.fields == ["kultur"]
        assert club.areas == [{"kind": "municipality", "id": str(NEWEST)}]
        volunteer = await session.get_one(Volunteer, id_of("volunteer"))
        assert (volunteer.fields, volunteer.area_ids) == (["kultur"], [NEWEST])
        dance = await session.get_one(FieldOfActivity, id_of("tanz"))
        assert dance.into_slug == "kultur"
