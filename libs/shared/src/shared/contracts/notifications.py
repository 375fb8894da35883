"""Events of the service `notifications`: who is told what."""

from enum import StrEnum
from uuid import UUID

from shared.contracts.envelope import EventData
from shared.contracts.erasure import ErasureReceipt


class NoticeKind(StrEnum):
    MEETING_INVITATION = "meeting_invitation"
    ANSWER_CONFIRMATION = "answer_confirmation"
    REGISTRATION_CONFIRMATION = "registration_confirmation"


class NoticeDelivered(EventData):
    """subject: the notice's id. The mail server took the message; no recipient is named."""

    type = "notifications.notice.delivered.v1"
    notice_id: UUID
    kind: NoticeKind
    meeting_id: UUID


class NoticeFailed(EventData):
    """subject: the notice's id. Nobody will try again by itself; no recipient is named."""

    type = "notifications.notice.failed.v1"
    notice_id: UUID
    kind: NoticeKind
    meeting_id: UUID
    reason: str  # a code: no_address, refused, gave_up


class ErasureConfirmed(ErasureReceipt):
    """subject: the erasure's id. No address and no notice of the person is left here."""

    type = "notifications.erasure.confirmed.v1"
