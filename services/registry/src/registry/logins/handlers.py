"""Logging in, staying logged in, logging out. What proves a login is a secret: it opens rows that no grant does."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from shared import audit
from shared.access.grants import Principal
from shared.access.tenancy import beyond_scopes
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access.queries import principal_of
from registry.logins.model import (
    LoginCode,
    LoginRefused,
    LoginSession,
    RefreshToken,
    RefreshTokenReused,
)
from registry.secrets import hash_of, new_secret

LOGIN_CODE_LIFETIME = timedelta(minutes=15)
SESSION_LIFETIME = timedelta(hours=12)
# A token used twice means a copy, but also a lost answer or two pages loading at once: those come close together.
REUSE_ALLOWED = timedelta(seconds=20)


async def create_login_code(session: AsyncSession, person_id: UUID) -> str:
    """A new code that logs this person in once, within 15 minutes. Whoever has it is let in: send it to nobody else."""
    code = new_secret()
    await store_login_codes(session, {code: person_id}, _now() + LOGIN_CODE_LIFETIME)
    return code


async def store_login_codes(session: AsyncSession, codes: Mapping[str, UUID | None], expires_at: datetime) -> None:
    """Remember codes by their hashes, and whom each logs in; one statement, however many there are."""
    rows = [
        {"id": uuid4(), "person_id": person_id, "code_hash": hash_of(code), "expires_at": expires_at}
        for code, person_id in codes.items()
    ]
    await session.execute(sa.insert(LoginCode).values(rows))


async def redeem_login_code(session: AsyncSession, code: str) -> tuple[Principal, str]:
    """Exchange a login code for the person and the first refresh token of a new login session.

    One statement uses the code up, so of fifty calls at the same time one gets in. Raises `LoginRefused`.
    """
    used = (
        sa.update(LoginCode)
        .where(LoginCode.code_hash == hash_of(code), LoginCode.used_at.is_(None), LoginCode.expires_at > _now())
        .values(used_at=_now())
        .returning(LoginCode.person_id)
    )
    async with beyond_scopes(session):  # the code is the proof
        person_id = await session.scalar(used)
        if person_id is None:
            raise LoginRefused
        return await open_login(session, person_id, by="login_code")


async def open_login(session: AsyncSession, person_id: UUID, *, by: str) -> tuple[Principal, str]:
    """Begin a login session of somebody who has proven who they are; `by` says how, for the audit log."""
    login = LoginSession(id=uuid4(), person_id=person_id, expires_at=_now() + SESSION_LIFETIME)
    session.add(login)
    await session.flush()
    principal = await principal_of(session, person_id)
    session.info["principal"] = principal
    audit.record(session, "login.succeeded", kind="login", subject=login.id, persons=[person_id], details={"by": by})
    return principal, _issue_refresh_token(session, login.id)


async def rotate_refresh_token(session: AsyncSession, token: str) -> tuple[Principal, str]:
    """Exchange a refresh token for the person and the next refresh token of the same login session.

    Raises `LoginRefused`, or `RefreshTokenReused`: then the caller ends that session in a transaction of its own.
    """
    async with beyond_scopes(session):  # the token is the proof
        known = await session.get(RefreshToken, hash_of(token))
        if known is None or known.login.ended_at is not None or known.login.expires_at <= _now():
            raise LoginRefused
        fresh = sa.or_(RefreshToken.used_at.is_(None), RefreshToken.used_at > _now() - REUSE_ALLOWED)
        used = (
            sa.update(RefreshToken)
            .where(RefreshToken.token_hash == hash_of(token), fresh)
            .values(used_at=sa.func.coalesce(RefreshToken.used_at, _now()))
            .returning(RefreshToken.session_id)
        )
        if await session.scalar(used) is None:
            raise RefreshTokenReused(known.login.id)
        return await principal_of(session, known.login.person_id), _issue_refresh_token(session, known.login.id)


async def end_login(session: AsyncSession, token: str) -> None:
    """Log out: the login session of this refresh token ends. An unknown token changes nothing."""
    async with beyond_scopes(session):  # the token is the proof
        known = await session.get(RefreshToken, hash_of(token))
        if known is not None:
            await _end(session, known.login.id)


async def end_login_session(session: AsyncSession, session_id: UUID) -> None:
    """No refresh token of this login session works any more."""
    async with beyond_scopes(session):  # a token of the session is the proof
        await _end(session, session_id)


async def _end(session: AsyncSession, session_id: UUID) -> None:
    open_session = sa.update(LoginSession).where(LoginSession.id == session_id, LoginSession.ended_at.is_(None))
    await session.execute(open_session.values(ended_at=_now()))


async def end_all_logins(session: AsyncSession, person_id: UUID) -> None:
    """Log out everywhere: every login session of the person ends, and no link in their mailbox opens a new one."""
    sessions = sa.update(LoginSession).where(LoginSession.person_id == person_id, LoginSession.ended_at.is_(None))
    await session.execute(sessions.values(ended_at=_now()))
    async with beyond_scopes(session):  # codes are nobody's to read; these are the caller's own
        await use_up_codes(session, person_id)
    audit.record(session, "login.ended", kind="person", subject=person_id, persons=[person_id])


async def use_up_codes(session: AsyncSession, person_id: UUID) -> None:
    """No login link that was mailed to the person works any more."""
    codes = sa.update(LoginCode).where(LoginCode.person_id == person_id, LoginCode.used_at.is_(None))
    await session.execute(codes.values(used_at=_now()))


def _issue_refresh_token(session: AsyncSession, session_id: UUID) -> str:
    token = new_secret()
    session.add(RefreshToken(token_hash=hash_of(token), session_id=session_id))
    return token


def _now() -> datetime:
    return datetime.now(UTC)
