"""S13: what opens something once opens it once, is not to be read in the database, and no GET uses it up."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from registry.logins import handlers
from registry.logins.handlers import create_login_code
from registry.logins.model import LoginCode, LoginRefused
from registry.secrets import hash_of
from shared.access.tenancy import EVERYTHING, beyond_scopes
from shared.contracts.registry import LoginLinkRequested
from shared.database import create_engine, create_sessions, transaction
from shared.messaging import tables
from sqlalchemy.ext.asyncio import AsyncSession
from testkit.clients import Clients
from testkit.services import create_service
from testkit.tokens import Issuer, district_officer

AT_ONCE = 50


@pytest.fixture
def registry(service_database: Callable[[str], str], issuer: Issuer) -> FastAPI:
    return create_service("registry", issuer, database_url=service_database("registry"))


@pytest.fixture
async def officer(registry: FastAPI, issuer: Issuer, client_for: Clients) -> httpx2.AsyncClient:
    return await client_for(registry, issuer.token_for(district_officer()))


@pytest.fixture
async def person(officer: httpx2.AsyncClient) -> UUID:
    body = {"name": "Petra Amtmann", "email": "petra@landkreis.example"}
    return UUID((await officer.post("/persons", json=body)).json()["id"])


@pytest.fixture
async def visitor(registry: FastAPI, client_for: Clients) -> httpx2.AsyncClient:
    return await client_for(registry)


async def code_for(person: UUID, registry: FastAPI) -> str:
    engine = create_engine(registry.state.settings, scopes=EVERYTHING)
    async with transaction(create_sessions(engine)) as session:
        code = await create_login_code(session, person)
    await engine.dispose()
    return code


async def redeem(client: httpx2.AsyncClient, code: str) -> httpx2.Response:
    return await client.post("/auth/token", json={"grant_type": "login_code", "code": code})


async def winners(client: httpx2.AsyncClient, code: str) -> int:
    answers = await asyncio.gather(*(redeem(client, code) for _ in range(AT_ONCE)))
    assert {answer.status_code for answer in answers} <= {200, 401}
    return [answer.status_code for answer in answers].count(200)


async def test_of_fifty_at_once_one_wins(registry: FastAPI, visitor: httpx2.AsyncClient, person: UUID) -> None:
    assert await winners(visitor, await code_for(person, registry)) == 1


async def test_looked_at_first_and_used_then_several_win(
    registry: FastAPI, visitor: httpx2.AsyncClient, person: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control run: the code as one would write it first, in two steps."""

    async def in_two_steps(session: AsyncSession, code: str) -> Any:
        async with beyond_scopes(session):
            unused = sa.select(LoginCode).where(LoginCode.code_hash == hash_of(code), LoginCode.used_at.is_(None))
            found = await session.scalar(unused)
            if found is None or found.person_id is None:
                raise LoginRefused
            await asyncio.sleep(0.2)
            used = sa.update(LoginCode).where(LoginCode.id == found.id).values(used_at=sa.func.now())
            await session.execute(used)
            return await handlers.open_login(session, found.person_id, by="login_code")

    monkeypatch.setattr(handlers, "redeem_login_code", in_two_steps)
    assert await winners(visitor, await code_for(person, registry)) > 1


async def test_no_get_uses_a_code_up(registry: FastAPI, visitor: httpx2.AsyncClient, person: UUID) -> None:
    """Programs that look at links in mails send GET and HEAD."""
    code = await code_for(person, registry)
    before = await dump(registry)
    for method in ("GET", "HEAD", "OPTIONS"):
        for path in ("/auth/token", "/auth/login-links", "/auth/logout", "/auth/logout-everywhere"):
            answer = await visitor.request(method, path, params={"grant_type": "login_code", "code": code})
            assert answer.status_code in {401, 405}, (method, path)
    assert await dump(registry) == before
    assert (await redeem(visitor, code)).status_code == 200
    assert await dump(registry) != before, "the control: a POST does change something"


async def test_a_dump_of_the_database_opens_nothing(
    registry: FastAPI, visitor: httpx2.AsyncClient, officer: httpx2.AsyncClient, person: UUID
) -> None:
    """Codes, refresh tokens and client secrets. An outbox row is in the dump only until it is published."""
    assert (await visitor.post("/auth/login-links", json={"email": "petra@landkreis.example"})).status_code == 202
    (link,) = (await published(registry)).links
    tokens = (await redeem(visitor, link.code)).json()
    client = (await officer.post("/api-clients", json={"name": "Webseite", "scope": "district"})).json()
    secrets = {
        "code of a mail": link.code,
        "code of an operator": await code_for(person, registry),
        "refresh token": tokens["refresh_token"],
        "access token": tokens["access_token"],
        "client secret": client["client_secret"],
    }
    dumped = await dump(registry)
    for name, secret in secrets.items():
        assert secret not in dumped, name
        assert secret.encode().hex() not in dumped, name
    for name in ("code of a mail", "refresh token", "client secret"):
        assert hash_of(secrets[name]).hex() in dumped, f"the control: the dump holds the hash of the {name}"


async def published(registry: FastAPI) -> LoginLinkRequested:
    """The event with the code, taken from the outbox as the relay takes it: afterwards it is nowhere."""
    engine = create_engine(registry.state.settings, scopes=EVERYTHING)
    async with transaction(create_sessions(engine)) as session:
        mine = tables.outbox.c.type == LoginLinkRequested.type
        taken = await session.scalar(sa.delete(tables.outbox).where(mine).returning(tables.outbox.c.body))
    await engine.dispose()
    return LoginLinkRequested.model_validate(json.loads(taken or b"")["data"])


async def dump(registry: FastAPI) -> str:
    """Every row of every table but the counts of limits, as text; bytes are in hexadecimal."""
    engine = create_engine(registry.state.settings, scopes=EVERYTHING)
    rows: list[str] = []
    async with create_sessions(engine)() as session:
        names = await session.scalars(sa.text("select tablename from pg_tables where schemaname = 'public' order by 1"))
        for name in set(names) - {"rate_limit", "alembic_version"}:
            found = await session.scalars(sa.text(f'select to_jsonb(t)::text from "{name}" t order by 1'))
            rows += [f"{name} {row}" for row in found]
    await engine.dispose()
    return "\n".join(sorted(rows))
