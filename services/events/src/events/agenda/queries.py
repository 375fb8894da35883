"""Finding items of agendas, and proposals."""

from collections.abc import Sequence
from uuid import UUID

from shared.errors import NotFound
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.action_items.model import ActionItem
from events.agenda.model import AgendaItem, AgendaProposal
from events.minutes.model import Decision, Note


async def meeting_of(session: AsyncSession, item_id: UUID) -> UUID:
    """The meeting of an item. Raises `NotFound`."""
    meeting_id = await session.scalar(select(AgendaItem.meeting_id).where(AgendaItem.id == item_id))
    if meeting_id is None:
        raise NotFound
    return meeting_id


async def proposals(session: AsyncSession, meeting_id: UUID) -> Sequence[AgendaProposal]:
    """The proposals for a meeting, oldest first."""
    query = select(AgendaProposal).where(AgendaProposal.meeting_id == meeting_id)
    return (await session.scalars(query.order_by(AgendaProposal.created_at, AgendaProposal.id))).all()


async def proposal(session: AsyncSession, proposal_id: UUID) -> AgendaProposal:
    """One proposal, locked. Raises `NotFound`."""
    found = await session.get(AgendaProposal, proposal_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found


async def is_in_use(session: AsyncSession, item_id: UUID) -> bool:
    """Whether something was written, decided or agreed under an item."""
    noted = select(Note.agenda_item_id).where(Note.agenda_item_id == item_id, Note.text != "")
    decided = select(Decision.id).where(Decision.agenda_item_id == item_id)
    agreed = select(ActionItem.id).where(ActionItem.agenda_item_id == item_id)
    return bool(await session.scalar(select(or_(noted.exists(), decided.exists(), agreed.exists()))))
