"""Needs, offers and requests for help."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from shared.access.dependencies import allow, public
from shared.access.grants import Access, Role
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import HelpKind, HelpState
from shared.web import DbSession, TransactionalRoute

from registry.inputs import SlugFilter
from registry.mutual_help import handlers, queries, requests
from registry.mutual_help.listing import list_answers
from registry.mutual_help.model import Side
from registry.mutual_help.schemas import (
    AnswerInput,
    GapAnswer,
    GapsAnswer,
    HelpEntryAnswer,
    HelpEntryChanges,
    HelpEntryInput,
    HelpRequestAnswer,
    HelpRequestInput,
    HelpRequestsAnswer,
    RequestToAnswer,
    SuggestionAnswer,
    SuggestionsAnswer,
    ThanksInput,
)
from registry.mutual_help.suggestions import find_gaps, suggest
from registry.pages import After, Limit, Page
from registry.secrets import hash_of

router = APIRouter(route_class=TransactionalRoute, tags=["Mutual help"])

STAFF = (Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR)
Staff = Annotated[Access, Depends(allow(*STAFF))]
Keeper = Annotated[Access, Depends(allow(*STAFF, Role.ASSOCIATION_CONTACT))]


@router.get("/help-entries", dependencies=[Depends(public)])
async def list_help_entries(
    session: DbSession,
    side: Side | None = None,
    state: HelpState = HelpState.OPEN,
    kind: HelpKind | None = None,
    organisation_id: UUID | None = None,
    village_id: UUID | None = None,
    network: SlugFilter = None,
    field: SlugFilter = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[HelpEntryAnswer]:
    """Needs and offers of published organisations by title; the open ones that are not over unless `state` is given."""
    wanted = queries.Filter(side, state, kind, organisation_id, village_id, network, field)
    answers, following = await list_answers(session, wanted, after, limit)
    return Page(items=answers, next=following)


@router.get("/help-entries/{entry_id}", dependencies=[Depends(public)])
async def read_help_entry(session: DbSession, entry_id: UUID) -> HelpEntryAnswer:
    """One need or offer, also when it is over."""
    return HelpEntryAnswer.model_validate(await queries.entry(session, entry_id))


@router.post("/help-entries", status_code=HTTPStatus.CREATED)
async def enter_help(session: DbSession, access: Keeper, entered: HelpEntryInput) -> HelpEntryAnswer:
    """Say what an organisation of the caller's scope needs or offers."""
    return HelpEntryAnswer.model_validate(await handlers.enter(session, access, entered))


@router.patch("/help-entries/{entry_id}")
async def change_help(session: DbSession, access: Keeper, entry_id: UUID, changes: HelpEntryChanges) -> HelpEntryAnswer:
    """Change it; `state` says that it is taken, open again, done or withdrawn."""
    return HelpEntryAnswer.model_validate(await handlers.change(session, access, entry_id, changes))


@router.get("/help-entries/{entry_id}/suggestions")
async def list_suggestions(session: DbSession, access: Keeper, entry_id: UUID) -> SuggestionsAnswer:
    """Offers and volunteers that fit a need of the caller's, best first, with reasons. It names no volunteer."""
    need = await queries.own_entry(session, access, entry_id)
    async with beyond_scopes(session, reads_only=True):  # the need is the caller's; persons are not in the answer
        rows = await suggest(session, need)
    return SuggestionsAnswer(items=[SuggestionAnswer.model_validate(row) for row in rows])


@router.get("/help-entries/{entry_id}/requests")
async def list_requests(session: DbSession, access: Keeper, entry_id: UUID) -> HelpRequestsAnswer:
    """Who was asked for a need of the caller's; those who have said yes with name and address."""
    return HelpRequestsAnswer(items=await requests.list_requests(session, access, entry_id))


@router.post("/help-entries/{entry_id}/requests", status_code=HTTPStatus.CREATED)
async def send_request(
    session: DbSession, access: Keeper, entry_id: UUID, wanted: HelpRequestInput
) -> HelpRequestAnswer:
    """Ask a volunteer, or the organisation behind an offer, by mail. The link in it can be answered once."""
    return HelpRequestAnswer.model_validate(await requests.ask(session, access, entry_id, wanted))


@router.post("/help-requests/{request_id}/completion")
async def finish_request(session: DbSession, access: Keeper, request_id: UUID, given: ThanksInput) -> HelpRequestAnswer:
    """The help was given; `thanks` are mailed to whoever helped."""
    return HelpRequestAnswer.model_validate(await requests.finish(session, access, request_id, given.thanks))


@router.post("/help-requests/{request_id}/withdrawal")
async def take_back_request(session: DbSession, access: Keeper, request_id: UUID) -> HelpRequestAnswer:
    """The help is not needed any more; whoever was asked, or has said yes, is told by mail."""
    return HelpRequestAnswer.model_validate(await requests.take_back(session, access, request_id))


@router.get("/help-requests/by-token", dependencies=[Depends(public)])
async def read_request(
    session: DbSession, reply_token: Annotated[str, Header(min_length=1, max_length=100)]
) -> RequestToAnswer:
    """What a link asks. Reading it changes nothing."""
    async with beyond_scopes(session, reads_only=True):  # the proof is the token, which only the mail holds
        request, _ = await queries.request_by_token(session, hash_of(reply_token))
    need = request.need
    return RequestToAnswer(
        organisation=need.organisation.name,
        organisation_id=need.organisation_id,
        title=need.title,
        description=need.description,
        kind=need.kind,
        village=need.village.name,
        starts_on=need.starts_on,
        ends_on=need.ends_on,
        weekdays=need.weekdays,
        daytimes=need.daytimes,
        words=request.words,
        offer=request.offer.title if request.offer else None,
        expires_at=request.expires_at,
    )


@router.post("/help-requests/answer", status_code=HTTPStatus.NO_CONTENT, dependencies=[Depends(public)])
async def answer_request(session: DbSession, given: AnswerInput) -> None:
    """Say yes or no by the link that was mailed. It works once."""
    async with beyond_scopes(session):  # the proof is the token, which only the mail holds
        await requests.answer(session, given.token, accept=given.accept)


@router.get("/help-gaps")
async def list_gaps(session: DbSession, access: Staff, network: SlugFilter = None) -> GapsAnswer:
    """Open needs in the caller's scope by village and field, and how many of them nothing could meet."""
    villages = await queries.village_ids(session, access, network)
    async with beyond_scopes(session, reads_only=True):  # counts alone leave this place
        rows = await find_gaps(session, villages)
    return GapsAnswer(items=[GapAnswer.model_validate(row) for row in rows])
