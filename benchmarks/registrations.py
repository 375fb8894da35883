"""Row: 200 registrations at the same time for the last 20 places, against the bare statement with the same guard.

The guard is the lock of the meeting's row. The bare statements take turns, too, which is their fastest way: else they
would wait for connections. Exactly 20 come and the others wait in order of arrival, which is checked in every run.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from events.meetings.model import Meeting, MeetingStatus
from events.meetings.plan import Plan
from events.registrations.model import Registration
from events.registrations.rush import Desk
from events.registrations.schemas import Coming
from events.settings import EventsSettings
from shared.access.grants import Access, Grant, Principal, Role, ScopeKind
from shared.access.tenancy import EVERYTHING
from shared.contracts.events import MeetingKind, RegistrationState, Visibility
from shared.database import create_engine, create_sessions, transaction
from shared.messaging.transport import Sessions
from shared.web.idempotency import Command
from shared.web.turns import Turns
from sqlalchemy import select, text

from benchmarks.servers import Place

REQUESTS, PLACES = 200, 20
_BARE = text("""
    INSERT INTO registration (id, version, meeting_id, network, person_id, people, answers, needs, state, arrival,
                              registered_at, changed_at, check_in_code)
    SELECT gen_random_uuid(), 1, :meeting, 'heidedoerfer', :person, 1, '{}', '',
           CASE WHEN count(*) < :places THEN 'coming' ELSE 'waiting' END, coalesce(max(arrival), 0) + 1, now(), now(),
           gen_random_uuid()::text
    FROM registration WHERE meeting_id = :meeting
""")
_LOCK = text("SELECT 1 FROM meeting WHERE id = :meeting FOR UPDATE")

_url: str | None = None

One = Callable[[UUID, UUID], Awaitable[None]]
VOLUNTEER = Grant(role=Role.VOLUNTEER, scope=ScopeKind.ONESELF)


async def measure_registrations(place: Place) -> float:
    """Registrations a second, with mail, counts, audit and the kept answer."""

    def at_desk(sessions: Sessions) -> One:
        desk = Desk(sessions, Turns())

        async def one(meeting: UUID, person: UUID) -> None:
            caller = Access(Principal(id=person, grants=(VOLUNTEER,)), frozenset({Role.VOLUNTEER}))
            command = Command(str(person), str(person), "the same")
            await desk.register(meeting, caller, Coming(), command)

        return one

    return await _measure(place, at_desk)


async def measure_bare(place: Place) -> float:
    """The lock and one INSERT ... SELECT for each."""

    def alone(sessions: Sessions) -> One:
        turns = Turns()

        async def one(meeting: UUID, person: UUID) -> None:
            async with turns.of(str(meeting)), transaction(sessions) as session:
                await session.execute(_LOCK, {"meeting": meeting})
                await session.execute(_BARE, {"meeting": meeting, "person": person, "places": PLACES})

        return one

    return await _measure(place, alone)


async def _measure(place: Place, way: Callable[[Sessions], One]) -> float:
    global _url
    _url = _url or place.databases.new_service("events")
    engine = create_engine(EventsSettings(database_url=_url), scopes=EVERYTHING)
    sessions = create_sessions(engine)
    try:
        meeting = await _publish(sessions)
        one = way(sessions)
        people = [uuid4() for _ in range(REQUESTS)]

        began = time.perf_counter()
        await asyncio.gather(*(one(meeting, person) for person in people))
        seconds = time.perf_counter() - began
        await _check(sessions, meeting, people)
    finally:
        await engine.dispose()
    return REQUESTS / seconds


async def _publish(sessions: Sessions) -> UUID:
    starts_at = datetime.now(UTC) + timedelta(days=30)
    plan = Plan(
        kind=MeetingKind.WORKSHOP,
        title="Werkstatt",
        description="",
        village_id=None,
        place="Dorfgemeinschaftshaus",
        online_link=None,
        organisation_ids=(),
        capacity=PLACES,
        registration_from=None,
        registration_until=None,
        visibility=Visibility.PUBLIC,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        agenda=(),
    )
    async with transaction(sessions) as session:
        meeting = Meeting.draft("heidedoerfer", plan, uuid4())
        meeting.status = MeetingStatus.PUBLISHED
        session.add(meeting)
        return meeting.id


async def _check(sessions: Sessions, meeting: UUID, people: list[UUID]) -> None:
    found = select(Registration.person_id, Registration.state).where(Registration.meeting_id == meeting)
    async with sessions() as session:
        rows = (await session.execute(found.order_by(Registration.arrival))).all()
    states = [state for _, state in rows]
    waiting = REQUESTS - PLACES
    if states != [RegistrationState.COMING] * PLACES + [RegistrationState.WAITING] * waiting:
        raise AssertionError(f"{states.count(RegistrationState.COMING)} of {len(states)} come")
    if [person for person, _ in rows] != people:
        raise AssertionError("somebody was overtaken")
