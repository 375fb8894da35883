"""Sending by real SMTP: once, later, or never; what is told and what is forgotten."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
import time_machine
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from notifications.notices.model import GIVE_UP_AFTER, FailureReason, NoticeStatus
from notifications.tables import metadata
from shared.contracts.events import Answer
from shared.contracts.notifications import NoticeDelivered, NoticeFailed
from testkit.processes import free_port
from testkit.smtp_sink import SmtpSink

PENDING, SENT, FAILED = NoticeStatus.PENDING, NoticeStatus.SENT, NoticeStatus.FAILED


async def dump(world: Any) -> str:
    """Every row of the service's database, as text."""
    rows: list[str] = []
    async with world.sessions() as session:
        for table in metadata.sorted_tables:
            rows += (await session.scalars(sa.select(sa.cast(table.table_valued(), sa.Text)))).all()
    return "\n".join(rows)


async def test_an_invitation_is_sent_once_and_told(world: Any, smtp_sink: SmtpSink) -> None:
    invitation = await world.invite(await world.contact())
    await world.send()
    await world.make_due()
    await world.send()
    assert smtp_sink.recipients == [["h.beispiel@verein.example"]]
    (notice,) = await world.notices()
    assert (notice.status, notice.attempts, notice.reason) == (SENT, 1, None)
    (told,) = await world.told(NoticeDelivered)
    assert (told.subject, told.networkid) == (str(notice.id), "heidedoerfer")
    assert told.data.meeting_id == invitation.data.meeting.meeting_id
    assert b"Hannelore" not in told.to_bytes()


async def test_the_reply_token_is_kept_only_until_it_is_sent(world: Any, smtp_sink: SmtpSink) -> None:
    await world.invite(await world.contact())
    assert world.tokens[0] in await dump(world)
    await world.send()
    text = await dump(world)
    assert str((await world.notices())[0].id) in text
    assert world.tokens[0] not in text
    assert f"https://dorfnetz.example/antwort/{world.tokens[0]}" in smtp_sink.messages[0].as_string()


async def test_nothing_is_logged_that_names_or_opens(
    world: Any, smtp_sink: SmtpSink, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    smtp_sink.refuse = "550 5.1.1 <h.beispiel@verein.example> unknown"
    await world.invite(await world.contact())
    await world.send()
    output = capsys.readouterr()
    logged = caplog.text + output.out + output.err
    assert "notice_failed" in logged
    for secret in (world.tokens[0], "Hannelore", "verein.example"):
        assert secret not in logged


async def test_a_notice_waits_until_its_contact_is_known(world: Any, smtp_sink: SmtpSink) -> None:
    contact, person = uuid4(), uuid4()
    await world.invite(contact)
    await world.send()
    await world.identify(person, contact)
    await world.send()
    assert smtp_sink.messages == []
    await world.describe_person(person=person)
    await world.send()
    assert len(smtp_sink.messages) == 1


async def test_the_newest_address_is_used(world: Any, smtp_sink: SmtpSink) -> None:
    person = await world.describe_person(email="alt@verein.example")
    await world.invite(await world.identify(person))
    await world.describe_person(email="neu@verein.example", person=person, sequence=2)
    await world.send()
    assert smtp_sink.recipients == [["neu@verein.example"]]


@pytest.mark.parametrize(
    "email", [None, "", "ohne-at", "@verein.example", "a b@verein.example", "a@b\r\nBcc: c@d.example"]
)
async def test_without_a_usable_address_it_fails_at_once(world: Any, smtp_sink: SmtpSink, email: str | None) -> None:
    await world.invite(await world.contact(email=email))
    await world.send()
    (notice,) = await world.notices()
    assert (notice.status, notice.reason) == (FAILED, FailureReason.NO_ADDRESS)
    (told,) = await world.told(NoticeFailed)
    assert told.data.reason == "no_address"
    assert smtp_sink.messages == []


async def test_a_permanent_refusal_is_not_tried_again(world: Any, smtp_sink: SmtpSink) -> None:
    smtp_sink.refuse = "550 No such mailbox"
    await world.invite(await world.contact())
    await world.send()
    smtp_sink.refuse = None
    await world.make_due()
    await world.send()
    assert smtp_sink.messages == []
    assert [event.data.reason for event in await world.told(NoticeFailed)] == ["refused"]


async def test_a_temporary_refusal_is_tried_again_with_growing_pauses(world: Any, smtp_sink: SmtpSink) -> None:
    smtp_sink.refuse = "451 Greylisted, try again later"
    await world.invite(await world.contact())
    pauses = []
    for attempt in range(1, 5):
        await world.make_due()
        await world.send()
        await world.send()  # nothing is due yet
        (notice,) = await world.notices()
        assert (notice.status, notice.attempts) == (PENDING, attempt)
        pauses.append(notice.next_attempt_at)
    assert all((b - a) > timedelta(seconds=8) for a, b in pairwise(pauses))
    smtp_sink.refuse = None
    await world.make_due()
    await world.send()
    assert len(smtp_sink.messages) == 1
    assert await world.told(NoticeFailed) == []


async def test_at_last_it_is_given_up(world: Any, smtp_sink: SmtpSink) -> None:
    smtp_sink.refuse = "451 Try again later"
    await world.invite(await world.contact())
    await world.send()
    (notice,) = await world.notices()
    with time_machine.travel(notice.created_at + GIVE_UP_AFTER + timedelta(minutes=1)):
        await world.send()
    (notice,) = await world.notices()
    assert (notice.status, notice.reason) == (FAILED, FailureReason.GAVE_UP)
    assert [event.data.reason for event in await world.told(NoticeFailed)] == ["gave_up"]


async def test_what_was_not_sent_before_the_meetings_end_is_given_up_and_its_token_forgotten(
    world: Any, smtp_sink: SmtpSink
) -> None:
    unknown = await world.invite(uuid4())
    smtp_sink.refuse = "550 No such mailbox"
    await world.invite(await world.contact())
    await world.send()
    with time_machine.travel(unknown.data.meeting.ends_at + timedelta(minutes=1)):
        await world.send()
    assert sorted(event.data.reason for event in await world.told(NoticeFailed)) == ["no_address", "refused"]
    text = await dump(world)
    assert not any(token in text for token in world.tokens)


async def test_a_mail_server_that_is_away_costs_nothing(world: Any, smtp_sink: SmtpSink) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        await world.invite(await world.contact())
        await world.invite(await world.contact())
        await world.send(smtp_port=unused.getsockname()[1])
    assert {(notice.status, notice.attempts) for notice in await world.notices()} == {(PENDING, 0)}
    await world.make_due()
    await world.send()
    assert len(smtp_sink.messages) == 2


async def test_a_mail_server_that_hangs_is_left_in_time(world: Any, smtp_sink: SmtpSink) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        await world.invite(await world.contact())
        async with asyncio.timeout(10):
            await world.send(smtp_port=silent.getsockname()[1], smtp_timeout=0.3)
    await world.make_due()
    await world.send()
    assert len(smtp_sink.messages) == 1


class Picky:
    """A mail server that answers as its recipients are called: `451@…`, `550@…`, `421@…`."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        code = address.partition("@")[0]
        if code.isdigit():
            return f"{code} So it is"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken += envelope.rcpt_tos
        return "250 OK"


@contextmanager
def listening(handler: Any, **options: Any) -> Iterator[int]:
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


async def test_one_bad_recipient_does_not_hold_up_the_others(world: Any) -> None:
    handler = Picky()
    for name in ("550", "gut", "451", "besser", "553"):
        await world.invite(await world.contact(email=f"{name}@verein.example"))
    with listening(handler) as port:
        await world.send(smtp_port=port)
    assert sorted(handler.taken) == ["besser@verein.example", "gut@verein.example"]
    notices = await world.notices()
    assert [notice.status for notice in notices] == [FAILED, SENT, PENDING, SENT, FAILED]
    assert [notice.attempts for notice in notices] == [0, 1, 1, 1, 0]


async def test_several_workers_send_each_mail_once(world: Any, smtp_sink: SmtpSink) -> None:
    for number in range(60):
        await world.invite(await world.contact(email=f"nr{number}@verein.example"))
    await asyncio.gather(*(world.send() for _ in range(4)))
    assert sorted(to for (to,) in smtp_sink.recipients) == sorted(f"nr{n}@verein.example" for n in range(60))
    assert {notice.status for notice in await world.notices()} == {SENT}
    assert len(await world.told(NoticeDelivered)) == 60


async def test_a_crash_after_the_handover_sends_again_with_the_same_id(world: Any, smtp_sink: SmtpSink) -> None:
    """At least once: the receiver can tell by the Message-ID that it is the same message."""
    await world.invite(await world.contact())
    await world.send()
    async with world.sessions() as session, session.begin():  # as if the commit had not happened
        notice = (await session.scalars(sa.select(type((await world.notices())[0])))).one()
        notice.status, notice.reply_token = PENDING, world.tokens[0]
    await world.send()
    first, second = smtp_sink.messages
    assert first["Message-ID"] == second["Message-ID"]


async def test_a_notice_that_cannot_be_written_does_not_hold_up_the_others(world: Any, smtp_sink: SmtpSink) -> None:
    await world.invite(await world.contact())
    async with world.sessions() as session, session.begin():
        await session.execute(sa.text("UPDATE notice SET meeting = '{}'"))
    await world.invite(await world.contact())
    await world.send()
    assert len(smtp_sink.messages) == 1
    assert [notice.status for notice in await world.notices()] == [PENDING, SENT]


async def test_confirmations(world: Any, smtp_sink: SmtpSink) -> None:
    person: UUID = await world.describe_person()
    contact = await world.identify(person)
    invitation = await world.invite(contact)
    await world.answer(invitation, Answer.ACCEPTED)
    await world.register(person)
    await world.send()
    subjects = sorted(message["Subject"].split(":")[0].strip() for message in smtp_sink.messages)
    assert subjects == ["Einladung", "Ihre Zusage", "Sie sind angemeldet"]


@pytest.fixture
def certificate(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's TLS context whose self-made certificate this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    return context


async def test_starttls_with_a_trusted_certificate(world: Any, certificate: Any) -> None:
    handler = Picky()
    await world.invite(await world.contact())
    with listening(handler, tls_context=certificate, require_starttls=True) as port:
        await world.send(smtp_port=port, smtp_tls="starttls")
    assert handler.taken == ["h.beispiel@verein.example"]


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    world: Any, certificate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    handler = Picky()
    await world.invite(await world.contact())
    with listening(handler, tls_context=certificate) as port:
        await world.send(smtp_port=port, smtp_tls="starttls")
    assert handler.taken == []


async def test_starttls_is_never_skipped(world: Any, smtp_sink: SmtpSink) -> None:
    """The server offers none: better no mail than one that everybody on the way reads."""
    await world.invite(await world.contact())
    await world.send(smtp_tls="starttls")
    assert smtp_sink.messages == []
    assert [notice.status for notice in await world.notices()] == [PENDING]
