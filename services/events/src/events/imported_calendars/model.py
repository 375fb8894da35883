"""An address from which dates are taken over, and which meeting each of these dates has become."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.events import MeetingKind
from shared.database import Identified, Versioned
from shared.errors import ChangedMeanwhile, DomainError
from shared.i18n import N_
from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from events.database import Base

CHECKED_EVERY = timedelta(hours=4)
READ_WHOLE_EVERY = timedelta(hours=24)  # an unchanged calendar, too: dates of series come nearer
AFTER_FAILURE = timedelta(minutes=30)  # doubled with each one
LONGEST_PAUSE = timedelta(hours=24)


class Failure(StrEnum):
    """Why a calendar could not be taken over; what was taken over before stays."""

    ADDRESS = "address"  # leads to where strangers have no business
    AWAY = "away"
    REDIRECTS = "redirects"
    STATUS = "status"
    SIZE = "size"
    TIME = "time"
    ENCODING = "encoding"
    NO_CALENDAR = "no_calendar"
    TOO_MANY = "too_many"
    EMPTIED = "emptied"  # dates were there, and now there is not one


class AddressKnown(DomainError):
    code = "calendar_address_known"
    message = N_("This network takes over this calendar already.")
    field = "url"


class TooManyCalendars(DomainError):
    status = HTTPStatus.CONFLICT
    code = "too_many_calendars"
    message = N_("A network can take over 20 calendars. Please remove one first.")
    field = "url"


class CalendarSource(Identified, Versioned, Base):
    """The iCalendar address of somebody else's calendar. Its coming dates are public meetings of `network` (slug)."""

    __tablename__ = "calendar_source"

    network: Mapped[str]
    name: Mapped[str]
    url: Mapped[str]
    kind: Mapped[MeetingKind]
    paused: Mapped[bool] = mapped_column(default=False)
    added_by: Mapped[UUID] = mapped_column(index=True)  # a person's id: the planner of the meetings
    added_at: Mapped[datetime]
    next_check_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]  # when it was read whole
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    failure: Mapped[Failure | None]
    failure_detail: Mapped[str] = mapped_column(default="")  # the status that the server answered with
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    unreadable: Mapped[int] = mapped_column(default=0)  # entries that made no sense when it was read last

    __table_args__ = (
        Index("ix_calendar_source_network_url", "network", "url", unique=True),
        Index("ix_calendar_source_next_check_at", "next_check_at", postgresql_where="NOT paused"),
    )

    @classmethod
    def add(cls, network: str, name: str, url: str, kind: MeetingKind, added_by: UUID) -> "CalendarSource":
        """An address that is looked at soon."""
        now = datetime.now(UTC)
        return cls(
            id=uuid4(),
            network=network,
            name=name,
            url=url,
            kind=kind,
            paused=False,
            added_by=added_by,
            added_at=now,
            next_check_at=now,
            failure_detail="",
            failures=0,
            unreadable=0,
            version=1,
        )

    def change(self, *, name: str, url: str, kind: MeetingKind, paused: bool, version: int) -> None:
        """Replace what staff decide; an address is looked at anew soon. Raises `ChangedMeanwhile`."""
        if version != self.version:
            raise ChangedMeanwhile
        if url != self.url or (self.paused and not paused):
            self.check_soon()
        self.name, self.url, self.kind, self.paused = name, url, kind, paused
        self.touch()

    def check_soon(self) -> None:
        """Whole, and as if nothing had failed."""
        self.next_check_at = datetime.now(UTC)
        self.etag = self.last_modified = self.read_at = None
        self.failures = 0

    def asks_with(self, now: datetime) -> dict[str, str]:
        """Headers that spare the other server from sending what did not change (RFC 9110 section 13)."""
        if self.read_at is None or self.read_at < now - READ_WHOLE_EVERY:
            return {}
        known = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: value for name, value in known.items() if value is not None}

    def is_unchanged(self, now: datetime) -> None:
        """The other server says that nothing is new."""
        self._checked(now, CHECKED_EVERY)
        self.failure, self.failure_detail, self.failures = None, "", 0

    def was_read(self, now: datetime, *, etag: str | None, last_modified: str | None, unreadable: int) -> None:
        """Everything in it was taken over."""
        self.is_unchanged(now)
        self.read_at = now
        self.etag, self.last_modified, self.unreadable = etag, last_modified, unreadable

    def failed(self, now: datetime, failure: Failure, detail: str = "") -> None:
        """Nothing was taken over; the pauses get longer."""
        self.failures += 1
        self._checked(now, min(AFTER_FAILURE * 2 ** min(self.failures - 1, 6), LONGEST_PAUSE))
        self.failure, self.failure_detail = failure, detail

    def _checked(self, now: datetime, pause: timedelta) -> None:
        self.checked_at = now
        self.next_check_at = now + pause


class ImportedDate(Base):
    """One date of a calendar. `theirs` is what the calendar said of it: what differs in the meeting, staff changed."""

    __tablename__ = "imported_date"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("calendar_source.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)  # of UID and RECURRENCE-ID
    network: Mapped[str]  # the source's
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), unique=True)
    sequence: Mapped[int]  # SEQUENCE of RFC 5545, section 3.8.7.4
    theirs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    withdrawn: Mapped[bool] = mapped_column(default=False)  # the calendar called it off, not staff
