"""Finding the notice that is due and whom it goes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.consents.queries import is_wanted, unsubscribe_token
from notifications.directory.model import Contact, Network, Organisation, Person
from notifications.notices.kinds import NoticeKind
from notifications.notices.model import SECRETS, Notice, NoticeStatus


@dataclass(frozen=True)
class Recipient:
    """Who gets a mail, and the names that it mentions (empty while they are not known)."""

    name: str
    email: str | None
    organisation: str = ""
    network: str = ""
    unsubscribe_token: str | None = None  # only of the newsletter


def is_reachable() -> ColumnElement[bool]:
    """Whether it is known whom a notice goes to; until the directory knows the person the notice waits."""
    contact = select(Contact.person_id).where(Contact.id == Notice.contact_id).correlate(Notice).scalar_subquery()
    known = exists().where(Person.id == func.coalesce(Notice.person_id, contact)).correlate(Notice)
    return or_(Notice.address.is_not(None), known)


async def claim_next(session: AsyncSession, now: datetime) -> tuple[Notice, Recipient] | None:
    """The most urgent notice, or of these the one that is due the longest, locked for this transaction.

    Those that others hold are passed over, and those that came too late.
    """
    due = (
        select(Notice, Person, Organisation.name, Network.name, unsubscribe_token())
        .outerjoin(Contact, Contact.id == Notice.contact_id)
        .outerjoin(Person, Person.id == func.coalesce(Notice.person_id, Contact.person_id))
        .outerjoin(Organisation, Organisation.id == Notice.organisation_id)
        .outerjoin(Network, Network.slug == Notice.network)
        .where(Notice.status == NoticeStatus.PENDING, Notice.next_attempt_at <= now, Notice.expires_at > now)
        .where(or_(Person.id.is_not(None), Notice.address.is_not(None)))
        .where(or_(Notice.kind != NoticeKind.NEW_MEETING, is_wanted()))
        .order_by(Notice.priority, Notice.next_attempt_at, Notice.id)
        .limit(1)
        .with_for_update(of=Notice, skip_locked=True)
    )
    row = (await session.execute(due)).first()
    if row is None:
        return None
    notice, person, organisation, network, token = row
    name, email = (person.name, person.email) if person is not None else ("", notice.address)
    return notice, Recipient(name, email, organisation or "", network or "", token)


async def drop_unwanted(session: AsyncSession, now: datetime) -> None:
    """Throw news away that are due and that nobody wants: withdrawn meanwhile, or the person is invited anyway."""
    due = Notice.kind == NoticeKind.NEW_MEETING, Notice.status == NoticeStatus.PENDING, Notice.next_attempt_at <= now
    await session.execute(delete(Notice).where(*due, ~is_wanted()))


async def claim_expired(session: AsyncSession, now: datetime, limit: int) -> Sequence[tuple[Notice, bool]]:
    """Notices that were not sent in time, and whether their recipients are known."""
    expired = (
        select(Notice, is_reachable())
        .where(Notice.status == NoticeStatus.PENDING, Notice.expires_at <= now)
        .limit(limit)
        .with_for_update(of=Notice, skip_locked=True)
    )
    return [(notice, known) for notice, known in (await session.execute(expired)).all()]


async def forget_secrets(session: AsyncSession, now: datetime) -> None:
    """What a notice's secrets open is over when it expires: they are not kept either."""
    held = func.num_nonnulls(*SECRETS) > 0
    old = update(Notice).where(Notice.expires_at <= now, Notice.status != NoticeStatus.PENDING, held)
    await session.execute(old.values({secret: null() for secret in SECRETS}))
