"""One request is one transaction, committed before the answer; a repeated command takes effect once."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
from fastapi import FastAPI
from shared.access.grants import Grant, Role, ScopeKind
from starlette.types import Message, Scope
from testkit.clients import Clients

VOLUNTEER = Grant(role=Role.VOLUNTEER, scope=ScopeKind.ONESELF)


async def test_the_change_is_committed_before_the_answer_is_sent(
    app: FastAPI, client: httpx2.AsyncClient, names: Callable[[], Any]
) -> None:
    """Finding 7: looked at from outside at the moment in which the first byte of the answer is sent."""
    seen: list[list[str]] = []
    body = b'{"name": "early"}'

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            seen.append(await names())

    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/things",
        "raw_path": b"/things",
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "server": ("test", 80),
    }
    await app(scope, receive, send)
    assert seen == [["early"]]


async def test_a_refused_command_leaves_nothing(client: httpx2.AsyncClient, names: Callable[[], Any]) -> None:
    answer = await client.post("/things", json={"name": "refused", "count": 9})
    assert answer.status_code == 409
    assert await names() == []


async def test_a_crash_leaves_nothing_and_tells_nothing(client: httpx2.AsyncClient, names: Callable[[], Any]) -> None:
    answer = await client.post("/things", json={"name": "secret", "count": -1})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert await names() == []


async def test_a_command_repeated_with_its_key_takes_effect_once(
    client: httpx2.AsyncClient, names: Callable[[], Any]
) -> None:
    """Finding 9: the caller lost the answer to a commit and asks again."""
    headers = {"Idempotency-Key": str(uuid4())}
    first = await client.post("/things", json={"name": "once"}, headers=headers)
    again = await client.post("/things", json={"name": "once"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert await names() == ["once"]


async def test_without_a_key_the_same_command_takes_effect_twice(
    client: httpx2.AsyncClient, names: Callable[[], Any]
) -> None:
    """The control run of the test above."""
    for _ in range(2):
        await client.post("/things", json={"name": "twice"})
    assert await names() == ["twice", "twice"]


async def test_ten_repetitions_at_once_take_effect_once(client: httpx2.AsyncClient, names: Callable[[], Any]) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    answers = await asyncio.gather(*(client.post("/things", json={"name": "once"}, headers=headers) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await names() == ["once"]


async def test_a_key_is_for_one_request_only(client: httpx2.AsyncClient, names: Callable[[], Any]) -> None:
    headers = {"Idempotency-Key": "k"}
    await client.post("/things", json={"name": "first"}, headers=headers)
    other = await client.post("/things", json={"name": "second"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await names() == ["first"]


async def test_a_refusal_is_not_kept(client: httpx2.AsyncClient, names: Callable[[], Any]) -> None:
    """The cause may be gone when the caller tries again with the same key."""
    headers = {"Idempotency-Key": "k"}
    refused = await client.post("/things", json={"name": "x", "count": 9}, headers=headers)
    accepted = await client.post("/things", json={"name": "x", "count": 1}, headers=headers)
    assert (refused.status_code, accepted.status_code) == (409, 201)
    assert await names() == ["x"]


async def test_a_key_belongs_to_its_caller(
    app: FastAPI, client_for: Clients, token_for: Callable[..., str], names: Callable[[], Any]
) -> None:
    headers = {"Idempotency-Key": "k"}
    one, other = await client_for(app, token_for(VOLUNTEER)), await client_for(app, token_for(VOLUNTEER))
    owners = [
        (await client.post("/own-things", json={"name": "x"}, headers=headers)).json()["owner"]
        for client in (one, other)
    ]
    assert len(set(owners)) == 2
    stranger = await (await client_for(app)).post("/own-things", json={"name": "x"}, headers=headers)
    assert stranger.status_code == 401
    assert await names() == ["x", "x"]


async def test_an_unusable_key_is_refused(client: httpx2.AsyncClient, names: Callable[[], Any]) -> None:
    for key in ("", " ", "x" * 201, "with space"):
        answer = await client.post("/things", json={"name": "x"}, headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_idempotency_key")
    assert await names() == []
