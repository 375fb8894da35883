"""Granting and ending lead mandates."""

from collections.abc import Sequence
from uuid import UUID

from shared.access.grants import Access
from shared.contracts.registry import LeadMandateEnded, LeadMandateGranted
from shared.messaging.outbox import record
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.lead_mandates import queries
from registry.lead_mandates.model import (
    ONE_LEAD_AT_A_TIME,
    LeadMandate,
    NotThePresentMandate,
    VillageHasLead,
    grant_lead,
)
from registry.lead_mandates.schemas import MandateEnd, MandateInput
from registry.organisations import queries as organisations
from registry.territory import queries as territory
from registry.territory.model import Village


async def grant_mandate(session: AsyncSession, access: Access, entered: MandateInput) -> LeadMandate:
    """Make an association the lead of its village, in place of the one that leads it now where `replaces` names that.

    The lock on the village puts callers in a row: the second one meets the mandate of the first.
    """
    village = await territory.village_named(session, entered.village_id, lock=True)
    access.check(network=village.network_id, municipality=village.municipality_id)
    organisation = await organisations.organisation_named(session, entered.organisation_id)
    mandates = await queries.mandates_of_village(session, village.id)
    if entered.replaces is not None:
        predecessor = _present(mandates, entered.replaces)
        predecessor.make_room_for(entered.starts_on)
        _tell_end(session, village, predecessor)
    mandate = grant_lead(village, organisation, mandates, entered.starts_on, entered.until)
    session.add(mandate)
    await _flush(session, village)
    _tell_grant(session, village, mandate)
    return mandate


async def end_mandate(session: AsyncSession, access: Access, mandate_id: UUID, end: MandateEnd) -> LeadMandate:
    """Set the last day of a mandate."""
    found = await queries.mandate(session, mandate_id)
    village = await territory.village(session, found.village_id, lock=True)
    access.reach(network=village.network_id, municipality=village.municipality_id)
    mandate = _present(await queries.mandates_of_village(session, village.id), mandate_id)
    mandate.end(end.until)
    await session.flush()
    _tell_end(session, village, mandate)
    return mandate


def _present(mandates: Sequence[LeadMandate], mandate_id: UUID) -> LeadMandate:
    for mandate in mandates:
        if mandate.id == mandate_id:
            return mandate
    raise NotThePresentMandate


async def _flush(session: AsyncSession, village: Village) -> None:
    name = village.name  # a failed flush expires it
    try:
        await session.flush()
    except IntegrityError as error:
        if ONE_LEAD_AT_A_TIME in str(error.orig):
            raise VillageHasLead(village=name) from None
        raise


def tell_moved(session: AsyncSession, village: Village, mandate: LeadMandate) -> None:
    """Another entry stands for the association that leads, or led. The caller has locked the village."""
    if mandate.until is None or mandate.until >= today():
        _tell_grant(session, village, mandate)
    else:
        _tell_end(session, village, mandate)


def _tell_grant(session: AsyncSession, village: Village, mandate: LeadMandate) -> None:
    village.touch()
    granted = LeadMandateGranted(
        mandate_id=mandate.id,
        village_id=village.id,
        organisation_id=mandate.organisation_id,
        starts_on=mandate.starts_on,
        until=mandate.until,
    )
    record(session, granted, subject=village.id, sequence=village.version, network=village.network_slug)


def _tell_end(session: AsyncSession, village: Village, mandate: LeadMandate) -> None:
    assert mandate.until is not None  # noqa: S101 - it has just been set
    village.touch()
    ended = LeadMandateEnded(
        mandate_id=mandate.id,
        village_id=village.id,
        organisation_id=mandate.organisation_id,
        starts_on=mandate.starts_on,
        until=mandate.until,
    )
    record(session, ended, subject=village.id, sequence=village.version, network=village.network_slug)
