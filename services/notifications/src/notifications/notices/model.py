"""The notice: one message to one person, because of one event."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from pydantic import AwareDatetime, BaseModel
from shared.contracts.events import Answer, MeetingBefore, MeetingFacts, SeriesDateNews, Visibility
from shared.database import Identified, Versioned
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from notifications.database import Base
from notifications.notices.kinds import NoticeKind

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 1800, 3600, 2 * 3600, 4 * 3600))
"""Waits after the first, second, ... failed attempt; the last one is repeated."""

SERVER_PAUSE = timedelta(seconds=20)  # while the mail server itself is away: that is nobody's failed attempt
GIVE_UP_AFTER = timedelta(days=3)


AT_ONCE, ORDINARY, NEWS = 0, 1, 2  # priorities: a login link does not queue behind thousands of invitations


class NoticeStatus(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class FailureReason(StrEnum):
    NO_ADDRESS = "no_address"  # the person has no usable address
    REFUSED = "refused"  # the mail server refuses the message for good
    GAVE_UP = "gave_up"  # it could not be delivered in time


class NotFailed(DomainError):
    code = "notice_not_failed"
    message = N_("Only a notice that failed can be sent again.")


class TooLate(DomainError):
    code = "notice_too_late"
    message = N_("It is too late for this notice; it is not sent any more.")


class News(BaseModel):
    """What became of a meeting: what it was before a change, or why it is cancelled; or of a registration for it.

    `name` is who gets the mail where only an address is known. `until` is when a link or a place is given up.
    """

    before: MeetingBefore | None = None
    reason: str = ""
    name: str = ""
    people: int = 1
    coming: int = 0
    until: AwareDatetime | None = None


class SeriesNews(BaseModel):
    """The content of a notice: what became of several dates of a series, in order of time."""

    title: str
    network: str  # slug
    reason: str
    dates: list[SeriesDateNews]


class Notice(Identified, Versioned, Base):
    """It goes to a contact or a person, and waits until the directory knows how to reach them; or to an `address`.

    What it is about is a meeting, or `content`: whatever a notice of this kind says. Secrets stand in `reply_token`,
    `online_link`, `news` and `content`; they and an `address` are kept only until the mail is sent or no longer of use.
    """

    __tablename__ = "notice"

    kind: Mapped[NoticeKind]
    cause_id: Mapped[UUID]  # subject of the event behind it
    cause_sequence: Mapped[int]  # sequence of that event
    contact_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    address: Mapped[str | None]  # named by the cause itself; no answer to "who is that" is needed
    organisation_id: Mapped[UUID | None]
    meeting_id: Mapped[UUID | None]
    network: Mapped[str | None]
    meeting: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))  # `MeetingFacts`
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))  # a model of its kind
    answer: Mapped[Answer | None]
    reply_token: Mapped[str | None]
    online_link: Mapped[str | None]  # of the meeting, for those who come
    news: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))  # `News`
    status: Mapped[NoticeStatus] = mapped_column(default=NoticeStatus.PENDING)
    reason: Mapped[FailureReason | None]
    attempts: Mapped[int] = mapped_column(default=0)
    priority: Mapped[int] = mapped_column(SmallInteger, default=ORDINARY)
    next_attempt_at: Mapped[datetime]
    pending_since: Mapped[datetime]
    expires_at: Mapped[datetime]  # end of the meeting, or of what `content` opens
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("kind", "cause_id", "cause_sequence"),
        CheckConstraint(
            "status <> 'pending' OR num_nonnulls(contact_id, person_id, address) = 1", name="one_recipient"
        ),
        CheckConstraint("status <> 'pending' OR num_nonnulls(meeting, content) = 1", name="one_matter"),
        Index("ix_notice_due", "priority", "next_attempt_at", "id", postgresql_where="status = 'pending'"),
        Index(
            "ix_notice_secret",
            "expires_at",
            postgresql_where="num_nonnulls(reply_token, content, address, online_link, news) > 0",
        ),
        Index("ix_notice_network", "network", "created_at", "id"),
        Index("ix_notice_meeting_id", "meeting_id"),
    )

    @property
    def facts(self) -> MeetingFacts:
        return MeetingFacts.model_validate(self.meeting)

    @property
    def public(self) -> bool:
        """Whether everybody may know of the meeting that it is about."""
        return self.meeting is not None and self.facts.visibility is Visibility.PUBLIC

    def deliver(self) -> None:
        """The mail server took the message. Its secrets are with their owner now and are forgotten here."""
        self.status = NoticeStatus.SENT
        self.sent_at = datetime.now(UTC)
        self.reason = None
        self.attempts += 1
        self.reply_token = self.content = self.address = self.online_link = self.news = None
        self.touch()

    def postpone(self) -> None:
        """The mail server did not take the message this time: try again later, at last give up."""
        pause = PAUSES[min(self.attempts, len(PAUSES) - 1)]
        self.attempts += 1
        self._try_after(pause)

    def wait_for_server(self) -> None:
        """The mail server could not be used at all: try again soon, at last give up."""
        self._try_after(SERVER_PAUSE)

    def _try_after(self, pause: timedelta) -> None:
        now = datetime.now(UTC)
        if now - self.pending_since > GIVE_UP_AFTER:
            self.fail(FailureReason.GAVE_UP)
        else:
            self.next_attempt_at = now + pause

    def fail(self, reason: FailureReason) -> None:
        """Nobody tries again by itself. Its secrets stay until it expires: until then staff may send it again."""
        self.status = NoticeStatus.FAILED
        self.reason = reason
        self.touch()

    def retry(self) -> None:
        """Send again what failed. Raises `NotFailed`, `TooLate`."""
        if self.status is not NoticeStatus.FAILED:
            raise NotFailed
        now = datetime.now(UTC)
        if self.expires_at <= now:
            raise TooLate
        self.status = NoticeStatus.PENDING
        self.reason = None
        self.attempts = 0
        self.next_attempt_at = self.pending_since = now
        self.touch()


SECRETS = (Notice.reply_token, Notice.content, Notice.address, Notice.online_link, Notice.news)
"""The columns that are emptied when a notice is sent, or too old to be sent."""


def about_meeting(kind: NoticeKind, meeting: MeetingFacts, *, cause: str, sequence: int) -> dict[str, Any]:
    """The columns of a new notice but for its recipient. `cause` and `sequence` name the event behind it."""
    return _new(kind, cause, sequence, expires_at=meeting.ends_at) | {
        "meeting_id": meeting.meeting_id,
        "network": meeting.network,
        "meeting": meeting.model_dump(mode="json"),
    }


def with_content(
    kind: NoticeKind,
    content: BaseModel,
    *,
    cause: str,
    sequence: int,
    expires_at: datetime,
    priority: int = ORDINARY,
    network: str | None = None,
) -> dict[str, Any]:
    """Like `about_meeting`, for a notice that says something else; it is not sent after `expires_at`."""
    return _new(kind, cause, sequence, expires_at=expires_at) | {
        "content": content.model_dump(mode="json"),
        "priority": priority,
        "network": network,
    }


def _new(kind: NoticeKind, cause: str, sequence: int, *, expires_at: datetime) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "id": uuid4(),
        "version": 1,
        "kind": kind,
        "cause_id": UUID(cause),
        "cause_sequence": sequence,
        "status": NoticeStatus.PENDING,
        "attempts": 0,
        "priority": ORDINARY,
        "next_attempt_at": now,
        "pending_since": now,
        "expires_at": expires_at,
        "created_at": now,
    }
