"""The process dies between a withdrawal, the offer that it causes, and the mail: nobody is forgotten or told twice.

The processes are killed, and the workers, the broker and the mail server are real.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import events.worker
import httpx2
import notifications.worker
import pytest
import sqlalchemy as sa
from events.registrations.model import Registration
from events.settings import EventsSettings
from notifications.settings import NotificationsSettings
from shared.contracts.events import RegistrationState
from shared.messaging.rabbit import RabbitTransport
from shared.messaging.worker import started
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit import leaving
from testkit.receipts import receipt_settings
from testkit.smtp_sink import SmtpSink

Sessions = async_sessionmaker[AsyncSession]
FIRST, SECOND, THIRD = (("Otto", "otto@post.example"), ("Paula", "paula@post.example"), ("Rita", "rita@post.example"))


@pytest.fixture
def working(
    settings: EventsSettings,
    service_database: Callable[[str], str],
    amqp_url: str,
    amqp_prefix: str,
    smtp_sink: SmtpSink,
) -> Callable[[], Any]:
    """`async with working():` both workers run, on RabbitMQ."""
    broker: dict[str, Any] = {"amqp_url": amqp_url, "amqp_prefix": amqp_prefix}
    own = EventsSettings(
        database_url=settings.database_url, jwks_url=settings.jwks_url, **broker, **receipt_settings("events")
    )
    mail = NotificationsSettings(
        database_url=service_database("notifications"),
        jwks_url=settings.jwks_url,
        smtp_host=smtp_sink.host,
        smtp_port=smtp_sink.port,
        smtp_tls="none",
        mail_from="dorfnetz@muldestausee.example",
        **broker,
        **receipt_settings("notifications"),
    )

    @asynccontextmanager
    async def run() -> AsyncIterator[None]:
        reader, writer = (RabbitTransport(amqp_url, amqp_prefix, name=name) for name in ("notifications", "events"))
        mails = notifications.worker.create_worker(mail).running(reader)
        offers = events.worker.create_worker(own).running(writer)
        async with mails, offers, started(reader), started(writer):
            yield

    return run


@pytest.fixture
async def line(published: Any, coordinator: httpx2.AsyncClient) -> list[dict[str, Any]]:
    """A place, taken, and two who wait for it."""
    meeting = await published(capacity=1)
    path = f"/meetings/{meeting['id']}/registrations/for-somebody"
    return [
        (await coordinator.post(path, json={"name": name, "email": email})).raise_for_status().json()
        for name, email in (FIRST, SECOND, THIRD)
    ]


async def _leave_and_die(settings: EventsSettings, registration: dict[str, Any], when: str) -> None:
    folder = str(Path(leaving.__file__).parents[1])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "testkit.leaving", settings.database_url, registration["id"], when,
        env={"PYTHONPATH": folder},
    )  # fmt: skip
    assert await process.wait() == -signal.SIGKILL


async def _states(sessions: Sessions) -> list[str]:
    async with sessions() as session:
        return [str(state) for state in await session.scalars(sa.select(Registration.state).order_by("arrival"))]


async def _mails(sink: SmtpSink, address: str, subject: str, count: int = 1) -> None:
    """Waits for so many mails, and looks a moment later whether there are more."""
    for _ in range(600):
        if _found(sink, address, subject) >= count:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(1.5)
    assert _found(sink, address, subject) == count


def _found(sink: SmtpSink, address: str, subject: str) -> int:
    return sum(address in str(mail["To"]) and subject in str(mail["Subject"]) for mail in sink.messages)


async def test_a_crash_before_the_commit_changes_nothing(
    settings: EventsSettings, sessions: Sessions, line: list[dict[str, Any]], coordinator: httpx2.AsyncClient
) -> None:
    await _leave_and_die(settings, line[0], "before")
    assert await _states(sessions) == ["coming", "waiting", "waiting"]
    again = await coordinator.post(f"/registrations/{line[0]['id']}/withdrawal")
    assert again.status_code == 200
    assert await _states(sessions) == ["withdrawn", "offered", "waiting"]


async def test_a_crash_after_the_commit_keeps_the_offer_and_its_mail(
    settings: EventsSettings, sessions: Sessions, line: list[dict[str, Any]], working: Any, smtp_sink: SmtpSink
) -> None:
    """And when nobody takes the place in time, it goes to the next one, by itself."""
    await _leave_and_die(settings, line[0], "after")
    assert await _states(sessions) == ["withdrawn", "offered", "waiting"]
    assert smtp_sink.messages == []
    async with working():
        await _mails(smtp_sink, "paula@post.example", "Ein Platz ist frei")
        await _mails(smtp_sink, "otto@post.example", "Ihre Abmeldung")
    async with sessions.begin() as session:
        past = datetime.now(UTC) - timedelta(minutes=1)
        offered = Registration.state == RegistrationState.OFFERED
        await session.execute(sa.update(Registration).where(offered).values(offered_until=past))
    async with working():
        await _mails(smtp_sink, "rita@post.example", "Ein Platz ist frei")
        await _mails(smtp_sink, "paula@post.example", "Der Platz ist weitergegeben")
    assert await _states(sessions) == ["withdrawn", "lapsed", "offered"]
    await _mails(smtp_sink, "paula@post.example", "Ein Platz ist frei")
