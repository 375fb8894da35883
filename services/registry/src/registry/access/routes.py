"""Logging in, published keys, oneself, grants."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from joserfc.jwk import OKPKey
from shared.access.dependencies import allow, logged_in, public
from shared.access.grants import Access, Principal, Role
from shared.access.tokens import LIFETIME, sign_token
from shared.database import transaction
from shared.web import DbSession, SecretRoute, TransactionalRoute

from registry.access import handlers, queries
from registry.access.model import RefreshTokenReused
from registry.access.schemas import (
    GrantAnswer,
    GrantInput,
    GrantsAnswer,
    HeldGrant,
    KeySetAnswer,
    LoginCodeExchange,
    LogoutRequest,
    Me,
    TokenAnswer,
    TokenRequest,
)
from registry.people import queries as people

router = APIRouter(route_class=TransactionalRoute, tags=["Access"])
logins = APIRouter(route_class=SecretRoute, tags=["Access"], dependencies=[Depends(public)])

Staff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR))]


@logins.post("/auth/token")
async def exchange_token(session: DbSession, request: Request, response: Response, asked: TokenRequest) -> TokenAnswer:
    """Exchange a login code or a refresh token for an access token."""
    response.headers["cache-control"] = "no-store"
    if isinstance(asked, LoginCodeExchange):
        person_id, refresh_token = await handlers.redeem_login_code(session, asked.code)
    else:
        person_id, refresh_token = await _rotate(session, request, asked.refresh_token)
    principal = await queries.principal_of(session, person_id)
    return TokenAnswer(access_token=_sign(request, principal), expires_in=LIFETIME, refresh_token=refresh_token)


@logins.post("/auth/logout", status_code=HTTPStatus.NO_CONTENT)
async def log_out(session: DbSession, asked: LogoutRequest) -> None:
    """End the login session of a refresh token."""
    await handlers.end_login(session, asked.refresh_token)


@router.get("/.well-known/jwks.json", dependencies=[Depends(public)])
async def read_keys(request: Request, response: Response) -> KeySetAnswer:
    """The public keys that access tokens are verified with."""
    response.headers["cache-control"] = "public, max-age=300"
    return KeySetAnswer(keys=[key.as_dict(private=False) for key in _keys(request)])


@router.get("/me")
async def read_me(session: DbSession, principal: Annotated[Principal, Depends(logged_in())]) -> Me:
    """Who the caller is, and what they may do now; a token may still carry grants of up to ten minutes ago."""
    person = await people.person_by_id(session, principal.id)
    held = (await queries.principal_of(session, principal.id)).grants
    grants = [HeldGrant.model_validate(grant) for grant in held]
    return Me(id=person.id, name=person.name, email=person.email, phone=person.phone, grants=grants)


@router.get("/grants")
async def list_grants(session: DbSession, access: Staff, person_id: UUID | None = None) -> GrantsAnswer:
    """The present grants in the caller's scope."""
    grants = await queries.list_grants(session, access, person_id)
    return GrantsAnswer(items=[GrantAnswer.model_validate(grant) for grant in grants])


@router.post("/grants", status_code=HTTPStatus.CREATED)
async def give_grant(session: DbSession, access: Staff, given: GrantInput) -> GrantAnswer:
    """Give somebody a role in a scope. Nobody gives more than they hold."""
    return GrantAnswer.model_validate(await handlers.give_grant(session, access, given))


@router.delete("/grants/{grant_id}", status_code=HTTPStatus.NO_CONTENT)
async def take_back_grant(session: DbSession, access: Staff, grant_id: UUID) -> None:
    """Take a grant back."""
    await handlers.take_back_grant(session, access, grant_id)


async def _rotate(session: DbSession, request: Request, token: str) -> tuple[UUID, str]:
    try:
        return await handlers.rotate_refresh_token(session, token)
    except RefreshTokenReused as reused:
        # This request's transaction rolls back with the refusal; ending the session must not.
        async with transaction(request.app.state.sessions) as own:
            await handlers.end_login_session(own, reused.session_id)
        raise


def _keys(request: Request) -> list[OKPKey]:
    keys: list[OKPKey] = request.app.state.signing_keys
    return keys


def _sign(request: Request, principal: Principal) -> str:
    settings = request.app.state.settings
    return sign_token(
        _keys(request)[0], principal, issuer=settings.token_issuer, audience=settings.token_audience, lifetime=LIFETIME
    )
