"""Pausing, coming back and leaving."""

from datetime import date
from uuid import UUID

import structlog
from shared.access.grants import Role
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import ConsentPurpose, LeaveReason
from shared.messaging.worker import Timer
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from registry.access import queries as access_queries
from registry.clock import today
from registry.consents import handlers as consents
from registry.consents.model import ConsentChannel
from registry.people import queries as people
from registry.volunteers import queries
from registry.volunteers.handlers import audit_volunteer
from registry.volunteers.model import Volunteer
from registry.volunteers.telling import tell_paused, tell_resumed

AT_ONCE = 100
"""Volunteers whose pause is ended in one transaction."""

log = structlog.get_logger()


async def pause(session: AsyncSession, volunteer: Volunteer, until: date | None) -> Volunteer:
    """Nobody is to ask them until the end of this day, or until further notice. Raises `PauseIsOver`."""
    was_paused = volunteer.paused_at is not None
    if volunteer.pause(until, today()):
        await session.flush()
        audit_volunteer(session, "volunteer.paused", volunteer)
        if not was_paused:
            await tell_paused(session, volunteer)
    return volunteer


async def resume(session: AsyncSession, volunteer: Volunteer) -> Volunteer:
    """They may be asked again; who does not pause stays as they are."""
    if volunteer.resume():
        await session.flush()
        audit_volunteer(session, "volunteer.resumed", volunteer)
        await tell_resumed(session, volunteer)
    return volunteer


async def leave(
    session: AsyncSession,
    volunteer: Volunteer,
    reason: LeaveReason | None,
    channel: ConsentChannel,
    recorded_by: UUID | None = None,
) -> None:
    """They do not want to help any more: what they agreed to as a volunteer does not hold from now on.

    The profile is deleted by its rule of retention. Who has another role here, as a contact of an association, keeps
    what they agreed to there; for all others everything is withdrawn. Who agrees again to be asked is back.
    """
    async with beyond_scopes(session):  # the volunteer is the caller's; their other roles may be anywhere
        volunteer.leave_reason = reason
        volunteer.resume()
        await session.flush()
        stays = await _has_other_role(session, volunteer.person_id)
        ended = (ConsentPurpose.CONTACT, ConsentPurpose.SHARING) if stays else tuple(ConsentPurpose)
        for purpose in ended:
            await consents.withdraw(session, volunteer.person_id, purpose, channel, recorded_by)
    audit_volunteer(session, "volunteer.left", volunteer, reason=reason.value if reason else "")


def timer() -> Timer:
    """Ends pauses on their day."""
    return Timer("pauses", 600, _resume_all)


async def _resume_all(sessions: async_sessionmaker[AsyncSession]) -> None:
    while True:
        async with sessions.begin() as session:
            over = await queries.paused_until_before(session, today(), AT_ONCE)
            for volunteer in over:
                await resume(session, volunteer)
        if len(over) < AT_ONCE:
            return
        log.info("pauses_ended", count=len(over))


async def _has_other_role(session: AsyncSession, person_id: UUID) -> bool:
    grants = await access_queries.grants_of(session, person_id)
    return any(grant.role is not Role.VOLUNTEER for grant in grants) or await people.is_contact(session, person_id)
