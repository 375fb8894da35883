"""Forgetting somebody: the portal holds sessions and, from public events, ids."""

from shared.contracts.portal import ErasureConfirmed
from shared.erasure.forgetting import Forgetting, Subject
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from portal.read_model.consumers import consumer as read_model
from portal.read_model.consumers import count_change
from portal.read_model.model import Contact, Volunteer
from portal.sessions.model import Session


async def _forget(session: AsyncSession, subject: Subject) -> dict[str, int]:
    gone = {
        "session": delete(Session).where(Session.person_id.in_(subject.person_ids)),
        "contact": delete(Contact).where(Contact.contact_id.in_(subject.contact_ids)),
        "volunteer": delete(Volunteer).where(Volunteer.volunteer_id == subject.volunteer_id),
    }
    return {what: (await session.execute(statement)).rowcount for what, statement in gone.items()}  # type: ignore[attr-defined]


async def _count_change(session: AsyncSession, _: Subject) -> None:
    """What processes remember is old; and whoever writes the read model ends first."""
    await count_change(session)


# What happens to personal data is in the audit logs of the services that own it; the portal has none.
forgetting = Forgetting("portal", ErasureConfirmed, _forget, [read_model], prepare=_count_change, has_audit_log=False)
