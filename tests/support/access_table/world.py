"""A test district of two municipalities and two networks. One network lies in both, one municipality in both.

|             | Muldestausee | Zörbig    |
|-------------|--------------|-----------|
| Heidedörfer | Gossa        |           |
| Seedörfer   | Pouch        | Löberitz  |
| no network  |              | Stumsdorf |

It is entered over HTTP, and what the services tell each other reaches their consumers.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from uuid import UUID

import httpx2
import sqlalchemy as sa
from shared.access.grants import Grant
from shared.contracts.envelope import Exchange
from shared.database import transaction
from shared.messaging import tables
from shared.messaging.inbox import DONE, Inbox
from shared.messaging.transport import Delivery
from shared.messaging.worker import Worker
from testkit.clients import Clients
from testkit.databases import Databases
from testkit.services import create_service, settings_of
from testkit.tokens import (
    Issuer,
    api_client,
    association_contact,
    district_officer,
    municipality_officer,
    network_coordinator,
    volunteer,
)

from access_table.fillings import fill_events, fill_notifications, fill_registry
from access_table.model import Caller, Place

SERVICES = ("registry", "events", "notifications", "portal")
FILLINGS: dict[str, Callable[["World", httpx2.AsyncClient], Awaitable[None]]] = {
    "registry": fill_registry,
    "events": fill_events,
    "notifications": fill_notifications,
}
SEAT = {  # village: municipality, network
    "Gossa": ("Muldestausee", "Heidedörfer"),
    "Pouch": ("Muldestausee", "Seedörfer"),
    "Löberitz": ("Zörbig", "Seedörfer"),
    "Stumsdorf": ("Zörbig", None),
}


@dataclass
class World:
    """The district as it was entered. `databases` are the URLs by service."""

    issuer: Issuer
    databases: dict[str, str]
    places: dict[str, Place] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    _callers: list[Caller] = field(default_factory=list)

    @property
    def gossa(self) -> Place:
        return self.places["Gossa"]

    async def told_by(self, service: str) -> list[sa.Row[Any]]:
        """What a service wants to tell, oldest first."""
        async with self.workers[service].sessions() as session:
            return list((await session.execute(sa.select(tables.outbox).order_by(tables.outbox.c.id))).all())

    async def carry_events_of(self, service: str) -> None:
        """What a service told reaches the consumers of the others."""
        for row in await self.told_by(service):
            for worker in self.workers.values():
                for consumer in worker.consumers:
                    if consumer.calls_for(row.type, Exchange(row.exchange)):
                        delivery = Delivery(Exchange(row.exchange), row.routing_key, row.body)
                        assert await Inbox(consumer, worker.sessions).process([delivery]) == [DONE]

    async def change(self, service: str, statement: sa.Executable) -> None:
        """Bring about by SQL what needs time or a broken mail server otherwise."""
        async with transaction(self.workers[service].sessions) as session:
            await session.execute(statement)

    def callers(self) -> list[Caller]:
        """Everybody who asks: each role, and those with a scope also from the other side."""
        self._callers = self._callers or self._make_callers()
        return self._callers

    def _make_callers(self) -> list[Caller]:
        here, there = self.gossa, self.places["Löberitz"]
        return [
            Caller("nobody who is logged in"),
            self._caller("somebody without a role", here["guest"]),
            self._caller("the district officer", here["officer"], district_officer()),
            *(
                caller
                for place in (here, there)
                for caller in (
                    self._caller(
                        f"the municipality officer of {place.name}",
                        place["official"],
                        municipality_officer(UUID(place["municipality"])),
                    ),
                    self._caller(
                        f"the coordinator of {place.name}'s network",
                        place["coordinator"],
                        network_coordinator(UUID(place["network"]), place["network_slug"]),
                    ),
                    self._caller(
                        f"the contact of an association in {place.name}",
                        place["person"],
                        association_contact(UUID(place["organisation"])),
                    ),
                    self._caller(f"a volunteer in {place.name}", place["volunteer_person"], volunteer()),
                    self._caller(
                        f"an API client of {place.name}'s network",
                        place["api_client"],
                        api_client(UUID(place["network"]), place["network_slug"]),
                    ),
                )
            ),
        ]

    def _caller(self, name: str, person: str, *grants: Grant) -> Caller:
        token = self.issuer.token_for(*grants, person=UUID(person), lifetime=3600)
        scopes = {str(scope) for grant in grants for scope in (grant.scope_id, grant.scope_key) if scope is not None}
        return Caller(name, grants[0].role if grants else None, frozenset({*scopes, person}), token)


async def build(databases: Databases, issuer: Issuer) -> World:
    """Enter the district, in databases of its own."""
    world = World(issuer, {service: databases.new_service(service) for service in SERVICES})
    for service, url in world.databases.items():
        settings = settings_of(service, database_url=url)
        world.workers[service] = import_module(f"{service}.worker").create_worker(settings)
    world.places = {name: Place(name) for name in SEAT}
    try:
        async with Clients() as clients:
            for service, fill in FILLINGS.items():
                app = create_service(service, issuer, database_url=world.databases[service])
                await fill(world, await clients(app, issuer.token_for(district_officer())))
                await world.carry_events_of(service)
    finally:
        for worker in world.workers.values():
            await worker.engine.dispose()
    return world
