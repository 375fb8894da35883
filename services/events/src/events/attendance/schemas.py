"""Bodies of requests and answers about attendance and certificates."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from shared.contracts.events import MeetingKind, RegistrationState
from shared.inputs import Input, Line, Name

from events.attendance.model import AttendanceState
from events.meetings.schemas import LocalTime

Code = Annotated[str, Field(min_length=1, max_length=100)]
People = Annotated[int, Field(ge=1, le=200)]


class MarkInput(Input):
    """`state` null: nothing is noted any more. `people` is how many of them came; without it, all."""

    state: AttendanceState | None
    people: People | None = None
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] = Field(description="What the staff saw; 0: nothing noted")


class GuestInput(Input):
    """Somebody who came without registering. `organisation` is an organisation or a village, as they say it."""

    name: Name
    organisation: Line = ""


class EntryView(BaseModel):
    """One line of the list. Of a person with an account and of a contact there is the id: the registry knows the name.

    `expected` people were registered, `people` came. `state` is null while nothing is noted; `by_self`: they checked in
    at the door, or cancelled before.
    """

    id: UUID
    kind: Literal["registration", "invitation", "guest"]
    person_id: UUID | None
    contact_id: UUID | None
    organisation_id: UUID | None
    name: str | None
    organisation: str | None
    expected: int
    people: int
    state: AttendanceState | None
    by_self: bool
    marked_at: LocalTime | None
    version: int


class CountsView(BaseModel):
    """People. `expected` said that they come; `attended` are there, `guests` among them."""

    expected: int
    attended: int
    excused: int
    absent: int
    open: int
    guests: int


class AttendanceView(BaseModel):
    """The list of a meeting. It can be changed from its day until 30 days after it, or until minutes are approved."""

    meeting_id: UUID
    changeable: bool
    closed_at: LocalTime | None
    counts: CountsView
    entries: list[EntryView]


class DoorCodeView(BaseModel):
    """It works from two hours before the beginning of the meeting until its end."""

    code: str


class MeetingLine(BaseModel):
    """The meeting that a code is for."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    network: str
    title: str
    place: str
    starts_at: LocalTime
    ends_at: LocalTime


class DoorView(BaseModel):
    """`mine` is the state of the reader's own registration or invitation; `known`: there is one."""

    meeting: MeetingLine
    open: bool
    known: bool
    mine: AttendanceState | None


class CheckInInput(Input):
    """`registration_token` is that of the link in a mail; without it the caller's account says who it is."""

    door_code: Code
    registration_token: Code | None = None


class DoorGuestInput(GuestInput):
    door_code: Code


class CheckedIn(BaseModel):
    state: AttendanceState
    people: int


class PassView(BaseModel):
    """What a personal code opens. Without a role in the network there is no `entry`, and nobody's name."""

    meeting: MeetingLine
    registration: RegistrationState
    state: AttendanceState | None
    entry: EntryView | None


class OwnAttendance(BaseModel):
    """One's own place on the list. `certificate`: one can be had now."""

    check_in_code: str | None = Field(description="Shown at the door; null without a registration that holds a place")
    state: AttendanceState | None
    certificate: bool


class NamedEntry(Input):
    entry_id: UUID
    name: Name


class CertificatesInput(Input):
    """For whom, by the name that is printed."""

    items: Annotated[list[NamedEntry], Field(min_length=1, max_length=500)]


class LinkInput(Input):
    token: Code


class CertificateDate(BaseModel):
    """One date of a course where somebody was."""

    starts_at: LocalTime
    ends_at: LocalTime
    place: str


class CertificateCourse(BaseModel):
    """The dates where somebody was, in order of time, out of those that were `planned` when it was issued.

    `finished`: the last one was over by then.
    """

    planned: int
    finished: bool
    dates: list[CertificateDate]


class CertificateFacts(BaseModel):
    """What a certificate says beside the name. With a `course`, time and place are those of all its dates together."""

    network: str
    title: str
    kind: MeetingKind
    place: str
    starts_at: LocalTime
    ends_at: LocalTime
    course: CertificateCourse | None
    issued_at: LocalTime


class IssuedCertificate(CertificateFacts):
    """With its code, which is not kept: it is printed now or never."""

    entry_id: UUID
    name: str
    code: str


class IssuedCertificates(BaseModel):
    items: list[IssuedCertificate]


class CertificateView(CertificateFacts):
    """What everybody learns who holds the code. `revoked_at`: it does not hold any more."""

    revoked_at: datetime | None


class VerificationInput(Input):
    code: Code
    name: Name


class Verification(BaseModel):
    """Whether the certificate was issued for this name, and holds."""

    matches: bool
