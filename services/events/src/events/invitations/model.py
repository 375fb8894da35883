"""The invitation: one for each person and meeting, answered by whoever holds its reply token."""

import hashlib
from datetime import UTC, datetime
from uuid import UUID

from shared.contracts.events import Answer
from shared.database import Identified, Versioned
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from events.database import Base


class AnsweredAlready(DomainError):
    code = "answered_already"
    message = N_("We have already noted this answer of yours.")


def hash_token(reply_token: str) -> bytes:
    """What is stored of a reply token. It has 256 random bits: a plain hash cannot be searched."""
    return hashlib.sha256(reply_token.encode()).digest()


class Invitation(Identified, Versioned, Base):
    """For a contact of an organisation, or (without `contact_id`) for a person for themselves.

    Nobody has two for one meeting, whatever they are: `person_id` is who it is for. It is None only of an invitation
    to a past meeting that outlives the person who was erased: it still counts, but leads to nobody and has no token.
    `late` is who came to belong to the audience after it was invited.
    """

    __tablename__ = "invitation"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    network: Mapped[str]  # slug; the meeting's
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    contact_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    late: Mapped[bool]
    token_hash: Mapped[bytes | None] = mapped_column(unique=True)
    answer: Mapped[Answer | None]
    issued_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("meeting_id", "contact_id"), UniqueConstraint("meeting_id", "person_id"))

    def give_answer(self, answer: Answer) -> None:
        """Accept, decline, or change one's mind. Raises `AnsweredAlready` for the answer that is noted already."""
        if self.answer is answer:
            raise AnsweredAlready
        self.answer = answer
        self.answered_at = datetime.now(UTC)
        self.touch()
