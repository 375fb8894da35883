"""Minutes of a meeting: from the first note to the version for everybody."""

from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from shared.database import Identified, Versioned
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from events.database import Base


class MinutesStatus(StrEnum):
    DRAFT = "draft"  # notes are taken
    SUBMITTED = "submitted"  # they stand on the agenda of the next meeting, to be approved
    APPROVED = "approved"
    PUBLISHED = "published"  # approved, and everybody can read the version without names


class MinutesClosed(DomainError):
    code = "minutes_closed"
    message = N_("These minutes are submitted: nothing is changed in them any more except by a correction.")


class NotSubmitted(DomainError):
    code = "minutes_not_submitted"
    message = N_("These minutes are not submitted for approval.")


class NotApproved(DomainError):
    code = "minutes_not_approved"
    message = N_("These minutes are not approved yet.")


class ApprovedLater(DomainError):
    code = "minutes_approved_later"
    message = N_("Minutes are approved at the next meeting, and it has not begun yet.")


class NothingCorrected(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "nothing_corrected"
    message = N_("Nothing is different from before.")


class NoteChanged(DomainError):
    """Somebody else has written meanwhile. Nothing is overwritten: both texts are shown side by side."""

    code = "note_changed"
    message = N_("Somebody else has written here in the meantime. Your text was not saved; both texts are below.")
    field = "text"


class Minutes(Identified, Versioned, Base):
    """They begin with the first note. `people` were there, of the organisations `present`; `excused` ones said so.

    `approved_in` is the meeting that approved them.
    """

    __tablename__ = "minutes"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), unique=True)
    network: Mapped[str] = mapped_column(index=True)  # slug; the meeting's
    status: Mapped[MinutesStatus] = mapped_column(default=MinutesStatus.DRAFT)
    people: Mapped[int | None]
    present: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), default=list)
    excused: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), default=list)
    submitted_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_in: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]  # when staff were told that they are missing

    __table_args__ = (CheckConstraint("people >= 0", name="people_counted"),)

    @property
    def approved(self) -> bool:
        return self.status in (MinutesStatus.APPROVED, MinutesStatus.PUBLISHED)

    def require_draft(self) -> None:
        """Raise `MinutesClosed` once they are submitted."""
        if self.status is not MinutesStatus.DRAFT:
            raise MinutesClosed

    def require_approved(self) -> None:
        """Raise `NotApproved`."""
        if not self.approved:
            raise NotApproved

    def submit(self) -> None:
        """Raises `MinutesClosed`."""
        self.require_draft()
        self.status, self.submitted_at = MinutesStatus.SUBMITTED, datetime.now(UTC)
        self.touch()

    def reopen(self) -> None:
        """Take them back to go on writing. Raises `NotSubmitted`, also when they are approved already."""
        if self.status is not MinutesStatus.SUBMITTED:
            raise NotSubmitted
        self.status, self.submitted_at = MinutesStatus.DRAFT, None
        self.touch()

    def approve(self, meeting_id: UUID) -> None:
        """A later meeting agrees to them. Raises `NotSubmitted`."""
        if self.status is not MinutesStatus.SUBMITTED:
            raise NotSubmitted
        self.status, self.approved_at, self.approved_in = MinutesStatus.APPROVED, datetime.now(UTC), meeting_id
        self.touch()

    def publish(self) -> None:
        """Everybody may read a version of them, for the first time or again. Raises `NotApproved`."""
        self.require_approved()
        self.status, self.published_at = MinutesStatus.PUBLISHED, datetime.now(UTC)
        self.touch()


class MinutesVersion(Identified, Base):
    """What the minutes said when they were approved (number 1), and after each correction, with its `reason`.

    `content` is a `Content` of `events.minutes.content`; people stand in it as marks, so that they can be forgotten.
    """

    __tablename__ = "minutes_version"

    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("minutes.id", ondelete="CASCADE"))
    network: Mapped[str]  # slug; the meeting's
    number: Mapped[int]  # from 1
    reason: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("minutes_id", "number"),)


class Note(Base):
    """What is written under an item of the agenda, by several people at the same time.

    `version` counts its texts, from 1: who saves says which one they have seen.
    """

    __tablename__ = "note"

    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"), primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), index=True)
    network: Mapped[str]  # slug; the meeting's
    text: Mapped[str]
    version: Mapped[int]
    written_at: Mapped[datetime]

    def replace(self, text: str, seen: int) -> None:
        """Raises `NoteChanged` unless the writer has seen the newest text. The same text twice is saved once."""
        if text == self.text:
            return
        if seen != self.version:
            raise NoteChanged
        self.text, self.written_at = text, datetime.now(UTC)
        self.version += 1


class Decision(Identified, Base):
    """What was decided under an item. Votes are None where nobody counted."""

    __tablename__ = "decision"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), index=True)
    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    network: Mapped[str]  # slug; the meeting's
    text: Mapped[str]
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    votes_abstained: Mapped[int | None]
    taken_at: Mapped[datetime]

    @classmethod
    def take(
        cls,
        meeting_id: UUID,
        agenda_item_id: UUID,
        network: str,
        text: str,
        votes: tuple[int | None, int | None, int | None] = (None, None, None),
    ) -> "Decision":
        """A new one; `votes` are for, against, abstained."""
        return cls(
            id=uuid4(),
            meeting_id=meeting_id,
            agenda_item_id=agenda_item_id,
            network=network,
            text=text,
            votes_for=votes[0],
            votes_against=votes[1],
            votes_abstained=votes[2],
            taken_at=datetime.now(UTC),
        )
