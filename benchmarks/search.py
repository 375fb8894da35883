"""Row: a search over HTTP against the statements that it runs, by asyncpg."""

import random
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import sqlalchemy as sa
from registry.search.index import catch_up
from shared.access.tenancy import EVERYTHING, SETTING
from shared.database import create_engine, create_sessions
from testkit.services import create_service
from testkit.tokens import Issuer, district_officer

from benchmarks.servers import Place

ORGANISATIONS, VOLUNTEERS, VILLAGES = 3_000, 50_000, 300
ROUNDS = 6
QUERIES = (
    "Feuerwehrverein", "Heimatverein Dorf17", "Sportverein", "Foerderverein Kita", "Gesangsverein Dorf3",
    "Schuetzenverien", "Seniorentreff", "Kinderfest", "Feuerw", "Krause", "Anna Lehmann", "Umweltschutz Dorf120",
    "Landfrauen", "Orchester",
)  # fmt: skip
_KINDS = (
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
)
_ENDS = ("verein", "gemeinschaft", "freunde", "club", "bund", "treff")
_FIRST = ("Anna", "Bernd", "Clara", "Dieter", "Erna", "Frank", "Gerda", "Hans", "Ida", "Jens", "Karin", "Lutz")
_LAST = ("Krause", "Lehmann", "Zander", "Richter", "Albrecht", "Sommer", "Winkler", "Berger", "Förster", "Kühne")
_GOALS = ("Kinderfest", "Umweltschutz", "Backhaus", "Dorfchronik", "Orchester", "Landfrauen", "Fahrdienst", "Bücherei")

_url: str | None = None


async def measure_search(place: Place) -> float:
    """Searches a second at the 95th percentile, by a district officer, over HTTP without a network."""
    url = await _district(place)
    issuer = Issuer()
    app = create_service("registry", issuer, database_url=url)
    token = issuer.token_for(district_officer(), lifetime=3_600)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        headers = {"authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(transport=transport, base_url="http://bench.test", headers=headers) as client:

            async def ask(query: str) -> None:
                (await client.get("/search", params={"q": query})).raise_for_status()

            return await _p95(ask)


async def measure_sql(place: Place) -> float:
    """The same statements with the same values, one prepared connection, nothing made of the rows."""
    url = await _district(place)
    recorded = await _record(url)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), server_settings={"jit": "off"})
    try:

        async def ask(query: str) -> None:
            async with connection.transaction():
                await connection.execute("SELECT set_config($1, $2, true)", SETTING, EVERYTHING)
                for statement, values in recorded[query]:
                    await connection.fetch(statement, *values)

        return await _p95(ask)
    finally:
        await connection.close()


async def _p95(ask: Callable[[str], Awaitable[None]]) -> float:
    """Per second: one divided by the 95th percentile of the seconds."""
    for query in QUERIES:
        await ask(query)
    seconds = []
    for query in QUERIES * ROUNDS:
        start = time.perf_counter()
        await ask(query)
        seconds.append(time.perf_counter() - start)
    return 1 / statistics.quantiles(seconds, n=20)[-1]


async def _record(url: str) -> dict[str, list[tuple[str, list[Any]]]]:
    """What each query reads from the database, with its values."""
    issuer = Issuer()
    app = create_service("registry", issuer, database_url=url)
    found: dict[str, list[tuple[str, list[Any]]]] = {query: [] for query in QUERIES}
    asking = ""

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")) and SETTING not in map(str, values):
            found[asking].append((statement, list(values)))

    engine = app.state.sessions.kw["bind"].sync_engine
    headers = {"authorization": f"Bearer {issuer.token_for(district_officer())}"}
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://bench.test", headers=headers) as client:
            await client.get("/search", params={"q": "Dorf1"})
            sa.event.listen(engine, "before_cursor_execute", note)
            for query in QUERIES:
                asking = query
                (await client.get("/search", params={"q": query})).raise_for_status()
    issuer.close()
    return found


async def _district(place: Place) -> str:
    """The address of a database with a whole district in it, filled once."""
    global _url
    if _url is None:
        url = place.databases.new_service("registry")
        connection = await asyncpg.connect(place.databases.admin_url(url).replace("+asyncpg", ""))
        await _fill(connection)
        engine = create_engine(create_service("registry", Issuer(), database_url=url).state.settings, scopes=EVERYTHING)
        await catch_up(create_sessions(engine))
        await engine.dispose()
        await connection.execute("ANALYZE")
        await connection.close()
        _url = url
    return _url


async def _fill(connection: Any) -> None:
    chance = random.Random(31)
    now = datetime.now(UTC)
    district, municipality = uuid4(), uuid4()
    await connection.execute("INSERT INTO district (id, version, ags, name) VALUES ($1, 1, '15082', 'Kreis')", district)
    await connection.execute(
        "INSERT INTO municipality (id, version, district_id, ags, slug, name) "
        "VALUES ($1, 1, $2, '15082241', 'seeland', 'Seeland')",
        municipality,
        district,
    )
    villages = [(uuid4(), 1, municipality, f"dorf{number}", f"Dorf{number}") for number in range(VILLAGES)]
    columns = ["id", "version", "municipality_id", "slug", "name"]
    await connection.copy_records_to_table("village", records=villages, columns=columns)
    fields = [row["id"] for row in await connection.fetch("SELECT id FROM field_of_activity")]
    organisations = []
    for number in range(ORGANISATIONS):
        village = villages[number % VILLAGES]
        name = f"{chance.choice(_KINDS)}{chance.choice(_ENDS)} {village[4]} {number}"
        goals = " ".join(chance.choices(_GOALS, k=12))
        organisations.append((uuid4(), 1, "association", "published", f"o{number}", name, village[0], goals))
    columns = ["id", "version", "kind", "publication", "slug", "name", "village_id", "goals"]
    texts = ("legal_form", "register_court", "register_number", "strengths")
    filled = [(*row, "", "", "", "", []) for row in organisations]
    await connection.copy_records_to_table("organisation", records=filled, columns=[*columns, *texts, "support_kinds"])
    await _link(connection, "organisation", [row[0] for row in organisations], fields, chance)
    persons = [(uuid4(), 1, f"{chance.choice(_FIRST)} {chance.choice(_LAST)}") for _ in range(VOLUNTEERS)]
    emails = [(*row, f"p{number}@post.example") for number, row in enumerate(persons)]
    await connection.copy_records_to_table("person", records=emails, columns=["id", "version", "name", "email"])
    volunteers = [(uuid4(), 1, row[0]) for row in persons]
    await connection.copy_records_to_table("volunteer", records=volunteers, columns=["id", "version", "person_id"])
    await _link(connection, "volunteer", [row[0] for row in volunteers], fields, chance)
    areas = [(row[0], "village", chance.choice(villages)[0]) for row in volunteers]
    await connection.copy_records_to_table("volunteer_area", records=areas, columns=["volunteer_id", "kind", "area_id"])
    consents = [(uuid4(), 1, row[0], "contact", "2026-11", "paper", now.date(), now) for row in persons]
    columns = ["id", "version", "person_id", "purpose", "text_version", "channel", "given_on", "given_at"]
    await connection.copy_records_to_table("consent", records=consents, columns=columns)


async def _link(connection: Any, of: str, ids: list[UUID], fields: list[UUID], chance: random.Random) -> None:
    rows = [(one, field) for one in ids for field in chance.sample(fields, 2)]
    await connection.copy_records_to_table(f"{of}_field", records=rows, columns=[f"{of}_id", "field_id"])
