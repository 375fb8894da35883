"""Telling the head of the audit log, so that somebody outside of the database knows it."""

import structlog

from shared.audit.queries import read_head
from shared.database import transaction
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer

TOLD_EVERY = 24 * 3600.0  # seconds

log = structlog.get_logger(__name__)


def timer() -> Timer:
    """For the worker of a service with an audit log: whoever cuts off its end would have to change old logs as well."""
    return Timer("audit head", TOLD_EVERY, tell_head)


async def tell_head(sessions: Sessions) -> None:
    """One line in the process's log; `verify-audit --expect-head` takes its hash."""
    async with transaction(sessions) as session:
        head = await read_head(session)
    if head is not None:
        log.info("audit.head", position=head.position, hash=head.hash)
