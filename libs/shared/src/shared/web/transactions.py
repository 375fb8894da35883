"""One request is one transaction, and a repeated command takes effect once.

The route commits after the handler has answered and before the answer is sent. The answer to a command with an
`Idempotency-Key` is kept in the same transaction, so that a caller who lost it may ask again.
"""

from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import ARRAY, Uuid, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.access.dependencies import identify
from shared.access.tenancy import enter_scopes_at_begin, scopes_of
from shared.database import transaction
from shared.erasure.tables import erased_before
from shared.errors import DomainError, NotLoggedIn
from shared.merging import was_merged
from shared.messaging.tables import idempotency_key
from shared.web.idempotency import Command

Handle = Callable[[Request], Coroutine[Any, Any, Response]]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class _RolledBack(Exception):
    def __init__(self, response: Response) -> None:
        self.response = response


class TransactionalRoute(APIRoute):
    """Route class of every router whose handlers use `DbSession`."""

    keeps_answers: ClassVar[bool] = True
    in_turn_by: ClassVar[str | None] = None
    """A parameter of the path: commands with the same value are answered one after the other (see `Turns`)."""

    def get_route_handler(self) -> Handle:
        handle = super().get_route_handler()

        async def in_transaction(request: Request) -> Response:
            try:
                async with transaction(request.app.state.sessions) as session:
                    request.state.session = session
                    await _enter(request, session)
                    async with self._turn(request):
                        return await _answer(request, session, handle, keep=self.keeps_answers)
            except _RolledBack as refused:
                return refused.response
            except IntegrityError:
                # What somebody whose entry was merged writes, is written for the entry that stays, which may have it.
                async with transaction(request.app.state.sessions) as session:
                    await _enter(request, session)
                    await _refuse_who_is_gone(request, session)
                raise

        return in_transaction

    @asynccontextmanager
    async def _turn(self, request: Request) -> AsyncIterator[None]:
        key = request.path_params.get(self.in_turn_by) if self.in_turn_by else None
        if key is None or request.method in SAFE_METHODS:
            yield
            return
        await request.body()  # before the turn: who sends slowly holds up nobody
        async with request.app.state.turns.of(key):
            yield


class SecretRoute(TransactionalRoute):
    """For answers that are secrets: they are not kept for an `Idempotency-Key`, which is ignored."""

    keeps_answers = False


async def _enter(request: Request, session: AsyncSession) -> None:
    """The transaction sees what its caller may see. The route's own dependency refuses a token that does not hold."""
    with suppress(DomainError):
        principal = await identify(request)
        session.info["principal"] = principal
        if principal is not None:
            enter_scopes_at_begin(session, scopes_of(principal))


async def _answer(request: Request, session: AsyncSession, handle: Handle, *, keep: bool) -> Response:
    command = None
    if keep and request.method not in SAFE_METHODS and "idempotency-key" in request.headers:
        command = await Command.of(request, await identify(request))
    if command is None:
        response = await handle(request)
    else:
        response = await _answer_once(command, request, session, handle)
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        raise _RolledBack(response)
    await _refuse_who_is_gone(request, session)
    return response


async def _refuse_who_is_gone(request: Request, session: AsyncSession) -> None:
    """A token outlives its entry by ten minutes at most: nobody who was erased or merged writes more in that time.

    Asked last: who may not call the route at all is told so without asking the database.
    """
    principal = session.info.get("principal")
    if principal is None or request.method in SAFE_METHODS:
        return
    if await gone_among(session, [principal.id]):
        raise NotLoggedIn


async def gone_among(session: AsyncSession, person_ids: Collection[UUID]) -> set[UUID]:
    """Those who were erased or merged."""
    asked = select(func.unnest(literal(list(person_ids), ARRAY(Uuid))).label("id")).subquery()
    gone = or_(erased_before(asked.c.id), was_merged(asked.c.id))
    return set(await session.scalars(select(asked.c.id).where(gone)))


async def _answer_once(command: Command, request: Request, session: AsyncSession, handle: Handle) -> Response:
    if await identify(request) is None:
        enter_scopes_at_begin(session, [command.caller])
    claim = (
        insert(idempotency_key)
        .values(key=command.key, caller=command.caller, fingerprint=command.fingerprint)
        .on_conflict_do_nothing()  # waits for a request with the same key that is still running
        .returning(idempotency_key.c.key)
    )
    this_one = (idempotency_key.c.key == command.key) & (idempotency_key.c.caller == command.caller)
    if (await session.execute(claim)).scalar_one_or_none() is None:
        return command.replay((await session.execute(select(idempotency_key).where(this_one))).one())
    response = await handle(request)
    await session.execute(
        update(idempotency_key)
        .where(this_one)
        .values(
            status=response.status_code,
            body=bytes(response.body),
            content_type=response.headers.get("content-type"),
        )
    )
    return response


async def _session(request: Request) -> AsyncSession:  # async: for any other, FastAPI asks a thread
    session: AsyncSession = request.state.session
    return session


DbSession = Annotated[AsyncSession, Depends(_session)]
"""The session of this request's transaction. Handlers never commit."""
