"""Reading what a merger of two organisations is about."""

from collections.abc import Sequence
from uuid import UUID

from shared.access.grants import Access
from shared.access.tenancy import beyond_scopes
from shared.errors import NotFound
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access.model import AccessGrant
from registry.access.queries import not_over
from registry.clock import today
from registry.lead_mandates.model import LeadMandate
from registry.merging.organisations_model import AlreadyMerged, MergedOrganisation, SameEntry
from registry.merging.organisations_schemas import MovingAnswer
from registry.mutual_help.model import HelpEntry
from registry.organisations.model import Organisation, OrganisationFederation, UnknownOrganisation
from registry.people.model import Contact
from registry.territory import queries as territory


async def successor(session: AsyncSession, organisation_id: UUID) -> UUID | None:
    """The id of what an entry became part of; None for one that was not merged."""
    wanted = select(MergedOrganisation.into_id).where(MergedOrganisation.id == organisation_id)
    found: UUID | None = await session.scalar(wanted)
    return found


async def both(
    session: AsyncSession, access: Access, gone_id: UUID, kept_id: UUID, *, lock: bool = False
) -> tuple[Organisation, Organisation]:
    """The entry that goes and the one that stays; with `lock` both are locked, after their villages, in order of ids.

    Raises `SameEntry`, `AlreadyMerged`, `NotFound` where the first is not in the caller's scope, `UnknownOrganisation`
    and `Forbidden` for the second.
    """
    gone, kept = await _named(session, gone_id), await _named(session, kept_id)
    if gone is None:
        raise await _missing(session, access, gone_id)
    access.reach(network=gone.village.network_id, municipality=gone.village.municipality_id)
    if gone_id == kept_id:
        raise SameEntry
    if kept is None:
        raise AlreadyMerged if await successor(session, kept_id) else UnknownOrganisation
    access.check(network=kept.village.network_id, municipality=kept.village.municipality_id)
    if lock:
        for village_id in sorted({gone.village_id, kept.village_id}):
            await territory.village(session, village_id, lock=True)
        ids = select(Organisation).where(Organisation.id.in_([gone_id, kept_id])).order_by(Organisation.id)
        rows = ids.with_for_update(of=Organisation).execution_options(populate_existing=True)
        if len((await session.scalars(rows)).all()) < 2:
            raise AlreadyMerged
    return gone, kept


async def mandates_of(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[LeadMandate]:
    """All lead mandates of these organisations, the earliest first."""
    mandates = select(LeadMandate).where(LeadMandate.organisation_id.in_(ids))
    return (await session.scalars(mandates.order_by(LeadMandate.starts_on, LeadMandate.id))).all()


async def moving(session: AsyncSession, gone_id: UUID) -> MovingAnswer:
    """What would move. The caller's right to the entry was checked: so it counts what is not theirs to see, too."""
    contacts = select(func.count()).where(Contact.organisation_id == gone_id)
    counted = {
        "contacts": contacts.where(Contact.until.is_(None)),
        "former_contacts": contacts.where(Contact.until.is_not(None)),
        "help_entries": select(func.count()).where(HelpEntry.organisation_id == gone_id),
        "lead_mandates": select(func.count()).where(LeadMandate.organisation_id == gone_id),
        "members": select(func.count()).where(OrganisationFederation.federation_id == gone_id),
        "grants": select(func.count()).where(AccessGrant.scope_id == gone_id, not_over(today())),
    }
    async with beyond_scopes(session, reads_only=True):
        return MovingAnswer(**{name: await session.scalar(query) or 0 for name, query in counted.items()})


async def _named(session: AsyncSession, organisation_id: UUID) -> Organisation | None:
    found: Organisation | None = await session.scalar(select(Organisation).where(Organisation.id == organisation_id))
    return found


async def _missing(session: AsyncSession, access: Access, organisation_id: UUID) -> Exception:
    """Who may keep what the entry became is told so; to others it never was."""
    into = await successor(session, organisation_id)
    kept = await _named(session, into) if into is not None else None
    if kept is None:
        return NotFound()
    access.reach(network=kept.village.network_id, municipality=kept.village.municipality_id)
    return AlreadyMerged()
