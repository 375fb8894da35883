"""S12: nobody finds out by asking who is known here, and nobody goes on guessing.

The answer for a known and an unknown address is compared byte by byte. Its time is compared by what is done: the same
statements in the same order are the same time, and unlike a stopwatch that holds on a busy machine too.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from registry.logins import links, routes
from registry.logins.limits import LINKS_FOR_CLIENT, WRONG_PROOFS
from registry.people.queries import persons_by_email
from shared.access.tenancy import beyond_scopes
from shared.web.rate_limits import RateLimits
from sqlalchemy import event
from testkit.clients import Clients
from testkit.services import create_service
from testkit.tokens import Issuer, district_officer

KNOWN, SHARED, UNKNOWN = "petra@landkreis.example", "beispiel@post.example", "niemand@anders.example"
SMALL = 100
Ask = Callable[[str], Awaitable[httpx2.Response]]


@pytest.fixture
def registry(service_database: Callable[[str], str], issuer: Issuer) -> FastAPI:
    return create_service("registry", issuer, database_url=service_database("registry"))


@pytest.fixture
async def visitor(registry: FastAPI, issuer: Issuer, client_for: Clients) -> httpx2.AsyncClient:
    """Somebody, where one person has an address and two share another one."""
    officer = await client_for(registry, issuer.token_for(district_officer()))
    for name, email in (("Petra Amtmann", KNOWN), ("Hanne Beispiel", SHARED), ("Horst Beispiel", SHARED)):
        assert (await officer.post("/persons", json={"name": name, "email": email})).status_code == 201
    return await client_for(registry)


@pytest.fixture
def ask(visitor: httpx2.AsyncClient) -> Ask:
    async def asked(email: str) -> httpx2.Response:
        return await visitor.post("/auth/login-links", json={"email": email, "next": "/konto"})

    return asked


@contextmanager
def statements(app: FastAPI) -> Iterator[list[str]]:
    """What is asked of the database; how many rows an insert has is left out, as it is part of one statement."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(re.sub(r"VALUES \(.*?\)(, \(.*?\))*( |$)", "VALUES ", " ".join(statement.split())))

    engine = app.state.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


async def work_for(app: FastAPI, ask: Ask, email: str) -> list[str]:
    with statements(app) as seen:
        await ask(email)
    return [statement for statement in seen if "pg_notify" not in statement]  # many commits share one


def visible(answer: httpx2.Response) -> tuple[int, bytes, list[str]]:
    return answer.status_code, answer.content, sorted(answer.headers)


async def test_a_known_and_an_unknown_address_look_the_same(registry: FastAPI, ask: Ask) -> None:
    answers = [await ask(email) for email in (KNOWN, SHARED, UNKNOWN)]
    assert answers[0].status_code == 202
    assert len({str(visible(answer)) for answer in answers}) == 1
    work = [await work_for(registry, ask, email) for email in (KNOWN, SHARED, UNKNOWN)]
    assert work[0] == work[1] == work[2]
    assert [statement for statement in work[0] if statement.startswith("INSERT INTO login_code")]
    assert [statement for statement in work[0] if statement.startswith("INSERT INTO outbox")]


async def test_without_the_decoy_the_work_tells_them_apart(
    registry: FastAPI, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control run: what one would write first."""

    async def only_for_known(session: Any, asked: Any) -> None:
        async with beyond_scopes(session):
            known = await persons_by_email(session, asked.email)
        if known:
            await request(session, asked)

    request = links.request_login_links
    monkeypatch.setattr(routes, "request_login_links", only_for_known)
    assert await work_for(registry, ask, KNOWN) != await work_for(registry, ask, UNKNOWN)


async def test_a_known_and_an_unknown_client_take_the_same_work(
    registry: FastAPI, visitor: httpx2.AsyncClient, issuer: Issuer, client_for: Clients
) -> None:
    officer = await client_for(registry, issuer.token_for(district_officer()))
    made = (await officer.post("/api-clients", json={"name": "Webseite", "scope": "district"})).json()

    async def log_in(client_id: str) -> httpx2.Response:
        body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": "guessed"}
        return await visitor.post("/auth/token", data=body)

    known, unknown = await log_in(made["id"]), await log_in(str(uuid4()))
    assert visible(known) == visible(unknown)
    assert await work_for(registry, log_in, made["id"]) == await work_for(registry, log_in, str(uuid4()))


async def test_after_some_attempts_nobody_is_answered(visitor: httpx2.AsyncClient, ask: Ask) -> None:
    """Whatever the address: the limit does not tell them apart either."""
    statuses = [(await ask(KNOWN if n % 2 else f"{n}@anders.example")).status_code for n in range(SMALL)]
    assert statuses.count(202) <= LINKS_FOR_CLIENT.amount
    assert set(statuses[LINKS_FOR_CLIENT.amount :]) == {429}
    refused = await ask(UNKNOWN)
    assert int(refused.headers["retry-after"]) > 0
    body = {"grant_type": "login_code", "code": "guessed"}
    guesses = [(await visitor.post("/auth/token", json=body)).status_code for _ in range(SMALL)]
    assert guesses == [401] * WRONG_PROOFS.amount + [429] * (SMALL - WRONG_PROOFS.amount)


async def test_the_limit_of_an_address_does_not_tell_whether_it_is_known(ask: Ask) -> None:
    known = [(await ask(KNOWN)).status_code for _ in range(8)]
    unknown = [(await ask(UNKNOWN)).status_code for _ in range(8)]
    assert known == unknown
    assert known[-1] == 429


async def test_without_limits_guessing_goes_on(visitor: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control run."""

    async def let_everybody(*_: Any) -> None:
        """Count nothing."""

    monkeypatch.setattr(RateLimits, "count", let_everybody)
    body = {"grant_type": "login_code", "code": "guessed"}
    guesses = {(await visitor.post("/auth/token", json=body)).status_code for _ in range(SMALL)}
    assert guesses == {401}


async def test_a_visitor_cannot_become_another_by_a_header(registry: FastAPI, visitor: httpx2.AsyncClient) -> None:
    """The limit counts the connection, unless the front door or the portal is at its other end."""

    async def guess(client: str, claimed: str) -> int:
        transport = httpx2.ASGITransport(app=registry, client=(client, 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://dorfnetz.test") as http:
            body = {"grant_type": "login_code", "code": "guessed"}
            return (await http.post("/auth/token", json=body, headers={"x-forwarded-for": claimed})).status_code

    stranger = [await guess("198.51.100.9", f"203.0.113.{n}") for n in range(WRONG_PROOFS.amount + 1)]
    assert stranger[-1] == 429
    by_the_front_door = [await guess("127.0.0.1", f"203.0.113.{n}") for n in range(WRONG_PROOFS.amount + 1)]
    assert set(by_the_front_door) == {401}
