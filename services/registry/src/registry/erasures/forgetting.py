"""What the registry itself forgets: the person, and every row that is somebody's by `person_id`."""

from collections.abc import Sequence

import sqlalchemy as sa
from shared.contracts.envelope import Exchange
from shared.contracts.registry import (
    ConsentPurpose,
    ContactDismissed,
    ErasureConfirmed,
    NetworkContactDismissed,
    ProfileWithdrawn,
    VolunteerWithdrawn,
)
from shared.erasure.forgetting import Forgetting, Subject
from shared.messaging import outbox
from shared.messaging.consumer import Consumer
from shared.messaging.tables import outbox as waiting
from sqlalchemy.ext.asyncio import AsyncSession

from registry.consents.model import Consent
from registry.database import Base
from registry.imports.files import forget_files_naming
from registry.imports.model import ImportRow
from registry.network_contacts.model import NetworkContact
from registry.network_contacts.queries import lasts
from registry.people.model import Contact, Person
from registry.volunteers.model import Volunteer

consumer = Consumer("registry.erasures")


async def _lock_person(session: AsyncSession, subject: Subject) -> None:
    """Whoever is writing something about the person ends first; whoever begins now finds nobody."""
    await session.execute(
        sa.select(Person.id).where(Person.id.in_(subject.person_ids)).order_by(Person.id).with_for_update()
    )


async def _forget(session: AsyncSession, subject: Subject) -> dict[str, int]:
    await _tell(session, subject)
    emails = await _addresses(session, subject)
    await forget_files_naming(session, subject.person_ids, emails)
    removed = await _forget_addresses(session, emails)
    for table in reversed(Base.metadata.sorted_tables):
        if _is_of_a_person(table):
            removed[table.name] = await _delete(session, table, table.c.person_id.in_(subject.person_ids))
    person = Person.__table__
    removed["person"] = await _delete(session, person, person.c.id.in_(subject.person_ids))  # type: ignore[arg-type]
    for row in list(session):  # their rows went behind the session's back
        table = sa.inspect(type(row)).local_table
        if table is person or _is_of_a_person(table):
            session.expunge(row)
    return removed


async def _addresses(session: AsyncSession, subject: Subject) -> list[str]:
    """In small letters, each once."""
    known = sa.select(sa.func.lower(Person.email)).where(Person.id.in_(subject.person_ids), Person.email.is_not(None))
    return sorted(set(await session.scalars(known)))


async def _tell(session: AsyncSession, subject: Subject) -> None:
    """The organisation keeps its entry; that nobody speaks for it, that a volunteer or a name is gone, is public."""
    present = sa.select(Contact).where(Contact.person_id.in_(subject.person_ids), Contact.until.is_(None))
    for contact in (await session.scalars(present)).unique():
        dismissed = ContactDismissed(contact_id=contact.id, organisation_id=contact.organisation_id)
        network = contact.organisation.village.network_slug
        outbox.record(session, dismissed, subject=contact.id, sequence=contact.version + 1, network=network)
    speaking = sa.select(NetworkContact).where(NetworkContact.person_id.in_(subject.person_ids), lasts())
    for speaker in (await session.scalars(speaking)).unique():
        silent = NetworkContactDismissed(network_contact_id=speaker.id, network_id=speaker.network_id)
        slug = speaker.network.slug
        outbox.record(session, silent, subject=speaker.id, sequence=speaker.version + 1, network=slug)
    for volunteer in await session.scalars(sa.select(Volunteer).where(Volunteer.person_id.in_(subject.person_ids))):
        withdrawn = VolunteerWithdrawn(volunteer_id=volunteer.id)
        outbox.record(session, withdrawn, subject=volunteer.id, sequence=volunteer.version + 1)
    published = sa.select(Consent).where(
        Consent.person_id.in_(subject.person_ids),
        Consent.purpose == ConsentPurpose.PUBLICATION,
        Consent.withdrawn_at.is_(None),
    )
    for consent in await session.scalars(published):
        gone = ProfileWithdrawn(profile_id=consent.id)
        outbox.record(session, gone, subject=consent.id, sequence=consent.version + 1)


async def _forget_addresses(session: AsyncSession, emails: Sequence[str]) -> dict[str, int]:
    """Rows that name nobody yet, such as a sign-up that was not confirmed, and mails on their way there.

    Of those who share the mailbox nothing is lost: what names one of them by id stays.
    """
    removed = {
        table.name: await _delete(session, table, _has_one_of(table, emails))
        for table in Base.metadata.sorted_tables
        if "email" in table.c and table.name != Person.__tablename__
    }
    on_their_way = (waiting.c.exchange == Exchange.PRIVATE.value) & waiting.c.type.in_(_TO_AN_ADDRESS)
    for email in emails:
        named = sa.func.position(sa.literal(email.encode()).op("IN")(waiting.c.body)) > 0
        await _delete(session, waiting, on_their_way & named)
    return removed


def _has_one_of(table: sa.Table, emails: Sequence[str]) -> sa.ColumnElement[bool]:
    """Below row-level security no index finds what a function has changed; of a table without one that matters not."""
    entered = table.c.email if table is ImportRow.__table__ else sa.func.lower(table.c.email)
    return entered.in_(emails)


def _is_of_a_person(table: sa.Table) -> bool:
    """By the foreign key, so that a table that is added later is not forgotten."""
    column = table.c.get("person_id")
    return column is not None and any(key.column is Person.__table__.c.id for key in column.foreign_keys)


async def _delete(session: AsyncSession, table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    return int((await session.execute(sa.delete(table).where(condition))).rowcount)  # type: ignore[attr-defined]


# Private events to somebody whom the registry knows by address alone.
_TO_AN_ADDRESS = (
    "registry.login_link.requested.v1",
    "registry.sign_up.received.v1",
    "registry.address_change.requested.v1",
)

forgetting = Forgetting("registry", ErasureConfirmed, _forget, [consumer], prepare=_lock_person)
