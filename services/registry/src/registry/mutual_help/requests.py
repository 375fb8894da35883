"""Asking for help, answering, thanking.

A volunteer is asked by a mail of the platform. The seeker learns who it is only from the answer yes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared import audit
from shared.access.grants import Access
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import HelpNews, HelpState
from sqlalchemy.ext.asyncio import AsyncSession

from registry.mutual_help import queries
from registry.mutual_help.model import (
    ANSWER_WITHIN,
    AlreadyAsked,
    HelpEntry,
    HelpRequest,
    HelpRequestLink,
    NotReachable,
    NotSuggested,
    RequestState,
)
from registry.mutual_help.schemas import HelpRequestAnswer, HelpRequestInput
from registry.mutual_help.suggestions import suggest
from registry.mutual_help.telling import tell_entry, tell_person, tell_taken_back
from registry.people.model import Person
from registry.people.queries import people_with_mail
from registry.people.schemas import PersonAnswer
from registry.secrets import hash_of, new_secret


async def ask(session: AsyncSession, access: Access, need_id: UUID, wanted: HelpRequestInput) -> HelpRequest:
    """Ask a volunteer or an offer's organisation that the suggestions name.

    Raises `NotOpen`, `TooManyWaiting`, `NotSuggested`, `AlreadyAsked`, `NotReachable`.
    """
    need = await queries.own_entry(session, access, need_id, lock=True)
    need.check_asking(await queries.count_requests(session, need.id, RequestState.ASKED))
    async with beyond_scopes(session):  # the need is the caller's; who is asked stays unknown to them
        helper, people = await _find_helper(session, need, wanted)
        request = HelpRequest(
            id=uuid4(),
            need=need,
            offer_id=wanted.offer_id,
            person_id=helper,
            words=wanted.words,
            asked_by=access.principal.id,
            expires_at=datetime.now(UTC) + ANSWER_WITHIN,
        )
        session.add(request)
        await session.flush()
        for person_id in people:
            token = new_secret()
            session.add(HelpRequestLink(token_hash=hash_of(token), request_id=request.id, person_id=person_id))
            tell_person(session, request, person_id, HelpNews.ASKED, words=wanted.words, token=token)
    audit.record(
        session,
        "help_request.sent",
        kind="help_request",
        subject=request.id,
        persons=people,
        scopes=[need.organisation_id],
    )
    return request


async def _find_helper(
    session: AsyncSession, need: HelpEntry, wanted: HelpRequestInput
) -> tuple[UUID | None, Sequence[UUID]]:
    """The volunteer's person (None for an offer), and who gets the mail."""
    source, named = ("volunteer", wanted.volunteer_id) if wanted.volunteer_id else ("offer", wanted.offer_id)
    found = await suggest(session, need, only=named)
    if len(found) != 1 or found[0].source != source:
        raise NotSuggested
    helper = found[0]
    if helper.request is not None:
        raise AlreadyAsked
    if not helper.reachable:
        raise NotReachable
    if helper.person_id is not None:
        return helper.person_id, [helper.person_id]
    return None, [person.id for person in await people_with_mail(session, helper.organisation_id)]


async def answer(session: AsyncSession, token: str, *, accept: bool) -> None:
    """Say yes or no by the link that was mailed; it works once. Raises `NotFound`. The session sees every row.

    With the last one who is wanted the need is taken.
    """
    request, link = await queries.request_by_token(session, hash_of(token), lock=True)
    need = await queries.need_for_update(session, request.need_id)
    request.answer(accept=accept, by=link.person_id)
    await session.flush()
    await queries.drop_links(session, request.id)
    agreed = await queries.count_requests(session, need.id, RequestState.ACCEPTED, RequestState.DONE)
    if need.state is HelpState.OPEN and agreed >= need.wanted:
        need.state = HelpState.TAKEN
        need.touch()
        await session.flush()
        tell_entry(session, need)
    tell_person(session, request, request.asked_by, HelpNews.ACCEPTED if accept else HelpNews.DECLINED)
    audit.record(
        session,
        "help_request.answered",
        kind="help_request",
        subject=request.id,
        persons=[link.person_id],
        scopes=[need.organisation_id],
        details={"answer": request.state.value},
    )


async def finish(session: AsyncSession, access: Access, request_id: UUID, thanks: str) -> HelpRequest:
    """The help was given; the thanks are mailed. Raises `NotAgreed`."""
    request = await queries.own_request(session, access, request_id)
    request.finish(thanks)
    await session.flush()
    if thanks and request.helper_id is not None:
        tell_person(session, request, request.helper_id, HelpNews.THANKED, words=thanks)
    audit.record(
        session,
        "help_request.done",
        kind="help_request",
        subject=request.id,
        persons=[] if request.helper_id is None else [request.helper_id],
        scopes=[request.need.organisation_id],
    )
    return request


async def take_back(session: AsyncSession, access: Access, request_id: UUID) -> HelpRequest:
    """The seeker takes it back. The link works no more, and everybody who had it, or has said yes, is told.

    Raises `Over`.
    """
    request = await queries.own_request(session, access, request_id)
    promised = request.helper_id
    request.take_back()
    async with beyond_scopes(session):  # the request is the caller's; who was asked stays unknown to them
        people = [promised] if promised else await queries.people_with_link(session, request.id)
        await queries.drop_links(session, request.id)
        for person_id in people:
            tell_taken_back(session, request, person_id)
    audit.record(
        session,
        "help_request.taken_back",
        kind="help_request",
        subject=request.id,
        persons=people,
        scopes=[request.need.organisation_id],
    )
    return request


async def list_requests(session: AsyncSession, access: Access, need_id: UUID) -> list[HelpRequestAnswer]:
    """The requests of a need of the caller's, with name and address of those who have said yes."""
    need = await queries.own_entry(session, access, need_id)
    async with beyond_scopes(session, reads_only=True):  # their yes is what lets the seeker know them
        rows = await queries.requests_of(session, need.id)
    helpers = [helper.id for _, helper in rows if helper is not None]
    audit.record_list(session, "helpers.seen", helpers, [need.organisation_id])
    return [_shown(request, helper) for request, helper in rows]


def _shown(request: HelpRequest, helper: Person | None) -> HelpRequestAnswer:
    named = None if helper is None else PersonAnswer.model_validate(helper)
    return HelpRequestAnswer.model_validate(request).model_copy(update={"helper": named})
