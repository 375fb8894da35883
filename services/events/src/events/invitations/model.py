"""The invitation: one for each contact and meeting, answered by whoever holds its reply token."""

import hashlib
import secrets
from datetime import UTC, datetime
from uuid import UUID, uuid4

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
    """`contact_id` is an appointment for an organisation.

    An invitation to a past meeting outlives the person who was erased: it still counts, but leads to nobody and has no
    token.
    """

    __tablename__ = "invitation"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    network: Mapped[str]  # slug; the meeting's
    contact_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID]
    token_hash: Mapped[bytes | None] = mapped_column(unique=True)
    answer: Mapped[Answer | None]
    issued_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("meeting_id", "contact_id"),)

    @classmethod
    def issue(cls, meeting_id: UUID, network: str, contact_id: UUID, organisation_id: UUID) -> "tuple[Invitation, str]":
        """A new invitation and its reply token, which is given away and not kept."""
        reply_token = secrets.token_urlsafe(32)
        invitation = cls(
            id=uuid4(),
            meeting_id=meeting_id,
            network=network,
            contact_id=contact_id,
            organisation_id=organisation_id,
            token_hash=hash_token(reply_token),
            issued_at=datetime.now(UTC),
            version=1,
        )
        return invitation, reply_token

    def give_answer(self, answer: Answer) -> None:
        """Accept, decline, or change one's mind. Raises `AnsweredAlready` for the answer that is noted already."""
        if self.answer is answer:
            raise AnsweredAlready
        self.answer = answer
        self.answered_at = datetime.now(UTC)
        self.touch()
