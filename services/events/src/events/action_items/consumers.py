"""Follows the needs of mutual help, so that a meeting can take one on. Needs name no persons."""

from shared.contracts.envelope import Event
from shared.contracts.registry import HelpEntryState, HelpState, NeedFilled, NeedPublished, NeedWithdrawn
from shared.messaging.consumer import Consumer
from shared.messaging.projection import upsert_if_newer
from sqlalchemy.ext.asyncio import AsyncSession

from events.action_items.model import Need

consumer = Consumer("events.needs")


@consumer.on(NeedPublished, NeedFilled)
async def need_told(session: AsyncSession, event: Event[HelpEntryState]) -> None:
    """A need and whether it is still open."""
    need = event.data
    values = {
        "title": need.title,
        "village_id": need.village_id,
        "organisation_id": need.organisation_id,
        "open": need.state is HelpState.OPEN,
    }
    await upsert_if_newer(session, Need, {"id": need.entry_id}, event.sequence, values)


@consumer.on(NeedWithdrawn)
async def need_withdrawn(session: AsyncSession, event: Event[NeedWithdrawn]) -> None:
    """It is gone; the row stays, so that an older event does not bring it back."""
    values = {"title": "", "village_id": None, "organisation_id": None, "open": False}
    await upsert_if_newer(session, Need, {"id": event.data.entry_id}, event.sequence, values)
