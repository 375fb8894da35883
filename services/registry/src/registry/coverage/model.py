"""A network covers a village from a day to a day; a village is in one network at a time."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from shared.database import Identified
from shared.errors import DomainError
from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Base, Recorded
from registry.territory.model import Network, Village


class CoveredElsewhere(DomainError):
    code = "covered_elsewhere"
    message = "{village} already belongs to a network in this time."
    field = "village_id"


class OneIsCoveredElsewhere(CoveredElsewhere):
    field = "village_ids"


class LeavesBeforeItJoins(DomainError):
    code = "leaves_before_it_joins"
    message = "The village cannot leave the network before it joins it."
    field = "until"


class LeftLongAgo(DomainError):
    code = "left_long_ago"
    message = "The village has left the network already: that is history now."
    field = "until"


class Coverage(Identified, Recorded, Base):
    """`starts_on` and `until` are the first and the last day; `until` is None while no end is known.

    One that was taken back before its first day ends on the day before: it covers no day at all. The database refuses
    two rows of a village that share a day, also when both are written at the same moment.
    """

    __tablename__ = "coverage"
    __table_args__ = (
        sa.CheckConstraint("until >= starts_on - 1", name="ends_after_it_begins"),
        ExcludeConstraint(
            ("village_id", "="),
            (sa.literal_column("daterange(starts_on, until + 1)"), "&&"),
            using="gist",
            name="ex_coverage_one_at_a_time",
        ),
    )

    village_id: Mapped[UUID] = mapped_column(ForeignKey("village.id"))
    network_id: Mapped[UUID] = mapped_column(ForeignKey("network.id"), index=True)
    starts_on: Mapped[date]
    until: Mapped[date | None]

    def overlaps(self, starts_on: date, until: date | None) -> bool:
        """Whether a day of `starts_on` to `until` (None: for ever) lies in it."""
        if self.until is not None and self.until < self.starts_on:
            return False
        return (until is None or self.starts_on <= until) and (self.until is None or starts_on <= self.until)

    def last(self, until: date | None, today: date) -> bool:
        """Set the last day, None for an open end; returns whether that changes it. History does not change."""
        if self.until is not None and self.until < today:
            raise LeftLongAgo
        if until is not None and until < self.starts_on - timedelta(days=1):
            raise LeavesBeforeItJoins
        changes, self.until = until != self.until, until
        return changes


def check_free(village: Village, others: Iterable[Coverage], starts_on: date, until: date | None) -> None:
    """Raise `CoveredElsewhere` when one of a village's other rows has a day in this time."""
    if any(other.overlaps(starts_on, until) for other in others):
        raise CoveredElsewhere(village=village.name)


def cover(
    village: Village, network: Network, others: Iterable[Coverage], starts_on: date, until: date | None
) -> Coverage:
    """The village joins a network. `others` are all its rows so far."""
    if until is not None and until < starts_on:
        raise LeavesBeforeItJoins
    check_free(village, others, starts_on, until)
    return Coverage(village_id=village.id, network_id=network.id, starts_on=starts_on, until=until)
