"""Asking for a login link: what the mail gets, and what is told and kept."""

from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from registry.logins.limits import LINKS_FOR_ADDRESS, LINKS_FOR_CLIENT
from registry.logins.model import LoginCode
from shared.contracts.registry import LoginLinkRequested
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker[AsyncSession]


async def ask(client: httpx2.AsyncClient, email: str, **more: Any) -> httpx2.Response:
    return await client.post("/auth/login-links", json={"email": email, **more})


async def test_each_person_who_shares_the_mailbox_gets_a_link_that_works(
    anybody: httpx2.AsyncClient, enter: Any, outbox: Any
) -> None:
    for name in ("Hanne Beispiel", "Horst Beispiel"):
        await enter(name, "beispiel@post.example", None)
    answer = await ask(anybody, "Beispiel@POST.example", next="/konto")
    assert (answer.status_code, answer.json()) == (202, {"expires_in": 900})
    (event,) = await outbox.of(LoginLinkRequested)
    assert (event.data.email, event.data.next) == ("Beispiel@post.example", "/konto")
    names = []
    for link in event.data.links:
        token = await anybody.post("/auth/token", json={"grant_type": "login_code", "code": link.code})
        headers = {"authorization": f"Bearer {token.json()['access_token']}"}
        names.append((await anybody.get("/me", headers=headers)).json()["name"])
    assert names == [link.name for link in event.data.links] == ["Hanne Beispiel", "Horst Beispiel"]
    assert "beispiel" not in (await outbox.public_text()).lower()


async def test_nothing_of_an_unknown_address_is_kept(
    anybody: httpx2.AsyncClient, world: Any, outbox: Any, sessions: Sessions
) -> None:
    assert (await ask(anybody, "wer@anders.example", next="/konto")).status_code == 202
    (event,) = await outbox.of(LoginLinkRequested)
    assert (event.data.email, event.data.links, event.data.next) == (None, [], None)
    async with sessions() as session:
        (code,) = (await session.scalars(sa.select(LoginCode))).all()
    assert code.person_id is None


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "konto", "/a\nb", "javascript:x", "/" * 501]
)
async def test_a_mail_leads_to_our_pages_alone(anybody: httpx2.AsyncClient, world: Any, target: str) -> None:
    answer = await ask(anybody, "a@b.example", next=target)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, ["next"])


async def test_a_mailbox_is_not_flooded(anybody: httpx2.AsyncClient, world: Any, outbox: Any) -> None:
    many = LINKS_FOR_ADDRESS.amount
    statuses = [(await ask(anybody, f"{'A' * (n % 2)}nna@post.example")).status_code for n in range(2 * many + 2)]
    assert statuses.count(202) == 2 * many  # two addresses
    upper = [(await ask(anybody, spelled)).status_code for spelled in ("NNA@post.example", "nna@POST.EXAMPLE")]
    assert upper == [429, 429]
    assert len(await outbox.of(LoginLinkRequested)) == 2 * many


async def test_one_visitor_does_not_ask_for_everybody(anybody: httpx2.AsyncClient, world: Any) -> None:
    statuses = [(await ask(anybody, f"p{n}@post.example")).status_code for n in range(LINKS_FOR_CLIENT.amount + 1)]
    assert statuses == [202] * LINKS_FOR_CLIENT.amount + [429]
