"""Follows the meetings: a need that one has taken on is closed when the task is done. The events name no persons."""

from shared.contracts.envelope import Event
from shared.contracts.events import ActionItemCompleted
from shared.contracts.registry import HelpState
from shared.messaging.consumer import Consumer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.mutual_help.model import HelpEntry, Side
from registry.mutual_help.telling import tell_entry

consumer = Consumer("registry.mutual-help")


@consumer.on(ActionItemCompleted)
async def action_item_completed(session: AsyncSession, event: Event[ActionItemCompleted]) -> None:
    """The need is filled; nothing happens to one that is done or withdrawn already."""
    wanted = select(HelpEntry).where(HelpEntry.id == event.data.need_id, HelpEntry.side == Side.NEED)
    need = await session.scalar(wanted.with_for_update(of=HelpEntry))
    if need is None or need.state in (HelpState.DONE, HelpState.WITHDRAWN):
        return
    need.state = HelpState.DONE
    need.touch()
    tell_entry(session, need)
