"""What names an organisation that goes names the one that stays. It runs beyond scopes: rights were checked before."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.database import Base
from registry.duplicates.model import OrganisationPair
from registry.imports.model import EntryKind, ImportEntry
from registry.imports.uses import Kept
from registry.lead_mandates.handlers import tell_moved as tell_mandate
from registry.lead_mandates.model import LeadMandate
from registry.mutual_help.model import HelpEntry
from registry.mutual_help.telling import tell_entry
from registry.organisations.model import Organisation, OrganisationFederation
from registry.people import contacts
from registry.people.model import Contact
from registry.pointing import columns_naming, point_at
from registry.territory import queries as territory

TOLD = {Contact.__tablename__, LeadMandate.__tablename__, HelpEntry.__tablename__}
"""Tables whose rows are told of: each is moved by itself."""
APART = {OrganisationPair.__tablename__}  # pairs have an order
WITHOUT_KEYS = {
    ("list_import_row", "entity_id"),
    ("list_import_row", "target_id"),
    ("api_client", "scope_id"),
}
"""Columns that hold the id of an organisation, or of something else, without a foreign key."""


async def move(session: AsyncSession, gone: Organisation, kept: Organisation, mandates: Sequence[LeadMandate]) -> None:
    """Everything but grants, which are given anew."""
    await _move_contacts(session, gone, kept, mandates)
    await _move_mandates(session, gone, kept, mandates)
    await _move_help(session, gone, kept)
    await _move_pairs(session, gone.id, kept.id)
    await session.flush()
    both = [gone.id, kept.id]  # one that is a member of the other: nobody is a member of itself
    itself = OrganisationFederation.organisation_id.in_(both), OrganisationFederation.federation_id.in_(both)
    await session.execute(sa.delete(OrganisationFederation).where(*itself))
    for column in columns_naming(cast("sa.Table", Organisation.__table__)):
        if column.table.name not in TOLD | APART:
            await point_at(session, column, [gone.id], kept.id)
    for table, name in sorted(WITHOUT_KEYS):
        await point_at(session, Base.metadata.tables[table].columns[name], [gone.id], kept.id)
    await _move_import_entries(session, gone.id, kept.id)


async def _move_contacts(
    session: AsyncSession, gone: Organisation, kept: Organisation, mandates: Sequence[LeadMandate]
) -> None:
    """Who has one function in both has it once, since the earlier day.

    Of two such appointments that of a lead stays: meetings have invited it.
    """
    rows = sa.select(Contact).where(Contact.organisation_id.in_([gone.id, kept.id])).order_by(Contact.id)
    found = (await session.scalars(rows.with_for_update(of=Contact))).all()
    leads = {one.organisation_id for one in mandates if one.until is None or one.until >= today()}
    stays = gone.id if gone.id in leads and kept.id not in leads else kept.id
    present = {
        (one.person_id, one.function): one for one in found if one.until is None and one.organisation_id == stays
    }
    moving = [one for one in found if one.organisation_id == gone.id]
    for one in found:
        same = present.get((one.person_id, one.function))
        if one.until is None and same is not None and same is not one:
            same.starts_on = min(same.starts_on, one.starts_on)
            same.ends_on = max(same.ends_on, one.ends_on) if same.ends_on and one.ends_on else None
            await contacts.drop_double(session, one)
            moving = [other for other in moving if other is not one]
    for one in moving:
        one.organisation = kept
        one.touch()
    await session.flush()
    for one in moving:
        if one.until is None:
            contacts.tell_appointment(session, one)
    for person_id in dict.fromkeys(one.person_id for one in found):
        await contacts.tell_consents(session, person_id)


async def _move_mandates(
    session: AsyncSession, gone: Organisation, kept: Organisation, mandates: Sequence[LeadMandate]
) -> None:
    for mandate in mandates:
        if mandate.organisation_id == gone.id:
            mandate.organisation_id = kept.id
            tell_mandate(session, await territory.village(session, mandate.village_id, lock=True), mandate)


async def _move_help(session: AsyncSession, gone: Organisation, kept: Organisation) -> None:
    entries = sa.select(HelpEntry).where(HelpEntry.organisation_id == gone.id).with_for_update(of=HelpEntry)
    found = (await session.scalars(entries)).all()
    for entry in found:
        entry.organisation = kept
        entry.touch()
    await session.flush()  # writes the new id, which is told
    for entry in found:
        tell_entry(session, entry)


async def _move_pairs(session: AsyncSession, gone: UUID, kept: UUID) -> None:
    """What was told apart from the one is apart from the other one; what was not is compared anew."""
    pair = OrganisationPair
    third = sa.case((pair.left_id == gone, pair.right_id), else_=pair.left_id)
    ids = sa.func.least(third, kept), sa.func.greatest(third, kept)
    told = sa.select(*ids, pair.score, pair.reasons, pair.different_at, pair.different_by).where(
        sa.or_(pair.left_id == gone, pair.right_id == gone), third != kept, pair.different_at.is_not(None)
    )
    new = insert(pair).from_select(["left_id", "right_id", "score", "reasons", "different_at", "different_by"], told)
    apart = {"different_at": new.excluded.different_at, "different_by": new.excluded.different_by}
    await session.execute(new.on_conflict_do_update(index_elements=["left_id", "right_id"], set_=apart))


async def _move_import_entries(session: AsyncSession, gone: UUID, kept: UUID) -> None:
    """What an import has entered is more than that now: an undo leaves it. What it changed in the one is gone."""
    entries = cast("sa.Table", ImportEntry.__table__)
    of_organisations = entries.c.kind == EntryKind.ORGANISATION
    of_gone = of_organisations, entries.c.entity_id == gone
    await session.execute(sa.delete(entries).where(*of_gone, sa.not_(entries.c.created)))
    created = of_organisations, entries.c.entity_id.in_([gone, kept]), entries.c.created
    await session.execute(sa.update(entries).where(*created).values(kept=Kept.CHANGED.value))
    await point_at(session, entries.c.entity_id, [gone], kept, of_organisations)
