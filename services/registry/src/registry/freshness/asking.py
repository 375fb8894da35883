"""The timer that asks, reminds and notes who stays silent.

Each organisation is one transaction, in which its row is locked; what was done stands in the row. So a run that is
repeated, or that happens in two replicas at once, asks nobody twice.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from shared.contracts.registry import ConfirmationRequested, OrganisationWentStale
from shared.database import transaction
from shared.messaging.outbox import record
from shared.messaging.transport import Sessions
from shared.messaging.worker import Timer
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.freshness import conditions
from registry.freshness.model import LINK_LIFETIME, ConfirmationLink
from registry.organisations.model import Organisation
from registry.organisations.telling import tell_state
from registry.people.queries import people_with_mail
from registry.secrets import hash_of, new_secret

EVERY = 300.0  # seconds
MOST_AT_ONCE = 200  # organisations a run: on the day after a great import the mails go out over some hours

Step = Callable[[AsyncSession, Organisation], Awaitable[None]]


async def ask(session: AsyncSession, organisation: Organisation) -> None:
    """Mail everybody who speaks for the organisation the link for this year. Links from before still work."""
    await _send_links(session, organisation, reminder=False)
    organisation.asked_on, organisation.reminded_on = today(), None


async def remind(session: AsyncSession, organisation: Organisation) -> None:
    """Mail them once more. It takes new links: of the first ones only hashes are known."""
    await _send_links(session, organisation, reminder=True)
    organisation.reminded_on = today()


async def note_silence(session: AsyncSession, organisation: Organisation) -> None:
    """Nobody has confirmed the entry for a year."""
    organisation.stale_since = today()
    organisation.touch()
    await session.flush()
    tell_state(session, organisation, OrganisationWentStale)


async def look(sessions: Sessions) -> None:
    """One run of the timer."""
    await _each(sessions, conditions.is_to_be_asked(), ask)
    await _each(sessions, conditions.is_to_be_reminded(), remind)
    await _each(sessions, conditions.has_gone_stale(), note_silence)


def timer() -> Timer:
    """For the worker."""
    return Timer("freshness", EVERY, look)


async def _each(sessions: Sessions, due: ColumnElement[bool], step: Step) -> None:
    wanted = sa.select(Organisation).where(due).limit(1).with_for_update(of=Organisation, skip_locked=True)
    for _ in range(MOST_AT_ONCE):
        async with transaction(sessions) as session:
            organisation = await session.scalar(wanted)
            if organisation is None:
                return
            await step(session, organisation)


async def _send_links(session: AsyncSession, organisation: Organisation, *, reminder: bool) -> None:
    expires_at = datetime.now(UTC) + LINK_LIFETIME
    for person in await people_with_mail(session, organisation.id):
        token = new_secret()
        session.add(
            ConfirmationLink(
                token_hash=hash_of(token),
                organisation_id=organisation.id,
                person_id=person.id,
                expires_at=expires_at,
            )
        )
        requested = ConfirmationRequested(
            organisation_id=organisation.id,
            person_id=person.id,
            organisation=organisation.name,
            village=organisation.village.name,
            confirmed_on=organisation.confirmed_on,
            reminder=reminder,
            token=token,
            expires_at=expires_at,
        )
        record(session, requested, subject=uuid4(), sequence=1, network=organisation.village.network_slug)
