"""Invitations over HTTP.

A reply token is a credential. It comes in a header or body and never in an address, because servers and proxies log
addresses; answers that a token opened are not cached. Reading changes nothing: mail programs open links on their own.
"""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response
from shared import audit
from shared.access.dependencies import public
from shared.access.tenancy import beyond_scopes
from shared.web import DbSession, TransactionalRoute
from sqlalchemy.ext.asyncio import AsyncSession

from events.invitations import queries
from events.invitations.handlers import answer_invitation
from events.invitations.model import Invitation
from events.invitations.schemas import AnswerInput, InvitationList, InvitationView, OwnInvitation, ReplyToken
from events.meetings import queries as meetings
from events.meetings.access import Planner
from events.meetings.model import Meeting
from events.meetings.schemas import CourseDateView, MeetingView
from events.registrations.counts import count

router = APIRouter(tags=["invitations"], route_class=TransactionalRoute)


@router.get("/meetings/{meeting_id}/invitations", summary="Who was invited, for the planners of the meeting")
async def list_invitations(session: DbSession, access: Planner, meeting_id: UUID) -> InvitationList:
    meeting = await meetings.get_own(session, meeting_id, access)
    found = await queries.of_meeting(session, meeting.list_id)
    persons = await queries.persons_behind(session, [invitation.contact_id for invitation in found])
    audit.record_list(session, "invitations.seen", persons, [meeting.network])
    return InvitationList(items=[InvitationView.model_validate(each, from_attributes=True) for each in found])


@router.get("/invitations/by-token", summary="The invitation of a reply token", dependencies=[Depends(public)])
async def get_own_invitation(
    session: DbSession, reply_token: Annotated[ReplyToken, Header()], response: Response
) -> OwnInvitation:
    async with beyond_scopes(session):  # the reply token is the proof
        invitation, meeting = await queries.by_token(session, reply_token)
    return await _view(session, invitation, meeting, response)


@router.post("/invitations/answer", summary="Accept, decline, or change one's mind", dependencies=[Depends(public)])
async def create_answer(session: DbSession, body: AnswerInput, response: Response) -> OwnInvitation:
    async with beyond_scopes(session):  # the reply token is the proof
        invitation, meeting = await answer_invitation(session, body.reply_token, body.answer)
    return await _view(session, invitation, meeting, response)


async def _view(session: AsyncSession, invitation: Invitation, meeting: Meeting, response: Response) -> OwnInvitation:
    response.headers["cache-control"] = "no-store"
    return OwnInvitation(
        answer=invitation.answer,
        answered_at=invitation.answered_at,
        can_answer=any(one.published and not one.is_over(datetime.now(UTC)) for one in meeting.course),
        meeting=MeetingView.of(meeting, (await count(session, [meeting]))[meeting.id], may_join=True),
        course=CourseDateView.all_of(meeting, may_join=True),
    )
