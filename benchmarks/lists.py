"""Rows: pages of lists over HTTP against the statements that they run, by asyncpg."""

from collections.abc import Awaitable, Callable

from benchmarks.district import district
from benchmarks.endpoints import Request, measure_http, measure_statements
from benchmarks.servers import Place

Measure = Callable[[Place], Awaitable[float]]

ORGANISATIONS = tuple(
    Request("/organisations", query)
    for query in ({}, {"network": "netzwerk7"}, {"field": "sport"}, {"kind": "association", "network": "netzwerk3"})
)
VOLUNTEERS = tuple(Request("/volunteers", query) for query in ({}, {"field": "sport"}, {"field": "kultur"}))
NEEDS = tuple(
    Request("/help-entries", {"side": "need", **query}) for query in ({}, {"network": "netzwerk0"}, {"field": "sport"})
)


def over_http(requests: tuple[Request, ...]) -> Measure:
    """Pages a second at the 95th percentile, for a district officer."""

    async def measure(place: Place) -> float:
        return await measure_http(await district(place), requests)

    return measure


def by_asyncpg(requests: tuple[Request, ...]) -> Measure:
    """The same statements."""

    async def measure(place: Place) -> float:
        return await measure_statements(await district(place), requests)

    return measure
