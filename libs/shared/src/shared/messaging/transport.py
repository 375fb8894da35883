"""What the relay and the consumers need of a transport; there are two: RabbitMQ, and one inside the process."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.contracts.envelope import Exchange
from shared.messaging.consumer import Consumer

Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One row of the outbox on its way out."""

    id: int
    event_id: UUID
    exchange: Exchange
    routing_key: str
    type: str
    subject: str
    networkid: str | None
    body: bytes
    attempts: int = 0  # that failed before


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message at a consumer."""

    exchange: Exchange
    routing_key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a row was not taken (a code), and the seconds until it should come again."""

    code: str
    pause: float


@dataclass(slots=True)
class Publication:
    """What became of a batch: rows that were taken for good, and rows that were not.

    A row in neither is unknown, or could not be tried: it comes again as it is.
    """

    confirmed: set[int] = field(default_factory=set)
    failed: dict[int, "Failure"] = field(default_factory=dict)


class Transport(Protocol):
    """Carries events from relays to consumers."""

    publish_timeout: float | None  # seconds that a batch may take

    def subscribe(self, consumer: Consumer, sessions: Sessions) -> None:
        """Feed a consumer, whose effects go to the database of `sessions`. Call it before `start`."""

    async def start(self) -> None:
        """Connect and begin to deliver; returns when the transport is ready."""

    async def stop(self) -> None:
        """Stop delivering, let running batches end, disconnect."""

    async def publish(self, batch: Sequence[Outgoing]) -> Publication:
        """Hand over a batch in its order. Raises when nothing is known about any of it."""

    def ready(self) -> bool:
        """Whether the transport can carry messages now."""
