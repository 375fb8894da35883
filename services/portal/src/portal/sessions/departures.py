"""Logins that are under way at the provider: kept here, bound to the browser that left, good for one return."""

import secrets
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel
from shared.access.tenancy import enter_scopes
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from portal.sessions.model import PendingLogin
from portal.sessions.openid import Departure
from portal.sessions.sealing import hash_of, seal, unseal

LIFETIME = timedelta(minutes=10)


class Pending(BaseModel):
    """What the return is checked with, and where the person wanted to go."""

    nonce: str
    verifier: str
    target: str


async def keep(session: AsyncSession, departure: Departure, target: str) -> str:
    """Remember a departure. Returns the secret for the browser's cookie; without it nobody can return."""
    secret = secrets.token_urlsafe(32)
    await enter_scopes(session, [_browser(secret).hex()])
    session.add(
        PendingLogin(
            state_hash=_state(departure.state),
            browser_hash=_browser(secret),
            sealed=seal(secret, Pending(nonce=departure.nonce, verifier=departure.verifier, target=target)),
            ends_at=datetime.now(UTC) + LIFETIME,
        )
    )
    await session.flush()
    return secret


async def take(session: AsyncSession, secret: str | None, state: str) -> Pending | None:
    """The departure of this browser with this state, which is used up; None if there is none, or it is too old."""
    if not secret:
        return None
    await enter_scopes(session, [_browser(secret).hex()])
    used = (
        delete(PendingLogin)
        .where(
            PendingLogin.state_hash == _state(state),
            PendingLogin.browser_hash == _browser(secret),
            PendingLogin.ends_at > datetime.now(UTC),
        )
        .returning(PendingLogin.sealed)
    )
    sealed = await session.scalar(used)
    return unseal(secret, sealed, Pending) if sealed else None


def _state(state: str) -> bytes:
    return hash_of("state", state)


def _browser(secret: str) -> bytes:
    return hash_of("browser", secret)
