"""Who hears of what becomes of a registration: whoever registered, and who planned the meeting."""

import secrets

from shared.contracts.events import RegistrationState, RegistrationTold, RegistrationWithdrawn
from shared.messaging import outbox
from sqlalchemy.ext.asyncio import AsyncSession

from events.invitations.model import hash_token
from events.meetings.model import Meeting
from events.registrations.counts import Counts
from events.registrations.model import UNCONFIRMED_KEPT, Registration, RegistrationLink


def tell(session: AsyncSession, meeting: Meeting, registration: Registration) -> None:
    """A mail with a link of its own to whoever registered. Who gave no address is called: the planners see it."""
    if registration.person_id is None and registration.email is None:
        return
    token = secrets.token_urlsafe(32)
    link = RegistrationLink(token_hash=hash_token(token), registration=registration, network=registration.network)
    session.add(link)
    coming = registration.state is RegistrationState.COMING
    until = registration.offered_until
    if registration.state is RegistrationState.UNCONFIRMED:
        until = registration.registered_at + UNCONFIRMED_KEPT
    data = RegistrationTold(
        registration_id=registration.id,
        person_id=registration.person_id,
        name=None if registration.person_id else registration.name,
        email=None if registration.person_id else registration.email,
        state=registration.state,
        people=registration.people,
        token=token,
        until=until,
        meeting=meeting.facts(),
        online_link=meeting.online_link if coming else None,
    )
    outbox.record(session, data, subject=registration.id, sequence=registration.version, network=meeting.network)


def tell_planner(session: AsyncSession, meeting: Meeting, registration: Registration, counts: Counts) -> None:
    """A withdrawal reaches whoever planned the meeting, without a name: who it is stands in the list."""
    data = RegistrationWithdrawn(
        registration_id=registration.id,
        person_id=meeting.planned_by,
        people=registration.people,
        coming=counts.registered,
        meeting=meeting.facts(),
    )
    outbox.record(session, data, subject=registration.id, sequence=registration.version, network=meeting.network)
