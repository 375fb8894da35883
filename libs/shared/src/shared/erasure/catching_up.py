"""A service whose backup was restored learns from the registry's event log whom it has to forget again."""

import asyncio

import httpx2
import sqlalchemy as sa
import structlog
from pydantic import ValidationError

from shared.contracts.envelope import Event
from shared.contracts.registry import ErasureRequested
from shared.database import transaction
from shared.erasure.forgetting import Forgetting, note
from shared.erasure.tables import erasure_task
from shared.messaging.event_log import CURSOR
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer
from shared.tls import trusted

LOOKS_EVERY = 15.0  # seconds, until the log was read once
READS_AGAIN_AFTER = 3600.0
PAGE = 500

log = structlog.get_logger(__name__)


class CatchUp:
    """Reads all erasures at the start of the worker, then once an hour those that came since."""

    def __init__(self, forgetting: Forgetting, registry_url: str) -> None:
        self._forgetting = forgetting
        self._url = registry_url
        self._cursor = 0
        self._next = 0.0

    def timer(self) -> Timer:
        """For the service's worker."""
        return Timer("erasures.catch-up", LOOKS_EVERY, self.run)

    async def run(self, sessions: Sessions) -> None:
        """Note every erasure that this database does not know. The registry may be away: the next look comes soon."""
        now = asyncio.get_running_loop().time()
        if now < self._next:
            return
        try:
            async with httpx2.AsyncClient(base_url=self._url, timeout=10, verify=trusted()) as client:
                while await self._read_page(client, sessions):
                    pass
        except (httpx2.HTTPError, ValidationError, ValueError) as error:
            log.warning("erasures.registry_away", error=type(error).__name__)
            return
        self._next = now + READS_AGAIN_AFTER

    async def _read_page(self, client: httpx2.AsyncClient, sessions: Sessions) -> bool:
        wanted: dict[str, str | int] = {"type": ErasureRequested.type, "after": self._cursor, "limit": PAGE}
        answer = (await client.get("/events", params=wanted)).raise_for_status()
        events = [Event[ErasureRequested].model_validate(each) for each in answer.json()]
        for event in events:
            await self._note_unknown(sessions, event.data)
        self._cursor = int(answer.headers[CURSOR])
        return len(events) == PAGE

    async def _note_unknown(self, sessions: Sessions, told: ErasureRequested) -> None:
        async with transaction(sessions) as session:
            known = sa.select(erasure_task.c.erasure_id).where(erasure_task.c.erasure_id == told.erasure_id)
            if await session.scalar(known) is None:
                # Its event passed the queues before the backup was restored, and does not come again.
                await note(session, told, self._forgetting.queues)
                log.warning("erasures.repeated", erasure_id=str(told.erasure_id))
