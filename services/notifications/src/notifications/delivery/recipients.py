"""Finding the notice that is due and whom it goes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.directory.model import Contact, Network, Organisation, Person
from notifications.notices.model import Notice, NoticeStatus


@dataclass(frozen=True)
class Recipient:
    """Who gets a mail, and the names that it mentions (empty while they are not known)."""

    name: str
    email: str | None
    organisation: str = ""
    network: str = ""


def is_reachable() -> ColumnElement[bool]:
    """Whether the directory knows the person behind a notice; until then the notice waits."""
    contact = select(Contact.person_id).where(Contact.id == Notice.contact_id).correlate(Notice).scalar_subquery()
    return exists().where(Person.id == func.coalesce(Notice.person_id, contact)).correlate(Notice)


async def claim_next(session: AsyncSession, now: datetime) -> tuple[Notice, Recipient] | None:
    """The notice that is due the longest, locked for this transaction; those that others hold are passed over."""
    due = (
        select(Notice, Person, Organisation.name, Network.name)
        .outerjoin(Contact, Contact.id == Notice.contact_id)
        .join(Person, Person.id == func.coalesce(Notice.person_id, Contact.person_id))
        .outerjoin(Organisation, Organisation.id == Notice.organisation_id)
        .outerjoin(Network, Network.slug == Notice.network)
        .where(Notice.status == NoticeStatus.PENDING, Notice.next_attempt_at <= now)
        .order_by(Notice.next_attempt_at, Notice.id)
        .limit(1)
        .with_for_update(of=Notice, skip_locked=True)
    )
    row = (await session.execute(due)).first()
    if row is None:
        return None
    notice, person, organisation, network = row
    return notice, Recipient(person.name, person.email, organisation or "", network or "")


async def claim_expired(session: AsyncSession, now: datetime, limit: int) -> Sequence[tuple[Notice, bool]]:
    """Notices whose meeting is over before they were sent, and whether their recipients are known."""
    expired = (
        select(Notice, is_reachable())
        .where(Notice.status == NoticeStatus.PENDING, Notice.expires_at <= now)
        .limit(limit)
        .with_for_update(of=Notice, skip_locked=True)
    )
    return [(notice, known) for notice, known in (await session.execute(expired)).all()]


async def forget_old_tokens(session: AsyncSession, now: datetime) -> None:
    """A reply token opens nothing when its meeting is over: it is not kept either."""
    old = update(Notice).where(Notice.expires_at <= now, Notice.reply_token.is_not(None))
    await session.execute(old.values(reply_token=None))
