"""The envelope of every event: CloudEvents 1.0, structured JSON.

An *event* is a message about something that happened. The bytes made here are the bytes in the outbox, on the
broker, in a webhook and in the event log.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, Literal, TypeVar
from uuid import UUID, uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_serializer

CONTENT_TYPE = "application/cloudevents+json"
DISTRICT = "district"  # last word of the routing key of an event that belongs to no network


class Exchange(StrEnum):
    """The two topic exchanges; their names on the broker carry the deployment's prefix."""

    EVENTS = "events"  # public facts and ids, never personal data
    PRIVATE = "private"  # contact data and reply tokens, and ids of people: for those whom the broker lets


class EventData(BaseModel):
    """Payload of one version of one event.

    A subclass sets `type` (owner.aggregate.past-participle.vN). Only optional fields may be added to a published
    version; anything else is a new version that is published in parallel.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    exchange: ClassVar[Exchange] = Exchange.EVENTS


D = TypeVar("D", bound=EventData)
D_co = TypeVar("D_co", bound=EventData, covariant=True)


class Event(BaseModel, Generic[D_co]):
    """One event. `sequence` is the version of the aggregate named by `subject`: a higher one is newer."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: UUID = Field(default_factory=uuid4)
    source: str
    type: str
    subject: str
    time: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
    datacontenttype: Literal["application/json"] = "application/json"
    sequence: int = Field(ge=0)
    networkid: str | None = None
    traceparent: str | None = None
    data: D_co

    @field_serializer("sequence")
    def _sequence_as_text(self, sequence: int) -> str:
        return str(sequence)  # the CloudEvents extension `sequence` is a string

    @property
    def routing_key(self) -> str:
        """The type and the network's slug, or `district`."""
        return f"{self.type}.{self.networkid or DISTRICT}"

    def to_bytes(self) -> bytes:
        """UTF-8 JSON without null attributes (CloudEvents has no null attribute)."""
        return self.model_dump_json(exclude_none=True).encode()


def create_event(
    data: D,
    *,
    subject: UUID,
    sequence: int,
    network: str | None = None,
    traceparent: str | None = None,
) -> Event[D]:
    """Wrap `data` in an envelope; `network` is the network's slug."""
    owner = data.type.partition(".")[0]
    return Event(
        source=f"/dorfnetz/{owner}",
        type=data.type,
        subject=str(subject),
        sequence=sequence,
        networkid=network,
        traceparent=traceparent,
        data=data,
    )


def parse_event(data_class: type[D], body: bytes) -> Event[D]:
    """Read an event whose type is known. Raises `pydantic.ValidationError` for a malformed body."""
    return Event[data_class].model_validate_json(body)  # type: ignore[valid-type]


def contracts() -> dict[str, type[EventData]]:
    """Every event of the catalogue by its type. Import the contract modules first."""
    found: dict[str, type[EventData]] = {}
    waiting: list[type[Any]] = [EventData]
    while waiting:
        for subclass in waiting.pop().__subclasses__():
            waiting.append(subclass)
            if "type" in vars(subclass):
                found[subclass.type] = subclass
    return dict(sorted(found.items()))
