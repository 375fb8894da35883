"""What feeds need beside the meetings: counters of changes, and secret addresses."""

import secrets
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from events.database import Base
from events.invitations.model import hash_token

SHARED = ""
"""The key of the counter for what every feed shows: names of villages, what organisations do."""


class FeedVersion(Base):
    """How often something changed that stands in the feeds of a network. Triggers write it: see `0009_calendars`."""

    __tablename__ = "feed_version"

    network: Mapped[str] = mapped_column(primary_key=True)  # slug, or `SHARED`
    version: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]


class PersonalCalendar(Base):
    """The secret address of somebody's own calendar. Whoever knows it reads the calendar; only its hash is kept."""

    __tablename__ = "personal_calendar"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]

    @classmethod
    def make(cls, person_id: UUID) -> "tuple[PersonalCalendar, str]":
        """A new address and its secret, which is given away and not kept."""
        calendar = cls(person_id=person_id)
        return calendar, calendar.renew()

    def renew(self) -> str:
        """A new secret; the old one leads nowhere from now on."""
        token = secrets.token_urlsafe(32)
        self.token_hash = hash_token(token)
        self.made_at = datetime.now(UTC)
        return token
