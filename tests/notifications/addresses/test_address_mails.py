"""Mails about a new email address: a link to the new one, a warning to the old one."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from notifications.addresses.consumers import consumer
from shared.contracts.envelope import EventData, create_event
from shared.contracts.registry import AddressChangeRequested, AddressReplaced
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery
from testkit.smtp_sink import SmtpSink

TOKEN = "ein-geheimer-Link"
OLD, NEW = "hannelore@alt.example", "hannelore@neu.example"
WHO = {"person_id": uuid4(), "name": "Hannelore Beispiel <b>"}


async def tell(world: Any, data: EventData) -> None:
    event = create_event(data, subject=data.change_id, sequence=1)  # type: ignore[attr-defined]
    delivery = Delivery(data.exchange, event.routing_key, event.to_bytes())
    for _ in range(2):  # delivered again: one mail each
        assert await Inbox(consumer, world.sessions).process([delivery]) == [DONE]
    await world.send()


async def ask(world: Any, old_email: str | None = OLD) -> None:
    until = datetime(2099, 7, 1, 10, 30, tzinfo=UTC)
    asked = AddressChangeRequested(
        change_id=uuid4(), **WHO, email=NEW, old_email=old_email, token=TOKEN, expires_at=until
    )
    await tell(world, asked)


def texts(message: Any) -> tuple[str, str]:
    plain, html = (str(message.get_body((kind,)).get_content()) for kind in ("plain", "html"))
    return plain.replace("\r\n", "\n"), html


async def test_the_new_address_gets_the_link_and_the_old_one_a_warning(world: Any, smtp_sink: SmtpSink) -> None:
    await ask(world)
    by_address = {message["To"].addresses[0].addr_spec: message for message in smtp_sink.messages}
    assert sorted(by_address) == [OLD, NEW]
    text, html = texts(by_address[NEW])
    link = f"https://dorfnetz.example/konto/adresse/{TOKEN}"
    assert f"\n{link}\n" in text
    assert f'href="{link}"' in html
    for body in (text, html):
        assert "12:30 Uhr" in body  # in Berlin
        assert OLD not in body
    assert "Hannelore Beispiel &lt;b&gt;" in html
    assert by_address[OLD]["Subject"] == "Ihre E-Mail-Adresse soll geändert werden"
    for body in texts(by_address[OLD]):
        assert "Überall abmelden" in body
        assert "https://dorfnetz.example/konto" in body
        assert "Antworten Sie" in body
        assert TOKEN not in body, "the old mailbox could take the new address over"
        assert NEW not in body


async def test_who_had_no_address_gets_the_link_alone(world: Any, smtp_sink: SmtpSink) -> None:
    await ask(world, old_email=None)
    assert [message["To"].addresses[0].addr_spec for message in smtp_sink.messages] == [NEW]


async def test_an_address_that_staff_replaced_gets_word(world: Any, smtp_sink: SmtpSink) -> None:
    await tell(world, AddressReplaced(change_id=uuid4(), **WHO, old_email=OLD))
    (message,) = smtp_sink.messages
    assert (message["To"].addresses[0].addr_spec, message["Subject"]) == (OLD, "Ihre E-Mail-Adresse wurde geändert")
    for body in texts(message):
        assert "Wissen Sie nichts davon?" in body
        assert "Überall abmelden" not in body, "who has lost the address cannot log in by it"


async def test_nothing_of_it_is_kept(world: Any, smtp_sink: SmtpSink) -> None:
    await ask(world)
    assert len(smtp_sink.messages) == 2
    async with world.sessions() as session:
        stored = "\n".join((await session.execute(sa.text("select to_jsonb(notice)::text from notice"))).scalars())
    assert not any(secret in stored for secret in (TOKEN, "Hannelore", "hannelore"))
