"""Logging in and out over HTTP, and the keys that tokens are verified with."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Request, Response
from shared.access.dependencies import logged_in, public
from shared.access.grants import Principal
from shared.database import transaction
from shared.web import DbSession, SecretRoute
from shared.web.client_address import client_address
from shared.web.rate_limits import RateLimits
from sqlalchemy.ext.asyncio import AsyncSession

from registry.address_changes.asking import forget_wishes
from registry.api_clients.handlers import prove_client
from registry.logins import handlers
from registry.logins.access_tokens import answer_with_tokens, published_keys
from registry.logins.identities import log_in_by_identity
from registry.logins.limits import LINKS_FOR_ADDRESS, LINKS_FOR_CLIENT, WRONG_PROOFS
from registry.logins.links import request_login_links
from registry.logins.model import LoginNotOffered, RefreshTokenReused
from registry.logins.schemas import (
    ClientCredentials,
    IdTokenExchange,
    KeySetAnswer,
    LoginCodeExchange,
    LoginLinkAnswer,
    LoginLinkRequest,
    LogoutRequest,
    RefreshExchange,
    TokenAnswer,
    TokenRequest,
)
from registry.logins.token_requests import BODY, read_token_request

router = APIRouter(route_class=SecretRoute, tags=["Logins"])

Asked = Annotated[TokenRequest, Depends(read_token_request)]


@router.post("/auth/token", dependencies=[Depends(public)], response_model_exclude_none=True, openapi_extra=BODY)
async def exchange_token(
    session: DbSession, request: Request, response: Response, asked: Asked, afterwards: BackgroundTasks
) -> TokenAnswer:
    """Exchange what proves a login for an access token.

    A refusal is a problem whose member `error` is the code of RFC 6749, section 5.2.
    """
    response.headers["cache-control"] = "no-store"
    limits, client = _limits(request), client_address(request)
    if not isinstance(asked, RefreshExchange):  # the portal refreshes all the time
        await limits.count(WRONG_PROOFS, client)
        afterwards.add_task(limits.forgive, WRONG_PROOFS, client)  # runs only where the answer is no refusal
    principal, refresh_token = await _prove(session, request, asked)
    return answer_with_tokens(request, principal, refresh_token)


@router.post("/auth/login-links", dependencies=[Depends(public)], status_code=HTTPStatus.ACCEPTED)
async def request_links(session: DbSession, request: Request, asked: LoginLinkRequest) -> LoginLinkAnswer:
    """Have a login link sent by mail. The answer is the same for every address."""
    limits = _limits(request)
    await limits.count(LINKS_FOR_CLIENT, client_address(request))
    await limits.count(LINKS_FOR_ADDRESS, asked.email.lower())
    await request_login_links(session, asked)
    return LoginLinkAnswer(expires_in=int(handlers.LOGIN_CODE_LIFETIME.total_seconds()))


@router.post("/auth/logout", dependencies=[Depends(public)], status_code=HTTPStatus.NO_CONTENT)
async def log_out(session: DbSession, asked: LogoutRequest) -> None:
    """End the login session of a refresh token."""
    await handlers.end_login(session, asked.refresh_token)


@router.post("/auth/logout-everywhere", status_code=HTTPStatus.NO_CONTENT)
async def log_out_everywhere(session: DbSession, principal: Annotated[Principal, Depends(logged_in())]) -> None:
    """End every login session of the caller. Access tokens that exist live for ten minutes at most.

    A new email address that was asked for meanwhile is not taken over: perhaps it was not the caller who asked.
    """
    await handlers.end_all_logins(session, principal.id)
    await forget_wishes(session, principal.id)


@router.get("/.well-known/jwks.json", dependencies=[Depends(public)])
async def read_keys(request: Request, response: Response) -> KeySetAnswer:
    """The public keys that access tokens are verified with."""
    response.headers["cache-control"] = "public, max-age=300"
    return published_keys(request)


async def _prove(session: AsyncSession, request: Request, asked: TokenRequest) -> tuple[Principal, str | None]:
    match asked:
        case LoginCodeExchange(code=code):
            return await handlers.redeem_login_code(session, code)
        case RefreshExchange(refresh_token=token):
            return await _rotate(session, request, token)
        case ClientCredentials(client_id=client_id, client_secret=secret):
            return await prove_client(session, client_id, secret), None
        case IdTokenExchange(subject_token=token):
            id_tokens = request.app.state.id_tokens
            if id_tokens is None:
                raise LoginNotOffered
            return await log_in_by_identity(session, await id_tokens.verify(token))


async def _rotate(session: AsyncSession, request: Request, token: str) -> tuple[Principal, str]:
    try:
        return await handlers.rotate_refresh_token(session, token)
    except RefreshTokenReused as reused:
        # This request's transaction ends with the refusal; ending the login session must not. One connection at a time.
        await session.rollback()
        async with transaction(request.app.state.sessions) as own:
            await handlers.end_login_session(own, reused.session_id)
        raise


def _limits(request: Request) -> RateLimits:
    limits: RateLimits = request.app.state.rate_limits
    return limits
