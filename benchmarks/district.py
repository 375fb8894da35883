"""A whole district in a database: 3,000 organisations, 50,000 volunteers, a need or an offer of each organisation."""

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from registry.consents.model import Consent
from registry.mutual_help.model import HelpEntry, help_entry_field
from registry.organisations.model import Organisation, organisation_field
from registry.people.model import Person
from registry.territory.model import District, Municipality, Network, Village
from registry.volunteers.availability import slots_within
from registry.volunteers.model import Volunteer, VolunteerArea, volunteer_field
from sqlalchemy import Column, Table

from benchmarks.servers import Place

ORGANISATIONS, VOLUNTEERS, VILLAGES, MUNICIPALITIES, NETWORKS = 3_000, 50_000, 300, 12, 30
_KINDS = [
    "Feuerwehr",
    "Heimat",
    "Sport",
    "Schützen",
    "Karnevals",
    "Gesangs",
    "Angler",
    "Kleingarten",
    "Senioren",
    "Kita",
]
_ENDS = ["verein", "gemeinschaft", "freunde", "club", "bund", "treff"]
_FIRST = ["Anna", "Bernd", "Clara", "Dieter", "Erna", "Frank", "Gerda", "Hans", "Ida", "Jens", "Karin", "Lutz"]
_LAST = ["Krause", "Lehmann", "Zander", "Richter", "Albrecht", "Sommer", "Winkler", "Berger", "Förster", "Kühne"]
_GOALS = ["Kinderfest", "Umweltschutz", "Backhaus", "Dorfchronik", "Orchester", "Landfrauen", "Fahrdienst", "Bücherei"]
_HELP = ("people", "rooms", "equipment", "expertise")

_url: str | None = None


async def district(place: Place) -> str:
    """The address of the database, filled once."""
    global _url
    if _url is None:
        url = place.databases.new_service("registry")
        connection = await asyncpg.connect(place.databases.admin_url(url).replace("+asyncpg", ""))
        await _fill(connection, random.Random(31))
        await connection.close()
        await analyse(place, url)
        _url = url
    return _url


async def analyse(place: Place, url: str) -> None:
    """What the autovacuum of a server that runs for days has done long ago."""
    connection = await asyncpg.connect(place.databases.admin_url(url).replace("+asyncpg", ""))
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


async def _fill(connection: Any, chance: random.Random) -> None:
    fields = [row["id"] for row in await connection.fetch("SELECT id FROM field_of_activity ORDER BY position")]
    district = uuid4()
    await copy_rows(connection, District, [{"id": district, "ags": "15082", "name": "Anhalt-Bitterfeld"}])
    municipalities = [
        {"id": uuid4(), "district_id": district, "ags": f"15082{n:03}", "slug": f"gemeinde{n}", "name": f"Gemeinde{n}"}
        for n in range(MUNICIPALITIES)
    ]
    await copy_rows(connection, Municipality, municipalities)
    networks = [{"id": uuid4(), "slug": f"netzwerk{n}", "name": f"Netzwerk {n}"} for n in range(NETWORKS)]
    await copy_rows(connection, Network, networks)
    villages = [
        {
            "id": uuid4(),
            "municipality_id": municipalities[n % MUNICIPALITIES]["id"],
            "network_id": networks[n % NETWORKS]["id"],
            "slug": f"dorf{n}",
            "name": f"Dorf{n}",
            "latitude": 51.5 + n % 20 / 40,  # a grid of three kilometres
            "longitude": 12.0 + n // 20 / 25,
        }
        for n in range(VILLAGES)
    ]
    await copy_rows(connection, Village, villages)
    await _organisations(connection, chance, villages, fields)
    areas: dict[str, list[dict[str, Any]]] = {
        "village": villages,
        "municipality": municipalities,
        "network": networks,
        "district": [{"id": district}],
    }
    await _volunteers(connection, chance, areas, fields)


async def _organisations(
    connection: Any, chance: random.Random, villages: list[dict[str, Any]], fields: Sequence[UUID]
) -> None:
    organisations = []
    for n in range(ORGANISATIONS):
        village = villages[n % VILLAGES]
        name = f"{chance.choice(_KINDS)}{chance.choice(_ENDS)} {village['name']} {n}"
        goals = " ".join(chance.choices(_GOALS, k=12))
        facts = {"kind": "association", "publication": "published", "slug": f"o{n}", "goals": goals}
        organisations.append({"id": uuid4(), "name": name, "village_id": village["id"], **facts})
    await copy_rows(connection, Organisation, organisations)
    await _link(connection, organisation_field, organisations, fields, chance, 2)
    entries = [
        {
            "id": uuid4(),
            "side": "offer" if n % 10 else "need",
            "organisation_id": one["id"],
            "village_id": one["village_id"],
            "kind": _HELP[n % 4] if n % 10 else "people",
            "title": f"{chance.choice(_GOALS)} {n}",
            "area_kind": "network",
            "area_id": villages[n % VILLAGES]["network_id"],
            "weekdays": [] if n % 10 else [6],
        }
        for n, one in enumerate(organisations)
    ]
    await copy_rows(connection, HelpEntry, entries)
    await _link(connection, help_entry_field, entries, fields, chance, 1)


async def _volunteers(
    connection: Any, chance: random.Random, areas: dict[str, list[dict[str, Any]]], fields: Sequence[UUID]
) -> None:
    names = (f"{chance.choice(_FIRST)} {chance.choice(_LAST)}" for _ in range(VOLUNTEERS))
    persons = [{"id": uuid4(), "name": name, "email": f"p{n}@post.example"} for n, name in enumerate(names)]
    await copy_rows(connection, Person, persons)
    now = datetime.now(UTC)
    consents = [
        {
            "person_id": person["id"],
            "purpose": "contact",
            "text_version": "2026-11",
            "channel": "paper",
            "given_on": now.date(),
            "given_at": now,
        }
        for person in persons
    ]
    await copy_rows(connection, Consent, consents)
    weekend = slots_within([6, 7], [])
    volunteers = [
        {"id": uuid4(), "person_id": person["id"], "slots": weekend if n % 2 else []}
        for n, person in enumerate(persons)
    ]
    await copy_rows(connection, Volunteer, volunteers)
    await _link(connection, volunteer_field, volunteers, fields, chance, 2)
    every = {"village": 1, "municipality": 5, "network": 10, "district": 25}
    rows = [
        {
            "volunteer_id": one["id"],
            "kind": kind,
            "area_id": chance.choice(areas[kind])["id"],
            "km": 5 + n % 25 if kind == "village" and n % 4 == 0 else None,
        }
        for n, one in enumerate(volunteers)
        for kind, each in every.items()
        if n % each == 0
    ]
    await copy_rows(connection, VolunteerArea, rows)


async def copy_rows(connection: Any, model: Any, rows: list[dict[str, Any]]) -> None:
    """Rows with what a new entry has otherwise, as the model says."""
    table: Table = getattr(model, "__table__", model)
    filled = {column.name: _default(column) for column in table.columns if column.server_default is None}
    records = [[row.get(name, default()) for name, default in filled.items()] for row in rows]
    await connection.copy_records_to_table(table.name, records=records, columns=list(filled))


def _default(column: Column[Any]) -> Callable[[], Any]:
    if column.name == "version":
        return lambda: 1
    if column.default is None:
        return lambda: None
    value = column.default.arg  # type: ignore[attr-defined]
    return lambda: value(None) if callable(value) else value


async def _link(
    connection: Any,
    table: Any,
    rows: Iterable[dict[str, Any]],
    fields: Sequence[UUID],
    chance: random.Random,
    each: int,
) -> None:
    owner = table.columns[0].name
    links = [{owner: row["id"], "field_id": field} for row in rows for field in chance.sample(fields, each)]
    await copy_rows(connection, table, links)
