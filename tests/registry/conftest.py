"""The registry on a real database: its application, people of every role, a small district, its outbox read back."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from registry.app import create_app
from registry.consents.texts import current_version
from registry.settings import RegistrySettings
from shared.access.grants import Grant
from shared.access.tenancy import EVERYTHING
from shared.contracts.envelope import Event, EventData, parse_event
from shared.contracts.registry import ConsentPurpose
from shared.database import create_engine, create_sessions
from shared.messaging import tables
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from testkit.clients import Clients
from testkit.tokens import Issuer, district_officer, municipality_officer, network_coordinator

D = TypeVar("D", bound=EventData)
LogIn = Callable[..., Awaitable[httpx2.AsyncClient]]


@pytest.fixture
def settings(service_database: Callable[[str], str], issuer: Issuer) -> RegistrySettings:
    key = json.dumps(issuer.key.as_dict(private=True))
    return RegistrySettings(database_url=service_database("registry"), signing_key=key)


@pytest.fixture
def app(settings: RegistrySettings) -> FastAPI:
    return create_app(settings)


@pytest.fixture
async def sessions(settings: RegistrySettings) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    engine = create_engine(settings, scopes=EVERYTHING)
    yield create_sessions(engine)
    await engine.dispose()


@pytest.fixture
def log_in(client_for: Clients, app: FastAPI, token_for: Callable[..., str]) -> LogIn:
    """`await log_in(*grants, person=None)`: a client with a token that carries these grants."""

    async def client(*grants: Grant, person: UUID | None = None) -> httpx2.AsyncClient:
        return await client_for(app, token_for(*grants, person=person))

    return client


@pytest.fixture
async def anybody(client_for: Clients, app: FastAPI) -> httpx2.AsyncClient:
    return await client_for(app)


@pytest.fixture
async def officer(log_in: LogIn) -> httpx2.AsyncClient:
    """The district officer."""
    return await log_in(district_officer())


@dataclass
class Outbox:
    """What the registry wants to tell the world."""

    sessions: async_sessionmaker[AsyncSession]

    async def of(self, data_class: type[D]) -> list[Event[D]]:
        query = sa.select(tables.outbox.c.body).where(tables.outbox.c.type == data_class.type)
        async with self.sessions() as session:
            bodies = (await session.scalars(query.order_by(tables.outbox.c.id))).all()
        return [parse_event(data_class, body) for body in bodies]

    async def public_text(self) -> str:
        """Everything on the public exchange, as one text to search in."""
        query = sa.select(tables.outbox.c.body).where(tables.outbox.c.exchange == "events")
        async with self.sessions() as session:
            return "\n".join(body.decode() for body in await session.scalars(query))

    async def size(self) -> int:
        async with self.sessions() as session:
            return (await session.scalars(sa.select(sa.func.count()).select_from(tables.outbox))).one()


@pytest.fixture
def outbox(sessions: async_sessionmaker[AsyncSession]) -> Outbox:
    return Outbox(sessions)


@dataclass
class World:
    """Two municipalities. Muldestausee: Gossa and Krina in the network Heidedörfer, Pouch in none; Zörbig: Löberitz."""

    officer: httpx2.AsyncClient
    log_in: LogIn
    district: dict[str, Any]
    muldestausee: dict[str, Any]
    zoerbig: dict[str, Any]
    gossa: dict[str, Any]
    krina: dict[str, Any]
    pouch: dict[str, Any]
    loeberitz: dict[str, Any]
    network: dict[str, Any]

    async def enter(self, name: str = "Heimatverein", *, village: dict[str, Any] | None = None, **facts: Any) -> Any:
        """An organisation, by default an association in Gossa."""
        body = {"kind": "association", "name": name, "village_id": (village or self.gossa)["id"], **facts}
        return await post(self.officer, "/organisations", **body)

    async def lead(self, organisation: dict[str, Any], starts_on: str = "2024-01-01", **facts: Any) -> Any:
        body = {"village_id": organisation["village_id"], "organisation_id": organisation["id"], "starts_on": starts_on}
        return await post(self.officer, "/lead-mandates", **body, **facts)

    async def appoint(self, organisation: dict[str, Any], name: str = "Erna Beispiel", **facts: Any) -> Any:
        person = {"name": name, "email": f"{name.split()[0].lower()}@verein.example"}
        body = {"organisation_id": organisation["id"], "function": "chair", "person": person, **facts}
        return await post(self.officer, "/contacts", **body)

    async def coordinator(self) -> httpx2.AsyncClient:
        """The coordinator of the network Heidedörfer."""
        return await self.log_in(network_coordinator(UUID(self.network["id"]), self.network["slug"]))

    async def municipality_officer(self) -> httpx2.AsyncClient:
        """An officer of Muldestausee."""
        return await self.log_in(municipality_officer(UUID(self.muldestausee["id"])))

    async def foreign_officer(self) -> httpx2.AsyncClient:
        """An officer of Zörbig."""
        return await self.log_in(municipality_officer(UUID(self.zoerbig["id"])))


async def post(client: httpx2.AsyncClient, path: str, **body: Any) -> Any:
    """The answer to a command that must succeed."""
    answer = await client.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


@pytest.fixture
async def world(officer: httpx2.AsyncClient, log_in: LogIn) -> World:
    district = await post(officer, "/districts", ags="15082", name="Anhalt-Bitterfeld")
    muldestausee = await post(officer, "/municipalities", ags="15082241", name="Muldestausee")
    zoerbig = await post(officer, "/municipalities", ags="15082440", name="Zörbig")
    villages = [
        await post(officer, "/villages", municipality_id=municipality["id"], name=name)
        for municipality, name in (
            (muldestausee, "Gossa"),
            (muldestausee, "Krina"),
            (muldestausee, "Pouch"),
            (zoerbig, "Löberitz"),
        )
    ]
    covered = [village["id"] for village in villages[:2]]
    network = await post(officer, "/networks", name="Heidedörfer", goals=["Ein Netzwerk"], village_ids=covered)
    gossa, krina, pouch, loeberitz = villages
    return World(officer, log_in, district, muldestausee, zoerbig, gossa, krina, pouch, loeberitz, network)


Volunteer = Callable[..., Awaitable[Any]]


@pytest.fixture
def volunteer(world: World) -> Volunteer:
    """`await volunteer(by=client, **changes)`: somebody whom staff has entered; with `raw` the answer itself."""

    async def enter(*, by: httpx2.AsyncClient | None = None, raw: bool = False, **changes: Any) -> Any:
        body = {
            "name": "Kurt Helfer",
            "email": f"{changes.get('name', 'kurt').replace(' ', '.').lower()}@post.example",
            "fields": ["sport"],
            "areas": [{"kind": "village", "id": world.gossa["id"]}],
            "consents": [{"purpose": "contact", "text_version": current_version(ConsentPurpose.CONTACT)}],
            "channel": "in_person",
        } | changes
        if raw:
            return await (by or world.officer).post("/volunteers", json=body)
        return await post(by or world.officer, "/volunteers", **body)

    return enter


@pytest.fixture
def consent_to(world: World) -> Callable[..., Awaitable[Any]]:
    """`await consent_to(person_id, purpose)`: a consent that the district office records."""

    async def record(person_id: str, purpose: str) -> Any:
        version = current_version(ConsentPurpose(purpose))
        body = {"purpose": purpose, "text_version": version, "channel": "paper"}
        return await post(world.officer, f"/persons/{person_id}/consents", **body)

    return record
