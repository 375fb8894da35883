"""What a calendar says of meetings, as rows of one statement: half the time that meetings with their agendas take."""

import functools
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from events.agenda.model import AgendaItem
from events.audience.model import Village
from events.meetings.model import Meeting, MeetingStatus


class Line(NamedTuple):
    """An item of the agenda as everybody may see it; `minutes` is how long it may take."""

    position: int
    title: str
    minutes: int | None


class Entry(NamedTuple):
    """A meeting in a calendar. The moments are aware; `village` is a name, `online_link` for those alone who come."""

    id: UUID
    list_id: UUID
    network: str
    planned_by: UUID
    status: MeetingStatus
    changed_at: datetime
    calendar_uid: str
    calendar_sequence: int
    title: str
    description: str
    place: str
    online_link: str | None
    starts_at: datetime
    ends_at: datetime
    village: str | None
    agenda: tuple[Line, ...]

    @property
    def cancelled(self) -> bool:
        return self.status is MeetingStatus.CANCELLED


async def read_entries(session: AsyncSession, shown: sa.ColumnElement[bool], since: datetime) -> list[Entry]:
    """The meetings that are `shown` and end after `since`, by time. Drafts stand in nobody's calendar, cancelled
    meetings do, so that programs strike them out."""
    kept = (shown, Meeting.status != MeetingStatus.DRAFT, Meeting.ends_at > since)
    rows = await session.execute(_entries().where(*kept))
    return [Entry._make((*own, tuple(Line(*line) for line in agenda))) for *own, agenda in rows]


@functools.cache
def _entries() -> sa.Select[Any]:
    own = (getattr(Meeting, name) for name in Entry._fields if name not in ("village", "agenda"))
    village = sa.select(Village.name).where(Village.id == Meeting.village_id).scalar_subquery()
    query = sa.select(*own, village.label("village"), _agenda().label("agenda"))
    return query.order_by(Meeting.starts_at, Meeting.id)


def _agenda() -> sa.ColumnElement[Any]:
    line = sa.func.json_build_array(AgendaItem.position, AgendaItem.title, AgendaItem.minutes)
    lines = sa.func.json_agg(line, type_=sa.JSON).aggregate_order_by(AgendaItem.position)
    found = sa.select(lines).where(AgendaItem.meeting_id == Meeting.id).scalar_subquery()
    return sa.func.coalesce(found, sa.literal([], sa.JSON))
