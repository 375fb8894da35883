"""Making one organisation of two entries: one stays, everything that named the other one names it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shared import audit
from shared.access.grants import Access
from shared.access.tenancy import beyond_scopes
from shared.contracts.registry import OrganisationHidden, OrganisationKind, OrganisationMerged
from shared.errors import ChangedMeanwhile
from shared.messaging.outbox import record
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access.passing_on import pass_on_grants
from registry.clock import today
from registry.database import apply
from registry.lead_mandates.model import LeadMandate
from registry.merging import organisations_queries as queries
from registry.merging.organisations_model import (
    ATTRIBUTES,
    LeadStandsInTheWay,
    MergedOrganisation,
)
from registry.merging.organisations_moving import move
from registry.merging.organisations_schemas import OrganisationMergeInput
from registry.organisations.handlers import check_entry
from registry.organisations.model import HasMembers, Organisation, Publication
from registry.organisations.queries import has_members
from registry.organisations.telling import tell_change


async def merge_organisations(
    session: AsyncSession, access: Access, gone_id: UUID, entered: OrganisationMergeInput
) -> Organisation:
    """Make one entry of two, both in the caller's scope; returns the one that stays.

    Raises what `queries.both` raises, `ChangedMeanwhile` for versions that are old, `LeadStandsInTheWay`, `HasMembers`,
    and what the rules of an entry raise.
    """
    gone, kept = await queries.both(session, access, gone_id, entered.into, lock=True)
    if (gone.version, kept.version) != (entered.version, entered.into_version):
        raise ChangedMeanwhile
    taken = {name: getattr(gone, name) for part in entered.taken for name in ATTRIBUTES[part]}
    before = kept.publication
    kept.check_publication(taken.get("publication", before))
    _audit(session, gone, kept)
    async with beyond_scopes(session):  # both are the caller's: so is all that names them
        mandates = await queries.mandates_of(session, [gone.id, kept.id])
        await _check_standing(session, gone, kept, taken, mandates)
        await move(session, gone, kept, mandates)
        await pass_on_grants(session, [gone.id], kept.id)
        kept = await _end(session, gone, kept)
        await _take(session, gone, kept, taken)
    tell_change(session, kept, before)
    return kept


async def _check_standing(
    session: AsyncSession,
    gone: Organisation,
    kept: Organisation,
    taken: Mapping[str, Any],
    mandates: Sequence[LeadMandate],
) -> None:
    """What others rest on stays: the lead of a village is one of its published associations, a federation one."""
    kind, village = taken.get("kind", kept.kind), taken.get("village", kept.village)
    published = taken.get("publication", kept.publication) is Publication.PUBLISHED
    for mandate in mandates:
        over = mandate.until is not None and mandate.until < today()
        leads = kind is OrganisationKind.ASSOCIATION and published and village.id == mandate.village_id
        if not over and not leads:
            led = gone.village if gone.village_id == mandate.village_id else kept.village
            raise LeadStandsInTheWay(village=led.name)
    if kind is not OrganisationKind.FEDERATION:
        for one in (gone, kept):
            if await has_members(session, one.id):
                raise HasMembers


async def _end(session: AsyncSession, gone: Organisation, kept: Organisation) -> Organisation:
    """The entry is gone; what is remembered of it leads to the other one, which is read anew."""
    shown = gone.slug if gone.publication is not Publication.DRAFT else ""
    session.expunge(gone)
    await session.execute(sa.delete(Organisation).where(Organisation.id == gone.id))
    session.add(MergedOrganisation(id=gone.id, into_id=kept.id, slug=shown))
    await session.flush()
    network = gone.village.network_slug
    if gone.published:
        hidden = OrganisationHidden(organisation_id=gone.id)
        record(session, hidden, subject=gone.id, sequence=gone.version + 1, network=network)
    merged = OrganisationMerged(organisation_id=gone.id, into_organisation_id=kept.id, slug=shown)
    record(session, merged, subject=gone.id, sequence=gone.version + 2, network=network)
    again = sa.select(Organisation).where(Organisation.id == kept.id).execution_options(populate_existing=True)
    return (await session.execute(again)).scalar_one()


async def _take(session: AsyncSession, gone: Organisation, kept: Organisation, taken: Mapping[str, Any]) -> None:
    """The values that were chosen, and the later confirmation: the organisation has answered to one of its entries."""
    apply(kept, taken)
    if gone.confirmed_on is not None and (kept.confirmed_on is None or kept.confirmed_on < gone.confirmed_on):
        kept.confirm(gone.confirmed_on)
    await check_entry(session, kept)
    kept.touch()
    await session.flush()


def _audit(session: AsyncSession, gone: Organisation, kept: Organisation) -> None:
    places = [place for one in (gone, kept) for place in (one.village.municipality_id, one.village.network_id)]
    audit.record(
        session,
        "organisation.merged",
        kind="organisation",
        subject=kept.id,
        scopes=[kept.id, *dict.fromkeys(place for place in places if place is not None)],
        details={"merged": str(gone.id)},
    )
