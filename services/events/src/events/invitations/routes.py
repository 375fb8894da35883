"""Invitations over HTTP.

A reply token is a credential. It comes in a header or body and never in an address, because servers and proxies log
addresses; answers that a token opened are not cached. Reading changes nothing: mail programs open links on their own.
"""

from contextlib import nullcontext
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response
from limits import RateLimitItemPerHour
from shared import audit
from shared.access.dependencies import public
from shared.access.tenancy import beyond_scopes
from shared.web import DbSession, TransactionalRoute
from shared.web.rate_limits import RateLimits
from sqlalchemy.ext.asyncio import AsyncSession

from events.invitations import queries
from events.invitations.handlers import answer_invitation, invite, persons_of, try_invitation
from events.invitations.model import Invitation
from events.invitations.queries import InvitationState
from events.invitations.schemas import AnswerInput, InvitationList, InvitationView, OwnInvitation, ReplyToken
from events.meetings import queries as meetings
from events.meetings.access import Planner
from events.meetings.model import Meeting
from events.meetings.schemas import CountsView, CourseDateView, MeetingView
from events.registrations.counts import count

router = APIRouter(tags=["invitations"], route_class=TransactionalRoute)

TRIALS = RateLimitItemPerHour(10, namespace="invitations/trial")


@router.get("/meetings/{meeting_id}/invitations", summary="Who was invited, for the planners of the meeting")
async def list_invitations(
    session: DbSession,
    access: Planner,
    meeting_id: UUID,
    state: InvitationState | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> InvitationList:
    meeting = await meetings.get_own(session, meeting_id, access)
    found = await queries.of_meeting(session, meeting.list_id, state, after=after, limit=limit + 1)
    shown = found[:limit]
    audit.record_list(session, "invitations.seen", persons_of(shown), [meeting.network])
    items = [InvitationView.model_validate(each) for each in shown]
    return InvitationList(items=items, next=shown[-1].id if len(found) > limit else None)


@router.post("/meetings/{meeting_id}/invitations", summary="Invite everybody whom the meeting addresses now")
async def create_invitations(session: DbSession, access: Planner, meeting_id: UUID) -> CountsView:
    meeting = await meetings.lock_own_list(session, meeting_id, access)
    return CountsView.model_validate(await invite(session, meeting), from_attributes=True)


@router.post(
    "/meetings/{meeting_id}/invitation-trial",
    status_code=HTTPStatus.ACCEPTED,
    summary="The mail of the invitation to oneself, marked as a trial",
)
async def create_trial(session: DbSession, access: Planner, meeting_id: UUID) -> None:
    meeting = await meetings.get_own_list(session, meeting_id, access)
    await RateLimits(lambda: nullcontext(session)).count(TRIALS, str(access.principal.id))
    await try_invitation(session, meeting, access.principal.id)


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
