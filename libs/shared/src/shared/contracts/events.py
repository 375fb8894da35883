"""Events of the service `events`: when people meet."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.envelope import EventData, Exchange
from shared.contracts.erasure import ErasureReceipt


class MeetingKind(StrEnum):
    NETWORK_MEETING = "network_meeting"
    WORKSHOP = "workshop"
    SEMINAR = "seminar"
    VILLAGE_WORKSHOP = "village_workshop"
    ACTIVITY = "activity"


class Answer(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"


class AgendaItem(BaseModel):
    model_config = ConfigDict(frozen=True)
    position: int  # from 1
    title: str
    minutes: int | None = None


class MeetingFacts(BaseModel):
    """What the public may know of a meeting. Times are UTC; the wall clock is Europe/Berlin.

    `calendar_sequence` is the SEQUENCE of RFC 5545: it grows when time or place change.
    """

    model_config = ConfigDict(frozen=True)
    meeting_id: UUID
    network: str  # slug
    kind: MeetingKind
    title: str
    description: str = ""
    village_id: UUID | None = None
    place: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    agenda: list[AgendaItem] = []
    calendar_uid: str
    calendar_sequence: int = 0


class MeetingPublished(EventData):
    """subject: the meeting's id."""

    type = "events.meeting.published.v1"
    meeting: MeetingFacts


class MeetingChanged(EventData):
    """subject: the meeting's id."""

    type = "events.meeting.changed.v1"
    meeting: MeetingFacts


class MeetingCancelled(EventData):
    """subject: the meeting's id."""

    type = "events.meeting.cancelled.v1"
    meeting: MeetingFacts


class RegistrationsCounted(EventData):
    """subject: the meeting's id. How many were invited, how many of these accepted or declined, how many come."""

    type = "events.registrations.counted.v1"
    meeting_id: UUID
    invited: int
    accepted: int
    declined: int
    registered: int  # people who come: accepted invitations and registrations by account


class InvitationIssued(EventData):
    """subject: the invitation's id. `reply_token` answers the invitation without login; for notifications alone."""

    type = "events.invitation.issued.v1"
    exchange = Exchange.PRIVATE
    invitation_id: UUID
    contact_id: UUID
    organisation_id: UUID
    reply_token: str
    meeting: MeetingFacts


class InvitationAnswered(EventData):
    """subject: the invitation's id; for notifications alone."""

    type = "events.invitation.answered.v1"
    exchange = Exchange.PRIVATE
    invitation_id: UUID
    contact_id: UUID
    answer: Answer
    meeting: MeetingFacts


class RegistrationReceived(EventData):
    """subject: the registration's id. A person registered by account; for notifications alone."""

    type = "events.registration.received.v1"
    exchange = Exchange.PRIVATE
    registration_id: UUID
    person_id: UUID
    meeting: MeetingFacts


class ErasureConfirmed(ErasureReceipt):
    """subject: the erasure's id. No invitation and no registration here leads to the person any more."""

    type = "events.erasure.confirmed.v1"
