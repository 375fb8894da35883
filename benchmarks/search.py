"""Row: a search over HTTP against the statements that it runs, by asyncpg."""

from registry.search.index import catch_up
from shared.access.tenancy import EVERYTHING
from shared.database import create_engine, create_sessions
from testkit.services import create_service
from testkit.tokens import Issuer

from benchmarks.district import analyse, district
from benchmarks.endpoints import Request, measure_http, measure_statements
from benchmarks.servers import Place

QUERIES = (
    "Feuerwehrverein", "Heimatverein Dorf17", "Sportverein", "Foerderverein Kita", "Gesangsverein Dorf3",
    "Schuetzenverien", "Seniorentreff", "Kinderfest", "Feuerw", "Krause", "Anna Lehmann", "Umweltschutz Dorf120",
    "Landfrauen", "Orchester",
)  # fmt: skip
REQUESTS = tuple(Request("/search", {"q": query}) for query in QUERIES)

_is_read = False


async def measure_search(place: Place) -> float:
    """Searches a second at the 95th percentile, by a district officer."""
    return await measure_http(await _searchable(place), REQUESTS)


async def measure_sql(place: Place) -> float:
    """The same statements."""
    return await measure_statements(await _searchable(place), REQUESTS)


async def _searchable(place: Place) -> str:
    """The address of the district, which the search has read."""
    global _is_read
    url = await district(place)
    if not _is_read:
        settings = create_service("registry", Issuer(), database_url=url).state.settings
        engine = create_engine(settings, scopes=EVERYTHING)
        await catch_up(create_sessions(engine))
        await engine.dispose()
        await analyse(place, url)
        _is_read = True
    return url
