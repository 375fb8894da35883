"""Who was at a meeting, the door that lets people check in by themselves, and certificates of participation."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.events import MeetingKind
from shared.database import Identified, Versioned
from shared.dates import day_of
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from events.attendance.codes import code_hash, name_hash, new_code
from events.database import Base
from events.invitations.model import hash_token
from events.meetings.model import Cancelled, Meeting, MeetingStatus, NotBegun, NotPublished

DOOR_OPENS = timedelta(hours=2)
"""How long before the beginning the code at the door works; it works until the end."""

CHANGED_FOR = timedelta(days=30)
"""How long after a meeting it may still be corrected who was there, unless its minutes are approved before."""


class AttendanceState(StrEnum):
    ATTENDED = "attended"
    EXCUSED = "excused"
    ABSENT = "absent"


class AttendanceFinal(DomainError):
    code = "attendance_final"
    message = N_("Who was there can no longer be changed: the minutes are approved, or 30 days have passed.")


class DoorClosed(DomainError):
    code = "door_closed"
    message = N_("Checking in by oneself works from two hours before the meeting until its end.")


class NotOnTheList(DomainError):
    """With the link of a mail or by account nobody is known here; as a guest one can still come in."""

    code = "not_on_the_list"
    message = N_("You are not registered for this meeting. Please enter your name as a guest.")


class NotAttended(DomainError):
    code = "not_attended"
    message = N_("A certificate is only for people who were at the meeting.")


class NameUnknown(DomainError):
    """Of a person with an account only the registry knows the name; and a guest's is kept for a week."""

    code = "name_unknown"
    message = N_("Please log in to get your certificate, or ask the organisers for it.")


class NotOverYet(DomainError):
    code = "meeting_not_over"
    message = N_("Certificates are issued when the meeting is over.")


def require_list(meeting: Meeting, now: datetime) -> None:
    """That it may be noted who is there: from the day of the meeting on.

    Raises `NotPublished`, `Cancelled`, `NotOurs`, `NotBegun`.
    """
    if meeting.status is MeetingStatus.DRAFT:
        raise NotPublished
    if meeting.status is MeetingStatus.CANCELLED:
        raise Cancelled
    meeting.require_ours()
    if day_of(meeting.starts_at) > day_of(now) and now < meeting.starts_at - DOOR_OPENS:
        raise NotBegun


def door_is_open(meeting: Meeting, now: datetime) -> bool:
    """Whether people check in by themselves now."""
    takes_place = meeting.status in (MeetingStatus.PUBLISHED, MeetingStatus.HELD)
    return takes_place and meeting.starts_at - DOOR_OPENS <= now < meeting.ends_at


class AttendanceMark(Identified, Versioned, Base):
    """What became of somebody on the list of a meeting: of a registration, of an invitation, or of a guest by name.

    Nobody has a row before anything is noted. A guest is somebody who came without either; their name goes a week
    after the meeting. `people` came, themselves among them. `marked_by` is the person of the staff; with `by_self`
    they checked in at the door.
    """

    __tablename__ = "attendance"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    network: Mapped[str]  # slug; the meeting's
    registration_id: Mapped[UUID | None] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    invitation_id: Mapped[UUID | None] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"))
    guest: Mapped[bool]
    name: Mapped[str | None]
    organisation: Mapped[str | None]  # or village; as a guest says it
    state: Mapped[AttendanceState]
    people: Mapped[int]
    by_self: Mapped[bool]
    marked_by: Mapped[UUID | None] = mapped_column(index=True)
    marked_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("meeting_id", "registration_id"),
        UniqueConstraint("meeting_id", "invitation_id"),
        CheckConstraint("num_nonnulls(registration_id, invitation_id) = CASE WHEN guest THEN 0 ELSE 1 END", name="who"),
        CheckConstraint("people >= 0 AND (people > 0) = (state = 'attended')", name="people_counted"),
        Index("ix_attendance_registration_id", "registration_id"),
        Index("ix_attendance_invitation_id", "invitation_id"),
    )

    @classmethod
    def begin(
        cls,
        meeting: Meeting,
        *,
        registration_id: UUID | None = None,
        invitation_id: UUID | None = None,
        name: str | None = None,
        organisation: str | None = None,
    ) -> "AttendanceMark":
        """A row to `set`; neither a registration nor an invitation: a guest."""
        return cls(
            id=uuid4(),
            version=0,
            meeting_id=meeting.id,
            network=meeting.network,
            registration_id=registration_id,
            invitation_id=invitation_id,
            guest=registration_id is None and invitation_id is None,
            name=name,
            organisation=organisation,
        )

    def set(self, state: AttendanceState, people: int, by: UUID | None) -> None:
        """Note it; without `by` they checked in by themselves."""
        self.state, self.people = state, people
        self.by_self, self.marked_by, self.marked_at = by is None, by, datetime.now(UTC)
        self.touch()


class AttendanceList(Base):
    """That the list of a meeting was closed, and what it said then or after the last correction: numbers that stay."""

    __tablename__ = "attendance_list"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True)
    network: Mapped[str]  # slug; the meeting's
    closed_at: Mapped[datetime]
    attended: Mapped[int]  # people, guests among them
    excused: Mapped[int]
    absent: Mapped[int]
    guests: Mapped[int]


class DoorCode(Base):
    """A code that hangs at the door of a meeting, by its hash. Each print has one of its own; all hold."""

    __tablename__ = "door_code"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), index=True)
    network: Mapped[str]  # slug; the meeting's

    @classmethod
    def make(cls, meeting: Meeting) -> "tuple[DoorCode, str]":
        """A new one and its code, which is printed and not kept."""
        code = secrets.token_urlsafe(18)
        return cls(token_hash=hash_token(code), meeting_id=meeting.id, network=meeting.network), code


class ParticipationCertificate(Identified, Base):
    """That somebody was at a meeting, or at dates of a course. Neither name nor code is kept: see decision 0037.

    `entry_id` is the registration, invitation or guest that it was issued for. What is printed stays as it was printed.
    One for a course is of its first date (`meeting_id`), from the beginning of the first date to the end of the last
    one; `course` holds a `CertificateCourse` with the id of the meeting in each date.
    """

    __tablename__ = "participation_certificate"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), index=True)
    network: Mapped[str]  # slug; the meeting's
    entry_id: Mapped[UUID] = mapped_column(index=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    name_hash: Mapped[bytes]
    title: Mapped[str]
    kind: Mapped[MeetingKind]
    place: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    course: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    @classmethod
    def issue(
        cls, meeting: Meeting, dates: Sequence[Meeting], entry_id: UUID, name: str
    ) -> "tuple[ParticipationCertificate, str]":
        """A new one of these dates, and its code, which is printed and not kept. Its course has been read."""
        code = new_code()
        now = datetime.now(UTC)
        certificate = cls(
            id=uuid4(),
            meeting_id=meeting.list_id,
            network=meeting.network,
            entry_id=entry_id,
            code_hash=code_hash(code),
            name_hash=name_hash(code, name),
            title=dates[0].title,
            kind=dates[0].kind,
            place="; ".join(dict.fromkeys(one.place for one in dates)),
            starts_at=dates[0].starts_at,
            ends_at=dates[-1].ends_at,
            course=None if meeting.course_id is None else _course_attended(meeting, dates, now),
            issued_at=now,
        )
        return certificate, code


def _course_attended(meeting: Meeting, dates: Sequence[Meeting], now: datetime) -> dict[str, Any]:
    held = [one for one in meeting.course if one.status is not MeetingStatus.CANCELLED]
    return {
        "planned": len(held),
        "finished": all(one.is_over(now) for one in held),
        "dates": [
            {
                "meeting_id": str(one.id),
                "starts_at": one.starts_at.isoformat(),
                "ends_at": one.ends_at.isoformat(),
                "place": one.place,
            }
            for one in dates
        ],
    }
