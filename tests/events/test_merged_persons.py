"""Somebody was entered twice: one entry is registered and invited once, and nothing brings the other one back."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx2
import sqlalchemy as sa
from events.audience.model import ContactPerson
from events.calendars.model import PersonalCalendar
from events.invitations.model import Invitation
from events.meetings.model import Meeting
from events.meetings.queries import locked
from events.merged_persons import WITH_PERSON
from events.registrations.model import Registration
from events.tables import metadata
from fastapi import FastAPI
from shared.contracts.events import RegistrationsCounted
from shared.contracts.registry import ContactIdentified, MergedContact, PersonMerged
from shared.database import transaction
from sqlalchemy.ext.asyncio import AsyncSession
from testkit.clients import Clients
from testkit.tokens import volunteer


async def _merge(registry: Any, former: UUID, into: UUID, *contacts: tuple[UUID, UUID]) -> None:
    pairs = [MergedContact(contact_id=one, into_contact_id=other) for one, other in contacts]
    await registry.tell(PersonMerged(person_id=former, into_person_id=into, contacts=pairs), subject=former)


async def _identify(registry: Any, contact: UUID, person: UUID, sequence: int = 1) -> None:
    told = ContactIdentified(contact_id=contact, person_id=person, organisation_id=uuid4())
    await registry.tell(told, subject=contact, sequence=sequence)


def test_every_table_that_names_a_person_follows() -> None:
    naming = {table.name for table in metadata.sorted_tables if "person_id" in table.c}
    assert naming - {"merged_person", "erasure_task"} == {table.__tablename__ for table in WITH_PERSON}


async def test_nobody_is_registered_twice(
    registry: Any, published: Any, outbox: Any, client_for: Clients, app: FastAPI, token_for: Callable[..., str]
) -> None:
    former, into = uuid4(), uuid4()
    meetings = [await published(), await published()]
    for person, where in ((former, meetings), (into, meetings[:1])):
        guest = await client_for(app, token_for(volunteer(), person=person))
        for meeting in where:
            (await guest.post(f"/meetings/{meeting['id']}/registrations")).raise_for_status()
    for _ in range(2):
        await _merge(registry, former, into)
    async with registry.sessions() as session:
        rows = (await session.execute(sa.select(Registration.meeting_id, Registration.person_id))).all()
    assert {(str(meeting), person) for meeting, person in rows} == {(each["id"], into) for each in meetings}
    assert len(rows) == 2
    last = {str(event.data.meeting_id): event.data.registered for event in await outbox.of(RegistrationsCounted)}
    assert [last[each["id"]] for each in meetings] == [1, 1]


async def _waits(session: AsyncSession, task: asyncio.Task[None]) -> None:
    """Until another transaction waits for this one. What the task raises is raised here."""
    waiting = sa.text(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    )
    async with asyncio.timeout(30):
        while not await session.scalar(waiting):
            if task.done():
                task.result()
                raise AssertionError("it did not wait")
            await asyncio.sleep(0.02)


async def _rows(registry: Any, meeting_id: UUID) -> list[UUID | None]:
    async with registry.sessions() as session:
        query = sa.select(Registration.person_id).where(Registration.meeting_id == meeting_id)
        return list(await session.scalars(query))


def _registers(session: AsyncSession, meeting_id: UUID, person: UUID) -> None:
    told: dict[str, Any] = {"people": 1, "answers": {}, "needs": "", "name": None, "email": None, "phone": None}
    registration = Registration.begin(meeting_id, "heidedoerfer", person_id=person, entered_by=None, **told)
    registration.enter(1, waits=False)
    session.add(registration)


async def test_who_registers_while_being_merged_neither_blocks_nor_gets_lost(registry: Any, published: Any) -> None:
    """Registering has the row of the meeting first: the merge waits for it with nothing in its hands."""
    (contact,) = await registry.lead(registry.gossa)
    former, into = uuid4(), uuid4()
    await _identify(registry, contact, former)
    meeting_id = UUID((await published())["id"])
    async with transaction(registry.sessions) as session:
        await session.scalar(locked(sa.select(Meeting).where(Meeting.id == meeting_id)))
        merging = asyncio.create_task(_merge(registry, former, into))
        await _waits(session, merging)
        _registers(session, meeting_id, former)
        await session.flush()
    await merging
    assert await _rows(registry, meeting_id) == [into]


async def test_who_has_just_registered_where_the_merge_did_not_look_follows(registry: Any, published: Any) -> None:
    former, into = uuid4(), uuid4()
    meeting_id = UUID((await published())["id"])
    async with transaction(registry.sessions) as session:
        _registers(session, meeting_id, former)
        await session.flush()
        merging = asyncio.create_task(_merge(registry, former, into))
        await _waits(session, merging)
    await merging
    assert await _rows(registry, meeting_id) == [into]


async def test_both_entries_register_while_they_are_merged(
    registry: Any, published: Any, client_for: Clients, app: FastAPI, token_for: Callable[..., str]
) -> None:
    """Whoever comes first: in the end there is one registration, of the entry that stays."""
    meeting = await published()
    for _ in range(8):
        former, into = uuid4(), uuid4()
        clients = [await client_for(app, token_for(volunteer(), person=one)) for one in (former, into)]
        path = f"/meetings/{meeting['id']}/registrations"
        answers = await asyncio.gather(*(one.post(path) for one in clients), _merge(registry, former, into))
        assert {answer.status_code for answer in answers if answer is not None} <= {201, 401, 409}
        async with registry.sessions() as session:
            query = sa.select(Registration.person_id).where(Registration.person_id.in_((former, into)))
            assert (await session.scalars(query)).all() == [into]


async def test_the_second_place_of_one_person_goes_to_who_waits(
    registry: Any, published: Any, client_for: Clients, app: FastAPI, token_for: Callable[..., str]
) -> None:
    into, former, waits = uuid4(), uuid4(), uuid4()
    meeting = await published(capacity=2)
    path = f"/meetings/{meeting['id']}/registrations"
    clients = {one: await client_for(app, token_for(volunteer(), person=one)) for one in (into, former, waits)}
    for client in clients.values():
        (await client.post(path)).raise_for_status()
    await _merge(registry, former, into)
    states = [(await clients[one].get(f"{path}/mine")).json()["state"] for one in (into, waits)]
    assert states == ["coming", "offered"]


async def test_a_token_of_the_former_entry_writes_nothing(
    registry: Any, published: Any, client_for: Clients, app: FastAPI, token_for: Callable[..., str]
) -> None:
    """Neither twice for the same meeting, which the database refuses, nor for another one."""
    former, into = uuid4(), uuid4()
    there, elsewhere = await published(), await published()
    guest = await client_for(app, token_for(volunteer(), person=into))
    (await guest.post(f"/meetings/{there['id']}/registrations")).raise_for_status()
    await _merge(registry, former, into)
    late = await client_for(app, token_for(volunteer(), person=former))
    for meeting in (there, elsewhere):
        refused = await late.post(f"/meetings/{meeting['id']}/registrations")
        assert (refused.status_code, refused.json()["code"]) == (401, "not_logged_in")
    async with registry.sessions() as session:
        rows = (await session.execute(sa.select(Registration.meeting_id, Registration.person_id))).all()
    assert [(str(meeting), person) for meeting, person in rows] == [(there["id"], into)]


async def test_an_answer_to_one_of_two_invitations_is_kept(
    registry: Any, published: Any, outbox: Any, anybody: httpx2.AsyncClient
) -> None:
    twice, once = await registry.lead(registry.gossa, contacts=2)
    former, into = uuid4(), uuid4()
    await _identify(registry, twice, former)
    await _identify(registry, once, into)
    await published()
    tokens = await outbox.reply_tokens()
    answer = await anybody.post("/invitations/answer", json={"reply_token": tokens[twice], "answer": "accepted"})
    assert answer.status_code == 200
    await _merge(registry, former, into, (twice, once))
    async with registry.sessions() as session:
        (left,) = (await session.execute(sa.select(Invitation.contact_id, Invitation.answer))).all()
    assert tuple(left) == (once, "accepted")
    counts = (await outbox.of(RegistrationsCounted))[-1].data
    assert (counts.invited, counts.accepted) == (1, 1)


async def test_a_late_event_does_not_bring_the_former_entry_back(registry: Any) -> None:
    (contact,) = await registry.lead(registry.gossa)
    former, into = uuid4(), uuid4()
    await _merge(registry, former, into)
    await _identify(registry, contact, former, 9)
    async with registry.sessions() as session:
        assert (await session.scalars(sa.select(ContactPerson.person_id))).all() == [into]


async def test_what_somebody_plans_and_one_of_two_calendars_are_left(
    registry: Any, published: Any, client_for: Clients, app: FastAPI, token_for: Callable[..., str]
) -> None:
    meeting, into = await published(), uuid4()
    async with registry.sessions() as session:
        former = await session.scalar(sa.select(Meeting.planned_by).where(Meeting.id == UUID(meeting["id"])))
    for person in (former, into):
        owner = await client_for(app, token_for(volunteer(), person=person))
        (await owner.post("/me/calendar/address")).raise_for_status()
    await _merge(registry, former, into)
    async with registry.sessions() as session:
        assert (await session.scalars(sa.select(Meeting.planned_by))).all() == [into]
        assert (await session.scalars(sa.select(PersonalCalendar.person_id))).all() == [into]
