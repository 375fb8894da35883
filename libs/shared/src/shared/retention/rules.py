"""One class of data: what it is, whose, who gets it, how long it is kept, and how it goes."""

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.retention.activities import Activity
from shared.retention.removals import Moment, Removal


@dataclass(frozen=True)
class Period:
    """How long. Months and years are those of the calendar."""

    years: int = 0
    months: int = 0
    days: int = 0

    def before(self) -> Moment:
        """In SQL: the moment that lies this long before now."""
        interval = sa.func.make_interval(self.years, self.months, 0, self.days)
        return sa.func.now() - interval

    def __str__(self) -> str:
        counted = ((self.years, "Jahr", "Jahre"), (self.months, "Monat", "Monate"), (self.days, "Tag", "Tage"))
        return ", ".join(f"{count} {one if count == 1 else more}" for count, one, more in counted if count)


@dataclass(frozen=True)
class Rule:
    """A class of data in one service. Texts are German: officers read them, and they are part of the register.

    With a `removal` the data goes when `period` is over, counted from what `since` says ("nach dem Treffen"). Without
    one it goes for another cause, which `since` names ("bis zur Löschung der Person").
    """

    slug: str
    name: str
    activity: Activity
    data: str
    subjects: str
    recipients: str
    since: str
    period: Period | None = None
    removal: Removal | None = None
    tables: tuple[str, ...] = ()  # beside those of `removal`

    def __post_init__(self) -> None:
        if (self.period is None) is not (self.removal is None):
            raise ValueError(f"{self.slug}: a period needs a removal, and a removal a period")

    @property
    def kept(self) -> str:
        """How long, in words."""
        return self.since if self.period is None else f"{self.period} {self.since}"

    @property
    def covers(self) -> tuple[str, ...]:
        """Every table that holds this data."""
        return (*(self.removal.tables if self.removal else ()), *self.tables)

    @property
    def fingerprint(self) -> str:
        """Changes with what the rule deletes."""
        removed = self.removal.describe() if self.removal else ""
        return hashlib.sha256(f"{self.slug}\n{self.period}\n{self.since}\n{removed}".encode()).hexdigest()

    async def count(self, session: AsyncSession) -> int:
        """How much is over its time."""
        removal, before = self._removal()
        return await removal.count(session, before)

    async def remove(self, session: AsyncSession, limit: int) -> int:
        """Remove at most `limit` of what is over its time; returns how much."""
        removal, before = self._removal()
        return await removal.remove(session, before, limit)

    def _removal(self) -> tuple[Removal, Moment]:
        if self.removal is None or self.period is None:
            raise ValueError(f"{self.slug}: nothing is removed by time")
        return self.removal, self.period.before()
