"""The token endpoint as an OAuth 2 client sees it: forms, HTTP Basic, errors (RFC 6749)."""

import base64
from typing import Any

import httpx2
import pytest
from registry.logins.limits import WRONG_PROOFS

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"grant_type": "password", "username": "x"}, 422, "unsupported_grant_type"),
        ({"grant_type": "login_code"}, 422, "invalid_request"),
        ({}, 422, "invalid_request"),
        ({"grant_type": "login_code", "code": "unknown"}, 401, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "unknown"}, 401, "invalid_grant"),
        ({"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}, 401, "invalid_client"),
        ({"grant_type": "login_code", "code": "unknown", "scope": "openid"}, 401, "invalid_grant"),  # ignored
    ],
)
async def test_a_refusal_has_the_code_of_oauth(
    anybody: httpx2.AsyncClient, body: dict[str, str], status: int, error: str
) -> None:
    for answer in (await anybody.post("/auth/token", json=body), await anybody.post("/auth/token", data=body)):
        if not body and answer.request.headers.get("content-type") != "application/json":
            continue  # httpx sends no form without fields
        assert (answer.status_code, answer.json()["error"]) == (status, error)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"grant_type=login_code&code=a&code=b", FORM),
        (b"grant_type=%FF&code=%00", FORM),
        (b"", FORM),
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"grant_type": "login_code", "code": "\\ud800"}', "application/json"),
        (b'{"grant_type": "login_code", "code": "a"}', "text/plain"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
    ],
)
async def test_whatever_arrives_is_a_problem(anybody: httpx2.AsyncClient, content: bytes, kind: str) -> None:
    answer = await anybody.post("/auth/token", content=content, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["code"]) == (422, "validation")


@pytest.mark.parametrize(
    "value", ["Basic", "Basic x", "Basic " + base64.b64encode(b"\xff:\xff").decode(), "Basic eA=="]
)
async def test_a_broken_basic_login_is_refused(anybody: httpx2.AsyncClient, value: str) -> None:
    body = {"grant_type": "client_credentials"}
    answer = await anybody.post("/auth/token", data=body, headers={"authorization": value})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic ")


async def test_one_way_of_naming_the_client(anybody: httpx2.AsyncClient) -> None:
    body = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    answer = await anybody.post("/auth/token", data=body, auth=("x", "y"))
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")


async def test_guessing_ends(anybody: httpx2.AsyncClient, world: Any) -> None:
    body = {"grant_type": "login_code", "code": "guessed"}
    answers = [(await anybody.post("/auth/token", json=body)).status_code for _ in range(WRONG_PROOFS.amount + 1)]
    assert answers == [401] * WRONG_PROOFS.amount + [429]
    refused = await anybody.post("/auth/token", json=body)
    assert 0 < int(refused.headers["retry-after"]) <= 600
    assert "Uhr" in refused.json()["detail"]
