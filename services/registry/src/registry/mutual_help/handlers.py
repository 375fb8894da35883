"""Entering needs and offers, changing and ending them."""

from uuid import UUID, uuid4

from pydantic import MISSING
from shared.access.grants import Access
from shared.contracts.registry import Area, AreaKind
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database import apply
from registry.fields_of_activity import queries as fields
from registry.mutual_help import queries
from registry.mutual_help.model import HelpEntry, NotPublished
from registry.mutual_help.schemas import HelpEntryChanges, HelpEntryInput
from registry.mutual_help.telling import tell_entry
from registry.organisations import queries as organisations
from registry.territory import queries as territory


async def enter(session: AsyncSession, access: Access, entered: HelpEntryInput) -> HelpEntry:
    """Enter a need or an offer of an organisation in the caller's scope; it is public at once.

    Raises `NotPublished`, `EndsBeforeItBegins`.
    """
    organisation = await organisations.organisation_named(session, entered.organisation_id)
    village = organisation.village
    access.check(network=village.network_id, municipality=village.municipality_id, organisation=organisation.id)
    if not organisation.published:
        raise NotPublished
    place = await territory.village_named(session, entered.village_id or organisation.village_id)
    area = entered.area or Area(kind=AreaKind.VILLAGE, id=place.id)
    await territory.check_areas(session, [area])
    entry = HelpEntry(
        id=uuid4(),
        organisation=organisation,
        village=place,
        area=area,
        fields=await fields.fields_named(session, entered.fields),
        **entered.model_dump(exclude={"organisation_id", "village_id", "area", "fields"}),
    )
    entry.check()
    session.add(entry)
    await session.flush()
    tell_entry(session, entry)
    return entry


async def change(session: AsyncSession, access: Access, entry_id: UUID, changes: HelpEntryChanges) -> HelpEntry:
    """Change, end or open again. Raises `EntryEnded` for what is done or withdrawn."""
    entry = await queries.own_entry(session, access, entry_id, lock=True)
    entry.check_not_ended()
    values = changes.model_dump(exclude={"fields", "area", "village_id"})
    before = (entry.fields[:], entry.area, entry.village_id)
    if changes.fields is not MISSING:
        entry.fields = await fields.fields_named(session, changes.fields, kept=entry.fields)
    if changes.area is not MISSING:
        await territory.check_areas(session, [changes.area])
        entry.area = changes.area
    if changes.village_id is not MISSING:
        entry.village = await territory.village_named(session, changes.village_id)
        entry.village_id = entry.village.id
    if apply(entry, values) or before != (entry.fields, entry.area, entry.village_id):
        entry.check()
        entry.touch()
        await session.flush()
        tell_entry(session, entry)
    return entry
