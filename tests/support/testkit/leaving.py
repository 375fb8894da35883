"""`python -m testkit.leaving DATABASE REGISTRATION before|after`: withdraw, and die before or after the commit."""

import asyncio
import os
import signal
import sys
from uuid import UUID

import events.tables  # noqa: F401 - rows point at each other, so all tables have to be known
from events.registrations import queries
from events.registrations.handlers import withdraw
from events.settings import EventsSettings
from shared.access.tenancy import EVERYTHING
from shared.database import create_engine, create_sessions, transaction


async def main(url: str, registration_id: UUID, when: str) -> None:
    engine = create_engine(EventsSettings(database_url=url), scopes=EVERYTHING)
    async with transaction(create_sessions(engine)) as session:
        registration, meeting = await queries.one(session, registration_id, lock=True)
        await withdraw(session, registration, meeting)
        await session.flush()
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], UUID(sys.argv[2]), sys.argv[3]))
