"""How old a feed is, without looking at a single meeting."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.dates import BERLIN
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendars.model import SHARED, FeedVersion

FORMAT = 1  # counted when the same meetings are written otherwise
KEPT_MONTHS = 12  # how long past and cancelled meetings stay in a feed
# RFC 9110 section 8.8.2.2: a moment that has just been may be that of a second change, too.
SETTLED = timedelta(seconds=2)


def kept_since(now: datetime) -> datetime:
    """The end of meetings that a feed still shows: the beginning of a month in Europe/Berlin, for all of its days."""
    local = now.astimezone(BERLIN)
    years, month = divmod(local.year * 12 + local.month - 1 - KEPT_MONTHS, 12)
    return datetime(years, month + 1, 1, tzinfo=BERLIN).astimezone(UTC)


@dataclass(frozen=True)
class Version:
    """What a program asks by whether its copy is the newest. `changed_at` is None where only the tag can tell."""

    etag: str
    changed_at: datetime | None

    @classmethod
    def of(cls, feed: str, number: int, since: datetime, changed_at: datetime | None) -> "Version":
        """Of a public feed, by the number of changes and the last one; each month older meetings leave it, too."""
        return cls(_tag(feed, number, since, changed_at), max(since, changed_at or since))

    @classmethod
    def of_person(cls, ties: str, number: int, since: datetime, changed_at: datetime | None) -> "Version":
        """Of somebody's own calendar: it also changes with the person's ties, of which nobody knows since when."""
        return cls(_tag(f"person {ties}", number, since, changed_at), None)


def _tag(*parts: object) -> str:
    # With the moment of the last change: in a database that was restored the counter comes to the same number again.
    return f'"{hashlib.sha256(repr((FORMAT, *parts)).encode()).hexdigest()[:32]}"'


async def count_changes(session: AsyncSession, network: str | None = None) -> tuple[int, datetime | None]:
    """How many changes the feeds of a network (or of all) have seen, and when the last one was.

    Counters only grow, so that their sum is another one after each change.
    """
    query = select(func.coalesce(func.sum(FeedVersion.version), 0), func.max(FeedVersion.changed_at))
    if network is not None:
        query = query.where(FeedVersion.network.in_((network, SHARED)))
    number, changed_at = (await session.execute(query)).one()
    return int(number), changed_at
