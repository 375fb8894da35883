"""Finding sign-ups."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from shared.access.grants import Access, ScopeKind
from shared.errors import NotFound
from sqlalchemy import ColumnElement, and_, delete, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from registry.scope import has_district, ids_of
from registry.sign_ups.model import SignUp

MOST = 500  # rows on the page of the staff


async def by_token(session: AsyncSession, token_hash: bytes) -> SignUp:
    """The sign-up that a link belongs to. Raises `NotFound` for one that is unknown, used or too old."""
    found = await session.scalar(select(SignUp).where(SignUp.token_hash == token_hash, _waits()))
    if found is None:
        raise NotFound
    return found


async def take(session: AsyncSession, condition: ColumnElement[bool]) -> SignUp:
    """Take a sign-up out of the table: of fifty calls at the same time one gets it. Raises `NotFound`."""
    found: SignUp | None = await session.scalar(delete(SignUp).where(condition, _waits()).returning(SignUp))
    if found is None:
        raise NotFound
    return found


async def waiting_for_staff(session: AsyncSession, access: Access) -> Sequence[SignUp]:
    """Those in the caller's scope that need somebody of the staff, the oldest first."""
    rows = select(SignUp).where(for_staff(access), _waits()).order_by(SignUp.created_at, SignUp.id).limit(MOST)
    return (await session.scalars(rows)).all()


async def waiting(session: AsyncSession, access: Access, sign_up_id: UUID) -> SignUp:
    """One of them. Raises `NotFound`."""
    found = await session.scalar(select(SignUp).where(SignUp.id == sign_up_id, for_staff(access), _waits()))
    if found is None:
        raise NotFound
    return found


def for_staff(access: Access) -> ColumnElement[bool]:
    """In the caller's scope, and not only waiting for a click: without an address, or of somebody under 16."""
    needed = or_(SignUp.token_hash.is_(None), SignUp.birth_date.is_not(None))
    if has_district(access):
        return and_(needed, true())
    mine = [*ids_of(access, ScopeKind.MUNICIPALITY), *ids_of(access, ScopeKind.NETWORK)]
    return and_(needed, SignUp.scopes.overlap([str(scope) for scope in mine]))


def _waits() -> ColumnElement[bool]:
    return SignUp.expires_at > datetime.now(UTC)
