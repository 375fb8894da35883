"""The service `notifications` on a real database, with a real SMTP server behind it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from notifications.app import create_app
from notifications.delivery.sending import send_due
from notifications.directory.consumers import consumer as directory
from notifications.notices.consumers import consumer as notices
from notifications.notices.model import Notice
from notifications.registrations.consumers import consumer as registrations
from notifications.settings import NotificationsSettings
from shared.access.tenancy import EVERYTHING
from shared.contracts.envelope import Event, EventData, create_event, parse_event
from shared.contracts.events import (
    AgendaItem,
    Answer,
    InvitationAnswered,
    InvitationIssued,
    MeetingFacts,
    MeetingKind,
    MeetingNewsTold,
    RegistrationState,
    RegistrationTold,
)
from shared.contracts.registry import ContactIdentified, PersonDescribed
from shared.database import create_engine, create_sessions
from shared.messaging import tables
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.smtp_sink import SmtpSink
from testkit.tokens import Issuer

D = TypeVar("D", bound=EventData)
Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
def settings(service_database: Callable[[str], str], issuer: Issuer, smtp_sink: SmtpSink) -> NotificationsSettings:
    return NotificationsSettings(
        database_url=service_database("notifications"),
        jwks_url=issuer.jwks_url,
        public_url="https://dorfnetz.example",
        smtp_host=smtp_sink.host,
        smtp_port=smtp_sink.port,
        smtp_tls="none",
        smtp_timeout=5,
        mail_from="dorfnetz@muldestausee.example",
        mail_reply_to="ehrenamt@muldestausee.example",
        mail_reply_to_name="Büro Ehrenamt, Gemeinde",
    )


@pytest.fixture
def app(settings: NotificationsSettings) -> FastAPI:
    return create_app(settings)


@pytest.fixture
async def sessions(settings: NotificationsSettings) -> AsyncIterator[Sessions]:
    engine = create_engine(settings, scopes=EVERYTHING)
    yield create_sessions(engine)
    await engine.dispose()


def facts(**changes: Any) -> MeetingFacts:
    """A meeting next month."""
    start = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)
    values: dict[str, Any] = {
        "meeting_id": uuid4(),
        "network": "heidedoerfer",
        "kind": MeetingKind.NETWORK_MEETING,
        "title": "Netzwerktreffen im Herbst",
        "description": "Wir planen das Dorffest.",
        "place": "Dorfgemeinschaftshaus Gossa",
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "agenda": [AgendaItem(position=1, title="Begrüßung", minutes=10)],
        "calendar_uid": str(uuid4()),
    }
    return MeetingFacts(**(values | changes))


@dataclass
class World:
    """Events that reach the service's consumers, and what becomes of them."""

    sessions: Sessions
    settings: NotificationsSettings
    tokens: list[str] = field(default_factory=list)

    async def deliver(self, event: Event[Any]) -> None:
        for consumer in (directory, notices, registrations):
            if type(event.data) in consumer.data_classes():
                delivery = Delivery(type(event.data).exchange, event.routing_key, event.to_bytes())
                assert await Inbox(consumer, self.sessions).process([delivery]) == [DONE]

    async def tell(self, data: EventData, *, subject: UUID, sequence: int = 1) -> None:
        await self.deliver(create_event(data, subject=subject, sequence=sequence))

    async def describe_person(
        self,
        name: str = "Hannelore Beispiel",
        email: str | None = "h.beispiel@verein.example",
        *,
        person: UUID | None = None,
        sequence: int = 1,
    ) -> UUID:
        person = person or uuid4()
        data = PersonDescribed(person_id=person, name=name, email=email)
        await self.tell(data, subject=person, sequence=sequence)
        return person

    async def identify(self, person: UUID, contact: UUID | None = None, organisation: UUID | None = None) -> UUID:
        contact = contact or uuid4()
        data = ContactIdentified(contact_id=contact, person_id=person, organisation_id=organisation or uuid4())
        await self.tell(data, subject=contact)
        return contact

    async def contact(self, name: str = "Hannelore Beispiel", email: str | None = "h.beispiel@verein.example") -> UUID:
        """A contact that the directory knows how to reach."""
        return await self.identify(await self.describe_person(name, email))

    async def invite(
        self, contact: UUID, meeting: MeetingFacts | None = None, organisation: UUID | None = None
    ) -> Event[InvitationIssued]:
        self.tokens.append(f"geheim-{uuid4().hex}")
        data = InvitationIssued(
            invitation_id=uuid4(),
            contact_id=contact,
            organisation_id=organisation or uuid4(),
            reply_token=self.tokens[-1],
            meeting=meeting or facts(),
        )
        event = create_event(data, subject=data.invitation_id, sequence=1, network=data.meeting.network)
        await self.deliver(event)
        return event

    async def answer(self, invitation: Event[InvitationIssued], answer: Answer, sequence: int = 2) -> None:
        issued = invitation.data
        data = InvitationAnswered(
            invitation_id=issued.invitation_id, contact_id=issued.contact_id, answer=answer, meeting=issued.meeting
        )
        await self.tell(data, subject=issued.invitation_id, sequence=sequence)

    async def register(self, person: UUID) -> None:
        data = RegistrationTold(
            registration_id=uuid4(),
            person_id=person,
            state=RegistrationState.COMING,
            people=1,
            token="anmeldung-1",
            meeting=facts(),
        )
        await self.tell(data, subject=data.registration_id)

    async def tell_news(self, contact: UUID, meeting: MeetingFacts, sequence: int = 5, **news: Any) -> None:
        """A meeting to which the contact is invited was changed or cancelled."""
        data = MeetingNewsTold(contact_id=contact, meeting=meeting, **news)
        await self.tell(data, subject=meeting.meeting_id, sequence=sequence)

    async def send(self, **changes: Any) -> None:
        """What the timer does each second."""
        await send_due(self.sessions, self.settings.model_copy(update=changes))

    async def notices(self) -> list[Notice]:
        async with self.sessions() as session:
            return list((await session.scalars(sa.select(Notice).order_by(Notice.created_at, Notice.id))).all())

    async def told(self, data_class: type[D]) -> list[Event[D]]:
        """What the service recorded in its outbox."""
        query = sa.select(tables.outbox.c.body).where(tables.outbox.c.type == data_class.type)
        async with self.sessions() as session:
            bodies = (await session.scalars(query.order_by(tables.outbox.c.id))).all()
        return [parse_event(data_class, body) for body in bodies]

    async def make_due(self) -> None:
        """Let the pause before the next attempt pass."""
        async with self.sessions() as session, session.begin():
            await session.execute(sa.update(Notice).values(next_attempt_at=datetime.now(UTC)))


@pytest.fixture
def world(sessions: Sessions, settings: NotificationsSettings) -> World:
    return World(sessions, settings)


@pytest.fixture
def meeting_facts() -> Callable[..., MeetingFacts]:
    """`meeting_facts(title="…")`"""
    return facts
