"""Logging in and out, and staying logged in."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel
from shared.access.grants import Access, Grant, Principal, Role
from shared.access.tenancy import enter_scopes
from shared.access.tokens import TokenVerifier
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.sessions.model import Session
from portal.sessions.sealing import hash_of, seal, unseal
from portal.settings import PortalSettings
from portal.web.services import ServiceClient, TokenRefused

RENEW_BEFORE = timedelta(seconds=45)  # before its end an access token is exchanged for a new one
SEEN_EVERY = timedelta(seconds=60)  # the idle clock is not written more often


class Tokens(BaseModel):
    """The registry's answer (RFC 6749 section 5.1); `expires_in` counts seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class Kept(Tokens):
    """What the cookie's secret opens: the tokens, how the header greets the person, and the provider's ID token."""

    name: str = ""
    id_token: str = ""  # of the office's provider, to log out there too; empty after a login by email


@dataclass(frozen=True)
class Viewer:
    """Somebody who is logged in. Pages show by it what can be done; the services decide it."""

    secret: str
    principal: Principal
    name: str

    def holds(self, *roles: Role, **scope: Any) -> bool:
        """Whether one of the roles is held in a scope that contains the thing (see `Access.covers`)."""
        return Access(self.principal, frozenset(roles)).covers(**scope)

    @property
    def is_staff(self) -> bool:
        return bool(
            self.principal.roles() & {Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR}
        )

    @property
    def highest_role(self) -> str:
        """The first of the roles in the order of `Role`, as the header names it."""
        return next((role.value for role in Role if role in self.principal.roles()), "")


async def open_session(
    session: AsyncSession, settings: PortalSettings, kept: Kept, principal: Principal, device: str
) -> tuple[str, timedelta]:
    """Keep the tokens of somebody who has just logged in. Returns the cookie's new secret and its lifetime.

    The secret is always a new one: a value that was in the browser before the login opens nothing (session fixation).
    """
    secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
    lifetime = timedelta(hours=settings.session_hours)
    await enter_scopes(session, [principal.id])
    session.add(
        Session(
            secret_hash=_hash(secret),
            id=uuid4(),
            person_id=principal.id,
            grants=_dump(principal),
            tokens=seal(secret, kept),
            device=device,
            access_ends_at=now + timedelta(seconds=kept.expires_in),
            created_at=now,
            seen_at=now,
            ends_at=now + lifetime,
        )
    )
    await session.flush()
    return secret, lifetime


async def find_viewer(session: AsyncSession, settings: PortalSettings, secret: str) -> Viewer | None:
    """Who holds this cookie; None if it is unknown, too old, or was not used for too long."""
    now = datetime.now(UTC)
    row = await _session_of(session, secret)
    if row is None or row.ends_at <= now or row.seen_at <= now - timedelta(minutes=settings.session_idle_minutes):
        return None
    if row.seen_at < now - SEEN_EVERY:
        row.seen_at = now
    grants = tuple(Grant.model_validate(grant) for grant in row.grants)
    return Viewer(secret, Principal(row.person_id, grants), unseal(secret, row.tokens, Kept).name)


async def close_session(session: AsyncSession, secret: str) -> Kept | None:
    """Forget a session. Returns what it kept, so that the registry and the provider can forget too."""
    row = await _session_of(session, secret)
    if row is None:
        return None
    await session.delete(row)
    await session.flush()
    return unseal(secret, row.tokens, Kept)


async def session_id(session: AsyncSession, secret: str) -> UUID | None:
    """Which of the sessions in `own_sessions` is the one of this cookie."""
    row = await _session_of(session, secret)
    return row.id if row is not None else None


async def own_sessions(session: AsyncSession, settings: PortalSettings, person_id: UUID) -> Sequence[Session]:
    """Where a person is logged in now, the last used first."""
    await enter_scopes(session, [person_id])
    now = datetime.now(UTC)
    idle_since = now - timedelta(minutes=settings.session_idle_minutes)
    living = select(Session).where(Session.person_id == person_id, Session.ends_at > now, Session.seen_at > idle_since)
    return (await session.scalars(living.order_by(Session.seen_at.desc(), Session.id))).all()


async def end_session(session: AsyncSession, person_id: UUID, session_id: UUID) -> None:
    """End one of a person's sessions, wherever it is; another person's is left alone."""
    await enter_scopes(session, [person_id])
    await session.execute(delete(Session).where(Session.person_id == person_id, Session.id == session_id))


async def end_all_sessions(session: AsyncSession, person_id: UUID) -> None:
    """End all of a person's sessions."""
    await enter_scopes(session, [person_id])
    await session.execute(delete(Session).where(Session.person_id == person_id))


async def access_token(session: AsyncSession, registry: ServiceClient, verifier: TokenVerifier, secret: str) -> str:
    """A token that is valid for a while. The row is locked, so that a refresh token is used once.

    Raises `portal.web.services.TokenRefused` when the registry no longer knows the person, or the session has ended.
    """
    row = await _session_of(session, secret, lock=True)
    if row is None:
        raise TokenRefused
    kept = unseal(secret, row.tokens, Kept)
    if row.access_ends_at > datetime.now(UTC) + RENEW_BEFORE:
        return kept.access_token
    asked = {"grant_type": "refresh_token", "refresh_token": kept.refresh_token}
    renewed = Tokens.model_validate(await registry.send("POST", "/auth/token", asked))
    principal = await verifier.verify(renewed.access_token)
    row.tokens, row.grants = seal(secret, kept.model_copy(update=renewed.model_dump())), _dump(principal)
    row.access_ends_at = datetime.now(UTC) + timedelta(seconds=renewed.expires_in)
    return renewed.access_token


async def rename(session: AsyncSession, secret: str, name: str) -> None:
    """The person is called otherwise from now on."""
    row = await _session_of(session, secret, lock=True)
    if row is not None:
        row.tokens = seal(secret, unseal(secret, row.tokens, Kept).model_copy(update={"name": name}))


async def _session_of(session: AsyncSession, secret: str, *, lock: bool = False) -> Session | None:
    """The cookie is the proof: its hash is the scope in which its row can be seen."""
    await enter_scopes(session, [_hash(secret).hex()])
    return await session.get(Session, _hash(secret), with_for_update=lock or None, populate_existing=lock)


def _dump(principal: Principal) -> list[dict[str, Any]]:
    return [grant.model_dump(mode="json", exclude_none=True) for grant in principal.grants]


def _hash(secret: str) -> bytes:
    return hash_of("session", secret)
