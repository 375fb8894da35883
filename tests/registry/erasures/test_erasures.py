"""Asking for an erasure: who may, what stands in the way, what is left, and whose receipts count."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from registry.database import Base
from registry.erasures.consumers import create_consumer
from registry.erasures.forgetting import _is_of_a_person, forgetting
from registry.erasures.journal import Journal, Repeating
from registry.people.model import Person
from registry.settings import RegistrySettings
from registry.tables import metadata
from shared.contracts import events, notifications, portal, registry
from shared.contracts.envelope import create_event
from shared.contracts.registry import ContactDismissed, ErasureCompleted, ErasureConfirmed, ErasureRequested
from shared.database import transaction
from shared.erasure import SERVICES
from shared.erasure.forgetting import Subject
from shared.erasure.receipts import sign_receipt
from shared.messaging.inbox import HANDLER_FAILED, Inbox
from shared.messaging.tables import idempotency_key
from shared.messaging.tables import outbox as outbox_table
from shared.messaging.transport import Delivery
from testkit.receipts import KEYS, PUBLIC, private_key
from testkit.tokens import association_contact, district_officer
from testkit.tokens import volunteer as volunteer_grant

MODULES: dict[str, Any] = {
    "registry": registry, "events": events, "notifications": notifications, "portal": portal,
}  # fmt: skip


@pytest.fixture
def work(settings: RegistrySettings) -> RegistrySettings:
    """The settings of the worker."""
    return settings.model_copy(update={"receipt_key": SecretStr(private_key("registry")), "receipt_keys": PUBLIC})


async def confirm(sessions: Any, service: str, erasure_id: str, receipt: str | None = None) -> str | None:
    """A service's confirmation reaches the registry; returns why it was refused, if it was."""
    text = receipt or sign_receipt(KEYS[service], service, UUID(erasure_id), uuid4(), {})
    data = MODULES[service].ErasureConfirmed(erasure_id=UUID(erasure_id), receipt=text)
    event = create_event(data, subject=UUID(erasure_id), sequence=1)
    delivery = Delivery(type(data).exchange, event.routing_key, event.to_bytes())
    (result,) = await Inbox(create_consumer(PUBLIC), sessions).process([delivery])
    return result.error


async def rows_of(sessions: Any, person_id: str) -> set[str]:
    """The tables that still have something of the person."""
    async with sessions() as session:
        found = set()
        for table in metadata.sorted_tables:
            if _is_of_a_person(table):
                query = sa.select(sa.func.count()).select_from(table).where(table.c.person_id == UUID(person_id))
                if await session.scalar(query):
                    found.add(table.name)
        return found


async def test_staff_erase_a_contact_and_the_organisation_keeps_its_entry(
    world: Any, sessions: Any, outbox: Any, volunteer: Any
) -> None:
    organisation = await world.enter("Heimatverein")
    contact = await world.appoint(organisation)
    person = contact["person"]["id"]
    coordinator = await world.coordinator()
    outlook = (await coordinator.get(f"/persons/{person}/erasure")).json()
    assert [each["organisation"] for each in outlook["appointments"]] == ["Heimatverein"]
    assert outlook["obstacles"] == []
    answer = await coordinator.post(f"/persons/{person}/erasure", headers={"idempotency-key": "once"})
    assert answer.status_code == 202, answer.text
    assert (answer.json()["missing"], answer.json()["origin"]) == (list(SERVICES), "office")
    assert (await world.officer.get(f"/persons/{person}")).status_code == 404
    assert (await world.officer.get(f"/organisations/{organisation['id']}")).status_code == 200
    assert await rows_of(sessions, person) == set()
    (asked,) = await outbox.of(ErasureRequested)
    assert (str(asked.data.person_id), [str(each) for each in asked.data.contact_ids]) == (person, [contact["id"]])
    assert [str(each.data.contact_id) for each in await outbox.of(ContactDismissed)] == [contact["id"]]
    async with sessions() as session:  # neither an event that waited nor a kept answer names the person
        private = await session.scalar(
            sa.select(sa.func.count()).select_from(outbox_table).where(outbox_table.c.exchange == "private")
        )
        kept = await session.scalars(sa.select(idempotency_key.c.body))
        assert private == 0
        assert not any(b"Erna" in body for body in kept if body)


async def test_everybody_may_erase_themselves_and_look_at_the_state_without_login(
    world: Any, volunteer: Any, sessions: Any, anybody: httpx2.AsyncClient
) -> None:
    person = (await volunteer())["person"]["id"]
    own = await world.log_in(volunteer_grant(), person=UUID(person))
    assert (await own.get("/me/erasure")).json()["volunteers"] is True
    erasure = (await own.post("/me/erasure")).raise_for_status().json()
    assert erasure["origin"] == "person"
    assert await rows_of(sessions, person) == set()
    assert (await own.get("/me")).status_code == 404
    assert (await own.post("/me/erasure")).status_code == 404, "the token still holds, its person is gone"
    typed = f" {erasure['number'][:5].lower()}-{erasure['number'][5:]}"
    state = (await anybody.get("/erasures/by-number", params={"number": typed})).raise_for_status().json()
    assert (state["id"], state["missing"]) == (erasure["id"], list(SERVICES))
    assert (await anybody.get("/erasures/by-number", params={"number": "0000000000"})).status_code == 404


async def test_the_last_district_officer_stays(world: Any) -> None:
    person = await post(world.officer, "/persons", name="Petra Amtmann", email="petra@landkreis.example")
    await post(world.officer, "/grants", person_id=person["id"], role="district_officer")
    petra = await world.log_in(district_officer(), person=UUID(person["id"]))
    assert [each["code"] for each in (await petra.get("/me/erasure")).json()["obstacles"]] == ["last_district_officer"]
    refusal = await petra.post("/me/erasure")
    assert (refusal.status_code, refusal.json()["code"]) == (409, "last_district_officer")
    assert "anderen" in refusal.json()["detail"] or "jemand" in refusal.json()["detail"]
    other = await post(world.officer, "/persons", name="Olaf Amtmann", email="olaf@landkreis.example")
    await post(world.officer, "/grants", person_id=other["id"], role="district_officer")
    assert (await petra.post("/me/erasure")).status_code == 202
    late = await petra.post("/persons", json={"name": "Emil Spät", "email": "emil@landkreis.example"})
    assert late.status_code == 401, "with a token that still holds"
    assert "Emil" not in (await world.officer.get("/persons")).text


async def test_nobody_erases_further_than_their_own_grants(world: Any) -> None:
    here, there = await world.enter("Hier"), await world.enter("Dort", village=world.loeberitz)
    contact = await world.appoint(here)
    person = contact["person"]["id"]
    body = {"organisation_id": there["id"], "function": "treasurer", "person_id": person}
    await post(world.officer, "/contacts", **body)
    coordinator = await world.coordinator()
    refusal = await coordinator.post(f"/persons/{person}/erasure")
    assert (refusal.status_code, refusal.json()["code"]) == (409, "reaches_further")
    assert (await coordinator.get(f"/persons/{person}/erasure")).json()["obstacles"][0]["code"] == "reaches_further"
    assert (await world.officer.post(f"/persons/{person}/erasure")).status_code == 202


async def test_foreign_people_and_erasures_do_not_exist(world: Any) -> None:
    contact = await world.appoint(await world.enter())
    foreign = await world.foreign_officer()
    for method in ("GET", "POST"):
        answer = await foreign.request(method, f"/persons/{contact['person']['id']}/erasure")
        assert answer.status_code == 404
    keeper = await world.log_in(association_contact(UUID(contact["organisation_id"])))
    assert (await keeper.post(f"/persons/{contact['person']['id']}/erasure")).status_code == 403
    erasure = (await world.officer.post(f"/persons/{contact['person']['id']}/erasure")).json()
    assert (await foreign.get(f"/erasures/{erasure['id']}")).status_code == 404
    assert (await foreign.get("/erasures")).json()["items"] == []
    own = await world.municipality_officer()
    assert [each["id"] for each in (await own.get("/erasures")).json()["items"]] == [erasure["id"]]


async def test_complete_only_when_everybody_has_confirmed(world: Any, sessions: Any, outbox: Any, work: Any) -> None:
    contact = await world.appoint(await world.enter())
    erasure = (await world.officer.post(f"/persons/{contact['person']['id']}/erasure")).json()
    for service in ("portal", "events"):
        assert await confirm(sessions, service, erasure["id"]) is None
    address = f"/erasures/{erasure['id']}"
    assert (await world.officer.get(address)).json()["missing"] == ["registry", "notifications"]
    assert await outbox.of(ErasureCompleted) == []
    (asked,) = await outbox.of(ErasureRequested)
    delivery = Delivery(type(asked.data).exchange, asked.routing_key, asked.to_bytes())
    await Inbox(forgetting.consumers[0], sessions).process([delivery])
    await forgetting.work(sessions, settings=work)
    (own,) = await outbox.of(ErasureConfirmed)
    assert await confirm(sessions, "registry", erasure["id"], own.data.receipt) is None
    assert await confirm(sessions, "notifications", erasure["id"]) is None
    state = (await world.officer.get(address)).json()
    assert (state["missing"], state["completed_at"] is None) == ([], False)
    assert len(await outbox.of(ErasureCompleted)) == 1
    assert await confirm(sessions, "notifications", erasure["id"]) is None
    assert len(await outbox.of(ErasureCompleted)) == 1


async def test_a_forged_receipt_is_refused_and_nothing_counts_as_confirmed(world: Any, sessions: Any) -> None:
    contact = await world.appoint(await world.enter())
    erasure = (await world.officer.post(f"/persons/{contact['person']['id']}/erasure")).json()
    of_another = sign_receipt(KEYS["portal"], "events", UUID(erasure["id"]), uuid4(), {})
    assert await confirm(sessions, "events", erasure["id"], of_another) == HANDLER_FAILED
    assert await confirm(sessions, "events", str(uuid4())) == HANDLER_FAILED, "of an erasure that nobody asked for"
    assert (await world.officer.get(f"/erasures/{erasure['id']}")).json()["missing"] == list(SERVICES)


async def test_the_proof_can_be_checked_by_anybody(
    world: Any, sessions: Any, app: Any, client_for: Any, work: Any
) -> None:
    from registry.app import create_app

    contact = await world.appoint(await world.enter())
    erasure = (await world.officer.post(f"/persons/{contact['person']['id']}/erasure")).json()
    await confirm(sessions, "events", erasure["id"])
    anybody = await client_for(create_app(work))
    proof = (await anybody.get("/erasures/by-number/proof", params={"number": erasure["number"]})).json()
    assert proof["keys"] == json.loads(PUBLIC)
    assert proof["subject"] == contact["person"]["id"]
    assert [each["service"] for each in proof["confirmations"] if each["receipt"]] == ["events"]


async def test_a_restored_database_erases_again_what_the_journal_knows(
    world: Any, sessions: Any, outbox: Any, tmp_path: Path
) -> None:
    contact = await world.appoint(await world.enter())
    person = contact["person"]["id"]
    async with sessions() as session:  # what a backup of this moment holds
        stored = [column for column in Person.__table__.columns if column.computed is None]
        backup = (await session.execute(sa.select(*stored).where(Person.id == UUID(person)))).one()._asdict()
    erasure = (await world.officer.post(f"/persons/{person}/erasure")).json()
    journal = Journal(tmp_path / "journal" / "erasures.jsonl")
    (asked,) = await outbox.of(ErasureRequested)
    for _ in range(2):
        await journal.keep(sessions, Subject.of(asked.data))
    assert len((tmp_path / "journal" / "erasures.jsonl").read_text().splitlines()) == 1
    assert "Erna" not in (tmp_path / "journal" / "erasures.jsonl").read_text()
    async with transaction(sessions) as session:  # the backup is restored
        for table in ("erasure", "tombstone", "erasure_task", "outbox"):
            await session.execute(sa.text(f"DELETE FROM {table}"))
        await session.execute(sa.insert(Person), backup)
    assert (await world.officer.get(f"/persons/{person}")).status_code == 200
    await Repeating(journal).run(sessions)
    assert (await world.officer.get(f"/persons/{person}")).status_code == 404
    again = (await world.officer.get(f"/erasures/{erasure['id']}")).json()
    assert (again["number"], again["missing"]) == (erasure["number"], list(SERVICES))
    assert (again["origin"], again["requested_at"]) == ("office", erasure["requested_at"])
    assert [each.data.erasure_id for each in await outbox.of(ErasureRequested)] == [asked.data.erasure_id]


async def test_a_restored_database_forgets_the_entry_that_was_merged_after_the_backup(
    world: Any, sessions: Any, outbox: Any, tmp_path: Path
) -> None:
    people = [
        await post(world.officer, "/persons", name="Erna Doppelt", email=f"erna@{place}.example")
        for place in ("alt", "neu")
    ]
    former, into = (UUID(person["id"]) for person in people)
    async with sessions() as session:  # what a backup of this moment holds
        stored = [column for column in Person.__table__.columns if column.computed is None]
        rows = await session.execute(sa.select(*stored).where(Person.id.in_([former, into])))
        backup = [row._asdict() for row in rows]
    await post(world.officer, f"/persons/{former}/merge", into=str(into), version=1, into_version=1)
    await post(world.officer, f"/persons/{into}/erasure")
    journal = Journal(tmp_path / "erasures.jsonl")
    (asked,) = await outbox.of(ErasureRequested)
    assert asked.data.former_person_ids == [former]
    await journal.keep(sessions, Subject.of(asked.data))
    async with transaction(sessions) as session:  # the backup is restored
        for table in ("erasure", "tombstone", "erasure_task", "outbox"):
            await session.execute(sa.text(f"DELETE FROM {table}"))
        await session.execute(sa.insert(Person), backup)
    await Repeating(journal).run(sessions)
    for person in (former, into):
        assert (await world.officer.get(f"/persons/{person}")).status_code == 404
    assert [each.data.former_person_ids for each in await outbox.of(ErasureRequested)] == [[former]]


def test_a_torn_line_is_no_entry_and_hides_none(tmp_path: Path) -> None:
    from registry.erasures.journal import Entry

    def entry() -> Entry:
        return Entry(
            erasure_id=uuid4(), number="0" * 10, person_id=uuid4(), contact_ids=[], volunteer_id=None, scopes=[],
            requested_at="2026-11-01T10:00:00Z", origin="person", requested_by=None,
        )  # fmt: skip

    path = tmp_path / "erasures.jsonl"
    journal, first, second = Journal(path), entry(), entry()
    journal.append(first)
    with path.open("a") as file:
        file.write('{"erasure_id": "torn')
    journal.append(second)
    assert set(journal.read()) == {first.erasure_id, second.erasure_id}


def test_every_table_with_a_person_is_emptied_by_its_foreign_key() -> None:
    """A column that names a person otherwise (`recorded_by`) is an id that belongs to nobody afterwards."""
    person = Person.__table__
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is person:
                goes_with_the_person = _is_of_a_person(table) or key.ondelete == "CASCADE"
                assert goes_with_the_person, f"{table.name}.{key.parent.name}: rename it, or forget it explicitly"


async def post(client: httpx2.AsyncClient, path: str, **body: Any) -> Any:
    answer = await client.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()
