"""When a municipality becomes part of another one, those who may do something there may do it in the new one."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from shared.access.grants import Role
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access.handlers import audit_grant, record_grant
from registry.access.model import AccessGrant
from registry.access.queries import not_over
from registry.clock import today


async def pass_on_grants(session: AsyncSession, olds: Collection[UUID], new: UUID) -> int:
    """Each grant for one of these municipalities ends now and is given for the new one, as long as it would have held.

    Who holds the same role for several of them, or for the new one already, gets one. Returns how many were given.
    """
    rows = select(AccessGrant).where(AccessGrant.scope_id.in_(olds), not_over(today()))
    ending = (await session.scalars(rows.order_by(AccessGrant.person_id, AccessGrant.role).with_for_update())).all()
    ending = sorted([*ending, *await _held_there_too(session, ending, new)], key=_holder)
    now = datetime.now(UTC)
    for grant in ending:
        grant.end(now)
        audit_grant(session, "grant.taken_back", grant, {"municipality": grant.scope_id})
    await session.flush()
    given = 0
    for (person_id, role), held in groupby(ending, key=_holder):
        for starts_on, ends_on, given_by in _times(held):
            grant = await record_grant(
                session, person_id, role, new, starts_on=starts_on, ends_on=ends_on, given_by=given_by
            )
            audit_grant(session, "grant.given", grant, {"municipality": new})
            given += 1
    return given


async def _held_there_too(session: AsyncSession, ending: Iterable[AccessGrant], new: UUID) -> Sequence[AccessGrant]:
    """The grants for a municipality that stays, of those who have the same role for one that goes: they become one."""
    holders = {_holder(grant) for grant in ending}
    same = tuple_(AccessGrant.person_id, AccessGrant.role).in_(holders)
    rows = select(AccessGrant).where(AccessGrant.scope_id == new, same, not_over(today())).with_for_update()
    return (await session.scalars(rows)).all()


def _holder(grant: AccessGrant) -> tuple[UUID, Role]:
    return grant.person_id, grant.role


def _times(held: Iterable[AccessGrant]) -> list[tuple[date, date | None, UUID | None]]:
    """The times of some grants from today on; those that touch or overlap are one. None is without end."""
    times: list[tuple[date, date | None, UUID | None]] = []
    for grant in sorted(held, key=lambda grant: grant.starts_on):
        starts_on = max(grant.starts_on, today())
        if not times or _gap(times[-1][1], starts_on):
            times.append((starts_on, grant.ends_on, grant.given_by))
            continue
        first, last, given_by = times[-1]
        longest = None if last is None or grant.ends_on is None else max(last, grant.ends_on)
        times[-1] = (first, longest, given_by)
    return times


def _gap(last: date | None, starts_on: date) -> bool:
    return last is not None and last + timedelta(days=1) < starts_on
