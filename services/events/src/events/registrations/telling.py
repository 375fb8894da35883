"""Who hears of what becomes of a registration: whoever registered, and who planned the meeting."""

import secrets

from shared.contracts.events import CourseDate, RegistrationState, RegistrationTold, RegistrationWithdrawn
from shared.messaging import outbox
from sqlalchemy.ext.asyncio import AsyncSession

from events.invitations.model import hash_token
from events.meetings.model import Meeting, MeetingStatus
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
        course=course_of(meeting, may_join=coming),
    )
    outbox.record(session, data, subject=registration.id, sequence=registration.version, network=meeting.network)


def course_of(meeting: Meeting, *, may_join: bool) -> list[CourseDate]:
    """The dates of its course that take place, with their addresses if somebody comes; none of a meeting alone."""
    dates = meeting.course if meeting.course_id else ()
    return [
        CourseDate(meeting=one.facts(), online_link=one.online_link if may_join else None)
        for one in dates
        if one.status is not MeetingStatus.CANCELLED
    ]


def tell_planner(
    session: AsyncSession, meeting: Meeting, registration: Registration, counts: Counts, *, waited: bool
) -> None:
    """A withdrawal reaches whoever planned the meeting, without a name: who it is stands in the list."""
    data = RegistrationWithdrawn(
        registration_id=registration.id,
        person_id=meeting.planned_by,
        people=registration.people,
        coming=counts.registered,
        waited=waited,
        meeting=meeting.facts(),
        course=course_of(meeting, may_join=False),
    )
    outbox.record(session, data, subject=registration.id, sequence=registration.version, network=meeting.network)
