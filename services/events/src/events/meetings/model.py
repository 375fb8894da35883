"""The meeting: planned as a draft, published once, changed with care afterwards."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.events import AgendaItem as AgendaItemFacts
from shared.contracts.events import MeetingFacts, MeetingKind
from shared.database import Identified, Versioned
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.database import Base


class MeetingStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class EndsBeforeStart(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "ends_before_start"
    message = N_("The meeting must end after it starts.")
    field = "ends_at"


class PlaceMissing(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "place_missing"
    message = N_("Please choose a village or name the place.")
    field = "place"


class AlreadyPublished(DomainError):
    code = "already_published"
    message = N_("The meeting is already published.")


class MeetingOver(DomainError):
    code = "meeting_over"
    message = N_("The meeting is already over.")


@dataclass(frozen=True)
class AgendaPoint:
    """One thing to talk about; `minutes` is the time planned for it."""

    title: str
    minutes: int | None = None


@dataclass(frozen=True)
class Plan:
    """Everything about a meeting that its planner decides. Times are UTC, the place is not empty."""

    kind: MeetingKind
    title: str
    description: str
    village_id: UUID | None
    place: str
    starts_at: datetime
    ends_at: datetime
    agenda: tuple[AgendaPoint, ...] = ()

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise EndsBeforeStart
        if not self.place:
            raise PlaceMissing


class AgendaItem(Identified, Base):
    __tablename__ = "agenda_item"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]  # from 1
    title: Mapped[str]
    minutes: Mapped[int | None]

    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_positive"),)


class Meeting(Identified, Versioned, Base):
    """A dated gathering of a network.

    `version` counts everything that happened to the meeting and is the sequence of its events; `revision` counts what
    its planners changed, so that an answer to an invitation does not stand in the way of somebody who edits.
    """

    __tablename__ = "meeting"

    network: Mapped[str]  # slug
    kind: Mapped[MeetingKind]
    title: Mapped[str]
    description: Mapped[str]
    village_id: Mapped[UUID | None]
    place: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[MeetingStatus] = mapped_column(default=MeetingStatus.DRAFT)
    calendar_uid: Mapped[str] = mapped_column(unique=True)
    calendar_sequence: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    planned_by: Mapped[UUID]  # a person's id
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    agenda: Mapped[list[AgendaItem]] = relationship(
        order_by=AgendaItem.position, cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )

    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_meeting_network_starts_at", "network", "starts_at", "id"),
        Index("ix_meeting_starts_at", "starts_at", "id"),
        Index("ix_meeting_published_ends_at", "ends_at", postgresql_where="status = 'published'"),
    )

    @classmethod
    def draft(cls, network: str, plan: Plan, planned_by: UUID) -> "Meeting":
        """A new meeting that only the network's staff can see."""
        now = datetime.now(UTC)
        meeting = cls(
            id=uuid4(),
            network=network,
            status=MeetingStatus.DRAFT,
            calendar_uid=str(uuid4()),  # RFC 7986 section 5.3: a UUID that names no host
            calendar_sequence=0,
            version=1,
            revision=1,
            planned_by=planned_by,
            created_at=now,
            changed_at=now,
            agenda=[],
        )
        meeting._take(plan)
        return meeting

    @property
    def published(self) -> bool:
        return self.status is MeetingStatus.PUBLISHED

    def is_over(self, now: datetime) -> bool:
        return self.ends_at <= now

    def revise(self, plan: Plan) -> None:
        """Replace the plan. What stands in people's calendars gets a new sequence when time or place change."""
        before = self._time_and_place()
        self._take(plan)
        if self.published and self._time_and_place() != before:
            self.calendar_sequence += 1  # RFC 5546 section 2.1.4
        self.revision += 1
        self.changed_at = datetime.now(UTC)
        self.touch()

    def publish(self) -> None:
        """Show the meeting to everybody. Raises `AlreadyPublished`."""
        if self.published:
            raise AlreadyPublished
        self.status = MeetingStatus.PUBLISHED
        self.published_at = self.changed_at = datetime.now(UTC)
        self.revision += 1
        self.touch()

    def facts(self) -> MeetingFacts:
        """What the public may know, as events carry it."""
        return MeetingFacts(
            meeting_id=self.id,
            network=self.network,
            kind=self.kind,
            title=self.title,
            description=self.description,
            village_id=self.village_id,
            place=self.place,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            agenda=[AgendaItemFacts(position=i.position, title=i.title, minutes=i.minutes) for i in self.agenda],
            calendar_uid=self.calendar_uid,
            calendar_sequence=self.calendar_sequence,
        )

    def _time_and_place(self) -> tuple[Any, ...]:
        return self.starts_at, self.ends_at, self.place, self.village_id

    def _take(self, plan: Plan) -> None:
        self.kind = plan.kind
        self.title = plan.title
        self.description = plan.description
        self.village_id = plan.village_id
        self.place = plan.place
        self.starts_at = plan.starts_at
        self.ends_at = plan.ends_at
        del self.agenda[len(plan.agenda) :]
        for position, point in enumerate(plan.agenda, start=1):
            if position > len(self.agenda):
                self.agenda.append(AgendaItem(position=position))
            item = self.agenda[position - 1]
            item.title, item.minutes = point.title, point.minutes
