"""Errors are problem+json in German and tell nothing of the inside."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
import structlog
from fastapi import FastAPI
from shared.database import create_sessions
from sqlalchemy.ext.asyncio import create_async_engine
from testkit.clients import Clients, break_off

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/things", b"{}", 422, "validation"),
        ("POST", "/things", b"{", 422, "validation"),
        ("POST", "/things", b"\xff\xfe", 422, "validation"),
        ("POST", "/things", b'{"name": "\\u0000"}', 422, "invalid"),
        ("POST", "/things", b'{"name": "x", "count": 9}', 409, "too_much"),
        ("GET", "/things/abc", b"", 404, "not_found"),
        ("GET", "/nowhere", b"", 404, "not_found"),
        ("DELETE", "/things", b"", 405, "method_not_allowed"),
        ("POST", "/own-things", b'{"name": "x"}', 401, "not_logged_in"),
        ("POST", "/conflicts", b"", 422, "invalid"),
    ],
)
async def test_bad_input_gets_a_problem(
    client: httpx2.AsyncClient, method: str, path: str, body: bytes, status: int, code: str
) -> None:
    answer = await client.request(method, path, content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["title"]
    assert problem["detail"]


async def test_a_refused_method_names_all_that_the_path_has(client: httpx2.AsyncClient) -> None:
    answer = await client.delete("/things")
    assert answer.headers["allow"] == "GET, POST"


async def test_the_document_says_where_a_login_is_optional(client: httpx2.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert paths["/things"]["get"]["security"] == [{}, {"HTTPBearer": []}]
    assert paths["/own-things"]["post"]["security"] == [{"HTTPBearer": []}]
    assert "security" not in paths["/things"]["post"]


async def test_the_message_stands_beside_its_field(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/things", json={"name": "x" * 21, "count": "many"})
    errors = {error["field"]: error["message"] for error in answer.json()["errors"]}
    assert errors == {
        "name": "Das ist zu lang; höchstens 20 Zeichen.",
        "count": "Bitte geben Sie eine ganze Zahl ein.",
    }


async def test_a_business_rule_names_its_field_too(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/things", json={"name": "x", "count": 9})
    assert answer.json()["errors"] == [{"field": "count", "message": "Höchstens 3 sind möglich.", "code": "too_much"}]


async def test_a_body_that_is_too_large_is_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/things", content=b" " * 1_000_001, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)


async def test_a_body_that_hides_its_length_is_refused(client: httpx2.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    answer = await client.post("/things", content=endless(), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)


async def test_a_missing_database_is_a_503_and_not_a_crash(app: FastAPI, client_for: Clients) -> None:
    """Finding 11: it surfaces as an error of the socket, not of SQLAlchemy."""
    client = await client_for(app)
    app.state.sessions = create_sessions(create_async_engine(app.state.engine.url.set(port=1)))
    answer = await client.post("/things", json={"name": "x"})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"]


async def test_requests_do_not_disturb_each_other(client: httpx2.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(client.post("/things", json={"name": "x", "count": count % 5}) for count in range(30))
    )
    assert [answer.status_code for answer in answers] == [409 if count % 5 > 3 else 201 for count in range(30)]


async def test_whoever_goes_away_while_sending_is_no_error(app: FastAPI) -> None:
    """The connection ends within the body; an idempotency key makes the service read it before anything else."""
    with structlog.testing.capture_logs() as logs:
        await break_off(app, "/things", b'{"name": ', content_type="application/json", idempotency_key="once-1")
    said = [(one["event"], one["log_level"]) for one in logs if one["event"].startswith("request_")]
    assert said == [("request_broken_off", "info")]
