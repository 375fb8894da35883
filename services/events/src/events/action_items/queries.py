"""Finding action items."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.access.tenancy import beyond_scopes
from shared.contracts.events import ActionItemState
from shared.errors import NotFound
from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from events.action_items.model import ActionItem, Need
from events.meetings.model import Meeting
from events.meetings.queries import BadCursor


@dataclass(frozen=True)
class Filters:
    """What a list shows; None and empty leave a thing open."""

    network: str
    state: ActionItemState | None = None
    organisation_id: UUID | None = None
    due_before: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [ActionItem.network == self.network]
        if self.state is not None:
            found.append(ActionItem.state == self.state)
        if self.organisation_id is not None:
            found.append(ActionItem.organisation_id == self.organisation_id)
        if self.due_before is not None:
            found.append(ActionItem.due_on < self.due_before)
        return found


Found = tuple[ActionItem, str, datetime]
"""An item with the title and the beginning of its meeting."""


async def find(session: AsyncSession, filters: Filters, *, after: str | None, limit: int) -> Sequence[Found]:
    """Items of a network by the day they are due. Raises `BadCursor`."""
    query = (
        select(ActionItem, Meeting.title, Meeting.starts_at)
        .join(Meeting, Meeting.id == ActionItem.meeting_id)
        .where(*filters.conditions())
        .order_by(ActionItem.due_on, ActionItem.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(ActionItem.due_on, ActionItem.id) > tuple_(*_read(after)))
    return [(item, title, moment) for item, title, moment in (await session.execute(query)).all()]


def cursor_after(item: ActionItem) -> str:
    """Where the page after this item begins."""
    return f"{item.due_on.isoformat()}.{item.id}"


def _read(cursor: str) -> tuple[date, UUID]:
    day, _, item_id = cursor.partition(".")
    try:
        return date.fromisoformat(day), UUID(item_id)
    except ValueError as error:
        raise BadCursor from error


async def get(session: AsyncSession, item_id: UUID, *, lock: bool = False) -> Found:
    """One item that the transaction's scopes show. Raises `NotFound`."""
    query = (
        select(ActionItem, Meeting.title, Meeting.starts_at)
        .join(Meeting, Meeting.id == ActionItem.meeting_id)
        .where(ActionItem.id == item_id)
    )
    row = (await session.execute(query.with_for_update(of=ActionItem) if lock else query)).first()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]


async def of_meeting(session: AsyncSession, meeting_id: UUID) -> Sequence[ActionItem]:
    """What was agreed at a meeting."""
    query = select(ActionItem).where(ActionItem.meeting_id == meeting_id)
    return (await session.scalars(query.order_by(ActionItem.created_at, ActionItem.id))).all()


async def open_before(session: AsyncSession, meeting: Meeting) -> Sequence[ActionItem]:
    """What earlier meetings of the network agreed and nobody has done."""
    query = (
        select(ActionItem)
        .join(Meeting, Meeting.id == ActionItem.meeting_id)
        .where(
            ActionItem.network == meeting.network,
            ActionItem.state == ActionItemState.OPEN,
            ActionItem.meeting_id != meeting.id,
            Meeting.starts_at < meeting.starts_at,
        )
        .order_by(ActionItem.due_on, ActionItem.id)
    )
    return (await session.scalars(query)).all()


async def can_be_taken_on(session: AsyncSession, need_id: UUID) -> bool:
    """Whether a need is open and no meeting of any network has it among its open items.

    The need is locked: of two meetings that take it on at the same time one comes later.
    """
    taken = ActionItem.need_id == need_id, ActionItem.state == ActionItemState.OPEN
    async with beyond_scopes(session, reads_only=True):  # a need is public; that it is taken on may be known, too
        need = await session.scalar(select(Need).where(Need.id == need_id, Need.open).with_for_update())
        return need is not None and await session.scalar(select(ActionItem.id).where(*taken)) is None
