"""What of an import cannot simply go again: somebody has changed it since, or others rest on it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shared.access.grants import Role
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access.model import AccessGrant
from registry.arrays import is_among
from registry.certificates.model import Certificate
from registry.imports.model import EntryKind, ImportEntry, ListImport
from registry.lead_mandates.model import LeadMandate
from registry.logins.model import LoginSession
from registry.mutual_help.model import HelpEntry, HelpRequest
from registry.network_contacts.model import NetworkContact
from registry.organisations.model import Organisation, OrganisationFederation
from registry.people.model import Contact, Person
from registry.volunteers.model import Volunteer


class Kept(StrEnum):
    """Why an undo leaves something."""

    CHANGED = "changed"
    USED = "used"


TABLES: dict[EntryKind, Any] = {
    EntryKind.ORGANISATION: Organisation,
    EntryKind.PERSON: Person,
    EntryKind.CONTACT: Contact,
    EntryKind.VOLUNTEER: Volunteer,
    EntryKind.HELP: HelpEntry,
}
Key = tuple[EntryKind, UUID]


@dataclass
class Outlook:
    """What an undo would do: what goes, what is as before again, and what stays and why."""

    removed: dict[EntryKind, int] = field(default_factory=dict)
    restored: int = 0
    kept: dict[Key, Kept] = field(default_factory=dict)


async def look_ahead(session: AsyncSession, imported: ListImport, *, remove_changed: bool) -> Outlook:
    """Of everything that the import has entered or changed and that is there still."""
    outlook = Outlook(kept=await kept_entries(session, imported, remove_changed=remove_changed))
    counted = sa.select(ImportEntry.kind, ImportEntry.created, sa.func.count()).where(
        ImportEntry.import_id == imported.id, ImportEntry.kept.is_(None)
    )
    for kind, created, number in await session.execute(counted.group_by(ImportEntry.kind, ImportEntry.created)):
        if created:
            outlook.removed[kind] = number - sum(1 for kept, _ in outlook.kept if kept is kind)
        else:
            outlook.restored += number
    return outlook


async def kept_entries(session: AsyncSession, imported: ListImport, *, remove_changed: bool) -> dict[Key, Kept]:
    """What was entered and stays. People stay with what they are; an organisation stays with who speaks for it."""
    kept: dict[Key, Kept] = {}
    if not remove_changed:
        for kind in EntryKind:
            kept |= {(kind, key): Kept.CHANGED for key in await session.scalars(_changed(imported, kind))}
    kept |= _named(EntryKind.ORGANISATION, await _all(session, _used_organisations(imported)), Kept.USED)
    kept |= _named(EntryKind.PERSON, await _all(session, _used_persons(imported)), Kept.USED)
    kept |= _named(EntryKind.HELP, await _all(session, _used_help(imported)), Kept.USED)
    await _keep_together(session, imported, kept)
    return kept


def _entered(imported: ListImport, kind: EntryKind) -> sa.ColumnElement[bool]:
    return sa.and_(ImportEntry.import_id == imported.id, ImportEntry.kind == kind, ImportEntry.created)


def _changed(imported: ListImport, kind: EntryKind) -> sa.Select[Any]:
    thing = TABLES[kind]
    return (
        sa.select(ImportEntry.entity_id)
        .join(thing, thing.id == ImportEntry.entity_id)
        .where(_entered(imported, kind), thing.version != ImportEntry.version)
    )


def _own(imported: ListImport, *kinds: EntryKind) -> dict[EntryKind, sa.ScalarSelect[Any]]:
    """By kind: the ids of what the import has entered."""
    return {kind: sa.select(ImportEntry.entity_id).where(_entered(imported, kind)).scalar_subquery() for kind in kinds}


def _used_organisations(imported: ListImport) -> list[sa.Select[Any]]:
    mine = _entered(imported, EntryKind.ORGANISATION)
    own = _own(imported, EntryKind.CONTACT, EntryKind.HELP)
    members = sa.select(ImportEntry.entity_id).where(mine).scalar_subquery()
    uses = (
        (Contact.organisation_id, Contact.id.not_in(own[EntryKind.CONTACT])),
        (LeadMandate.organisation_id, sa.true()),
        (HelpEntry.organisation_id, HelpEntry.id.not_in(own[EntryKind.HELP])),
        (OrganisationFederation.federation_id, OrganisationFederation.organisation_id.not_in(members)),
        (AccessGrant.scope_id, AccessGrant.ended_at.is_(None)),
    )
    return [
        sa.select(ImportEntry.entity_id).where(mine, sa.exists().where(column == ImportEntry.entity_id, condition))
        for column, condition in uses
    ]


def _used_persons(imported: ListImport) -> list[sa.Select[Any]]:
    mine = _entered(imported, EntryKind.PERSON)
    own = _own(imported, EntryKind.CONTACT, EntryKind.VOLUNTEER)
    other = sa.orm.aliased(ImportEntry)
    uses = (
        (Contact.person_id, Contact.id.not_in(own[EntryKind.CONTACT])),
        (Volunteer.person_id, Volunteer.id.not_in(own[EntryKind.VOLUNTEER])),
        (AccessGrant.person_id, AccessGrant.role != Role.VOLUNTEER),
        (NetworkContact.person_id, sa.true()),
        (HelpRequest.person_id, sa.true()),
        (Certificate.person_id, sa.true()),
        (LoginSession.person_id, sa.true()),
        (other.person_id, other.import_id != imported.id),
    )
    return [
        sa.select(ImportEntry.entity_id).where(mine, sa.exists().where(column == ImportEntry.entity_id, condition))
        for column, condition in uses
    ]


def _used_help(imported: ListImport) -> list[sa.Select[Any]]:
    mine = _entered(imported, EntryKind.HELP)
    return [
        sa.select(ImportEntry.entity_id).where(mine, sa.exists().where(column == ImportEntry.entity_id))
        for column in (HelpRequest.need_id, HelpRequest.offer_id)
    ]


async def _keep_together(session: AsyncSession, imported: ListImport, kept: dict[Key, Kept]) -> None:
    """A person stays as long as an appointment or a profile of theirs does, and the other way round for profiles."""
    of_persons = sa.select(ImportEntry.kind, ImportEntry.entity_id, ImportEntry.person_id).where(
        ImportEntry.import_id == imported.id, ImportEntry.created, ImportEntry.person_id.is_not(None)
    )
    rows: list[Any] = [tuple(row) for row in await session.execute(of_persons)]
    created = {person for kind, _, person in rows if kind is EntryKind.PERSON}
    for kind, key, person in rows:
        if (kind, key) in kept and person in created:
            kept.setdefault((EntryKind.PERSON, person), kept[kind, key])
    for kind, key, person in rows:
        if kind is EntryKind.VOLUNTEER and (EntryKind.PERSON, person) in kept:
            kept.setdefault((kind, key), kept[EntryKind.PERSON, person])
    entered = set(
        await session.scalars(sa.select(ImportEntry.entity_id).where(_entered(imported, EntryKind.ORGANISATION)))
    )
    for kind in (EntryKind.CONTACT, EntryKind.HELP):
        thing, staying = TABLES[kind], [key for of_kind, key in kept if of_kind is kind]
        theirs = sa.select(thing.id, thing.organisation_id).where(is_among(thing.id, staying))
        for key, organisation in await session.execute(theirs):
            if organisation in entered:
                kept.setdefault((EntryKind.ORGANISATION, organisation), kept[kind, key])


async def _all(session: AsyncSession, queries: Iterable[sa.Select[Any]]) -> set[UUID]:
    found: set[UUID] = set()
    for query in queries:
        found |= set(await session.scalars(query))
    return found


def _named(kind: EntryKind, ids: set[UUID], reason: Kept) -> dict[Key, Kept]:
    return {(kind, key): reason for key in ids}
