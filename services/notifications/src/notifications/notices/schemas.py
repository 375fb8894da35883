"""Answers about notices. They name no recipient: whom a notice is for, its cause says to those who may know."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from notifications.notices.kinds import NoticeKind
from notifications.notices.model import FailureReason, Notice, NoticeStatus


class ShownStatus(StrEnum):
    """`waiting`: the directory does not know yet how to reach the recipient."""

    WAITING = "waiting"
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class NoticeView(BaseModel):
    """`cause` is the invitation, registration or request that the notice is about; not all are about a meeting."""

    id: UUID
    kind: NoticeKind
    status: ShownStatus
    reason: FailureReason | None
    cause: UUID
    meeting_id: UUID | None
    network: str | None
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    sent_at: datetime | None

    @classmethod
    def of(cls, notice: Notice, reachable: bool) -> "NoticeView":
        pending = notice.status is NoticeStatus.PENDING
        return cls(
            id=notice.id,
            kind=notice.kind,
            status=ShownStatus.WAITING if pending and not reachable else ShownStatus(notice.status.value),
            reason=notice.reason,
            cause=notice.cause_id,
            meeting_id=notice.meeting_id,
            network=notice.network,
            attempts=notice.attempts,
            created_at=notice.created_at,
            next_attempt_at=notice.next_attempt_at if pending else None,
            sent_at=notice.sent_at,
        )


class NoticePage(BaseModel):
    """Newest first. `next` is the cursor of the page after this one, None on the last."""

    items: list[NoticeView]
    next: UUID | None
