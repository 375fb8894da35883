"""All that names one entry of a person names the other one. Where both say the same, one of the two rows goes first."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from shared.contracts.registry import ContactDismissed, ContactIdentified, MergedContact, NetworkContactDismissed
from shared.messaging.outbox import record
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.database import Base
from registry.duplicates.model import PersonPair
from registry.erasures.model import Erasure
from registry.mutual_help.model import HelpRequest
from registry.network_contacts.model import NetworkContact
from registry.people.model import Contact, Person
from registry.pointing import columns_naming, point_at

PERSON = cast("sa.Table", Person.__table__)

UNDERSTOOD = frozenset(
    {
        "access_grant.person_id",  # `registry.access.passing_on`
        "address_change.person_id",  # deleted before
        "certificate.person_id",
        "confirmation_link.person_id",
        "consent.person_id",  # `persons_consents`
        "contact.person_id",  # `unite_contacts`
        "external_identity.person_id",  # one is chosen before
        "guardian_link.person_id",
        "help_request.person_id",  # `unite_help_requests`
        "help_request_link.person_id",
        "list_import_entry.person_id",
        "list_import_row.person_id",
        "login_code.person_id",  # used up before
        "login_session.person_id",  # ended before
        "merged_person.into_person_id",
        "network_contact.person_id",  # `unite_network_contacts`
        "person_pair.left_id",  # `keep_differences`
        "person_pair.right_id",
        "unsubscribe_link.person_id",
        "volunteer.person_id",  # `persons_volunteers`
    }
)
"""Columns with a foreign key to a person of which somebody has thought what a merge does to them; a test compares."""


async def unite_contacts(session: AsyncSession, former_id: UUID, into_id: UUID) -> list[MergedContact]:
    """Of two present appointments for the same function of the same organisation one is left. Returns which."""
    present = sa.select(Contact).where(Contact.person_id.in_([former_id, into_id]), Contact.until.is_(None))
    by_function: dict[tuple[UUID, str], list[Contact]] = {}
    for contact in (await session.scalars(present)).unique():
        by_function.setdefault((contact.organisation_id, contact.function), []).append(contact)
    merged = []
    for both in by_function.values():
        if len(both) == 1:
            continue
        theirs, mine = sorted(both, key=lambda one: one.person_id == into_id)
        mine.starts_on = min(mine.starts_on, theirs.starts_on)
        mine.ends_on = _later(mine.ends_on, theirs.ends_on)
        mine.touch()
        theirs.touch()
        dismissed = ContactDismissed(contact_id=theirs.id, organisation_id=theirs.organisation_id)
        network = theirs.organisation.village.network_slug
        record(session, dismissed, subject=theirs.id, sequence=theirs.version, network=network)
        merged.append(MergedContact(contact_id=theirs.id, into_contact_id=mine.id))
        await session.delete(theirs)
    await session.flush()
    return merged


async def tell_moved_contacts(session: AsyncSession, into_id: UUID) -> None:
    """Who stands behind each present appointment."""
    present = sa.select(Contact).where(Contact.person_id == into_id, Contact.until.is_(None))
    for contact in (await session.scalars(present.order_by(Contact.id))).unique():
        contact.touch()
        told = ContactIdentified(contact_id=contact.id, person_id=into_id, organisation_id=contact.organisation_id)
        network = contact.organisation.village.network_slug
        record(session, told, subject=contact.id, sequence=contact.version, network=network)


async def unite_network_contacts(session: AsyncSession, former_id: UUID, into_id: UUID) -> None:
    """Appointments for the same function of a network that share a day become one for the time of both."""
    rows = sa.select(NetworkContact).where(NetworkContact.person_id.in_([former_id, into_id]))
    found = (await session.scalars(rows)).unique().all()
    found = sorted(found, key=lambda one: (*_function(one), one.starts_on))
    for _, spans in groupby(found, key=_function):
        kept: NetworkContact | None = None
        for one in spans:
            if kept is None or (kept.until is not None and kept.until < one.starts_on):
                kept = one
                continue
            until = _later(kept.until, one.until)
            await session.delete(one)
            await session.flush()
            _tell_gone(session, one)
            kept.until = until
            kept.touch()
    await session.flush()


async def unite_help_requests(session: AsyncSession, former_id: UUID, into_id: UUID) -> None:
    """Asked twice for the same: the later answer is left."""
    rows = sa.select(HelpRequest).where(HelpRequest.person_id.in_([former_id, into_id]))
    by_need: dict[UUID, list[HelpRequest]] = {}
    for request in (await session.scalars(rows)).unique():
        by_need.setdefault(request.need_id, []).append(request)
    never = datetime.min.replace(tzinfo=UTC)
    for both in by_need.values():
        both.sort(key=lambda one: (one.answered_at or never, one.person_id == into_id))
        for request in both[:-1]:
            await session.delete(request)
    await session.flush()


async def keep_differences(session: AsyncSession, former_id: UUID, into_id: UUID) -> None:
    """Whom somebody has told apart from the one entry is told apart from the other; other pairs are looked for anew."""
    named = sa.or_(PersonPair.left_id == former_id, PersonPair.right_id == former_id)
    pairs: Sequence[PersonPair] = (await session.scalars(sa.select(PersonPair).where(named))).all()
    for pair in pairs:
        other = pair.right_id if pair.left_id == former_id else pair.left_id
        if pair.different_at is not None and other != into_id:
            left, right = sorted((other, into_id))
            told = {"different_at": pair.different_at, "different_by": pair.different_by}
            kept = insert(PersonPair).values(
                left_id=left, right_id=right, score=pair.score, reasons=pair.reasons, **told
            )
            await session.execute(kept.on_conflict_do_update(index_elements=["left_id", "right_id"], set_=told))
        await session.delete(pair)
    await session.flush()


async def move_references(session: AsyncSession, former_id: UUID, into_id: UUID) -> None:
    """Each foreign key, and each column that says by whom something was done. The audit log stays as it was written."""
    for column in columns_naming(PERSON):
        if column.table.name != PersonPair.__tablename__:
            await point_at(session, column, [former_id], into_id)
    for table in Base.metadata.sorted_tables:
        if table.info.get("append_only") or table.name == Erasure.__tablename__:
            continue
        for column in table.columns:
            if column.name.endswith("_by") and isinstance(column.type, sa.Uuid):
                await point_at(session, column, [former_id], into_id)


def _function(one: NetworkContact) -> tuple[str, str]:
    return str(one.network_id), one.function


def _tell_gone(session: AsyncSession, one: NetworkContact) -> None:
    if one.until is None or one.until >= today():
        told = NetworkContactDismissed(network_contact_id=one.id, network_id=one.network_id)
        record(session, told, subject=one.id, sequence=one.version + 1, network=one.network.slug)


def _later(one: date | None, other: date | None) -> date | None:
    """None is without end."""
    return None if one is None or other is None else max(one, other)
