"""Taking an import back: what it entered goes, what it filled in or replaced is as before.

What others rest on by now stays, and so does what somebody has changed since, unless that was asked for. Organisations
and appointments go in one transaction. People are forgotten one by one afterwards, by the erasure that reaches every
service; begun anew, it goes on where it was.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import to_jsonable_python
from shared import audit
from shared.contracts.registry import (
    ContactDismissed,
    NeedWithdrawn,
    OfferWithdrawn,
    OrganisationHidden,
    VolunteerWithdrawn,
)
from shared.database import transaction
from shared.errors import DomainError
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.consents import handlers as consents
from registry.consents.model import Consent, ConsentChannel
from registry.erasures.handlers import request_erasure
from registry.erasures.model import Origin
from registry.imports.help_writing import value_of as help_value
from registry.imports.model import EntryKind, ImportEntry, ImportState, ListImport
from registry.imports.organisation_writing import value_of as organisation_value
from registry.imports.uses import TABLES, Kept, kept_entries
from registry.imports.volunteer_writing import value_of as volunteer_value
from registry.imports.work import Work
from registry.mutual_help import handlers as mutual_help
from registry.mutual_help.model import HelpEntry, Side
from registry.mutual_help.schemas import HelpEntryChanges
from registry.organisations import handlers as organisations
from registry.organisations.model import Organisation
from registry.organisations.schemas import OrganisationChanges
from registry.people import contacts
from registry.people import handlers as people
from registry.people.model import Contact, Person
from registry.people.schemas import ContactChanges, PersonChanges
from registry.volunteers import handlers as volunteers
from registry.volunteers.model import Volunteer
from registry.volunteers.schemas import VolunteerChanges

Restore = Callable[[AsyncSession, ListImport, Any, dict[str, Any]], Awaitable[Any]]


async def undo_import(work: Work) -> None:
    """Do it; what stays is noted at its entry."""
    async with transaction(work.sessions) as session:
        imported = await session.get_one(ListImport, work.import_id)
        session.info["principal"] = imported.access().principal
        await _note_kept(session, imported)
        await _restore(session, imported)
        await _remove(session, imported, EntryKind.CONTACT, _remove_contact)
        await _remove(session, imported, EntryKind.HELP, _remove_help)
        await _remove(session, imported, EntryKind.ORGANISATION, _remove_organisation)
        await _remove_profiles(session, imported)
        left = await session.scalar(sa.select(sa.func.count()).select_from(ImportEntry).where(_open(imported)))
    await work.expect(left or 0)
    while await _forget_next(work):
        await work.advance(1)
    async with transaction(work.sessions) as session:
        imported = await session.get_one(ListImport, work.import_id)
        session.info["principal"] = imported.access().principal
        scopes = [] if imported.scope_id is None else [imported.scope_id]
        audit.record(session, "import.undone", kind="import", subject=imported.id, scopes=scopes)
        imported.finish(ImportState.UNDONE, datetime.now(UTC))


def _open(imported: ListImport, kind: EntryKind = EntryKind.PERSON) -> sa.ColumnElement[bool]:
    """What was entered and has to go."""
    return sa.and_(
        ImportEntry.import_id == imported.id,
        ImportEntry.kind == kind,
        ImportEntry.created,
        ImportEntry.kept.is_(None),
    )


async def _note_kept(session: AsyncSession, imported: ListImport) -> None:
    kept = await kept_entries(session, imported, remove_changed=imported.remove_changed)
    for (kind, key), reason in kept.items():
        await _keep(session, imported, kind, key, reason)


async def _keep(session: AsyncSession, imported: ListImport, kind: EntryKind, key: UUID, reason: Kept) -> None:
    this = (ImportEntry.import_id == imported.id) & (ImportEntry.kind == kind) & (ImportEntry.entity_id == key)
    await session.execute(sa.update(ImportEntry).where(this).values(kept=reason.value))


async def _restore(session: AsyncSession, imported: ListImport) -> None:
    """Present entries: each field that still says what the import wrote there says again what it said before."""
    changed = sa.select(ImportEntry).where(
        ImportEntry.import_id == imported.id, sa.not_(ImportEntry.created), ImportEntry.kept.is_(None)
    )
    for entry in (await session.scalars(changed)).all():
        thing = await session.get(TABLES[entry.kind], entry.entity_id)
        if thing is not None and await _restore_one(session, imported, entry, thing):
            await session.delete(entry)
    await session.flush()


async def _restore_one(session: AsyncSession, imported: ListImport, entry: ImportEntry, thing: Any) -> bool:
    """Whether all of it is as before; else the entry says that something was changed since, or is in the way."""
    read, write = _OF_KIND[entry.kind]
    same = {name: value for name, value in entry.before.items() if read(thing, name) == entry.after[name]}
    try:
        async with session.begin_nested():
            if same:
                await write(session, imported, thing, same)
    except DomainError:
        entry.kept = Kept.USED.value
        return False
    entry.kept = None if len(same) == len(entry.before) else Kept.CHANGED.value
    return entry.kept is None


async def _restore_organisation(
    session: AsyncSession, _imported: ListImport, thing: Organisation, values: dict[str, Any]
) -> None:
    await organisations.change_entry(session, thing, OrganisationChanges.model_validate(values))


async def _restore_volunteer(
    session: AsyncSession, _imported: ListImport, thing: Volunteer, values: dict[str, Any]
) -> None:
    await volunteers.apply_changes(session, thing, VolunteerChanges.model_validate(values))


async def _restore_contact(session: AsyncSession, imported: ListImport, thing: Contact, values: dict[str, Any]) -> None:
    await contacts.change_contact(session, imported.access(), thing.id, ContactChanges.model_validate(values))


async def _restore_person(session: AsyncSession, imported: ListImport, thing: Person, values: dict[str, Any]) -> None:
    await people.change_person(session, imported.access(), thing.id, PersonChanges.model_validate(values), None)


async def _restore_help(session: AsyncSession, imported: ListImport, thing: HelpEntry, values: dict[str, Any]) -> None:
    await mutual_help.change(session, imported.access(), thing.id, HelpEntryChanges.model_validate(values))


def _attribute(thing: Any, name: str) -> Any:
    return to_jsonable_python(getattr(thing, name))


_OF_KIND: dict[EntryKind, tuple[Callable[[Any, str], Any], Restore]] = {
    EntryKind.ORGANISATION: (organisation_value, _restore_organisation),
    EntryKind.VOLUNTEER: (volunteer_value, _restore_volunteer),
    EntryKind.CONTACT: (_attribute, _restore_contact),
    EntryKind.HELP: (help_value, _restore_help),
    EntryKind.PERSON: (_attribute, _restore_person),
}


async def _remove(
    session: AsyncSession,
    imported: ListImport,
    kind: EntryKind,
    remove: Callable[[AsyncSession, Any], Awaitable[None]],
) -> None:
    for entry in (await session.scalars(sa.select(ImportEntry).where(_open(imported, kind)))).all():
        thing = await session.get(TABLES[kind], entry.entity_id)
        if thing is not None:  # else somebody was quicker
            await remove(session, thing)
        await session.delete(entry)
    await session.flush()


async def _remove_contact(session: AsyncSession, contact: Contact) -> None:
    if contact.until is None:
        dismissed = ContactDismissed(contact_id=contact.id, organisation_id=contact.organisation_id)
        network = contact.organisation.village.network_slug
        record(session, dismissed, subject=contact.id, sequence=contact.version + 1, network=network)
    person_id = contact.person_id
    await session.delete(contact)
    await session.flush()
    await consents.tell_changed_reach(session, person_id)
    await consents.tell_changed_profile(session, person_id)


async def _remove_help(session: AsyncSession, entry: HelpEntry) -> None:
    of_side = NeedWithdrawn if entry.side is Side.NEED else OfferWithdrawn
    network = entry.village.network_slug
    record(session, of_side(entry_id=entry.id), subject=entry.id, sequence=entry.version + 1, network=network)
    await session.delete(entry)


async def _remove_organisation(session: AsyncSession, organisation: Organisation) -> None:
    if organisation.published:
        hidden = OrganisationHidden(organisation_id=organisation.id)
        network = organisation.village.network_slug
        record(session, hidden, subject=organisation.id, sequence=organisation.version + 1, network=network)
    await session.delete(organisation)


async def _remove_profiles(session: AsyncSession, imported: ListImport) -> None:
    """Of people who were there before the import and became volunteers by it: they are none again."""
    people_too = sa.select(ImportEntry.person_id).where(
        ImportEntry.import_id == imported.id, ImportEntry.kind == EntryKind.PERSON, ImportEntry.created
    )
    alone = sa.select(ImportEntry).where(_open(imported, EntryKind.VOLUNTEER), ImportEntry.person_id.not_in(people_too))
    for entry in (await session.scalars(alone)).all():
        volunteer = await session.get(Volunteer, entry.entity_id)
        if volunteer is not None:
            await _remove_profile(session, imported, volunteer)
        await session.delete(entry)
    await session.flush()


async def _remove_profile(session: AsyncSession, imported: ListImport, volunteer: Volunteer) -> None:
    agreed = sa.select(Consent.purpose).where(
        Consent.person_id == volunteer.person_id,
        Consent.withdrawn_at.is_(None),
        Consent.channel == ConsentChannel.PAPER,
        Consent.recorded_by == imported.created_by,
        Consent.given_at >= imported.created_at,
    )
    told = set(await session.scalars(agreed))
    for purpose in told:
        await consents.withdraw(session, volunteer.person_id, purpose, ConsentChannel.PAPER, imported.created_by)
    await session.flush()
    withdrawn = VolunteerWithdrawn(volunteer_id=volunteer.id)
    record(session, withdrawn, subject=volunteer.id, sequence=volunteer.version + 1)
    await session.delete(volunteer)
    await session.flush()


async def _forget_next(work: Work) -> bool:
    """Erase one of those whom the import has entered; False when nobody is left."""
    async with transaction(work.sessions) as session:
        imported = await session.get_one(ListImport, work.import_id)
        access = imported.access()
        session.info["principal"] = access.principal
        entry = await session.scalar(sa.select(ImportEntry).where(_open(imported)).limit(1))
        if entry is None:
            return False
        key = entry.entity_id
        person = await session.get(Person, key)
        if person is None:
            await session.delete(entry)
            return True
        try:
            async with session.begin_nested():
                await request_erasure(session, person, Origin.OFFICE, access)
        except DomainError:
            await _keep(session, imported, EntryKind.PERSON, key, Kept.USED)
        return True
