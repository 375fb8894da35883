"""Logging in with an account at the office's login provider."""

from uuid import UUID, uuid4

import sqlalchemy as sa
from shared import audit
from shared.access.grants import Principal
from shared.access.tenancy import beyond_scopes
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access import queries as access
from registry.access.model import STAFF
from registry.logins.handlers import open_login
from registry.logins.id_tokens import ProvenIdentity
from registry.logins.model import ExternalIdentity, IdentityUnknown, LoginRefused, UsedIdToken
from registry.people import queries as people


async def log_in_by_identity(session: AsyncSession, proven: ProvenIdentity) -> tuple[Principal, str]:
    """Exchange a proven identity for the person and the first refresh token of a new login session.

    Each ID token is accepted once. Raises `LoginRefused` and `IdentityUnknown`.
    """
    async with beyond_scopes(session):  # the ID token is the proof
        await _use_up(session, proven)
        person_id = await _person_of(session, proven) or await _link(session, proven)
        return await open_login(session, person_id, by="id_token")


async def _use_up(session: AsyncSession, proven: ProvenIdentity) -> None:
    once = insert(UsedIdToken).values(nonce_hash=proven.nonce_hash, expires_at=proven.expires_at)
    if await session.scalar(once.on_conflict_do_nothing().returning(UsedIdToken.expires_at)) is None:
        raise LoginRefused


async def forget_identities(session: AsyncSession, person_id: UUID) -> int:
    """The person's next login by the provider links again, by email; returns how many were forgotten."""
    deleted = sa.delete(ExternalIdentity).where(ExternalIdentity.person_id == person_id)
    found = len((await session.execute(deleted.returning(ExternalIdentity.id))).all())
    if found:
        audit.record(session, "external_identity.forgotten", kind="person", subject=person_id, persons=[person_id])
    return found


async def _person_of(session: AsyncSession, proven: ProvenIdentity) -> UUID | None:
    linked = sa.select(ExternalIdentity.person_id).where(
        ExternalIdentity.issuer == proven.issuer, ExternalIdentity.subject == proven.subject
    )
    person_id: UUID | None = await session.scalar(linked)
    return person_id


async def _link(session: AsyncSession, proven: ProvenIdentity) -> UUID:
    """The first login: the one member of staff who has this verified address, and no other account of the provider."""
    if proven.email is None:
        raise IdentityUnknown
    staff = [
        person.id
        for person in await people.persons_by_email(session, proven.email)
        if (await access.principal_of(session, person.id)).roles() & set(STAFF)
    ]
    if len(staff) != 1:
        raise IdentityUnknown
    identity = insert(ExternalIdentity).values(
        id=uuid4(), person_id=staff[0], issuer=proven.issuer, subject=proven.subject
    )
    linked = await session.scalar(identity.on_conflict_do_nothing().returning(ExternalIdentity.person_id))
    if linked is None:  # somebody else's account has this person, or the same login arrived twice at once
        linked = await _person_of(session, proven)
    if linked is None:
        raise IdentityUnknown
    audit.record(session, "external_identity.linked", kind="person", subject=linked, persons=[linked])
    return linked
