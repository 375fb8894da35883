"""Merging two entries of the same person: what moves, what is refused, what is told."""

import asyncio
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from registry.consents.model import Consent
from registry.logins.model import ExternalIdentity, LoginSession
from registry.merging.persons_moving import UNDERSTOOD
from registry.people.model import Person
from registry.pointing import columns_naming
from registry.tables import metadata
from shared.contracts.registry import (
    AddressReplaced,
    ContactDismissed,
    ContactIdentified,
    GrantGiven,
    GrantTakenBack,
    PersonMerged,
    VolunteerSignedUp,
    VolunteerWithdrawn,
)
from testkit.tokens import district_officer, municipality_officer


async def _person(world: Any, name: str = "Erna Beispiel", **facts: Any) -> Any:
    body = {"name": name, "email": f"{uuid4().hex[:8]}@post.example"} | facts
    answer = await world.officer.post("/persons", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def _merge(client: Any, former: Any, into: Any, **chosen: Any) -> Any:
    versions = {}
    for name, person in (("version", former), ("into_version", into)):
        seen = await client.get(f"/persons/{person['id']}")
        versions[name] = int(seen.headers["etag"].strip('"')) if "etag" in seen.headers else 1
    body = {"into": into["id"], **versions} | chosen
    return await client.post(f"/persons/{former['id']}/merge", json=body)


def test_every_column_that_refers_to_a_person_is_understood() -> None:
    assert metadata.tables
    table = cast("sa.Table", Person.__table__)
    assert {f"{column.table.name}.{column.name}" for column in columns_naming(table)} == UNDERSTOOD


async def test_contacts_move_and_the_same_function_is_left_once(world: Any, outbox: Any) -> None:
    club, choir = await world.enter("Heimatverein"), await world.enter("Chor")
    one = await world.appoint(club, person={"name": "Erna Beispiel", "email": "erna@verein.example"})
    two = await world.appoint(
        club, starts_on="2020-01-01", person={"name": "Erna Beispiel", "email": "erna@post.example"}
    )
    moved = await world.appoint(choir, person={"name": "Erna Beispiel", "email": "erna@post.example"})
    answer = await _merge(world.officer, two["person"], one["person"], email="former")
    assert (answer.status_code, answer.json()["email"]) == (200, "erna@post.example")
    contacts = (await world.officer.get("/contacts", params={"person_id": one["person"]["id"]})).json()["items"]
    assert {each["id"] for each in contacts} == {one["id"], moved["id"]}
    assert {each["starts_on"] for each in contacts if each["id"] == one["id"]} == {"2020-01-01"}
    assert [str(event.data.contact_id) for event in await outbox.of(ContactDismissed)] == [two["id"]]
    (merged,) = await outbox.of(PersonMerged)
    assert [(str(each.contact_id), str(each.into_contact_id)) for each in merged.data.contacts] == [
        (two["id"], one["id"])
    ]
    last = {str(event.data.contact_id): str(event.data.person_id) for event in await outbox.of(ContactIdentified)}
    assert (last[one["id"]], last[moved["id"]]) == (one["person"]["id"], one["person"]["id"])
    assert [event.data.old_email for event in await outbox.of(AddressReplaced)] == ["erna@verein.example"]


async def test_the_former_id_leads_to_the_other_and_its_address_is_free(world: Any) -> None:
    former, into = await _person(world, email="erna@alt.example"), await _person(world)
    assert (await _merge(world.officer, former, into)).status_code == 200
    gone = await world.officer.get(f"/persons/{former['id']}")
    assert (gone.status_code, gone.json()["code"], gone.json()["into_id"]) == (410, "person_merged", into["id"])
    assert (await (await world.foreign_officer()).get(f"/persons/{former['id']}")).status_code == 404
    await _person(world, email="erna@alt.example")
    third = await _person(world, "Erna Muster")
    assert (await _merge(world.officer, into, third)).status_code == 200
    assert (await world.officer.get(f"/persons/{former['id']}")).json()["into_id"] == third["id"]


async def test_a_volunteer_is_one_with_all_they_said_and_pauses_on(world: Any, volunteer: Any, outbox: Any) -> None:
    kurt = await volunteer(email="kurt@post.example", best_time="abends")
    other = await volunteer(
        email="kurt@alt.example", fields=["umwelt"], areas=[{"kind": "village", "id": world.krina["id"]}]
    )
    assert (await world.officer.post(f"/volunteers/{other['id']}/pause", json={})).is_success
    answer = await _merge(world.officer, other["person"], kurt["person"])
    assert answer.status_code == 200, answer.text
    one = (await world.officer.get(f"/volunteers/{kurt['id']}")).json()
    assert ({field["slug"] if isinstance(field, dict) else field for field in one["fields"]}) == {"sport", "umwelt"}
    assert {area["id"] for area in one["areas"]} == {world.gossa["id"], world.krina["id"]}
    assert (one["standing"], one["best_time"]) == ("paused", "abends")
    assert (await world.officer.get(f"/volunteers/{other['id']}")).status_code == 404
    assert [str(event.data.volunteer_id) for event in await outbox.of(VolunteerWithdrawn)][-1] == other["id"]
    assert len(await outbox.of(VolunteerSignedUp)) == 2  # none by the merge: they pause


@pytest.mark.parametrize("withdrawn", ["former", "into"])
async def test_what_was_taken_back_last_stays_so(world: Any, consent_to: Any, sessions: Any, withdrawn: str) -> None:
    former, into = await _person(world), await _person(world)
    for person in (former, into):
        await consent_to(person["id"], "newsletter")
    theirs = {"former": former, "into": into}[withdrawn]["id"]
    taken = await world.officer.post(f"/persons/{theirs}/consents/newsletter/withdrawal", json={"channel": "telephone"})
    assert taken.is_success, taken.text
    assert (await _merge(world.officer, former, into)).status_code == 200
    async with sessions() as session:
        history = (await session.scalars(sa.select(Consent).where(Consent.person_id == UUID(into["id"])))).all()
    assert len(history) == 2
    assert all(consent.withdrawn_at is not None for consent in history)


async def test_given_by_both_holds_once_with_its_history(world: Any, consent_to: Any, sessions: Any) -> None:
    former, into = await _person(world), await _person(world)
    for person in (former, into):
        await consent_to(person["id"], "newsletter")
    assert (await _merge(world.officer, former, into)).status_code == 200
    async with sessions() as session:
        history = (await session.scalars(sa.select(Consent).where(Consent.person_id == UUID(into["id"])))).all()
    assert sorted(consent.withdrawn_at is None for consent in history) == [False, True]


async def test_grants_are_one_for_the_time_of_both(world: Any, outbox: Any) -> None:
    club = await world.enter()
    former, into = await _person(world), await _person(world)
    for person in (former, into):
        body = {"person_id": person["id"], "role": "association_contact", "scope_id": club["id"]}
        assert (await world.officer.post("/grants", json=body)).is_success
    body = {"person_id": former["id"], "role": "municipality_officer", "scope_id": world.zoerbig["id"]}
    assert (await world.officer.post("/grants", json=body)).is_success
    local = await world.log_in(municipality_officer(UUID(world.muldestausee["id"])), person=uuid4())
    assert (await _merge(local, former, into)).status_code in (403, 404)
    assert (await _merge(world.officer, former, into)).status_code == 200
    held = (await world.officer.get("/grants", params={"person_id": into["id"]})).json()["items"]
    assert sorted(grant["role"] for grant in held) == ["association_contact", "municipality_officer"]
    given = [told.data for told in await outbox.of(GrantGiven)]
    ended = {told.data.grant_id for told in await outbox.of(GrantTakenBack)}
    assert len(ended) == 2, "others would go on believing that the two grants hold"
    assert {str(grant.grant_id) for grant in given if grant.grant_id not in ended} == {grant["id"] for grant in held}


async def test_a_login_of_the_entry_that_goes_ends(world: Any, sessions: Any) -> None:
    former, into = await _person(world), await _person(world)
    async with sessions.begin() as session:
        expires = datetime(2099, 1, 1, tzinfo=UTC)
        session.add(LoginSession(id=uuid4(), person_id=UUID(former["id"]), expires_at=expires))
        for person, subject in ((former, "a"), (into, "b")):
            session.add(
                ExternalIdentity(id=uuid4(), person_id=UUID(person["id"]), issuer="https://id.example", subject=subject)
            )
    refused = await _merge(world.officer, former, into)
    assert (refused.status_code, refused.json()["code"]) == (422, "two_logins")
    assert (await world.officer.get(f"/persons/{former['id']}")).status_code == 200
    assert (await _merge(world.officer, former, into, login="former")).status_code == 200
    async with sessions() as session:
        assert (await session.scalars(sa.select(ExternalIdentity.subject))).all() == ["a"]
        assert await session.scalar(sa.select(sa.func.count()).where(LoginSession.ended_at.is_(None))) == 0


async def test_a_token_of_the_former_entry_says_nothing_and_writes_nothing(world: Any) -> None:
    former, into = await _person(world, email="erna@alt.example"), await _person(world)
    late = await world.log_in(district_officer(), person=UUID(former["id"]))
    assert (await late.get("/me")).status_code == 200
    assert (await _merge(world.officer, former, into)).status_code == 200
    changed = {"name": "Erna Spät", "email": "erna@alt.example"}
    for answer in (
        await late.get("/me"),
        await late.patch("/me", json=changed),
        await late.post("/me/erasure"),
        await late.post("/persons", json=changed),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in")
    assert "Erna Spät" not in (await world.officer.get("/persons")).text


async def test_two_merges_at_once_are_one(world: Any, outbox: Any) -> None:
    former, into = await _person(world), await _person(world)
    body = {"into": into["id"], "version": 1, "into_version": 1}
    back = {"into": former["id"], "version": 1, "into_version": 1}
    answers = await asyncio.gather(
        world.officer.post(f"/persons/{former['id']}/merge", json=body),
        world.officer.post(f"/persons/{into['id']}/merge", json=back),
    )
    assert min(answer.status_code for answer in answers) == 200
    assert max(answer.status_code for answer in answers) in (409, 410)
    assert len(await outbox.of(PersonMerged)) == 1


async def test_who_is_not_in_scope_is_not_merged(world: Any) -> None:
    near = await world.appoint(await world.enter("In Gossa"), "Erna Nah")
    far = await world.appoint(await world.enter("In Löberitz", village=world.loeberitz), "Erna Fern")
    local = await world.municipality_officer()
    for former, into in ((near, far), (far, near)):
        assert (await _merge(local, former["person"], into["person"])).status_code == 404
        preview = await local.get(f"/persons/{former['person']['id']}/merge", params={"into": into["person"]["id"]})
        assert preview.status_code == 404


async def test_an_entry_that_was_changed_or_is_ones_own_is_refused(world: Any) -> None:
    former, into = await _person(world), await _person(world)
    stale = await _merge(world.officer, former, into, version=7)
    assert stale.status_code == 412
    oneself = await world.log_in(district_officer(), person=UUID(former["id"]))
    own = await _merge(oneself, former, into)
    assert (own.status_code, own.json()["code"]) == (409, "own_entry")
    assert (await _merge(world.officer, into, into)).status_code == 422
    assert (await world.officer.get(f"/persons/{former['id']}")).status_code == 200


async def test_the_preview_counts_what_moves(world: Any) -> None:
    contact = await world.appoint(await world.enter())
    into = await _person(world)
    shown = await world.officer.get(f"/persons/{contact['person']['id']}/merge", params={"into": into["id"]})
    assert shown.status_code == 200, shown.text
    assert (shown.json()["former"]["counts"]["contacts"], shown.json()["obstacles"]) == (1, [])


async def test_what_moved_is_erased_with_the_entry_that_stays(world: Any, sessions: Any) -> None:
    contact = await world.appoint(await world.enter())
    into = await _person(world)
    assert (await _merge(world.officer, contact["person"], into)).status_code == 200
    assert (await world.officer.post(f"/persons/{into['id']}/erasure")).status_code == 202
    async with sessions() as session:
        for table in ("person", "contact", "merged_person"):
            assert await session.scalar(sa.text(f"SELECT count(*) FROM {table}")) == 0
