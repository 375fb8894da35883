"""Finding notices."""

from collections.abc import Sequence
from uuid import UUID

from shared.access.grants import Access, ScopeKind
from shared.errors import NotFound
from sqlalchemy import ColumnElement, Row, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.delivery.recipients import is_reachable
from notifications.notices.model import Notice, NoticeStatus
from notifications.notices.schemas import ShownStatus


async def find(
    session: AsyncSession,
    access: Access,
    *,
    network: str | None,
    meeting_id: UUID | None,
    status: ShownStatus | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Notice, bool]]:
    """Notices that the caller may see, newest first, and whether their recipients are known."""
    found = select(Notice, is_reachable()).where(_covered_by(access))
    if network is not None:
        found = found.where(Notice.network == network)
    if meeting_id is not None:
        found = found.where(Notice.meeting_id == meeting_id)
    if status is not None:
        found = found.where(_has(status))
    if after is not None:
        position = select(Notice.created_at, Notice.id).where(Notice.id == after).subquery()
        last = select(position.c.created_at, position.c.id).scalar_subquery()
        found = found.where(tuple_(Notice.created_at, Notice.id) < last)
    newest = found.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(limit)
    return (await session.execute(newest)).all()


async def get(session: AsyncSession, notice_id: UUID, access: Access) -> tuple[Notice, bool]:
    """The notice, locked, and whether its recipient is known. Raises `NotFound` also for a foreign one."""
    query = select(Notice, is_reachable()).where(Notice.id == notice_id, _covered_by(access))
    row = (await session.execute(query.with_for_update(of=Notice))).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def _has(status: ShownStatus) -> ColumnElement[bool]:
    if status is ShownStatus.WAITING:
        return (Notice.status == NoticeStatus.PENDING) & ~is_reachable()
    if status is ShownStatus.PENDING:
        return (Notice.status == NoticeStatus.PENDING) & is_reachable()
    return Notice.status == NoticeStatus(status.value)


def _covered_by(access: Access) -> ColumnElement[bool]:
    grants = [grant for grant in access.principal.grants if grant.role in access.roles]
    if any(grant.scope is ScopeKind.DISTRICT for grant in grants):
        return true()
    slugs = [grant.scope_key for grant in grants if grant.scope is ScopeKind.NETWORK and grant.scope_key]
    return Notice.network.in_(slugs)
