"""Making meetings of the dates of a calendar, and keeping them as it says, but for what staff changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.audience.model import Network, Village
from events.imported_calendars import wording
from events.imported_calendars.facts import Facts, new_plan, stored
from events.imported_calendars.model import CalendarSource, Failure, ImportedDate
from events.imported_calendars.reading import Entry, Unreadable
from events.meetings.handlers import apply_plan, cancel_meeting, publish_meeting
from events.meetings.model import Meeting
from events.meetings.schemas import Cancellation

FEW = 2  # so many dates may go without a new one; more of them look like a mishap of the other side


@dataclass(frozen=True)
class Known:
    """A date that is here, its meeting, and what the calendar said of it."""

    date: ImportedDate
    meeting: Meeting
    theirs: Facts

    def is_coming(self, now: datetime) -> bool:
        """Whether it takes place; what staff cancelled stays so, and so does what is over."""
        return self.meeting.published and self.meeting.ends_at > now


async def take_over(
    session: AsyncSession, source: CalendarSource, entries: Sequence[Entry], now: datetime, until: datetime
) -> int:
    """Everything that the calendar has between two moments. Returns how many dates make no meeting.

    The caller has locked the source. Raises `Unreadable` for a calendar that was emptied.
    """
    villages = await _villages_of(session, source.network)
    known = await find_known(session, source.id)
    newest: dict[str, Entry] = {}
    for entry in entries:
        if entry.key not in newest or entry.sequence >= newest[entry.key].sequence:
            newest[entry.key] = entry
    missing = [
        one
        for key, one in known.items()
        if key not in newest and one.is_coming(now) and now < one.theirs.ends_at and one.theirs.starts_at < until
    ]
    if not newest and len(missing) > FEW:
        raise Unreadable(Failure.EMPTIED)
    for one in missing:
        await _withdraw(session, one, wording.gone(source.name))
    nonsense = 0
    for key, entry in newest.items():
        facts = Facts.of(entry, villages)
        if not facts.makes_sense:
            nonsense += 1
        elif key not in known or (known[key].date.withdrawn and not entry.cancelled):
            await _begin(session, source, entry, facts, known.get(key))
        elif entry.sequence >= known[key].date.sequence and known[key].is_coming(now):
            await _follow(session, source, known[key], entry, facts)
    return nonsense


async def find_known(session: AsyncSession, source_id: UUID) -> dict[str, Known]:
    """What was taken over from a calendar, with its meetings locked, by key."""
    query = (
        select(ImportedDate, Meeting)
        .join(Meeting, Meeting.id == ImportedDate.meeting_id)
        .where(ImportedDate.source_id == source_id)
        .order_by(Meeting.id)
        .with_for_update(of=Meeting)
    )
    found = await session.execute(query)
    return {date.key: Known(date, meeting, Facts.model_validate(date.theirs)) for date, meeting in found}


async def withdraw_coming(session: AsyncSession, source: CalendarSource, now: datetime) -> None:
    """None of the calendar's dates takes place any more, as far as this network knows."""
    for one in (await find_known(session, source.id)).values():
        if one.is_coming(now):
            await _withdraw(session, one, wording.gone(source.name))


async def _begin(
    session: AsyncSession, source: CalendarSource, entry: Entry, facts: Facts, before: Known | None
) -> None:
    """A new meeting; also for a date that was called off and takes place after all, as people were told."""
    if entry.cancelled:
        return
    meeting = Meeting.draft(source.network, new_plan(facts, source.kind), source.added_by, taken_over_from=source.name)
    session.add(meeting)
    await session.flush()
    await publish_meeting(session, meeting)
    if before is None:
        date = ImportedDate(source_id=source.id, key=entry.key, network=source.network, meeting_id=meeting.id)
        session.add(date)
    else:
        date = before.date
        date.meeting_id = meeting.id
    date.sequence, date.theirs, date.withdrawn = entry.sequence, stored(facts), False
    await session.flush()


async def _follow(session: AsyncSession, source: CalendarSource, known: Known, entry: Entry, facts: Facts) -> None:
    """What the calendar changed, but for what staff did."""
    if entry.cancelled:
        await _withdraw(session, known, wording.called_off(source.name))
        return
    present = known.meeting.plan()
    wanted = facts.over(present, kept=known.theirs.edited(known.meeting))
    renamed = known.meeting.taken_over_from != source.name
    if wanted != present or renamed:
        known.meeting.taken_over_from = source.name
        await apply_plan(session, known.meeting, wanted, tell=False)
    if (known.date.sequence, known.theirs) != (entry.sequence, facts):
        known.date.sequence, known.date.theirs = entry.sequence, stored(facts)


async def _withdraw(session: AsyncSession, known: Known, reason: str) -> None:
    await cancel_meeting(session, known.meeting, Cancellation(reason=reason))
    known.date.withdrawn = True


async def _villages_of(session: AsyncSession, network: str) -> dict[str, UUID]:
    covered = select(func.unnest(Network.village_ids)).where(Network.slug == network)
    found = await session.execute(select(Village.name, Village.id).where(Village.id.in_(covered)))
    return {row[0]: row[1] for row in found}
