"""What minutes say: read while they are written, and kept as a version when they are approved."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel
from shared.contracts.events import ActionItemState
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.action_items import queries as action_items
from events.action_items.model import ActionItem
from events.agenda.model import AgendaItem, AgendaPurpose, AgendaStatus
from events.meetings.model import Meeting
from events.minutes.marks import mark_of, marked
from events.minutes.model import Decision, Minutes, Note

T = TypeVar("T", Decision, ActionItem)


class ContentDecision(BaseModel):
    id: UUID
    text: str
    votes_for: int | None
    votes_against: int | None
    votes_abstained: int | None

    @classmethod
    def of(cls, decision: Decision) -> "ContentDecision":
        return cls.model_validate(decision, from_attributes=True)


class ContentActionItem(BaseModel):
    """`who` is a mark (see `events.minutes.marks`), words, or empty where it is `organisation_id` or nobody."""

    id: UUID
    title: str
    who: str
    organisation_id: UUID | None
    due_on: date
    state: ActionItemState
    need_id: UUID | None

    @classmethod
    def of(cls, item: ActionItem) -> "ContentActionItem":
        return cls(
            id=item.id,
            title=item.title,
            who=mark_of(item),
            organisation_id=item.organisation_id,
            due_on=item.due_on,
            state=item.state,
            need_id=item.need_id,
        )


class ContentItem(BaseModel):
    """One item with what was written under it; `version` is that of its text, 0 while there is none."""

    id: UUID
    position: int
    title: str
    minutes: int | None
    purpose: AgendaPurpose
    status: AgendaStatus
    minutes_of: UUID | None
    who: str
    organisation_id: UUID | None
    text: str
    version: int
    written_at: datetime | None
    decisions: list[ContentDecision]
    action_items: list[ContentActionItem]
    open_items: list[ContentActionItem]  # of earlier meetings, under the item that is for them


class Content(BaseModel):
    """All that minutes say. `present` and `excused` are organisations."""

    people: int | None
    present: list[UUID]
    excused: list[UUID]
    items: list[ContentItem]

    def texts(self) -> Iterator[str]:
        """Everything in which somebody may be marked."""
        for item in self.items:
            yield item.text
            yield item.who
            yield from (decision.text for decision in item.decisions)
            for task in (*item.action_items, *item.open_items):
                yield task.title
                yield task.who

    def marked(self) -> tuple[set[UUID], set[UUID]]:
        """The ids of the contacts and persons in it."""
        return marked(self.texts())


async def read_content(session: AsyncSession, meeting: Meeting, minutes: Minutes | None) -> Content:
    """What the minutes of a meeting say now."""
    found = await session.scalars(select(Note).where(Note.meeting_id == meeting.id))
    notes = {note.agenda_item_id: note for note in found}
    decided = select(Decision).where(Decision.meeting_id == meeting.id).order_by(Decision.taken_at, Decision.id)
    decisions = _by_item((await session.scalars(decided)).all())
    agreed = _by_item(await action_items.of_meeting(session, meeting.id))
    waiting = await action_items.open_before(session, meeting)
    return Content(
        people=minutes.people if minutes else None,
        present=minutes.present if minutes else [],
        excused=minutes.excused if minutes else [],
        items=[
            _item(item, notes.get(item.id), decisions[item.id], agreed[item.id], waiting) for item in meeting.agenda
        ],
    )


def _by_item(rows: Sequence[T]) -> defaultdict[UUID, list[T]]:
    found: defaultdict[UUID, list[T]] = defaultdict(list)
    for row in rows:
        found[row.agenda_item_id].append(row)
    return found


def _item(
    item: AgendaItem,
    note: Note | None,
    decisions: Sequence[Decision],
    agreed: Sequence[ActionItem],
    waiting: Sequence[ActionItem],
) -> ContentItem:
    for_waiting = item.purpose is AgendaPurpose.OPEN_ITEMS
    return ContentItem(
        id=item.id,
        position=item.position,
        title=item.title,
        minutes=item.minutes,
        purpose=item.purpose,
        status=item.status,
        minutes_of=item.minutes_of,
        who=mark_of(item),
        organisation_id=item.organisation_id,
        text=note.text if note else "",
        version=note.version if note else 0,
        written_at=note.written_at if note else None,
        decisions=[ContentDecision.of(decision) for decision in decisions],
        action_items=[ContentActionItem.of(task) for task in agreed],
        open_items=[ContentActionItem.of(task) for task in waiting] if for_waiting else [],
    )
