"""One request is one transaction, and a repeated command takes effect once.

The route commits after the handler has answered and before the answer is sent. The answer to a command with an
`Idempotency-Key` is kept in the same transaction, so that a caller who lost it may ask again
(draft-ietf-httpapi-idempotency-key-header).
"""

import hashlib
import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.access.dependencies import identify
from shared.access.tenancy import enter_scopes_at_begin, scopes_of
from shared.database import transaction
from shared.erasure.tables import erased_before
from shared.errors import BadIdempotencyKey, DomainError, IdempotencyKeyReused, NotLoggedIn
from shared.merging import was_merged
from shared.messaging.tables import idempotency_key

Handle = Callable[[Request], Coroutine[Any, Any, Response]]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_KEY = re.compile(r"^[\x21-\x7e]{1,200}$")


class _RolledBack(Exception):
    def __init__(self, response: Response) -> None:
        self.response = response


class TransactionalRoute(APIRoute):
    """Route class of every router whose handlers use `DbSession`."""

    keeps_answers: ClassVar[bool] = True

    def get_route_handler(self) -> Handle:
        handle = super().get_route_handler()

        async def in_transaction(request: Request) -> Response:
            try:
                async with transaction(request.app.state.sessions) as session:
                    request.state.session = session
                    await _enter(request, session)
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
    key = request.headers.get("idempotency-key") if keep else None
    if key is None or request.method in SAFE_METHODS:
        response = await handle(request)
    else:
        response = await _answer_once(key, request, session, handle)
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
    if await session.scalar(select(or_(erased_before(principal.id), was_merged(principal.id)))):
        raise NotLoggedIn


async def _answer_once(key: str, request: Request, session: AsyncSession, handle: Handle) -> Response:
    if not _KEY.match(key):
        raise BadIdempotencyKey
    principal = await identify(request)
    # The answer may be personal: the database shows it to its caller alone, who without a token is known by the key.
    caller = str(principal.id) if principal else f"anonymous {hashlib.sha256(key.encode()).hexdigest()}"
    if principal is None:
        enter_scopes_at_begin(session, [caller])
    fingerprint = hashlib.sha256(
        b"\0".join(
            [request.method.encode(), str(request.url.path).encode(), request.url.query.encode(), await request.body()]
        )
    ).hexdigest()
    claim = (
        insert(idempotency_key)
        .values(key=key, caller=caller, fingerprint=fingerprint)
        .on_conflict_do_nothing()  # waits for a request with the same key that is still running
        .returning(idempotency_key.c.key)
    )
    this_one = (idempotency_key.c.key == key) & (idempotency_key.c.caller == caller)
    if (await session.execute(claim)).scalar_one_or_none() is None:
        known = (await session.execute(select(idempotency_key).where(this_one))).one()
        if known.fingerprint != fingerprint:
            raise IdempotencyKeyReused
        return Response(
            known.body, known.status, media_type=known.content_type, headers={"idempotent-replayed": "true"}
        )
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


def _session(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


DbSession = Annotated[AsyncSession, Depends(_session)]
"""The session of this request's transaction. Handlers never commit."""
