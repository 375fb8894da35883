"""The service `events` on a real database: its application, its consumers fed with events, its outbox read back."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from events.app import create_app
from events.audience.consumers import consumer as audience
from events.settings import EventsSettings
from fastapi import FastAPI
from shared.access.tenancy import EVERYTHING
from shared.contracts.envelope import Event, EventData, create_event, parse_event
from shared.contracts.events import InvitationIssued
from shared.contracts.registry import (
    ContactAppointed,
    ContactIdentified,
    LeadMandateGranted,
    NetworkFounded,
    VillageRegistered,
)
from shared.database import create_engine, create_sessions
from shared.messaging import tables
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.clients import Clients
from testkit.tokens import Issuer, district_officer, network_coordinator, volunteer

D = TypeVar("D", bound=EventData)
NETWORK = "heidedoerfer"


@pytest.fixture
def settings(service_database: Callable[[str], str], issuer: Issuer) -> EventsSettings:
    return EventsSettings(database_url=service_database("events"), jwks_url=issuer.jwks_url)


@pytest.fixture
def app(settings: EventsSettings) -> FastAPI:
    return create_app(settings)


@pytest.fixture
async def sessions(settings: EventsSettings) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    engine = create_engine(settings, scopes=EVERYTHING)
    yield create_sessions(engine)
    await engine.dispose()


@dataclass
class Registry:
    """Says what happened in the registry, as its events would."""

    sessions: async_sessionmaker[AsyncSession]
    gossa: UUID = field(default_factory=uuid4)
    krina: UUID = field(default_factory=uuid4)
    network_id: UUID = field(default_factory=uuid4)

    async def tell(self, data: EventData, *, subject: UUID, sequence: int = 1) -> None:
        """One event reaches the consumer."""
        event = create_event(data, subject=subject, sequence=sequence)
        await self.deliver(event)

    async def deliver(self, event: Event[Any]) -> None:
        delivery = Delivery(type(event.data).exchange, event.routing_key, event.to_bytes())
        assert await Inbox(audience, self.sessions).process([delivery]) == [DONE]

    async def found_network(self, slug: str = NETWORK) -> None:
        """A network of two villages, Gossa and Krina."""
        for village, name in ((self.gossa, "Gossa"), (self.krina, "Krina")):
            data = VillageRegistered(village_id=village, municipality_id=uuid4(), slug=name.lower(), name=name)
            await self.tell(data, subject=village)
        network = NetworkFounded(
            network_id=self.network_id,
            slug=slug,
            name="Heidedörfer",
            programme="",
            description="",
            goals=[],
            village_ids=[self.gossa, self.krina],
        )
        await self.tell(network, subject=self.network_id)

    async def grant_mandate(
        self, organisation: UUID, village: UUID, *, since: date | None = None, until: date | None = None
    ) -> LeadMandateGranted:
        data = LeadMandateGranted(
            mandate_id=uuid4(),
            village_id=village,
            organisation_id=organisation,
            starts_on=since or date(2020, 1, 1),
            until=until,
        )
        await self.tell(data, subject=village)
        return data

    async def appoint(self, organisation: UUID, person: UUID | None = None) -> UUID:
        """A new contact of an organisation: somebody new, or this person."""
        contact = uuid4()
        data = ContactAppointed(contact_id=contact, organisation_id=organisation, function="Vorsitz")
        await self.tell(data, subject=contact)
        await self.identify(contact, organisation, person or uuid4())
        return contact

    async def identify(self, contact: UUID, organisation: UUID, person: UUID) -> None:
        """Say who a contact is. Sequence 0: what a test says afterwards is newer."""
        data = ContactIdentified(contact_id=contact, person_id=person, organisation_id=organisation)
        await self.tell(data, subject=contact, sequence=0)

    async def lead(self, village: UUID, contacts: int = 1) -> list[UUID]:
        """A lead association with contacts in a village."""
        organisation = uuid4()
        await self.grant_mandate(organisation, village)
        return [await self.appoint(organisation) for _ in range(contacts)]


@pytest.fixture
async def registry(sessions: async_sessionmaker[AsyncSession]) -> Registry:
    registry = Registry(sessions)
    await registry.found_network()
    return registry


@dataclass
class Outbox:
    """What the service wants to tell the world."""

    sessions: async_sessionmaker[AsyncSession]

    async def of(self, data_class: type[D]) -> list[Event[D]]:
        query = sa.select(tables.outbox.c.body).where(tables.outbox.c.type == data_class.type)
        async with self.sessions() as session:
            bodies = (await session.scalars(query.order_by(tables.outbox.c.id))).all()
        return [parse_event(data_class, body) for body in bodies]

    async def types(self) -> list[str]:
        async with self.sessions() as session:
            return list((await session.scalars(sa.select(tables.outbox.c.type).order_by(tables.outbox.c.id))).all())

    async def reply_tokens(self) -> dict[UUID, str]:
        """The raw reply token of each contact, as notifications gets it."""
        return {event.data.contact_id: event.data.reply_token for event in await self.of(InvitationIssued)}


@pytest.fixture
def outbox(sessions: async_sessionmaker[AsyncSession]) -> Outbox:
    return Outbox(sessions)


@pytest.fixture
async def anybody(client_for: Clients, app: FastAPI) -> httpx2.AsyncClient:
    return await client_for(app)


@pytest.fixture
async def coordinator(client_for: Clients, app: FastAPI, token_for: Callable[..., str]) -> httpx2.AsyncClient:
    return await client_for(app, token_for(network_coordinator(slug=NETWORK)))


@pytest.fixture
async def stranger(client_for: Clients, app: FastAPI, token_for: Callable[..., str]) -> httpx2.AsyncClient:
    """The coordinator of another network."""
    return await client_for(app, token_for(network_coordinator(slug="elbdoerfer")))


@pytest.fixture
async def officer(client_for: Clients, app: FastAPI, token_for: Callable[..., str]) -> httpx2.AsyncClient:
    return await client_for(app, token_for(district_officer()))


@pytest.fixture
async def resident(client_for: Clients, app: FastAPI, token_for: Callable[..., str]) -> httpx2.AsyncClient:
    return await client_for(app, token_for(volunteer()))


def next_month(hour: str = "18:00") -> str:
    """A wall-clock time in the afternoon of a day next month."""
    day = datetime.now(UTC).date() + timedelta(days=30)
    return f"{day.isoformat()}T{hour}"


@pytest.fixture
def plan() -> dict[str, Any]:
    """The body of a valid new meeting."""
    return {
        "network": NETWORK,
        "kind": "network_meeting",
        "title": "Netzwerktreffen im Herbst",
        "description": "Wir planen das Dorffest.",
        "place": "Dorfgemeinschaftshaus Gossa",
        "starts_at": next_month("18:00"),
        "ends_at": next_month("20:00"),
        "agenda": [{"title": "Begrüßung", "minutes": 10}, {"title": "Dorffest"}],
    }


@pytest.fixture
def published(coordinator: httpx2.AsyncClient, registry: Registry, plan: dict[str, Any]) -> Callable[..., Any]:
    """`await published(**changes)`: a meeting of the network, planned and published."""

    async def publish(**changes: Any) -> dict[str, Any]:
        planned = (await coordinator.post("/meetings", json=plan | changes)).raise_for_status().json()
        answer = await coordinator.post(f"/meetings/{planned['id']}/publication")
        result: dict[str, Any] = answer.raise_for_status().json()
        return result

    return publish


@pytest.fixture
def body_of() -> Callable[..., dict[str, Any]]:
    """`body_of(meeting, **changes)`: a meeting as its form sends it."""

    def body(meeting: dict[str, Any], **changes: Any) -> dict[str, Any]:
        names = (
            "kind",
            "title",
            "description",
            "village_id",
            "place",
            "online_link",
            "organisation_ids",
            "capacity",
            "registration_from",
            "registration_until",
            "visibility",
            "starts_at",
            "ends_at",
            "revision",
        )
        agenda = [{"title": item["title"], "minutes": item["minutes"]} for item in meeting["agenda"]]
        return {name: meeting[name] for name in names} | {"agenda": agenda} | changes

    return body
