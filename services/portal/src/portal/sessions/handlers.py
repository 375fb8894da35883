"""Logging in and out, and staying logged in."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwe
from joserfc.jwk import OctKey
from pydantic import BaseModel
from shared.access.grants import Access, Grant, Principal, Role
from shared.access.tokens import TokenVerifier
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.sessions.model import Session
from portal.settings import PortalSettings
from portal.web.services import ServiceClient

COOKIE = "dorfnetz_session"
RENEW_BEFORE = timedelta(seconds=45)  # before its end an access token is exchanged for a new one
SEEN_EVERY = timedelta(seconds=60)  # the idle clock is not written more often
_ALGORITHMS = ["dir", "A256GCM"]


class Tokens(BaseModel):
    """The registry's answer (RFC 6749 section 5.1); `expires_in` counts seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class _Secrets(Tokens):
    """What the cookie's secret opens: the tokens, and how the header greets the person."""

    name: str = ""


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
    session: AsyncSession, settings: PortalSettings, tokens: Tokens, principal: Principal, name: str
) -> tuple[str, timedelta]:
    """Keep the tokens of somebody who has just logged in. Returns the cookie's secret and its lifetime."""
    secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
    lifetime = timedelta(hours=settings.session_hours)
    await session.execute(delete(Session).where(Session.ends_at < now))
    session.add(
        Session(
            secret_hash=_hash(secret),
            person_id=principal.id,
            grants=_dump(principal),
            tokens=_seal(secret, _Secrets(**tokens.model_dump(), name=name)),
            access_ends_at=now + timedelta(seconds=tokens.expires_in),
            created_at=now,
            seen_at=now,
            ends_at=now + lifetime,
        )
    )
    return secret, lifetime


async def find_viewer(session: AsyncSession, settings: PortalSettings, secret: str) -> Viewer | None:
    """Who holds this cookie; None if it is unknown, too old, or was not used for too long."""
    now = datetime.now(UTC)
    row = await session.get(Session, _hash(secret))
    if row is None or row.ends_at <= now or row.seen_at <= now - timedelta(minutes=settings.session_idle_minutes):
        return None
    if row.seen_at < now - SEEN_EVERY:
        row.seen_at = now
    grants = tuple(Grant.model_validate(grant) for grant in row.grants)
    return Viewer(secret, Principal(row.person_id, grants), _open(secret, row.tokens).name)


async def close_session(session: AsyncSession, secret: str) -> str | None:
    """Forget a session. Returns its refresh token, for the registry to forget too."""
    statement = delete(Session).where(Session.secret_hash == _hash(secret)).returning(Session.tokens)
    sealed = (await session.execute(statement)).scalar_one_or_none()
    return _open(secret, sealed).refresh_token if sealed else None


async def access_token(session: AsyncSession, registry: ServiceClient, verifier: TokenVerifier, secret: str) -> str:
    """A token that is valid for a while. The row is locked, so that a refresh token is used once.

    Raises `portal.web.services.TokenRefused` when the registry no longer knows the person.
    """
    row = await session.get_one(Session, _hash(secret), with_for_update=True, populate_existing=True)
    tokens = _open(secret, row.tokens)
    if row.access_ends_at > datetime.now(UTC) + RENEW_BEFORE:
        return tokens.access_token
    asked = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
    renewed = _Secrets.model_validate({**await registry.send("POST", "/auth/token", asked), "name": tokens.name})
    principal = await verifier.verify(renewed.access_token)
    row.tokens, row.grants = _seal(secret, renewed), _dump(principal)
    row.access_ends_at = datetime.now(UTC) + timedelta(seconds=renewed.expires_in)
    return renewed.access_token


async def is_open(session: AsyncSession, secret: str) -> bool:
    return await session.scalar(select(Session.secret_hash).where(Session.secret_hash == _hash(secret))) is not None


async def forget_access(session: AsyncSession, secret: str) -> None:
    """The next call asks the registry for a new token: a service refused the one we have."""
    await session.execute(
        update(Session).where(Session.secret_hash == _hash(secret)).values(access_ends_at=datetime.now(UTC))
    )


def _dump(principal: Principal) -> list[dict[str, Any]]:
    return [grant.model_dump(mode="json", exclude_none=True) for grant in principal.grants]


def _hash(secret: str) -> bytes:
    return hashlib.sha256(b"session " + secret.encode()).digest()


def _key(secret: str) -> OctKey:
    return OctKey.import_key(hashlib.sha256(b"tokens " + secret.encode()).digest())


def _seal(secret: str, tokens: _Secrets) -> str:
    header = {"alg": "dir", "enc": "A256GCM"}
    return jwe.encrypt_compact(header, tokens.model_dump_json().encode(), _key(secret), algorithms=_ALGORITHMS)


def _open(secret: str, sealed: str) -> _Secrets:
    plain = jwe.decrypt_compact(sealed, _key(secret), algorithms=_ALGORITHMS).plaintext
    return _Secrets.model_validate_json(plain or b"")
