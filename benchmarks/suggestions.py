"""Row: who could help with one need, with 3,000 organisations and 50,000 volunteers, against the bare query."""

import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
from registry.mutual_help.suggestions import MOST, SUGGESTIONS
from shared.access.tenancy import EVERYTHING, SETTING
from testkit.clients import Clients
from testkit.services import create_service
from testkit.tokens import Issuer, district_officer

from benchmarks.servers import Place

REQUESTS, WARM_UP = 100, 10
_TERRITORY = """
    INSERT INTO district (id, version, ags, name) VALUES (gen_random_uuid(), 1, '15082', 'Anhalt-Bitterfeld');
    INSERT INTO municipality (id, version, district_id, ags, slug, name)
        SELECT gen_random_uuid(), 1, district.id, '15082' || lpad(n::text, 3, '0'), 'gemeinde-' || n, 'Gemeinde ' || n
        FROM generate_series(1, 12) n, district;
    INSERT INTO network (id, version, slug, name, programme, description)
        SELECT gen_random_uuid(), 1, 'netzwerk-' || n, 'Netzwerk ' || n, '', '' FROM generate_series(1, 30) n;
    INSERT INTO village (id, version, municipality_id, network_id, slug, name)
        SELECT gen_random_uuid(), 1, m.id, w.id, 'ort-' || n, 'Ort ' || n FROM generate_series(1, 300) n
        JOIN municipality m ON m.slug = 'gemeinde-' || (n % 12 + 1)
        JOIN network w ON w.slug = 'netzwerk-' || (n % 30 + 1);
"""
_PEOPLE = """
    INSERT INTO organisation (id, version, kind, publication, slug, name, village_id, legal_form, register_court,
            register_number, goals, strengths, support_kinds)
        SELECT gen_random_uuid(), 1, 'association', 'published', 'verein-' || n, 'Verein ' || n, v.id, '', '', '', '',
            '', '{}' FROM generate_series(1, 3000) n JOIN village v ON v.slug = 'ort-' || (n % 300 + 1);
    INSERT INTO person (id, version, name, email)
        SELECT gen_random_uuid(), 1, 'Mensch ' || n, n || '@bench.example' FROM generate_series(1, 50000) n;
    INSERT INTO volunteer (id, version, person_id) SELECT gen_random_uuid(), 1, id FROM person;
    INSERT INTO consent (id, version, person_id, purpose, text_version, channel, given_on, given_at)
        SELECT gen_random_uuid(), 1, id, 'contact', '2026-11', 'paper', current_date, now() FROM person;
    CREATE TEMP TABLE numbered AS SELECT id, row_number() OVER () AS n FROM volunteer;
    INSERT INTO volunteer_field (volunteer_id, field_id)
        SELECT v.id, f.id FROM numbered v JOIN field_of_activity f ON f.position IN (v.n % 14 + 1, v.n / 14 % 14 + 1);
    INSERT INTO volunteer_area (volunteer_id, kind, area_id)
        SELECT v.id, 'village', w.id FROM numbered v JOIN village w ON w.slug = 'ort-' || (v.n % 300 + 1)
        UNION ALL SELECT v.id, 'network', w.id FROM numbered v
            JOIN network w ON v.n % 10 = 0 AND w.slug = 'netzwerk-' || (v.n % 30 + 1)
        UNION ALL SELECT v.id, 'municipality', m.id FROM numbered v
            JOIN municipality m ON v.n % 5 = 0 AND m.slug = 'gemeinde-' || (v.n % 12 + 1)
        UNION ALL SELECT v.id, 'district', d.id FROM numbered v JOIN district d ON v.n % 25 = 0;
    INSERT INTO help_entry (id, version, side, organisation_id, village_id, kind, state, title, description, area_kind,
            area_id, weekdays, wanted)
        SELECT gen_random_uuid(), 1, CASE WHEN o.slug LIKE '%0' THEN 'need' ELSE 'offer' END, o.id, o.village_id,
            (ARRAY['people', 'rooms', 'equipment', 'expertise'])[length(o.slug) % 4 + 1], 'open', 'Hilfe', '',
            'network', v.network_id, '{}', 1 FROM organisation o JOIN village v ON v.id = o.village_id;
    INSERT INTO help_entry_field (entry_id, field_id)
        SELECT e.id, f.id FROM help_entry e JOIN field_of_activity f ON f.position = 1;
    UPDATE help_entry SET kind = 'people' WHERE side = 'need';
"""
_url: str | None = None


async def measure_suggestions(place: Place) -> float:
    """Answers a second at the 95th percentile: `GET /help-entries/{id}/suggestions` with token, session and JSON."""
    url, needs = await _district(place)
    issuer = Issuer()
    async with Clients() as clients:
        app = create_service("registry", issuer, database_url=url)
        client = await clients(app, issuer.token_for(district_officer(), lifetime=3600))

        async def ask(need: UUID) -> None:
            answer = await client.get(f"/help-entries/{need}/suggestions")
            assert len(answer.json()["items"]) == MOST, answer.text

        return await _rate(ask, needs)


async def measure_bare_query(place: Place) -> float:
    """The same statement by asyncpg, as the same role."""
    url, needs = await _district(place)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), server_settings={SETTING: EVERYTHING})
    numbers = {"need": "$1", "only": "$2", "most": "$3"}
    statement = re.sub(r"(?<!:):(need|only|most)\b", lambda found: numbers[found[1]], SUGGESTIONS)
    try:

        async def ask(need: UUID) -> None:
            assert len(await connection.fetch(statement, need, None, MOST)) == MOST

        return await _rate(ask, needs)
    finally:
        await connection.close()


async def _rate(ask: Callable[[UUID], Awaitable[None]], needs: list[UUID]) -> float:
    seconds = []
    for number in range(WARM_UP + REQUESTS):
        start = time.perf_counter()
        await ask(needs[number % len(needs)])
        seconds.append(time.perf_counter() - start)
    return 1 / sorted(seconds[WARM_UP:])[int(REQUESTS * 0.95)]


async def _district(place: Place) -> tuple[str, list[UUID]]:
    """The database of the whole district, filled once, and needs of its organisations."""
    global _url
    is_new = _url is None
    _url = _url or place.databases.new_service("registry")
    connection: Any = await asyncpg.connect(
        place.databases.admin_url(_url).replace("+asyncpg", ""), server_settings={SETTING: EVERYTHING}
    )
    try:
        if is_new:
            await connection.execute(_TERRITORY)
            await connection.execute(_PEOPLE)
            await connection.execute("ANALYZE")
        needs = await connection.fetch("SELECT id FROM help_entry WHERE side = 'need' ORDER BY id LIMIT 50")
    finally:
        await connection.close()
    return _url, [row["id"] for row in needs]
