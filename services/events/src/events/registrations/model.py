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
    __tablename__ = "registration"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(index=True)
    registered_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)

    @classmethod
    def receive(cls, meeting_id: UUID, person_id: UUID) -> "Registration":
        return cls(id=uuid4(), meeting_id=meeting_id, person_id=person_id, registered_at=datetime.now(UTC))
