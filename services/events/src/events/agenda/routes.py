"""Agendas over HTTP: planners arrange them, contacts of lead associations read them and propose."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from shared import audit
from shared.access.grants import Access
from shared.web import DbSession, TransactionalRoute
from sqlalchemy.ext.asyncio import AsyncSession

from events.agenda import handlers, queries
from events.agenda.model import AgendaItem
from events.agenda.schemas import (
    AgendaItemDetail,
    AgendaItemEntry,
    AgendaMove,
    AgendaOrder,
    AgendaView,
    ProposalAnswer,
    ProposalEntry,
    ProposalView,
)
from events.audience.queries import persons_behind
from events.meetings.access import Planner
from events.meetings.model import Meeting
from events.meetings.queries import get_own
from events.minutes.readers import Reader, leads, reach_meeting

router = APIRouter(tags=["agendas"], route_class=TransactionalRoute)


@router.get("/meetings/{meeting_id}/agenda", summary="The agenda as its network prepares it, with proposals")
async def get_agenda(session: DbSession, access: Reader, meeting_id: UUID) -> AgendaView:
    return await _view(session, await reach_meeting(session, access, meeting_id))


@router.post("/meetings/{meeting_id}/agenda", status_code=HTTPStatus.CREATED, summary="One more item, at the end")
async def create_item(session: DbSession, access: Planner, meeting_id: UUID, body: AgendaItemEntry) -> AgendaItemDetail:
    meeting = await get_own(session, meeting_id, access, lock=True)
    return await _changed(session, meeting, await handlers.add_item(session, meeting, body, access.principal.id))


@router.put("/meetings/{meeting_id}/agenda/order", summary="The same items in another order")
async def change_order(session: DbSession, access: Planner, meeting_id: UUID, body: AgendaOrder) -> AgendaView:
    meeting = await get_own(session, meeting_id, access, lock=True)
    await handlers.order_items(session, meeting, body.item_ids)
    return await _view(session, meeting)


@router.put("/agenda-items/{item_id}", summary="Change what is planned for an item")
async def change_item(session: DbSession, access: Planner, item_id: UUID, body: AgendaItemEntry) -> AgendaItemDetail:
    meeting, item = await _own_item(session, access, item_id)
    await handlers.change_item(session, meeting, item, body, access.principal.id)
    return await _changed(session, meeting, item)


@router.delete("/agenda-items/{item_id}", status_code=HTTPStatus.NO_CONTENT, summary="Strike an unused item off")
async def delete_item(session: DbSession, access: Planner, item_id: UUID) -> None:
    await handlers.remove_item(session, *await _own_item(session, access, item_id))


@router.post("/agenda-items/{item_id}/status", summary="Talked about, carried over to the next meeting, or dropped")
async def move_item(session: DbSession, access: Planner, item_id: UUID, body: AgendaMove) -> AgendaItemDetail:
    meeting, item = await _own_item(session, access, item_id)
    await handlers.move_item(session, meeting, item, body.status)
    return await _changed(session, meeting, item)


@router.post("/meetings/{meeting_id}/agenda/proposals", status_code=HTTPStatus.CREATED, summary="Propose an item")
async def create_proposal(session: DbSession, access: Reader, meeting_id: UUID, body: ProposalEntry) -> ProposalView:
    meeting = await reach_meeting(session, access, meeting_id)
    organisation = await leads(session, access, meeting.network)
    return ProposalView.of(await handlers.propose(session, meeting, body, access.principal.id, organisation))


@router.post("/agenda-proposals/{proposal_id}/answer", summary="Put a proposal on the agenda, or decline it")
async def answer_proposal(session: DbSession, access: Planner, proposal_id: UUID, body: ProposalAnswer) -> ProposalView:
    proposal = await queries.proposal(session, proposal_id)
    meeting = await get_own(session, proposal.meeting_id, access, lock=True)
    await handlers.answer_proposal(session, meeting, proposal, accept=body.accept)
    return ProposalView.of(proposal)


async def _own_item(session: AsyncSession, access: Access, item_id: UUID) -> tuple[Meeting, AgendaItem]:
    """An item of a meeting in the caller's scope, which is locked. Raises `NotFound`."""
    meeting = await get_own(session, await queries.meeting_of(session, item_id), access, lock=True)
    return meeting, handlers.item_of(meeting, item_id)


async def _changed(session: AsyncSession, meeting: Meeting, item: AgendaItem) -> AgendaItemDetail:
    persons = await _persons(session, [item])
    audit.record(
        session, "agenda_item.changed", kind="agenda_item", subject=item.id, persons=persons, scopes=[meeting.network]
    )
    return AgendaItemDetail.of(item)


async def _persons(session: AsyncSession, items: Sequence[AgendaItem]) -> set[UUID]:
    """Who brings these items in."""
    behind = await persons_behind(session, [item.contact_id for item in items])
    return {*behind, *(item.person_id for item in items if item.person_id)}


async def _view(session: AsyncSession, meeting: Meeting) -> AgendaView:
    audit.record_list(session, "agenda.seen", await _persons(session, meeting.agenda), [meeting.network])
    return AgendaView(
        meeting_id=meeting.id,
        network=meeting.network,
        items=[AgendaItemDetail.of(item) for item in meeting.agenda],
        proposals=[ProposalView.of(each) for each in await queries.proposals(session, meeting.id)],
    )
