"""Whatever arrives, the registry answers with a problem in German and never with a server error."""

import json
from typing import Any
from uuid import uuid4

import httpx2
import pytest

HOSTILE_BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"\xff\xfe",
    b'{"name": "\xe4"}',
    b'{"name": "\\ud800", "ags": "15082"}',
    b'{"name": "\\u0000", "ags": "15082"}',
    b'{"name": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    b'{"name": ' + b"9" * 5_000 + b"}",
    b'{"name": 1e400, "ags": NaN}',
    b'{"name": {"$ne": ""}, "ags": true}',
]
COMMANDS = ["/districts", "/municipalities", "/villages", "/networks", "/organisations", "/lead-mandates"]
COMMANDS += ["/persons", "/contacts", "/volunteers", "/grants", "/auth/token", "/auth/logout"]
LISTS = ["/municipalities", "/villages", "/networks", "/organisations", "/lead-mandates", "/persons", "/contacts"]
LISTS += ["/volunteers"]


def assert_problem(answer: httpx2.Response) -> None:
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) >= {"title", "detail", "status", "code"}


async def test_hostile_bodies(world: Any, subtests: pytest.Subtests) -> None:
    for path in COMMANDS:
        for body in HOSTILE_BODIES:
            with subtests.test(path, body=body[:30]):
                headers = {"content-type": "application/json"}
                assert_problem(await world.officer.post(path, content=body, headers=headers))
    form = await world.officer.post("/persons", data={"name": "Erna", "email": "a@b.example"})
    assert_problem(form)


async def test_hostile_ids_look_like_missing_ones(world: Any, subtests: pytest.Subtests) -> None:
    things = ("organisations", "villages", "municipalities", "networks", "persons", "volunteers")
    for thing in things:
        missing = await world.officer.get(f"/{thing}/{uuid4()}")
        assert missing.status_code == 404
        for wrong in ("x", "%00", "0", "9" * 400, "%ED%A0%80", "..%2f..%2fetc", "%F0%9F%92%A9"):
            with subtests.test(thing, id=wrong[:20]):
                answer = await world.officer.get(f"/{thing}/{wrong}")
                assert (answer.status_code, answer.content) == (404, missing.content)


async def test_hostile_queries(world: Any, subtests: pytest.Subtests) -> None:
    cursor = "WyJhXHUwMDAwIiwgIjEiXQ"  # ["a\u0000", "1"]
    surrogate = "WyJcdWQ4MDAiLCAiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0"
    for path in LISTS:
        for query in (
            "limit=0",
            "limit=201",
            "limit=" + "9" * 100,
            "limit=x",
            "after=",
            "after=%00",
            "after=%ff",
            "after=W10",
            f"after={cursor}",
            f"after={surrogate}",
            "after=" + "A" * 3_000,
        ):
            with subtests.test(path, query=query[:30]):
                assert_problem(await world.officer.get(f"{path}?{query}"))
    for query in ("network=%00", "network=A%20B", "slug=%ff", "field=" + "a" * 300, "kind=sect", "village_id=1"):
        assert_problem(await world.officer.get(f"/organisations?{query}"))
    assert_problem(await world.officer.get("/lead-mandates?on=31.02.2024"))


async def test_hostile_headers(world: Any) -> None:
    path = f"/municipalities/{world.zoerbig['id']}"
    for value in ('"', "W/", '"x"', "9" * 150, "1"):
        answer = await world.officer.patch(path, json={"name": "Neu"}, headers={"if-match": value})
        assert (answer.status_code, answer.json()["code"]) == (412, "changed_meanwhile")
    assert (await world.officer.get(path, headers={"if-none-match": '"'})).status_code == 200
    assert_problem(await world.officer.get("/me", headers={"authorization": "Bearer a.b.c"}))
    too_large = json.dumps({"name": "x" * 2_000_000})
    answer = await world.officer.post("/persons", content=too_large, headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert_problem(answer)


async def test_messages_are_german(officer: httpx2.AsyncClient) -> None:
    answer = (await officer.post("/persons", json={"name": "Erna", "email": "x"})).json()
    assert answer["errors"] == [{"field": "email", "message": "Das ist keine E-Mail-Adresse.", "code": "email"}]
    answer = (await officer.post("/municipalities", json={"ags": "15082241", "name": "A"})).json()
    assert answer["detail"] == "Bitte tragen Sie zuerst den Landkreis ein."
