"""The registration of a person, by account, for a meeting."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.database import Identified
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from events.database import Base


class RegisteredAlready(DomainError):
    code = "registered_already"
    message = N_("You are already registered for this meeting.")


class Registration(Identified, Base):
    """One for a past meeting outlives the person who was erased: it still counts, but leads to nobody."""

    __tablename__ = "registration"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    network: Mapped[str]  # slug; the meeting's
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    registered_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)

    @classmethod
    def receive(cls, meeting_id: UUID, network: str, person_id: UUID) -> "Registration":
        now = datetime.now(UTC)
        return cls(id=uuid4(), meeting_id=meeting_id, network=network, person_id=person_id, registered_at=now)
