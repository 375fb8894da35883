"""Villages that lost their lead, and mandates that end soon: told once for each, by the calendar.

A mandate ends by itself on its last day; nobody is there to tell of it.
"""

from datetime import UTC, datetime
from uuid import UUID

from shared.contracts.registry import LeadMandateEndAnnounced, VillageLeadLost
from shared.database import transaction
from shared.messaging.outbox import record
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.lead_mandates import queries
from registry.lead_mandates.model import LeadMandate, ending_soon, lost_lead
from registry.territory import queries as territory

EVERY = 60.0  # seconds


def timer() -> Timer:
    """For the worker."""
    return Timer("lead mandates", EVERY, watch)


async def watch(sessions: Sessions) -> None:
    """Tell what the calendar has brought about. Of two processes the second waits, and finds it told."""
    async with sessions() as session:
        villages = await queries.villages_to_tell(session, today())
    for village_id in villages:
        async with transaction(sessions) as session:
            await _tell(session, village_id)


async def _tell(session: AsyncSession, village_id: UUID) -> None:
    """Look again under the lock that grants and ends of mandates take, too."""
    village = await territory.village(session, village_id, lock=True)
    mandates = await queries.mandates_of_village(session, village_id)
    lost, ending, now = lost_lead(mandates, today()), ending_soon(mandates, today()), datetime.now(UTC)
    if lost is not None and lost.loss_told_at is None:
        lost.loss_told_at = now
        told = VillageLeadLost.model_validate(_state(lost))
        record(session, told, subject=lost.id, sequence=2, network=village.network_slug)
    if ending is not None and ending.end_told_at is None:
        ending.end_told_at = now
        announced = LeadMandateEndAnnounced.model_validate(_state(ending))
        record(session, announced, subject=ending.id, sequence=1, network=village.network_slug)


def _state(mandate: LeadMandate) -> dict[str, object]:
    return {
        "mandate_id": mandate.id,
        "village_id": mandate.village_id,
        "organisation_id": mandate.organisation_id,
        "until": mandate.until,
    }
