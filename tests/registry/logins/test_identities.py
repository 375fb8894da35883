"""Staff log in with their account at the office's provider: a real one on localhost."""

import asyncio
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

import httpx2
import sqlalchemy as sa
from registry.logins.identities import forget_identities
from shared.audit.tables import audit_entry
from shared.database import transaction
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.oidc import OpenIdProvider, ProviderPerson

Sessions = async_sessionmaker[AsyncSession]


async def exchange(client: httpx2.AsyncClient, token: str, **changes: str) -> httpx2.Response:
    body = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": token,
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
    }
    return await client.post("/auth/token", data=body | changes)  # a form, as OAuth clients send it


async def me(client: httpx2.AsyncClient, answer: httpx2.Response) -> Any:
    headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
    return (await client.get("/me", headers=headers)).json()


async def test_the_first_login_links_by_verified_email_and_the_next_by_the_account(
    door: httpx2.AsyncClient, provider: OpenIdProvider, enter: Any, world: Any
) -> None:
    person = await enter()
    first = await exchange(door, provider.id_token(nonce=token_urlsafe()))
    assert first.status_code == 200, first.text
    assert first.json()["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
    assert first.json()["refresh_token"]
    assert (await me(door, first))["name"] == "Petra Amtmann"
    await world.officer.patch(f"/persons/{person['id']}", json={"email": "p.amtmann@landkreis.example"})
    married = ProviderPerson(name="Petra Neu", email="petra.neu@landkreis.example")  # the same `sub`
    again = await exchange(door, provider.id_token(married, nonce=token_urlsafe()))
    assert (await me(door, again))["id"] == person["id"]


async def test_who_gets_a_colleagues_address_does_not_become_that_colleague(
    door: httpx2.AsyncClient, provider: OpenIdProvider, enter: Any, sessions: Sessions
) -> None:
    person = await enter()
    assert (await exchange(door, provider.id_token(nonce=token_urlsafe()))).status_code == 200
    successor = ProviderPerson(sub="another-account", name="Norbert Nachfolger", email="petra@landkreis.example")
    refused = await exchange(door, provider.id_token(successor, nonce=token_urlsafe()))
    assert (refused.status_code, refused.json()["code"]) == (403, "identity_unknown")
    async with transaction(sessions) as session:  # until an operator says so
        assert await forget_identities(session, UUID(person["id"])) == 1
    assert (await exchange(door, provider.id_token(successor, nonce=token_urlsafe()))).status_code == 200


async def test_only_the_one_member_of_staff_with_this_address_is_linked(
    door: httpx2.AsyncClient, provider: OpenIdProvider, enter: Any
) -> None:
    async def log_in(**changes: Any) -> tuple[int, str]:
        answer = await exchange(door, provider.id_token(nonce=token_urlsafe(), **changes))
        return answer.status_code, answer.json().get("code", "")

    unknown = (403, "identity_unknown")
    assert await log_in() == unknown
    await enter("Vera Ehrenamt", role=None)
    assert await log_in() == unknown  # not staff
    await enter("Petra Amtmann")
    assert await log_in(email_verified=False) == unknown
    assert await log_in(email_verified="true") == unknown
    assert await log_in(email=None) == unknown
    await enter("Paul Amtmann")
    assert await log_in() == unknown  # two of them: which one?


async def test_an_id_token_is_accepted_once(
    door: httpx2.AsyncClient, provider: OpenIdProvider, enter: Any, sessions: Sessions
) -> None:
    person = await enter()
    token = provider.id_token(nonce=token_urlsafe())
    answers = await asyncio.gather(*(exchange(door, token) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200, *[401] * 9]
    async with sessions() as session:
        logged = sa.select(audit_entry).where(audit_entry.c.kind.in_(["login", "person"]))
        entries = (await session.execute(logged.order_by(audit_entry.c.position))).all()
    seen = [(entry.action, entry.details) for entry in entries if entry.action != "person.entered"]
    assert seen == [("external_identity.linked", {}), ("login.succeeded", {"by": "id_token"})]
    assert entries[-1].actor == UUID(person["id"])


async def test_keys_of_the_provider_rotate(door: httpx2.AsyncClient, provider: OpenIdProvider, enter: Any) -> None:
    await enter()
    assert (await exchange(door, provider.id_token(nonce=token_urlsafe()))).status_code == 200
    provider.rotate_key()
    app: Any = door._transport
    app.app.state.id_tokens._keys._refetch_after = 0  # else it asks again after ten seconds
    assert (await exchange(door, provider.id_token(nonce=token_urlsafe()))).status_code == 200


async def test_a_provider_that_is_away_is_no_refusal(
    door: httpx2.AsyncClient, provider: OpenIdProvider, enter: Any
) -> None:
    await enter()
    token = provider.id_token(nonce=token_urlsafe())
    provider.stop()
    answer = await exchange(door, token)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"]


async def test_an_office_without_provider_says_so(anybody: httpx2.AsyncClient) -> None:
    answer = await exchange(anybody, "x.y.z")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")
