"""Logging in by a single-use code, staying logged in by rotating refresh tokens."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
import time_machine
from fastapi import FastAPI
from registry.app import create_app
from registry.logins.handlers import create_login_code
from registry.logins.model import LoginCode, LoginSession, RefreshToken
from registry.retention import RULES
from registry.settings import RegistrySettings
from shared.access.tokens import create_signing_key
from shared.database import transaction
from shared.messaging import tables
from shared.retention.runs import run_rule
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.clients import Clients

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def person(world: Any) -> dict[str, Any]:
    """The coordinator of the network Heidedörfer, as a person with a grant."""
    body = {"name": "Karla Kern", "email": "karla@netz.example"}
    person: dict[str, Any] = (await world.officer.post("/persons", json=body)).json()
    grant = {"person_id": person["id"], "role": "network_coordinator", "scope_id": world.network["id"]}
    assert (await world.officer.post("/grants", json=grant)).status_code == 201
    return person


async def code_for(sessions: Sessions, person: dict[str, Any]) -> str:
    async with transaction(sessions) as session:
        return await create_login_code(session, UUID(person["id"]))


async def redeem(client: httpx2.AsyncClient, code: str) -> httpx2.Response:
    return await client.post("/auth/token", json={"grant_type": "login_code", "code": code})


async def refresh(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.post("/auth/token", json={"grant_type": "refresh_token", "refresh_token": token})


async def test_a_code_gives_a_token_that_the_published_keys_verify(
    world: Any, person: dict[str, Any], anybody: httpx2.AsyncClient, sessions: Sessions
) -> None:
    answer = await redeem(anybody, await code_for(sessions, person))
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 600)
    me = (await anybody.get("/me", headers={"authorization": f"Bearer {token['access_token']}"})).json()
    assert (me["name"], me["email"]) == ("Karla Kern", "karla@netz.example")
    assert me["grants"] == [
        {
            "role": "network_coordinator",
            "scope": "network",
            "scope_id": world.network["id"],
            "scope_key": "heidedoerfer",
            "ends_on": None,
        }
    ]
    body = {"kind": "association", "name": "Neuer", "village_id": world.gossa["id"]}
    entered = await anybody.post(
        "/organisations", json=body, headers={"authorization": f"Bearer {token['access_token']}"}
    )
    assert entered.status_code == 201
    keys = (await anybody.get("/.well-known/jwks.json")).json()["keys"]
    assert len(keys) == 1
    assert "d" not in keys[0]


async def test_of_fifty_clicks_one_gets_in(
    person: dict[str, Any], anybody: httpx2.AsyncClient, sessions: Sessions
) -> None:
    code = await code_for(sessions, person)
    answers = await asyncio.gather(*(redeem(anybody, code) for _ in range(50)))
    assert sorted({answer.status_code for answer in answers}) == [200, 401]
    assert [answer.status_code for answer in answers].count(200) == 1
    refused = next(answer for answer in answers if answer.status_code == 401)
    assert refused.json()["code"] == "login_refused"


async def test_a_code_lives_for_fifteen_minutes(
    person: dict[str, Any], anybody: httpx2.AsyncClient, sessions: Sessions
) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=16), tick=True):
        old = await code_for(sessions, person)
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=14), tick=True):
        young = await code_for(sessions, person)
    assert (await redeem(anybody, old)).status_code == 401
    assert (await redeem(anybody, young)).status_code == 200


async def test_only_hashes_are_stored(person: dict[str, Any], anybody: httpx2.AsyncClient, sessions: Sessions) -> None:
    code = await code_for(sessions, person)
    headers = {"idempotency-key": "with-a-key-the-answer-would-be-kept"}
    body = {"grant_type": "login_code", "code": code}
    tokens = (await anybody.post("/auth/token", json=body, headers=headers)).json()
    async with sessions() as session:
        codes = (await session.scalars(sa.select(LoginCode.code_hash))).all()
        refresh_tokens = (await session.scalars(sa.select(RefreshToken.token_hash))).all()
        kept = (await session.execute(sa.select(tables.idempotency_key))).all()
    assert code.encode() not in codes
    assert tokens["refresh_token"].encode() not in refresh_tokens
    assert not any(tokens["refresh_token"].encode() in (row.body or b"") for row in kept)


async def test_refresh_tokens_rotate_with_the_grants_of_the_moment(
    world: Any, person: dict[str, Any], anybody: httpx2.AsyncClient, sessions: Sessions
) -> None:
    first = (await redeem(anybody, await code_for(sessions, person))).json()
    grant = (await world.officer.get("/grants", params={"person_id": person["id"]})).json()["items"][0]
    assert (await world.officer.delete(f"/grants/{grant['id']}")).status_code == 204
    second = (await refresh(anybody, first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    me = await anybody.get("/me", headers={"authorization": f"Bearer {second['access_token']}"})
    assert me.json()["grants"] == []


async def test_a_copied_refresh_token_ends_the_login_session(
    person: dict[str, Any], anybody: httpx2.AsyncClient, sessions: Sessions
) -> None:
    first = (await redeem(anybody, await code_for(sessions, person))).json()["refresh_token"]
    second = (await refresh(anybody, first)).json()["refresh_token"]
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=30), tick=True):
        assert (await refresh(anybody, first)).status_code == 401
        assert (await refresh(anybody, second)).status_code == 401


async def test_a_lost_answer_does_not_log_out(
    person: dict[str, Any], anybody: httpx2.AsyncClient, sessions: Sessions
) -> None:
    first = (await redeem(anybody, await code_for(sessions, person))).json()["refresh_token"]
    at_once = await asyncio.gather(*(refresh(anybody, first) for _ in range(3)))
    assert [answer.status_code for answer in at_once] == [200, 200, 200]
    for answer in at_once:
        assert (await refresh(anybody, answer.json()["refresh_token"])).status_code == 200


async def test_a_login_session_ends_after_twelve_hours_however_often_refreshed(
    person: dict[str, Any], anybody: httpx2.AsyncClient, sessions: Sessions
) -> None:
    token = (await redeem(anybody, await code_for(sessions, person))).json()["refresh_token"]
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=11), tick=True):
        token = (await refresh(anybody, token)).json()["refresh_token"]
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=13), tick=True):
        assert (await refresh(anybody, token)).status_code == 401


async def test_logging_out_ends_the_session(
    person: dict[str, Any], anybody: httpx2.AsyncClient, sessions: Sessions
) -> None:
    token = (await redeem(anybody, await code_for(sessions, person))).json()["refresh_token"]
    for _ in range(2):
        assert (await anybody.post("/auth/logout", json={"refresh_token": token})).status_code == 204
    assert (await refresh(anybody, token)).status_code == 401


async def test_bad_requests_are_refused(anybody: httpx2.AsyncClient, subtests: pytest.Subtests) -> None:
    for body, status in (
        ({"grant_type": "login_code", "code": "unknown"}, 401),
        ({"grant_type": "refresh_token", "refresh_token": "unknown"}, 401),
        ({"grant_type": "password", "username": "x"}, 422),
        ({"grant_type": "login_code"}, 422),
        ({"grant_type": "login_code", "code": "x" * 201}, 422),
        ({"grant_type": "login_code", "code": "\0"}, 401),
        ({}, 422),
        ([], 422),
    ):
        with subtests.test(str(body)[:50]):
            assert (await anybody.post("/auth/token", json=body)).status_code == status
    assert (await anybody.get("/auth/token")).status_code == 405


async def test_old_logins_are_forgotten(
    person: dict[str, Any], anybody: httpx2.AsyncClient, sessions: Sessions
) -> None:
    await redeem(anybody, await code_for(sessions, person))
    rules = [rule for rule in RULES if rule.slug in ("login-codes", "login-sessions")]
    assert [(await run_rule(sessions, rule, dry_run=False)).removed for rule in rules] == [0, 0]
    async with transaction(sessions) as session:
        for table in (LoginCode, LoginSession):
            await session.execute(sa.update(table).values(expires_at=datetime.now(UTC) - timedelta(days=2)))
    assert [(await run_rule(sessions, rule, dry_run=False)).removed for rule in rules] == [1, 1]
    async with sessions() as session:
        assert (await session.scalars(sa.select(RefreshToken))).all() == []


async def test_keys_rotate_without_logging_out(
    settings: RegistrySettings, client_for: Clients, app: FastAPI, person: dict[str, Any], sessions: Sessions
) -> None:
    old = await client_for(app)
    tokens = (await redeem(old, await code_for(sessions, person))).json()
    new_key = create_signing_key().as_dict(private=True)
    keys = {"keys": [new_key, json.loads(settings.signing_key.get_secret_value())]}  # type: ignore[union-attr]
    rotated = await client_for(
        create_app(RegistrySettings(database_url=settings.database_url, signing_key=json.dumps(keys)))
    )
    with_old = await rotated.get("/me", headers={"authorization": f"Bearer {tokens['access_token']}"})
    assert with_old.status_code == 200
    published = (await rotated.get("/.well-known/jwks.json")).json()["keys"]
    assert {key["kid"] for key in published} == {key["kid"] for key in keys["keys"]}
