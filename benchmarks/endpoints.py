"""An endpoint of the registry against the statements that it runs: by HTTP without a network, and by bare asyncpg."""

import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx2
import sqlalchemy as sa
from fastapi import FastAPI
from shared import garbage
from shared.access.tenancy import EVERYTHING, SETTING
from testkit.services import create_service
from testkit.tokens import Issuer, district_officer

ROUNDS = 6
FEWEST = 100  # measured requests of a row, so that a 95th percentile says something


@dataclass(frozen=True)
class Request:
    """A GET of the district office."""

    path: str
    query: Mapping[str, str]


@asynccontextmanager
async def _registry(url: str) -> AsyncIterator[tuple[FastAPI, Callable[[Request], Awaitable[None]]]]:
    """The application, and how to ask it."""
    issuer = Issuer()
    app = create_service("registry", issuer, database_url=url)
    garbage.settle()  # as `python -m registry app` does
    headers = {"authorization": f"Bearer {issuer.token_for(district_officer(), lifetime=3_600)}"}
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://bench.test", headers=headers) as client:

            async def ask(request: Request) -> None:
                answer = await client.get(request.path, params=dict(request.query))
                assert answer.raise_for_status().json()["items"], f"nothing at {request}: that says nothing"

            yield app, ask
    issuer.close()


async def measure_http(url: str, requests: Sequence[Request]) -> float:
    """Answers a second at the 95th percentile: routing, token, session, SQL, audit, JSON."""
    async with _registry(url) as (_, ask):
        return await _p95(ask, requests)


async def measure_statements(url: str, requests: Sequence[Request]) -> float:
    """The same SELECTs with the same values, prepared, on one connection; nothing is made of the rows."""
    recorded = await _record(url, requests)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), server_settings={"jit": "off"})
    try:

        async def ask(request: Request) -> None:
            async with connection.transaction():
                await connection.execute("SELECT set_config($1, $2, true)", SETTING, EVERYTHING)
                for statement, values in recorded[requests.index(request)]:
                    await connection.fetch(statement, *values)

        return await _p95(ask, requests)
    finally:
        await connection.close()


async def _p95(ask: Callable[[Request], Awaitable[None]], requests: Sequence[Request]) -> float:
    """Per second: one divided by the 95th percentile of the seconds."""
    for request in requests:
        await ask(request)
    seconds = []
    for request in [*requests] * max(ROUNDS, FEWEST // len(requests)):
        start = time.perf_counter()
        await ask(request)
        seconds.append(time.perf_counter() - start)
    return 1 / statistics.quantiles(seconds, n=20)[-1]


async def _record(url: str, requests: Sequence[Request]) -> list[list[tuple[str, list[Any]]]]:
    """What each request reads from the database, with its values."""
    found: list[list[tuple[str, list[Any]]]] = [[] for _ in requests]

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")) and SETTING not in map(str, values):
            found[asking].append((statement, list(values)))

    async with _registry(url) as (app, ask):
        asking = 0
        await ask(requests[0])  # what is read once a process does not count
        sa.event.listen(app.state.sessions.kw["bind"].sync_engine, "before_cursor_execute", note)
        for asking, request in enumerate(requests):  # noqa: B007 - `note` reads it
            await ask(request)
    return found
