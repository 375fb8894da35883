"""What is recorded in a transaction becomes an entry if and only if that commits."""

from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared import audit
from shared.access.grants import Principal
from shared.audit.chain import hash_of, verify
from shared.audit.tables import audit_entry
from shared.audit.triggers import GENESIS
from shared.database import transaction
from shared.messaging.transport import Sessions
from sqlalchemy.ext.asyncio import AsyncSession

ANYBODY, SUBJECT = uuid4(), uuid4()


def _see(session: AsyncSession, subject: UUID = SUBJECT, **more: Any) -> None:
    audit.record(session, "person.seen", kind="person", subject=subject, **more)


_IN_ORDER = sa.select(audit_entry).order_by(audit_entry.c.position)


async def _entries(sessions: Sessions) -> list[sa.Row[Any]]:
    async with sessions() as session:
        return list((await session.execute(_IN_ORDER)).all())


async def test_an_entry_names_who_did_what_to_whose_data(sessions: Sessions) -> None:
    actor, person, scope = uuid4(), uuid4(), uuid4()
    async with transaction(sessions) as session:
        session.info["principal"] = Principal(actor)
        _see(session, persons=[person, person], scopes=[scope, "heidedoerfer"], details={"fields": "email"})
    [entry] = await _entries(sessions)
    assert (entry.actor, entry.action, entry.kind, entry.subject) == (actor, "person.seen", "person", SUBJECT)
    assert (entry.persons, entry.details) == ([person], {"fields": "email"})
    assert set(entry.scopes) == {str(scope), "heidedoerfer"}
    assert (entry.position, entry.previous) == (1, GENESIS)


async def test_without_a_caller_the_system_did_it(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        _see(session)
    assert [entry.actor for entry in await _entries(sessions)] == [None]


async def test_who_has_not_logged_in_leaves_entries_and_reads_none(sessions: Sessions, scopeless: Sessions) -> None:
    async with transaction(scopeless) as session:
        _see(session, scopes=["heidedoerfer"])
    assert await _entries(scopeless) == []
    assert len(await _entries(sessions)) == 1


async def test_a_list_is_one_entry_and_an_empty_one_none(sessions: Sessions) -> None:
    actor, persons = uuid4(), [uuid4(), uuid4()]
    async with transaction(sessions) as session:
        session.info["principal"] = Principal(actor)
        audit.record_list(session, "persons.seen", persons)
        audit.record_list(session, "volunteers.seen", [])
    [entry] = await _entries(sessions)
    assert (entry.action, entry.subject, set(entry.persons)) == ("persons.seen", actor, set(persons))


async def test_what_is_rolled_back_was_not_seen(sessions: Sessions) -> None:
    async with sessions() as session:
        await session.begin()
        _see(session)
        await session.rollback()
        await session.commit()
    assert await _entries(sessions) == []


async def test_a_savepoint_takes_back_its_own_entries_alone(sessions: Sessions) -> None:
    kept, taken_back = uuid4(), uuid4()
    async with transaction(sessions) as session:
        _see(session, kept)
        savepoint = await session.begin_nested()
        _see(session, taken_back)
        await savepoint.rollback()
    assert [entry.subject for entry in await _entries(sessions)] == [kept]


async def test_each_entry_is_chained_to_the_one_before(sessions: Sessions) -> None:
    for _ in range(2):
        async with transaction(sessions) as session:
            _see(session)
            _see(session)
    entries = await _entries(sessions)
    assert [entry.position for entry in entries] == [1, 2, 3, 4]
    assert [entry.previous for entry in entries] == [GENESIS, *(entry.hash for entry in entries[:-1])]


_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=_TEXT, scopes=st.lists(_TEXT, max_size=3), details=st.dictionaries(_TEXT, _TEXT, max_size=4))
async def test_python_finds_the_hash_that_the_database_wrote(
    sessions: Sessions, kind: str, scopes: list[str], details: dict[str, str]
) -> None:
    async with transaction(sessions) as session:
        audit.record(session, "person.seen", kind=kind, subject=uuid4(), scopes=scopes, details=details)
    async with sessions() as session:
        entry = (await session.execute(_IN_ORDER)).mappings().all()[-1]
    assert hash_of(entry) == entry["hash"]


async def test_an_unharmed_chain_holds(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        for _ in range(3):
            _see(session)
    last = (await _entries(sessions))[-1]
    async with sessions() as session:
        verdict = await verify(session)
    assert (verdict.holds, verdict.count, verdict.head) == (True, 3, last.hash)
