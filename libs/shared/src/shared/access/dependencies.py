"""Who may call an endpoint. Every route declares one of `allow`, `allow_anyone` or `public`; a test walks them all."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import httpx2
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.access.grants import Access, Principal, Role
from shared.access.tokens import TokenVerifier
from shared.errors import DomainError, Forbidden, NotLoggedIn, Unavailable

bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="An access token of the registry.")


async def identify(request: Request) -> Principal | None:
    """The caller by its bearer token: None without a token, `NotLoggedIn` for one that does not hold."""
    if not hasattr(request.state, "principal"):
        try:
            request.state.principal = await _read_token(request)
        except DomainError as refused:
            request.state.principal = refused  # so that the token is looked at once a request
    known: Principal | DomainError | None = request.state.principal
    if isinstance(known, DomainError):
        raise known
    return known


async def _read_token(request: Request) -> Principal | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return await _verify(request, token.strip()) if scheme.lower() == "bearer" else None


async def _verify(request: Request, token: str) -> Principal:
    verifier: TokenVerifier = request.app.state.verifier
    try:
        return await verifier.verify(token)
    except httpx2.HTTPError as error:
        raise Unavailable from error


def allow(*roles: Role) -> Callable[..., Awaitable[Access]]:
    """Only a caller who holds one of `roles`; the handler then checks the scope by `Access.check`."""
    accepted = frozenset(roles)

    async def dependency(
        request: Request, _shown_in_openapi: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
    ) -> Access:
        principal = await identify(request)
        if principal is None:
            raise NotLoggedIn
        if not principal.roles() & accepted:
            raise Forbidden
        return Access(principal, accepted)

    dependency.access = accepted  # type: ignore[attr-defined]
    return dependency


def allow_anyone(*roles: Role) -> Callable[..., Awaitable[Access | None]]:
    """Everybody; a caller who holds one of `roles` gets an `Access` and may be shown more. A bad token is refused."""
    accepted = frozenset(roles)

    async def dependency(
        request: Request, _shown_in_openapi: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
    ) -> Access | None:
        principal = await identify(request)
        return Access(principal, accepted) if principal is not None and principal.roles() & accepted else None

    dependency.access = accepted  # type: ignore[attr-defined]
    dependency.login_optional = True  # type: ignore[attr-defined]
    return dependency


def logged_in() -> Callable[..., Awaitable[Principal]]:
    """Whoever holds a valid token, for what concerns only oneself."""

    async def dependency(
        request: Request, _shown_in_openapi: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
    ) -> Principal:
        principal = await identify(request)
        if principal is None:
            raise NotLoggedIn
        return principal

    dependency.access = frozenset(Role)  # type: ignore[attr-defined]
    return dependency


async def public() -> None:
    """Everybody may call this; it shows public facts, or the request carries its own secret."""


public.access = frozenset()  # type: ignore[attr-defined]
