"""Minutes over HTTP: written by several people at once, read by the network."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from shared import audit
from shared.access.grants import Access
from shared.inputs import Name
from shared.web import DbSession, TransactionalRoute
from sqlalchemy.ext.asyncio import AsyncSession

from events.action_items.handlers import take_on
from events.action_items.schemas import ActionItemInput, ActionItemView
from events.agenda import queries as agenda
from events.agenda.handlers import item_of
from events.agenda.model import AgendaItem
from events.audience.queries import persons_behind
from events.meetings.access import Planner
from events.meetings.model import Meeting
from events.meetings.queries import get_own
from events.minutes import handing, publishing, queries, writing
from events.minutes.content import Content, ContentDecision, read_content
from events.minutes.model import Minutes, MinutesStatus
from events.minutes.readers import Reader, reach_meeting, reach_network, today
from events.minutes.schemas import (
    Approval,
    AttendanceInput,
    Correction,
    DecisionInput,
    KeptVersion,
    MinutesLine,
    MinutesList,
    MinutesView,
    NoteInput,
    NoteView,
    Publication,
    Submission,
    VersionView,
)

router = APIRouter(tags=["minutes"], route_class=TransactionalRoute)


@router.get("/minutes", summary="The meetings of a network that took place, and how far their minutes are")
async def list_minutes(
    session: DbSession, access: Reader, network: Annotated[Name, Query(description="Slug of the network")]
) -> MinutesList:
    await reach_network(session, access, network)
    found = await queries.of_network(session, network)
    return MinutesList(items=[MinutesLine.of(each.id, each.title, each.starts_at, minutes) for each, minutes in found])


@router.get("/meetings/{meeting_id}/minutes", summary="The minutes of a meeting as they are now")
async def get_minutes(session: DbSession, access: Reader, meeting_id: UUID) -> MinutesView:
    meeting = await reach_meeting(session, access, meeting_id)
    return await _view(session, meeting)


@router.get("/meetings/{meeting_id}/notes", summary="What is written at the moment: asked again and again meanwhile")
async def get_notes(session: DbSession, access: Reader, meeting_id: UUID) -> Content:
    # Who follows a meeting has opened its minutes, which is in the audit log; an entry every few seconds is not.
    meeting = await reach_meeting(session, access, meeting_id)
    return await read_content(session, meeting, await queries.find(session, meeting_id))


@router.put("/agenda-items/{item_id}/note", summary="Save what is written under an item")
async def change_note(session: DbSession, access: Reader, item_id: UUID, body: NoteInput) -> NoteView:
    meeting = await reach_meeting(session, access, await agenda.meeting_of(session, item_id))
    note = await writing.write_note(session, meeting, item_of(meeting, item_id), body.text, body.version)
    return NoteView.model_validate(note, from_attributes=True)


@router.post("/agenda-items/{item_id}/decisions", status_code=HTTPStatus.CREATED, summary="Something was decided")
async def create_decision(session: DbSession, access: Planner, item_id: UUID, body: DecisionInput) -> ContentDecision:
    meeting, item = await _own_item(session, access, item_id)
    return ContentDecision.of(await writing.take_decision(session, meeting, item, body))


@router.put("/decisions/{decision_id}", summary="Put a decision in other words")
async def change_decision(
    session: DbSession, access: Planner, decision_id: UUID, body: DecisionInput
) -> ContentDecision:
    decision = await queries.decision(session, decision_id)
    access.reach(network=decision.network)
    await writing.change_decision(session, decision, body)
    return ContentDecision.of(decision)


@router.delete("/decisions/{decision_id}", status_code=HTTPStatus.NO_CONTENT, summary="It was not decided after all")
async def delete_decision(session: DbSession, access: Planner, decision_id: UUID) -> None:
    decision = await queries.decision(session, decision_id)
    access.reach(network=decision.network)
    await writing.drop_decision(session, decision)


@router.post("/agenda-items/{item_id}/action-items", status_code=HTTPStatus.CREATED, summary="Somebody takes a task on")
async def create_action_item(
    session: DbSession, access: Planner, item_id: UUID, body: ActionItemInput
) -> ActionItemView:
    meeting, item = await _own_item(session, access, item_id)
    await writing.begin(session, meeting)
    taken = await take_on(session, meeting, item, body, access.principal.id)
    writing.reach(item)
    return ActionItemView.of(taken, meeting.title, meeting.starts_at, today())


@router.put("/meetings/{meeting_id}/minutes/attendance", summary="How many were there, and of which organisations")
async def change_attendance(
    session: DbSession, access: Planner, meeting_id: UUID, body: AttendanceInput
) -> MinutesView:
    meeting = await get_own(session, meeting_id, access, lock=True)
    await writing.note_attendance(session, meeting, body)
    return await _view(session, meeting)


@router.post("/meetings/{meeting_id}/minutes/submission", summary="They are ready to be approved at the next meeting")
async def submit_minutes(session: DbSession, access: Planner, meeting_id: UUID, body: Submission) -> MinutesView:
    meeting = await get_own(session, meeting_id, access, lock=True)
    await handing.submit(session, meeting, body.carry)
    return await _view(session, meeting)


@router.post("/meetings/{meeting_id}/minutes/reopening", summary="Take them back before they are approved")
async def reopen_minutes(session: DbSession, access: Planner, meeting_id: UUID) -> MinutesView:
    meeting = await get_own(session, meeting_id, access, lock=True)
    await handing.reopen(session, meeting)
    return await _view(session, meeting)


@router.post("/meetings/{meeting_id}/minutes/approval", summary="The next meeting has approved them")
async def approve_minutes(session: DbSession, access: Planner, meeting_id: UUID, body: Approval) -> MinutesView:
    meeting = await get_own(session, meeting_id, access, lock=True)
    await handing.approve(session, meeting, body)
    return await _view(session, meeting)


@router.post("/meetings/{meeting_id}/minutes/corrections", status_code=HTTPStatus.CREATED, summary="Correct them")
async def correct_minutes(session: DbSession, access: Planner, meeting_id: UUID, body: Correction) -> VersionView:
    meeting = await get_own(session, meeting_id, access, lock=True)
    return VersionView.of(await handing.correct(session, meeting, body))


@router.get("/meetings/{meeting_id}/minutes/versions/{number}", summary="A version that is kept, 1 is the approved one")
async def get_version(session: DbSession, access: Reader, meeting_id: UUID, number: int) -> KeptVersion:
    await reach_meeting(session, access, meeting_id)
    kept = await queries.version(session, meeting_id, number)
    content = Content.model_validate(kept.content)
    await _note_reading(session, content, kept.network)
    return KeptVersion(**VersionView.of(kept).model_dump(), content=content)


@router.post("/meetings/{meeting_id}/minutes/publication", summary="Publish the version without names")
async def publish_minutes(session: DbSession, access: Planner, meeting_id: UUID, body: Publication) -> MinutesView:
    meeting = await get_own(session, meeting_id, access, lock=True)
    await publishing.publish(session, meeting, body)
    return await _view(session, meeting)


async def _own_item(session: AsyncSession, access: Access, item_id: UUID) -> tuple[Meeting, AgendaItem]:
    meeting = await get_own(session, await agenda.meeting_of(session, item_id), access)
    return meeting, item_of(meeting, item_id)


async def _view(session: AsyncSession, meeting: Meeting) -> MinutesView:
    await session.flush()
    minutes: Minutes | None = await queries.find(session, meeting.id)
    content = await read_content(session, meeting, minutes)
    await _note_reading(session, content, meeting.network)
    expected_present, expected_excused = await queries.expected(session, meeting.id)
    return MinutesView(
        meeting_id=meeting.id,
        network=meeting.network,
        status=minutes.status if minutes else MinutesStatus.DRAFT,
        submitted_at=minutes.submitted_at if minutes else None,
        approved_at=minutes.approved_at if minutes else None,
        approved_in=minutes.approved_in if minutes else None,
        published_at=minutes.published_at if minutes else None,
        content=content,
        versions=[VersionView.of(kept) for kept in await queries.versions(session, minutes)] if minutes else [],
        expected_present=expected_present,
        expected_excused=expected_excused,
    )


async def _note_reading(session: AsyncSession, content: Content, network: str) -> None:
    contacts, persons = content.marked()
    behind = await persons_behind(session, sorted(contacts))
    audit.record_list(session, "minutes.seen", {*behind, *persons}, [network])
