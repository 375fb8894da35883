"""A new email address is a key to the account: its owner confirms it, and the old one is told."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
import time_machine
from registry.address_changes.limits import CHANGES_OF_PERSON, CHANGES_TO_ADDRESS
from registry.address_changes.model import AddressChange
from registry.logins.handlers import create_login_code
from registry.retention import RULES
from shared.contracts.registry import AddressChangeRequested, AddressReplaced, PersonDescribed
from shared.database import transaction
from shared.retention.runs import run_rule
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.tokens import district_officer

Sessions = async_sessionmaker[AsyncSession]

OLD, NEW = "erna@verein.example", "erna@neu.example"


@pytest.fixture
async def erna(world: Any) -> dict[str, Any]:
    """The contact of an association."""
    person: dict[str, Any] = (await world.appoint(await world.enter()))["person"]
    return person


@pytest.fixture
async def herself(world: Any, erna: dict[str, Any]) -> httpx2.AsyncClient:
    client: httpx2.AsyncClient = await world.log_in(person=UUID(erna["id"]))
    return client


async def address(client: httpx2.AsyncClient) -> str | None:
    return (await client.get("/me")).json()["email"]  # type: ignore[no-any-return]


async def token(outbox: Any, number: int = -1) -> str:
    """The secret that is on its way to the new address."""
    asked: str = (await outbox.of(AddressChangeRequested))[number].data.token
    return asked


async def test_the_new_address_holds_when_its_owner_has_confirmed_it(
    world: Any, herself: httpx2.AsyncClient, anybody: httpx2.AsyncClient, outbox: Any
) -> None:
    """Control run: `PATCH /me` that takes the address over at once."""
    answer = await herself.patch("/me", json={"email": NEW, "phone": "034955 12345"})
    assert (answer.json()["email"], answer.json()["phone"]) == (OLD, "+493495512345")
    assert await address(herself) == OLD
    (asked,) = await outbox.of(AddressChangeRequested)
    assert (asked.data.email, asked.data.old_email) == (NEW, OLD)
    assert asked.data.expires_at - datetime.now(UTC) <= timedelta(hours=24)
    header = {"confirmation-token": asked.data.token}
    assert (await anybody.get("/address-changes/by-token", headers=header)).json() == {"email": NEW}
    assert await address(herself) == OLD, "reading the page confirmed it"
    given = {"token": asked.data.token}
    assert (await anybody.post("/address-changes/confirmation", json=given)).status_code == 204
    assert await address(herself) == NEW
    assert (await outbox.of(PersonDescribed))[-1].data.email == NEW
    public = await outbox.public_text()
    assert not any(canary in public for canary in ("erna@", asked.data.token))


async def test_only_the_hash_of_the_link_is_stored(
    herself: httpx2.AsyncClient, outbox: Any, sessions: Sessions
) -> None:
    await herself.patch("/me", json={"email": NEW})
    async with sessions() as session:
        row = (await session.execute(sa.text("SELECT address_change::text FROM address_change"))).scalar_one()
    assert await token(outbox) not in row
    assert (await token(outbox)).encode().hex() not in row


async def test_a_link_works_once_also_at_the_same_time(
    herself: httpx2.AsyncClient, anybody: httpx2.AsyncClient, outbox: Any
) -> None:
    await herself.patch("/me", json={"email": NEW})
    body = {"token": await token(outbox)}
    answers = await asyncio.gather(*(anybody.post("/address-changes/confirmation", json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [204] + [404] * 7
    unknown = await anybody.post("/address-changes/confirmation", json={"token": "erraten"})
    assert unknown.content == next(answer.content for answer in answers if answer.status_code == 404)


async def test_an_old_link_does_not_work_and_is_forgotten(
    herself: httpx2.AsyncClient, anybody: httpx2.AsyncClient, outbox: Any, sessions: Sessions
) -> None:
    await herself.patch("/me", json={"email": NEW})
    body = {"token": await token(outbox)}
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=24, seconds=1), tick=False):
        assert (await anybody.post("/address-changes/confirmation", json=body)).status_code == 404
    rule = next(rule for rule in RULES if rule.slug == "address-changes")
    async with sessions() as session:
        assert (await session.scalars(sa.select(AddressChange.email))).all() == [NEW]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=4), tick=False):
        await run_rule(sessions, rule, dry_run=False)
    async with sessions() as session:
        assert (await session.scalars(sa.select(AddressChange))).all() == []


async def test_who_asks_again_ends_the_first_link(
    herself: httpx2.AsyncClient, anybody: httpx2.AsyncClient, outbox: Any
) -> None:
    for email in ("erna@neu.exampel", NEW):
        assert (await herself.patch("/me", json={"email": email})).status_code == 200
    first = {"token": await token(outbox, 0)}
    assert (await anybody.post("/address-changes/confirmation", json=first)).status_code == 404
    assert (await anybody.post("/address-changes/confirmation", json={"token": await token(outbox)})).is_success


async def test_the_answer_does_not_tell_whether_others_have_the_address(
    world: Any, herself: httpx2.AsyncClient, anybody: httpx2.AsyncClient, outbox: Any
) -> None:
    """Control run: with the look-up of `_change` the second answer is 409."""
    double = {"name": "Erna Beispiel", "email": "erna@doppelt.example"}
    assert (await world.officer.post("/persons", json=double)).status_code == 201
    unused = await herself.patch("/me", json={"email": NEW})
    used = await herself.patch("/me", json={"email": double["email"]})
    assert (used.status_code, used.content) == (unused.status_code, unused.content)
    own = await anybody.post("/address-changes/confirmation", json={"token": await token(outbox)})
    assert (own.status_code, own.json()["code"]) == (409, "person_exists"), "the owner of the mailbox may know"


async def test_log_out_everywhere_ends_the_link(
    herself: httpx2.AsyncClient, anybody: httpx2.AsyncClient, outbox: Any
) -> None:
    """What the mail to the old address says against a stranger at one's device."""
    await herself.patch("/me", json={"email": NEW})
    assert (await herself.post("/auth/logout-everywhere")).status_code == 204
    body = {"token": await token(outbox)}
    assert (await anybody.post("/address-changes/confirmation", json=body)).status_code == 404


async def test_links_in_the_old_mailbox_end_with_the_change(
    erna: dict[str, Any], herself: httpx2.AsyncClient, anybody: httpx2.AsyncClient, outbox: Any, sessions: Sessions
) -> None:
    async with transaction(sessions) as session:
        code = await create_login_code(session, UUID(erna["id"]))
    await herself.patch("/me", json={"email": NEW})
    await anybody.post("/address-changes/confirmation", json={"token": await token(outbox)})
    refused = await anybody.post("/auth/token", json={"grant_type": "login_code", "code": code})
    assert (refused.status_code, refused.json()["code"]) == (401, "login_refused")


async def test_nobody_is_flooded(world: Any, herself: httpx2.AsyncClient, outbox: Any) -> None:
    for number in range(CHANGES_OF_PERSON.amount):
        assert (await herself.patch("/me", json={"email": f"erna{number}@neu.example"})).status_code == 200
    refused = await herself.patch("/me", json={"email": NEW})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert (await herself.patch("/me", json={"phone": "034955 12345"})).status_code == 200
    for number in range(CHANGES_TO_ADDRESS.amount + 1):
        person = (await world.appoint(await world.enter(f"Verein {number}"), f"Person{number} Beispiel"))["person"]
        somebody = await world.log_in(person=UUID(person["id"]))
        last = await somebody.patch("/me", json={"email": "Opfer@post.example" if number % 2 else "opfer@post.example"})
    assert last.status_code == 429
    assert len(await outbox.of(AddressChangeRequested)) == CHANGES_OF_PERSON.amount + CHANGES_TO_ADDRESS.amount


async def test_an_address_that_is_taken_away_is_told(herself: httpx2.AsyncClient, outbox: Any) -> None:
    gone = await herself.patch("/me", json={"email": None, "phone": "034955 12345"})
    assert (gone.status_code, gone.json()["email"]) == (200, None)
    (told,) = await outbox.of(AddressReplaced)
    assert told.data.old_email == OLD


async def test_staff_who_change_an_address_end_the_logins_of_the_old_one(
    world: Any, erna: dict[str, Any], herself: httpx2.AsyncClient, anybody: httpx2.AsyncClient, outbox: Any,
    sessions: Sessions,
) -> None:  # fmt: skip
    """Control run: without `replaced_by_staff` the refresh token and the waiting links work on."""
    async with transaction(sessions) as session:
        first, second = [await create_login_code(session, UUID(erna["id"])) for _ in range(2)]
    login = (await anybody.post("/auth/token", json={"grant_type": "login_code", "code": first})).json()
    await herself.patch("/me", json={"email": "erna@fremd.example"})
    coordinator, path = await world.coordinator(), f"/persons/{erna['id']}"
    assert (await coordinator.patch(path, json={"phone": "034955 12345"})).status_code == 200
    assert not await outbox.of(AddressReplaced), "the address is the same"
    assert (await coordinator.patch(path, json={"email": NEW})).json()["email"] == NEW
    (told,) = await outbox.of(AddressReplaced)
    assert told.data.old_email == OLD
    refresh = {"grant_type": "refresh_token", "refresh_token": login["refresh_token"]}
    for proof in (refresh, {"grant_type": "login_code", "code": second}):
        assert (await anybody.post("/auth/token", json=proof)).status_code == 401
    wish = {"token": await token(outbox)}
    assert (await anybody.post("/address-changes/confirmation", json=wish)).status_code == 404


async def test_the_way_of_the_staff_is_no_way_round(erna: dict[str, Any], world: Any, outbox: Any) -> None:
    officer = await world.log_in(district_officer(), person=UUID(erna["id"]))
    answer = await officer.patch(f"/persons/{erna['id']}", json={"email": NEW})
    assert (answer.status_code, answer.json()["email"]) == (200, OLD)
    assert len(await outbox.of(AddressChangeRequested)) == 1
