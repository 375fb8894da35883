"""The mail with a login link: at once, before all others, never too late, and its secrets are forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from notifications.logins.consumers import consumer
from notifications.notices.model import NoticeStatus
from shared.contracts.envelope import create_event
from shared.contracts.notifications import NoticeDelivered, NoticeFailed
from shared.contracts.registry import LoginLink, LoginLinkRequested
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery
from testkit.clients import Clients
from testkit.smtp_sink import SmtpSink
from testkit.tokens import district_officer, network_coordinator

CODE = "ein-geheimer-Code"


async def ask(world: Any, *names: str, email: str | None = "h.beispiel@verein.example", **changes: Any) -> None:
    """What the registry tells when somebody asks for a login link."""
    links = [LoginLink(person_id=uuid4(), name=name, code=f"{CODE}-{number}") for number, name in enumerate(names)]
    values = {"expires_at": datetime.now(UTC) + timedelta(minutes=15), **changes}
    data = LoginLinkRequested(request_id=uuid4(), email=email, links=links, **values)
    event = create_event(data, subject=data.request_id, sequence=1)
    delivery = Delivery(data.exchange, event.routing_key, event.to_bytes())
    for _ in range(2):  # delivered again: one mail
        assert await Inbox(consumer, world.sessions).process([delivery]) == [DONE]


def text_of(message: Any, kind: str = "plain") -> str:
    return str(message.get_body((kind,)).get_content())


async def everything_stored(world: Any) -> str:
    async with world.sessions() as session:
        rows = await session.execute(sa.text("select to_jsonb(notice)::text from notice"))
        return "\n".join(rows.scalars())


async def test_a_link_says_what_to_do_and_until_when(world: Any, smtp_sink: SmtpSink) -> None:
    until = datetime(2099, 7, 1, 10, 30, tzinfo=UTC)
    await ask(world, "Hannelore Beispiel", next="/n/heidedoerfer?seite=2", expires_at=until)
    await world.send()
    (message,) = smtp_sink.messages
    assert message["Subject"] == "Ihr Link zum Anmelden"
    assert message["To"] == "h.beispiel@verein.example"
    link = "https://dorfnetz.example/anmelden?code=ein-geheimer-Code-0&weiter=%2Fn%2Fheidedoerfer%3Fseite%3D2"
    text, html = text_of(message), text_of(message, "html")
    assert f"\n{link}\n" in text.replace("\r\n", "\n")
    assert f'href="{link.replace("&", "&amp;")}"' in html
    for body in (text, html):
        assert "Guten Tag Hannelore Beispiel" in body
        assert "12:30 Uhr" in body  # in Berlin
        assert "Sie wollten sich gar nicht anmelden?" in body
    for loading in ("<img", "<link", "<script", "@import", "url(", "<style", "src="):
        assert loading not in html
    assert not [part for part in message.walk() if part.get_content_type() == "text/calendar"]


async def test_who_shares_a_mailbox_gets_one_mail(world: Any, smtp_sink: SmtpSink) -> None:
    await ask(world, "Hannelore Beispiel", "Horst Beispiel <b>")
    await world.send()
    (message,) = smtp_sink.messages
    text, html = text_of(message).replace("\r\n", "\n"), text_of(message, "html")
    for number, name in enumerate(("Hannelore Beispiel", "Horst Beispiel <b>")):
        link = f"https://dorfnetz.example/anmelden?code={CODE}-{number}"
        assert f"{name}:\n{link}\n" in text
        assert link in html
    assert "Anmelden als Horst Beispiel &lt;b&gt;" in html


async def test_an_unknown_address_gets_nothing(world: Any, smtp_sink: SmtpSink) -> None:
    await ask(world, email=None)
    await world.send()
    assert (await world.notices(), smtp_sink.messages) == ([], [])


async def test_it_goes_before_what_waits_already(world: Any, smtp_sink: SmtpSink) -> None:
    for _ in range(3):
        await world.invite(await world.contact())
    await ask(world, "Hannelore Beispiel")
    await world.send(smtp_connections=1)
    assert [message["Subject"][:8] for message in smtp_sink.messages] == ["Ihr Link", *["Einladun"] * 3]


async def test_nothing_of_it_is_kept_or_told(world: Any, smtp_sink: SmtpSink) -> None:
    await ask(world, "Hannelore Beispiel")
    assert CODE in await everything_stored(world)  # until it is sent: the control of what follows
    await world.send()
    stored = await everything_stored(world)
    assert len(smtp_sink.messages) == 1
    for secret in (CODE, "Hannelore", "verein.example"):
        assert secret not in stored
    assert await world.told(NoticeDelivered) == []  # else a stranger learns by it that the address is known


async def test_too_late_is_not_sent(world: Any, smtp_sink: SmtpSink) -> None:
    smtp_sink.refuse = "451 Later"
    await ask(world, "Hannelore Beispiel", expires_at=datetime.now(UTC) + timedelta(seconds=1))
    await world.send()
    (notice,) = await world.notices()
    assert notice.status is NoticeStatus.PENDING
    smtp_sink.refuse = None
    async with world.sessions() as session, session.begin():  # the quarter of an hour passes
        await session.execute(sa.text("update notice set expires_at = now(), next_attempt_at = now()"))
    await world.send()
    (notice,) = await world.notices()
    assert (notice.status, notice.content, notice.address) == (NoticeStatus.FAILED, None, None)
    assert (smtp_sink.messages, await world.told(NoticeFailed)) == ([], [])


async def test_only_the_district_sees_that_it_was_sent(
    world: Any, client_for: Clients, app: FastAPI, token_for: Any
) -> None:
    await ask(world, "Hannelore Beispiel")
    officer: httpx2.AsyncClient = await client_for(app, token_for(district_officer()))
    coordinator = await client_for(app, token_for(network_coordinator()))
    answer = await officer.get("/notices")
    (item,) = answer.json()["items"]
    assert (item["kind"], item["status"], item["meeting_id"]) == ("login_link", "pending", None)
    assert CODE not in answer.text
    assert "verein.example" not in answer.text
    assert (await coordinator.get("/notices")).json()["items"] == []


@pytest.mark.parametrize("name", ["", "Zeilen\r\nBcc: wer@anders.example", "=?utf-8?q?=0d=0aBcc:?="])
async def test_a_name_stays_in_its_place(world: Any, smtp_sink: SmtpSink, name: str) -> None:
    await ask(world, name)
    await world.send()
    (message,) = smtp_sink.messages
    assert message["Bcc"] is None
