"""Logging in and staying logged in; giving grants and taking them back."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from shared.access.grants import Access, Role
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access import queries
from registry.access.model import (
    SCOPE_OF,
    AccessGrant,
    AlreadyGranted,
    LoginCode,
    LoginRefused,
    LoginSession,
    RefreshToken,
    RefreshTokenReused,
    check_may_give,
)
from registry.access.schemas import GrantInput
from registry.people import queries as people

LOGIN_CODE_LIFETIME = timedelta(minutes=15)
SESSION_LIFETIME = timedelta(hours=12)
# A token used twice means a copy, but also a lost answer or two pages loading at once: those come close together.
REUSE_ALLOWED = timedelta(seconds=20)


async def create_login_code(session: AsyncSession, person_id: UUID) -> str:
    """A new code that logs this person in once, within 15 minutes. Whoever has it is let in: send it to nobody else."""
    code = secrets.token_urlsafe(32)
    expires_at = _now() + LOGIN_CODE_LIFETIME
    session.add(LoginCode(person_id=person_id, code_hash=_hash(code), expires_at=expires_at))
    await session.flush()
    return code


async def redeem_login_code(session: AsyncSession, code: str) -> tuple[UUID, str]:
    """Exchange a login code for a person's id and the first refresh token of a new login session.

    One statement uses the code up, so of fifty calls at the same time one gets in. Raises `LoginRefused`.
    """
    used = (
        sa.update(LoginCode)
        .where(LoginCode.code_hash == _hash(code), LoginCode.used_at.is_(None), LoginCode.expires_at > _now())
        .values(used_at=_now())
        .returning(LoginCode.person_id)
    )
    person_id = await session.scalar(used)
    if person_id is None:
        raise LoginRefused
    login = LoginSession(id=uuid4(), person_id=person_id, expires_at=_now() + SESSION_LIFETIME)
    session.add(login)
    await session.flush()
    return person_id, _issue_refresh_token(session, login.id)


async def rotate_refresh_token(session: AsyncSession, token: str) -> tuple[UUID, str]:
    """Exchange a refresh token for a person's id and the next refresh token of the same login session.

    Raises `LoginRefused`, or `RefreshTokenReused`: then the caller ends that session in a transaction of its own.
    """
    known = await queries.refresh_token(session, _hash(token))
    if known is None or known.login.ended_at is not None or known.login.expires_at <= _now():
        raise LoginRefused
    fresh = sa.or_(RefreshToken.used_at.is_(None), RefreshToken.used_at > _now() - REUSE_ALLOWED)
    used = (
        sa.update(RefreshToken)
        .where(RefreshToken.token_hash == _hash(token), fresh)
        .values(used_at=sa.func.coalesce(RefreshToken.used_at, _now()))
        .returning(RefreshToken.session_id)
    )
    if await session.scalar(used) is None:
        raise RefreshTokenReused(known.login.id)
    return known.login.person_id, _issue_refresh_token(session, known.login.id)


async def end_login(session: AsyncSession, token: str) -> None:
    """Log out: the login session of this refresh token ends. An unknown token changes nothing."""
    known = await queries.refresh_token(session, _hash(token))
    if known is not None:
        await end_login_session(session, known.login.id)


async def end_login_session(session: AsyncSession, session_id: UUID) -> None:
    """No refresh token of this login session works any more."""
    open_session = sa.update(LoginSession).where(LoginSession.id == session_id, LoginSession.ended_at.is_(None))
    await session.execute(open_session.values(ended_at=_now()))


async def give_grant(session: AsyncSession, access: Access, given: GrantInput) -> AccessGrant:
    """Give a role in a scope, as far as the giver's own grants reach."""
    person = await people.person_named(session, given.person_id)
    check_may_give(access, given.role, **await queries.places_of(session, given.role, given.scope_id))
    if await queries.holds(session, person.id, given.role, given.scope_id):
        raise AlreadyGranted
    return await record_grant(session, person.id, given.role, given.scope_id, given_by=access.principal.id)


async def record_grant(
    session: AsyncSession, person_id: UUID, role: Role, scope_id: UUID | None = None, *, given_by: UUID | None = None
) -> AccessGrant:
    """Write a grant; who may give it was checked by the caller."""
    grant = AccessGrant(person_id=person_id, role=role, scope=SCOPE_OF[role], scope_id=scope_id, given_by=given_by)
    session.add(grant)
    await session.flush()
    return grant


async def take_back_grant(session: AsyncSession, access: Access, grant_id: UUID) -> None:
    """End a grant. Whoever might give it may take it back; tokens made before live for ten minutes at most."""
    grant = await queries.grant_for_update(session, access, grant_id)
    check_may_give(access, grant.role, **await queries.places_of(session, grant.role, grant.scope_id))
    grant.end(_now())


async def forget_old_logins(session: AsyncSession) -> None:
    """Delete codes and login sessions that ended a day ago or longer."""
    long_ago = _now() - timedelta(days=1)
    await session.execute(sa.delete(LoginCode).where(LoginCode.expires_at < long_ago))
    await session.execute(sa.delete(LoginSession).where(LoginSession.expires_at < long_ago))


def _issue_refresh_token(session: AsyncSession, session_id: UUID) -> str:
    token = secrets.token_urlsafe(32)
    session.add(RefreshToken(token_hash=_hash(token), session_id=session_id))
    return token


def _hash(secret: str) -> bytes:
    """Plain SHA-256: the secrets are random and long, so they cannot be guessed from it."""
    return hashlib.sha256(secret.encode()).digest()


def _now() -> datetime:
    return datetime.now(UTC)
