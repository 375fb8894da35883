"""A registration for a meeting: of a person by account, of a guest, or of somebody whom the staff enters."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.events import RegistrationState
from shared.database import Identified, Versioned
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.database import Base

UNCONFIRMED_KEPT = timedelta(days=2)
"""How long a guest's link waits; then what was typed is deleted."""

ACTIVE = (RegistrationState.COMING, RegistrationState.OFFERED, RegistrationState.WAITING)
"""Those that hold, the firmest first."""
_IS_ACTIVE = "state IN ('coming', 'waiting', 'offered')"


class RegisteredAlready(DomainError):
    code = "registered_already"
    message = N_("You are already registered for this meeting.")


class NothingToConfirm(DomainError):
    code = "nothing_to_confirm"
    message = N_("There is nothing to confirm here any more.")


class OfferLapsed(DomainError):
    code = "offer_lapsed"
    message = N_("The time to confirm is over. The place goes to the next on the waiting list.")


class NotRegistered(DomainError):
    code = "not_registered"
    message = N_("This registration has already been taken back.")


class Registration(Identified, Versioned, Base):
    """A guest or somebody on the telephone stands here by name, until a week after the meeting (decision 0034).

    `arrival` numbers who took a place or stood in line, meeting by meeting, in the order in which that happened; 0 is
    a guest who has not confirmed. One for a past meeting outlives the person who was erased: it still counts, but
    leads to nobody. What was withdrawn stays, so that the planners see it; whoever registers again is a new row.
    """

    __tablename__ = "registration"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    network: Mapped[str]  # slug; the meeting's
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    people: Mapped[int]
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)  # text by the id of the question
    needs: Mapped[str]  # to be able to take part; never longer than the meeting
    state: Mapped[RegistrationState]
    arrival: Mapped[int]
    offered_until: Mapped[datetime | None]
    entered_by: Mapped[UUID | None]  # the person of the staff
    check_in_code: Mapped[str] = mapped_column(unique=True)  # shown at the door; by itself it opens nothing
    registered_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("people > 0", name="people_counted"),
        CheckConstraint("(state = 'offered') = (offered_until IS NOT NULL)", name="offered_until_when"),
        Index("ix_registration_meeting_id", "meeting_id", "arrival"),
        Index("uq_registration_person", "meeting_id", "person_id", unique=True, postgresql_where=_IS_ACTIVE),
        Index("uq_registration_email", "meeting_id", func.lower("email"), unique=True, postgresql_where=_IS_ACTIVE),
        Index("ix_registration_offered_until", "offered_until", postgresql_where="state = 'offered'"),
        Index("ix_registration_waiting", "meeting_id", postgresql_where="state = 'waiting'"),
    )

    @classmethod
    def begin(cls, meeting_id: UUID, network: str, **told: Any) -> "Registration":
        """One that holds no place yet. `told` are the columns of who comes and with what."""
        now = datetime.now(UTC)
        begun: dict[str, Any] = {
            "id": uuid4(),
            "version": 1,
            "state": RegistrationState.UNCONFIRMED,
            "arrival": 0,
            "check_in_code": secrets.token_urlsafe(18),
            "registered_at": now,
            "changed_at": now,
        }
        return cls(meeting_id=meeting_id, network=network, **begun, **told)

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    def is_too_old(self, now: datetime) -> bool:
        """Whether a guest did not confirm in time."""
        return self.state is RegistrationState.UNCONFIRMED and self.registered_at + UNCONFIRMED_KEPT <= now

    def enter(self, arrival: int, *, waits: bool) -> None:
        """Take a place, or stand in line."""
        self.arrival = arrival
        self._become(RegistrationState.WAITING if waits else RegistrationState.COMING)

    def offer(self, until: datetime) -> None:
        """A place is free: it is kept until then."""
        self._become(RegistrationState.OFFERED, until)

    def accept(self, now: datetime) -> None:
        """Take the place that is offered. Raises `NothingToConfirm`, `OfferLapsed`."""
        if self.state is RegistrationState.LAPSED or (self.offered_until is not None and self.offered_until <= now):
            raise OfferLapsed
        if self.state is not RegistrationState.OFFERED:
            raise NothingToConfirm
        self._become(RegistrationState.COMING)

    def lapse(self) -> None:
        """Nobody took the place that was offered in time."""
        self._become(RegistrationState.LAPSED)

    def withdraw(self) -> None:
        """They do not come after all. Raises `NotRegistered`."""
        if not self.active:
            raise NotRegistered
        self._become(RegistrationState.WITHDRAWN)

    def _become(self, state: RegistrationState, offered_until: datetime | None = None) -> None:
        self.state = state
        self.offered_until = offered_until
        self.changed_at = datetime.now(UTC)
        self.touch()


class RegistrationLink(Base):
    """A link in a mail about a registration, by the hash of its token. Each mail has one of its own; all hold."""

    __tablename__ = "registration_link"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    network: Mapped[str]  # slug; the meeting's
    registration: Mapped[Registration] = relationship(lazy="raise")  # is written before its link


class RegistrationForm(Versioned, Base):
    """What the planner asks those who register, and how long a place from the waiting list is kept.

    `questions` are `Question`s; a meeting without a row asks nothing.
    """

    __tablename__ = "registration_form"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True)
    network: Mapped[str]  # slug; the meeting's
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    confirm_hours: Mapped[int]
