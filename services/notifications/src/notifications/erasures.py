"""Forgetting somebody: the address, and every notice that went or was to go there."""

from collections.abc import Sequence
from uuid import UUID

from shared.contracts.notifications import ErasureConfirmed
from shared.erasure.forgetting import Forgetting, Subject
from sqlalchemy import ColumnElement, Text, cast, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.addresses.consumers import consumer as addresses
from notifications.consents.consumers import consumer as consents
from notifications.consents.model import Subscription
from notifications.directory.consumers import consumer as directory
from notifications.directory.model import Contact, Person
from notifications.freshness.consumers import consumer as freshness
from notifications.help_requests.consumers import consumer as help_requests
from notifications.logins.consumers import consumer as logins
from notifications.minutes.consumers import consumer as minutes
from notifications.notices.consumers import consumer as notices
from notifications.notices.model import Notice
from notifications.registrations.consumers import consumer as registrations
from notifications.sign_ups.consumers import consumer as sign_ups


async def _lock_notices(session: AsyncSession, subject: Subject) -> None:
    """Whoever is sending one right now ends first; that may take as long as the mail server does."""
    theirs = _to(subject, await _contacts_of(session, subject))
    await session.execute(select(Notice.id).where(theirs).order_by(Notice.id).with_for_update())


async def _forget(session: AsyncSession, subject: Subject) -> dict[str, int]:
    contacts = await _contacts_of(session, subject)
    gone = {
        "notice": delete(Notice).where(_to(subject, contacts)),
        "contact": delete(Contact).where(Contact.id.in_(contacts)),
        "subscription": delete(Subscription).where(Subscription.person_id.in_(subject.person_ids)),
        "person": delete(Person).where(Person.id.in_(subject.person_ids)),
    }
    return {what: (await session.execute(statement)).rowcount for what, statement in gone.items()}  # type: ignore[attr-defined]


async def _contacts_of(session: AsyncSession, subject: Subject) -> Sequence[UUID]:
    known = select(Contact.id).where(Contact.person_id.in_(subject.person_ids))
    return sorted({*subject.contact_ids, *await session.scalars(known)})


def _to(subject: Subject, contacts: Sequence[UUID]) -> ColumnElement[bool]:
    """Notices to the person or to one of the contacts, and those that only an address or their content names."""
    emails = select(func.lower(Person.email)).where(Person.id.in_(subject.person_ids))
    return or_(
        Notice.person_id.in_(subject.person_ids),
        Notice.contact_id.in_(contacts),
        func.lower(Notice.address).in_(emails),
        *(cast(Notice.content, Text).contains(str(each)) for each in subject.person_ids),
    )


# Every queue here may name people: a consumer that is added belongs to this list.
CONSUMERS = (
    directory,
    notices,
    logins,
    addresses,
    consents,
    sign_ups,
    help_requests,
    freshness,
    minutes,
    registrations,
)

forgetting = Forgetting("notifications", ErasureConfirmed, _forget, CONSUMERS, prepare=_lock_notices)
