"""API clients: made, renewed and ended by those who hold the scope; their login by OAuth 2 client credentials."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
import time_machine
from registry.api_clients.model import ApiClient
from registry.clock import today
from shared.access.grants import Grant, Role, ScopeKind
from shared.audit.tables import audit_entry
from shared.messaging import tables
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.tokens import association_contact, district_officer

Sessions = async_sessionmaker[AsyncSession]


async def make(client: httpx2.AsyncClient, **changes: Any) -> Any:
    body = {"name": "Webseite der Gemeinde", "scope": "district", "scope_id": None, **changes}
    answer = await client.post("/api-clients", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


async def log_in(client: httpx2.AsyncClient, made: Any, **changes: str) -> httpx2.Response:
    body = {"grant_type": "client_credentials", "client_id": made["id"], "client_secret": made["client_secret"]}
    return await client.post("/auth/token", data=body | changes)


async def test_a_client_logs_in_by_form_json_or_basic(world: Any, anybody: httpx2.AsyncClient) -> None:
    made = await make(world.officer, scope="network", scope_id=world.network["id"])
    by_form = await log_in(anybody, made)
    body = {"grant_type": "client_credentials", "client_id": made["id"], "client_secret": made["client_secret"]}
    by_json = await anybody.post("/auth/token", json=body)
    by_basic = await anybody.post(
        "/auth/token", data={"grant_type": "client_credentials"}, auth=(made["id"], quote_plus(made["client_secret"]))
    )
    for answer in (by_form, by_json, by_basic):
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert set(answer.json()) == {"access_token", "issued_token_type", "token_type", "expires_in"}
    principal = await anybody._transport.app.state.verifier.verify(by_form.json()["access_token"])  # type: ignore[attr-defined]
    grant = Grant(
        role=Role.API_CLIENT, scope=ScopeKind.NETWORK, scope_id=UUID(world.network["id"]), scope_key="heidedoerfer"
    )
    assert (principal.id, principal.grants) == (UUID(made["id"]), (grant,))


async def test_a_wrong_secret_an_unknown_and_an_ended_client_look_the_same(
    world: Any, anybody: httpx2.AsyncClient
) -> None:
    made, ended = await make(world.officer), await make(world.officer)
    assert (await world.officer.delete(f"/api-clients/{ended['id']}")).status_code == 204
    answers = [
        await log_in(anybody, made, client_secret="wrong"),
        await log_in(anybody, made, client_id=str(uuid4())),
        await log_in(anybody, made, client_id="no id"),
        await log_in(anybody, ended),
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[0].content)}
    assert (await log_in(anybody, made)).status_code == 200


async def test_the_secret_is_shown_once_and_stored_as_a_hash(world: Any, sessions: Sessions) -> None:
    key = {"idempotency-key": "with-a-key-answers-are-kept"}
    body = {"name": "Webseite", "scope": "district"}
    made = (await world.officer.post("/api-clients", json=body, headers=key)).json()
    renewed = (await world.officer.post(f"/api-clients/{made['id']}/secret", headers=key)).json()
    (shown,) = (await world.officer.get("/api-clients")).json()["items"]
    assert "client_secret" not in shown
    assert shown["renewed_at"]
    async with sessions() as session:
        (stored,) = (await session.scalars(sa.select(ApiClient.secret_hash))).all()
        kept = (await session.execute(sa.select(tables.idempotency_key))).all()
    for secret in (made["client_secret"], renewed["client_secret"]):
        assert secret.encode() not in stored
        assert not any(secret.encode() in (row.body or b"") for row in kept)


async def test_after_renewal_the_old_secret_is_refused(world: Any, anybody: httpx2.AsyncClient) -> None:
    made = await make(world.officer)
    renewed = (await world.officer.post(f"/api-clients/{made['id']}/secret")).json()
    assert (await log_in(anybody, made)).status_code == 401
    assert (await log_in(anybody, renewed)).status_code == 200


async def test_a_client_for_a_time(world: Any, anybody: httpx2.AsyncClient) -> None:
    last = today() + timedelta(days=3)
    made = await make(world.officer, ends_on=last.isoformat())
    for days, status in ((3, 200), (4, 401)):
        with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True):
            assert (await log_in(anybody, made)).status_code == status


async def test_nobody_makes_a_client_beyond_what_they_hold(
    world: Any, anybody: httpx2.AsyncClient, subtests: pytest.Subtests
) -> None:
    in_gossa = await world.enter("In Gossa")
    for_a_time = await world.log_in(
        Grant(role=Role.DISTRICT_OFFICER, scope=ScopeKind.DISTRICT, ends_on=today() + timedelta(days=30))
    )
    clients = {
        "officer": world.officer,
        "coordinator": await world.coordinator(),
        "municipality": await world.municipality_officer(),
        "foreign": await world.foreign_officer(),
        "contact": await world.log_in(association_contact(UUID(in_gossa["id"]))),
        "for a time": for_a_time,
    }
    for scope, scope_id, makers in (
        ("district", None, {"officer"}),
        ("municipality", world.muldestausee["id"], {"officer", "municipality"}),
        ("network", world.network["id"], {"officer", "coordinator"}),
        ("association", in_gossa["id"], {"officer", "coordinator", "municipality"}),
    ):
        for maker, client in clients.items():
            with subtests.test(maker=maker, scope=scope):
                answer = await client.post("/api-clients", json={"name": "X", "scope": scope, "scope_id": scope_id})
                assert answer.status_code == (201 if maker in makers else 403), answer.text
    body = {"name": "X", "scope": "district", "ends_on": (today() + timedelta(days=30)).isoformat()}
    assert (await for_a_time.post("/api-clients", json=body)).status_code == 201
    assert (await anybody.post("/api-clients", json=body)).status_code == 401
    for wrong in ({"scope": "oneself"}, {"scope_id": str(uuid4())}, {"scope": "network"}, {"ends_on": "2020-01-01"}):
        answer = await world.officer.post("/api-clients", json={"name": "X", "scope": "district"} | wrong)
        assert answer.status_code == 422


async def test_foreign_clients_look_like_missing_ones(world: Any) -> None:
    mine = await make(world.officer, scope="network", scope_id=world.network["id"])
    foreign, own = await world.foreign_officer(), await world.coordinator()
    assert (await foreign.get("/api-clients")).json()["items"] == []
    assert [item["id"] for item in (await own.get("/api-clients")).json()["items"]] == [mine["id"]]
    for method, path in (("DELETE", "/api-clients/{}"), ("POST", "/api-clients/{}/secret")):
        missing = await foreign.request(method, path.format(uuid4()))
        refused = await foreign.request(method, path.format(mine["id"]))
        assert (refused.status_code, refused.content) == (404, missing.content)
    assert (await own.post(f"/api-clients/{mine['id']}/secret")).status_code == 200


async def test_all_of_it_is_in_the_audit_log(world: Any, anybody: httpx2.AsyncClient, sessions: Sessions) -> None:
    person = uuid4()
    officer = await world.log_in(district_officer(), person=person)
    made = await make(officer)
    renewed = (await officer.post(f"/api-clients/{made['id']}/secret")).json()
    await log_in(anybody, renewed)
    await officer.delete(f"/api-clients/{made['id']}")
    async with sessions() as session:
        logged = sa.select(audit_entry).where(audit_entry.c.kind == "api_client").order_by(audit_entry.c.position)
        entries = (await session.execute(logged)).all()
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("api_client.made", person),
        ("api_client.renewed", person),
        ("login.succeeded", UUID(made["id"])),
        ("api_client.ended", person),
    ]


async def test_a_client_reads_the_contacts_of_its_scope_and_changes_nothing(
    world: Any, anybody: httpx2.AsyncClient
) -> None:
    in_gossa, elsewhere = await world.enter("In Gossa"), await world.enter("In Löberitz", village=world.loeberitz)
    await world.appoint(in_gossa, "Erna Beispiel")
    await world.appoint(elsewhere, "Fritz Anderswo")
    made = await make(world.officer, scope="network", scope_id=world.network["id"])
    headers = {"authorization": f"Bearer {(await log_in(anybody, made)).json()['access_token']}"}
    contacts = (await anybody.get("/contacts", headers=headers)).json()["items"]
    assert [contact["person"]["name"] for contact in contacts] == ["Erna Beispiel"]
    for method, path in (("GET", "/persons"), ("GET", "/grants"), ("DELETE", f"/contacts/{contacts[0]['id']}")):
        assert (await anybody.request(method, path, headers=headers)).status_code == 403
