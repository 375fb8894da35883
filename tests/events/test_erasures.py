"""Somebody is forgotten: counts stay right, nothing leads to the person, and nothing brings them back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx2
import sqlalchemy as sa
from events.audience.model import Contact, ContactPerson, Volunteer, VolunteerPerson
from events.erasures import forgetting
from events.invitations.handlers import issue_late
from events.invitations.model import Invitation
from events.meetings.model import Meeting
from events.registrations.model import Registration
from events.settings import EventsSettings
from fastapi import FastAPI
from joserfc.jwk import KeySet
from shared.contracts.events import ErasureConfirmed, PersonInvited, RegistrationsCounted
from shared.contracts.registry import (
    Area,
    AreaKind,
    ContactAppointed,
    ContactIdentified,
    ErasureRequested,
    VolunteerIdentified,
    VolunteerSignedUp,
)
from shared.database import transaction
from shared.erasure.receipts import verify_receipt
from shared.erasure.tables import erasure_task
from testkit.clients import Clients
from testkit.receipts import KEYS, private_key
from testkit.tokens import volunteer
from writing_minutes import clock, minutes, submit, write

LONG_AGO = {"starts_at": "2024-09-11T13:30", "ends_at": "2024-09-11T15:00"}


async def erase(registry: Any, settings: EventsSettings, **ids: Any) -> UUID:
    """An erasure is requested, and the worker has done its round."""
    told = ErasureRequested(erasure_id=uuid4(), **ids)
    await registry.tell(told, subject=told.erasure_id)
    await forgetting.work(registry.sessions, settings=settings.model_copy(update={"receipt_key": _key()}))
    return told.erasure_id


def _key() -> Any:
    from pydantic import SecretStr

    return SecretStr(private_key("events"))


async def test_a_volunteer_is_forgotten_and_nothing_brings_them_back(
    registry: Any, settings: EventsSettings, coordinator: httpx2.AsyncClient, plan: dict[str, Any], outbox: Any
) -> None:
    person, helper = uuid4(), uuid4()
    helps = VolunteerSignedUp(volunteer_id=helper, fields=[], areas=[Area(kind=AreaKind.VILLAGE, id=registry.gossa)])
    identified = VolunteerIdentified(volunteer_id=helper, person_id=person)
    for told in (helps, identified):
        await registry.tell(told, subject=helper)
    members = {"network": plan["network"], "name": "Helfer", "volunteer_ids": [str(helper)]}
    kept = (await coordinator.post("/mailing-lists", json=members)).raise_for_status().json()
    meeting = (await coordinator.post("/meetings", json=plan)).raise_for_status().json()
    address = f"/meetings/{meeting['id']}"
    groups = {"groups": [{"role": "volunteers"}]}
    (await coordinator.put(f"{address}/audience", json=groups)).raise_for_status()
    (await coordinator.post(f"{address}/publication")).raise_for_status()
    assert len(await outbox.of(PersonInvited)) == 1
    await erase(registry, settings, person_id=person, volunteer_id=helper)
    for told in (helps, identified):
        await registry.tell(told, subject=helper, sequence=2)
    await issue_late(registry.sessions)
    assert await outbox.of(PersonInvited) == []  # what waited went with them, and nothing new came
    assert (await coordinator.get(f"{address}/invitations")).json()["items"] == []
    assert (await coordinator.get(f"/mailing-lists/{kept['id']}")).json()["volunteer_ids"] == []
    async with registry.sessions() as session:
        for entity in (Volunteer, VolunteerPerson):
            assert (await session.scalars(sa.select(entity.id))).all() == []


async def test_of_meetings_to_come_the_person_is_struck_off_and_it_is_told(
    registry: Any, settings: EventsSettings, published: Any, outbox: Any, anybody: httpx2.AsyncClient
) -> None:
    leaving, staying = await registry.lead(registry.gossa, contacts=2)
    person = uuid4()
    identified = ContactIdentified(contact_id=leaving, person_id=person, organisation_id=uuid4())
    await registry.tell(identified, subject=leaving)
    await published()
    tokens = await outbox.reply_tokens()
    for contact in (leaving, staying):
        answer = await anybody.post("/invitations/answer", json={"reply_token": tokens[contact], "answer": "accepted"})
        assert answer.status_code == 200
    await erase(registry, settings, person_id=person)  # the contact is known here by its person
    counts = (await outbox.of(RegistrationsCounted))[-1].data
    assert (counts.invited, counts.accepted, counts.registered) == (1, 1, 1)
    gone = await anybody.get("/invitations/by-token", headers={"reply-token": tokens[leaving]})
    assert gone.status_code == 404
    async with registry.sessions() as session:
        assert set(await session.scalars(sa.select(Invitation.contact_id))) == {staying}
        assert set(await session.scalars(sa.select(Contact.id))) == {staying}
        assert set(await session.scalars(sa.select(ContactPerson.id))) == {staying}


async def test_a_past_meeting_keeps_its_counts_and_loses_the_person(
    registry: Any,
    settings: EventsSettings,
    published: Any,
    coordinator: httpx2.AsyncClient,
    client_for: Clients,
    app: FastAPI,
    token_for: Callable[..., str],
) -> None:
    person = uuid4()
    guest = await client_for(app, token_for(volunteer(), person=person))
    await registry.lead(registry.gossa)
    meeting = await published()
    (await guest.post(f"/meetings/{meeting['id']}/registrations")).raise_for_status()
    async with transaction(registry.sessions) as session:
        (contact,) = await session.scalars(sa.select(Invitation.contact_id))
        past = {"starts_at": sa.func.now() - sa.text("'2 days'::interval"), "ends_at": sa.func.now()}
        await session.execute(sa.update(Meeting).values(past))
    before = (await coordinator.get(f"/meetings/{meeting['id']}")).json()["counts"]
    await erase(registry, settings, person_id=person, contact_ids=[contact])
    assert (await coordinator.get(f"/meetings/{meeting['id']}")).json()["counts"] == before
    assert before["registered"] == before["invited"] == 1
    async with registry.sessions() as session:
        assert (await session.execute(sa.select(Invitation.contact_id, Invitation.token_hash))).all() == [(None, None)]
        assert (await session.scalars(sa.select(Registration.person_id))).all() == [None]


async def test_late_and_replayed_events_bring_nobody_back(
    registry: Any, settings: EventsSettings, published: Any
) -> None:
    (contact,) = await registry.lead(registry.gossa)
    person = uuid4()
    await published()
    await erase(registry, settings, person_id=person, contact_ids=[contact])
    organisation = uuid4()
    await registry.tell(
        ContactAppointed(contact_id=contact, organisation_id=organisation, function="chair"),
        subject=contact,
        sequence=9,
    )
    await registry.tell(
        ContactIdentified(contact_id=contact, person_id=person, organisation_id=organisation),
        subject=contact,
        sequence=9,
    )
    other = uuid4()  # an appointment that was told only after the erasure: of the same person all the same
    await registry.tell(
        ContactIdentified(contact_id=other, person_id=person, organisation_id=organisation), subject=other
    )
    await issue_late(registry.sessions)
    async with registry.sessions() as session:
        for model in (Contact, ContactPerson, Invitation):
            assert (await session.scalars(sa.select(model.id))).all() == [], model


async def test_the_receipt_counts_what_was_removed(
    registry: Any, settings: EventsSettings, published: Any, outbox: Any
) -> None:
    (contact,) = await registry.lead(registry.gossa)
    await published()
    person = uuid4()
    erasure = await erase(registry, settings, person_id=person, contact_ids=[contact])
    (confirmed,) = await outbox.of(ErasureConfirmed)
    assert confirmed.data.erasure_id == erasure
    receipt = verify_receipt(KeySet([*KEYS.values()]), confirmed.data.receipt, "events", erasure)
    assert (receipt.iss, receipt.person) == ("events", person)
    assert receipt.removed == {"contact": 1, "invitation": 1, "waiting_event": 1}


async def test_what_is_asked_again_is_confirmed_again(registry: Any, settings: EventsSettings, outbox: Any) -> None:
    """So does a registry whose backup was restored."""
    told = ErasureRequested(erasure_id=uuid4(), person_id=uuid4())
    work = settings.model_copy(update={"receipt_key": _key()})
    for number in (1, 2):
        await registry.tell(told, subject=told.erasure_id)
        for _ in range(2):  # the second round has nothing to do
            await forgetting.work(registry.sessions, settings=work)
        assert len(await outbox.of(ErasureConfirmed)) == number
    async with registry.sessions() as session:
        assert (await session.scalars(sa.select(erasure_task.c.confirmations))).all() == [2]


async def test_entries_that_were_merged_go_too_where_a_backup_does_not_know_it(
    registry: Any,
    settings: EventsSettings,
    published: Any,
    client_for: Clients,
    app: FastAPI,
    token_for: Callable[..., str],
) -> None:
    former, into = uuid4(), uuid4()
    (contact,) = await registry.lead(registry.gossa)
    told = ContactIdentified(contact_id=contact, person_id=former, organisation_id=uuid4())
    await registry.tell(told, subject=contact)
    meeting = await published()
    guest = await client_for(app, token_for(volunteer(), person=former))
    (await guest.post(f"/meetings/{meeting['id']}/registrations")).raise_for_status()
    await erase(registry, settings, person_id=into, former_person_ids=[former])
    async with registry.sessions() as session:
        for model in (Registration, Invitation, Contact, ContactPerson):
            assert (await session.scalars(sa.select(model.id))).all() == [], model
    assert (await guest.post(f"/meetings/{meeting['id']}/registrations")).status_code == 401


async def test_a_token_that_still_holds_writes_nothing(
    registry: Any,
    settings: EventsSettings,
    published: Any,
    client_for: Clients,
    app: FastAPI,
    token_for: Callable[..., str],
) -> None:
    person = uuid4()
    guest = await client_for(app, token_for(volunteer(), person=person))
    meeting = await published()
    await erase(registry, settings, person_id=person)
    assert (await guest.post(f"/meetings/{meeting['id']}/registrations")).status_code == 401
    async with registry.sessions() as session:
        assert (await session.scalars(sa.select(Registration.id))).all() == []


async def test_minutes_keep_what_was_said_and_decided_and_lose_the_person(
    registry: Any, settings: EventsSettings, published: Any, coordinator: httpx2.AsyncClient
) -> None:
    organisation, person = uuid4(), uuid4()
    contact = await registry.appoint(organisation)
    identified = ContactIdentified(contact_id=contact, person_id=person, organisation_id=organisation)
    await registry.tell(identified, subject=contact)
    meeting = await published(starts_at=clock(-31.1), ends_at=clock(-31))
    await published(starts_at=clock(-1.1), ends_at=clock(-1))
    mark = f"{{contact:{contact}}}"
    item = await write(coordinator, meeting, "Dorffest", f"{mark} bringt das Zelt.")
    decision = {"text": f"{mark} bekommt den Schlüssel."}
    await coordinator.post(f"/agenda-items/{item}/decisions", json=decision)
    task = {"title": "Zelt holen", "due_on": "2099-05-01", "responsible": {"contact_id": str(contact)}}
    taken = (await coordinator.post(f"/agenda-items/{item}/action-items", json=task)).json()
    await submit(coordinator, meeting)
    await coordinator.post(f"/meetings/{meeting['id']}/minutes/approval", json={})
    await erase(registry, settings, person_id=person)

    kept = (await coordinator.get(f"/meetings/{meeting['id']}/minutes/versions/1")).json()
    for content in (kept["content"], (await minutes(coordinator, meeting))["content"]):
        festival = next(each for each in content["items"] if each["title"] == "Dorffest")
        assert festival["text"] == "eine ehemalige Ansprechperson bringt das Zelt."
        assert festival["decisions"][0]["text"] == "eine ehemalige Ansprechperson bekommt den Schlüssel."
        assert festival["action_items"][0]["who"] == "eine ehemalige Ansprechperson"
    now = (await coordinator.get(f"/action-items/{taken['id']}")).json()["responsible"]
    assert now == {"organisation_id": str(organisation), "contact_id": None, "person_id": None, "former": True}
    change = {"title": "Zelt holen", "due_on": "2099-05-02", "version": 1, "responsible": {"contact_id": str(contact)}}
    refused = await coordinator.put(f"/action-items/{taken['id']}", json=change)
    assert refused.json()["code"] == "unknown_contact", "nobody brings them back"
