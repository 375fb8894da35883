"""Two become one: whoever had rights in either of the two has them in the one that stays."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from shared.access.grants import Role
from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access.handlers import audit_grant, end_grant, record_grant
from registry.access.model import AccessGrant
from registry.access.queries import not_over
from registry.clock import today


async def pass_on_grants(session: AsyncSession, olds: Collection[UUID], new: UUID) -> int:
    """Each grant for one of `olds` ends now and is given for the new one, as long as it would have held.

    Who holds the same role for several of them, or for the new one already, gets one grant. Returns how many were
    given.
    """
    ending_here = AccessGrant.scope_id.in_(olds), not_over(today())
    holders = select(AccessGrant.person_id, AccessGrant.role).where(*ending_here)
    also = and_(AccessGrant.scope_id == new, tuple_(AccessGrant.person_id, AccessGrant.role).in_(holders))
    rows = select(AccessGrant).where(or_(AccessGrant.scope_id.in_(olds), also), not_over(today()))
    ending = (await session.scalars(rows.order_by(AccessGrant.person_id, AccessGrant.role).with_for_update())).all()
    for grant in ending:
        end_grant(session, grant, {"scope": grant.scope_id})
    await session.flush()
    given = 0
    for (person_id, role), held in groupby(ending, key=_holder):
        for starts_on, ends_on, given_by in _times(held):
            grant = await record_grant(
                session, person_id, role, new, starts_on=starts_on, ends_on=ends_on, given_by=given_by
            )
            audit_grant(session, "grant.given", grant, {"scope": new})
            given += 1
    return given


async def unite_grants(session: AsyncSession, former: UUID, into: UUID) -> None:
    """Grants that both of these entries of a person hold end now, and `into` gets one for the time of both.

    All others are left for the caller to move: none of them shares a day with another of its kind.
    """
    rows = select(AccessGrant).where(AccessGrant.person_id.in_([former, into]), not_over(today()))
    held = sorted(await session.scalars(rows.order_by(AccessGrant.id).with_for_update()), key=_kind)
    for (role, _), grants in [(kind, list(group)) for kind, group in groupby(held, key=_kind)]:
        if len({grant.person_id for grant in grants}) == 1:
            continue
        for grant in grants:
            end_grant(session, grant, {})
        await session.flush()
        for starts_on, ends_on, given_by in _times(grants):
            united = await record_grant(
                session, into, role, grants[0].scope_id, starts_on=starts_on, ends_on=ends_on, given_by=given_by
            )
            audit_grant(session, "grant.given", united, {})


def _kind(grant: AccessGrant) -> tuple[Role, str]:
    return grant.role, str(grant.scope_id)


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
