"""What holds today becomes what everybody sees: by the one who changes it, and each minute for what was planned.

The rows of `coverage` and the calendar say which network a village belongs to. Making the village say the same can be
repeated: whoever comes second finds nothing to do.
"""

from collections.abc import Collection
from uuid import UUID

from shared.contracts.registry import NetworkChanged, VillageChanged
from shared.database import transaction
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.consents import handlers as consents
from registry.coverage import queries
from registry.database import lock
from registry.territory import queries as territory
from registry.territory.model import Network
from registry.territory.telling import tell_network, tell_village

EVERY = 60.0  # seconds
TERRITORY = "territory"
"""The purpose of the lock by which changes of who belongs where wait for each other. They are rare."""


def timer() -> Timer:
    """For the worker: villages join and leave on the day that was planned."""
    return Timer("coverage", EVERY, settle_all)


async def settle_all(sessions: Sessions) -> None:
    """Bring every village into the network that covers it today. A second process waits, and finds it done."""
    async with transaction(sessions) as session:
        if await queries.unsettled(session, today()):
            await lock(session, TERRITORY, "")
            await settle(session)


async def settle(
    session: AsyncSession, village_ids: Collection[UUID] | None = None, *, told: Network | None = None
) -> bool:
    """Bring these villages (None: all) into the networks that cover them today, and tell; returns whether one moved.

    The caller holds the lock of the territory. `told` is a network of whose change the caller tells itself.
    """
    due = await queries.unsettled(session, today(), village_ids)
    if not due:
        return False
    covering = await queries.networks_on(session, due, today())
    villages = await territory.villages_by_id(session, due, lock=True)
    concerned = {village.network_id for village in villages}
    for village in villages:
        village.be_covered_by(covering.get(village.id))
    concerned |= {village.network_id for village in villages}
    await session.flush()
    for village in villages:
        tell_village(session, village, VillageChanged)
    await consents.tell_moved_villages(session, [village.id for village in villages])
    for network_id in sorted(one for one in concerned if one is not None and (told is None or one != told.id)):
        network = await territory.network(session, network_id, lock=True)
        network.touch()
        await session.flush()
        await tell_network(session, network, NetworkChanged)
    return True
