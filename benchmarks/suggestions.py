"""Row: who could help with one need, over HTTP against the statements of the answer, by asyncpg."""

import asyncpg

from benchmarks.district import district
from benchmarks.endpoints import Request, measure_http, measure_statements
from benchmarks.servers import Place


async def measure_suggestions(place: Place) -> float:
    """Answers a second at the 95th percentile."""
    return await measure_http(await district(place), await _requests(place))


async def measure_sql(place: Place) -> float:
    """The same statements."""
    return await measure_statements(await district(place), await _requests(place))


async def _requests(place: Place) -> list[Request]:
    """For the suggestions of twenty needs."""
    url = place.databases.admin_url(await district(place)).replace("+asyncpg", "")
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(url)
    try:
        needs = await connection.fetch("SELECT id FROM help_entry WHERE side = 'need' ORDER BY id LIMIT 20")
    finally:
        await connection.close()
    return [Request(f"/help-entries/{row['id']}/suggestions", {}) for row in needs]
