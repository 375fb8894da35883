"""Action items over HTTP: a network's list, changing one, and saying how it went."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from shared import audit
from shared.access.grants import Access
from shared.contracts.events import ActionItemState
from shared.errors import NotFound
from shared.inputs import Name
from shared.web import DbSession, TransactionalRoute
from sqlalchemy.ext.asyncio import AsyncSession

from events.action_items import handlers, queries
from events.action_items.model import ActionItem
from events.action_items.schemas import ActionItemChange, ActionItemMove, ActionItemPage, ActionItemView
from events.audience.queries import persons_behind
from events.meetings.access import Planner
from events.minutes.readers import Reader, leads, organisations_of, reach_network, today

router = APIRouter(tags=["action items"], route_class=TransactionalRoute)


@router.get("/action-items", summary="A network's action items, for its staff and its lead associations")
async def list_action_items(
    session: DbSession,
    access: Reader,
    network: Annotated[Name, Query(description="Slug of the network")],
    state: ActionItemState | None = None,
    organisation_id: UUID | None = None,
    overdue: Annotated[bool, Query(description="Only those whose day is over")] = False,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ActionItemPage:
    await reach_network(session, access, network)
    filters = queries.Filters(network, state, organisation_id, today() if overdue else None)
    found = await queries.find(session, filters, after=cursor, limit=limit + 1)
    shown = found[:limit]
    await _note_reading(session, [item for item, _, _ in shown], network)
    following = queries.cursor_after(shown[-1][0]) if len(found) > limit else None
    return ActionItemPage(items=[ActionItemView.of(*each, today()) for each in shown], next=following)


@router.get("/action-items/{item_id}", summary="One action item")
async def get_action_item(session: DbSession, access: Reader, item_id: UUID) -> ActionItemView:
    found = await _reached(session, access, item_id)
    await _note_reading(session, [found[0]], found[0].network)
    return ActionItemView.of(*found, today())


@router.put("/action-items/{item_id}", summary="Who does what until when, anew")
async def change_action_item(
    session: DbSession, access: Planner, item_id: UUID, body: ActionItemChange
) -> ActionItemView:
    item, title, met_at = await queries.get(session, item_id, lock=True)
    access.reach(network=item.network)
    await handlers.change(session, item, body, access.principal.id)
    return ActionItemView.of(item, title, met_at, today())


@router.post(
    "/action-items/{item_id}/state", summary="Done, dropped, or open again: its network or who does it says so"
)
async def move_action_item(session: DbSession, access: Reader, item_id: UUID, body: ActionItemMove) -> ActionItemView:
    await _reached(session, access, item_id)
    item, title, met_at = await queries.get(session, item_id, lock=True)
    access.check(network=item.network, organisation=item.organisation_id)
    await handlers.move(session, item, body.state)
    return ActionItemView.of(item, title, met_at, today())


async def _note_reading(session: AsyncSession, items: Sequence[ActionItem], network: str) -> None:
    behind = await persons_behind(session, [item.contact_id for item in items])
    persons = {*behind, *(item.person_id for item in items if item.person_id)}
    audit.record_list(session, "action_items.seen", persons, [network])


async def _reached(session: AsyncSession, access: Access, item_id: UUID) -> queries.Found:
    """One of the caller's network, or of the caller's association. Raises `NotFound`."""
    found = await queries.get(session, item_id)
    item = found[0]
    if item.organisation_id in organisations_of(access) or access.covers(network=item.network):
        return found
    if await leads(session, access, item.network) is None:
        raise NotFound
    return found
