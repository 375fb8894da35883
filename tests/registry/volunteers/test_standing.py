"""Pausing, coming back, leaving: by oneself and by the staff."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from registry.clock import today
from registry.volunteers.model import Volunteer
from registry.volunteers.standing import timer
from registry.volunteers.telling import tell_all_again
from shared.access.grants import Grant, Role, ScopeKind
from shared.access.tenancy import EVERYTHING, enter_scopes
from shared.contracts.registry import (
    VolunteerChanged,
    VolunteerIdentified,
    VolunteerPaused,
    VolunteerResumed,
    VolunteerSignedUp,
    VolunteerWithdrawn,
)
from shared.database import transaction
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


@pytest.fixture
def themselves(world: Any) -> Any:
    """`await themselves(entered)`: the volunteer, logged in."""

    async def client(entered: Any) -> Any:
        return await world.log_in(
            Grant(role=Role.VOLUNTEER, scope=ScopeKind.ONESELF), person=UUID(entered["person"]["id"])
        )

    return client


async def test_a_pause_by_oneself_and_back_again(world: Any, volunteer: Any, themselves: Any, outbox: Any) -> None:
    entered = await volunteer()
    me = await themselves(entered)
    until = (today() + timedelta(days=30)).isoformat()
    paused = (await me.post("/me/volunteer/pause", json={"until": until})).json()
    assert (paused["standing"], paused["paused_until"]) == ("paused", until)
    longer = (await me.post("/me/volunteer/pause", json={})).json()
    assert (longer["standing"], longer["paused_until"]) == ("paused", None)
    assert len(await outbox.of(VolunteerPaused)) == 1
    assert (await me.patch("/me/volunteer", json={"fields": ["umwelt"]})).json()["fields"] == ["umwelt"]
    back = (await me.post("/me/volunteer/resumption")).json()
    assert (back["standing"], back["paused_until"]) == ("active", None)
    assert (await me.post("/me/volunteer/resumption")).json()["version"] == back["version"]
    [told] = await outbox.of(VolunteerResumed)
    assert (told.data.fields, told.sequence) == (["umwelt"], back["version"])


async def test_a_pause_ends_today_at_the_earliest(world: Any, volunteer: Any) -> None:
    entered = await volunteer()
    yesterday = (today() - timedelta(days=1)).isoformat()
    answer = await world.officer.post(f"/volunteers/{entered['id']}/pause", json={"until": yesterday})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "until")
    assert (await world.officer.get(f"/volunteers/{entered['id']}")).json()["standing"] == "active"


async def test_the_staff_pauses_in_its_scope(world: Any, volunteer: Any) -> None:
    entered = await volunteer()
    foreign, coordinator = await world.foreign_officer(), await world.coordinator()
    for action, body in (("pause", {}), ("resumption", None), ("departure", {"channel": "telephone"})):
        path = f"/volunteers/{entered['id']}/{action}"
        assert (await foreign.post(path, json=body)).status_code == 404
        assert (await coordinator.post(path, json=body)).status_code in (200, 204)
    assert (await coordinator.get(f"/volunteers/{entered['id']}")).status_code == 404


async def test_pauses_end_by_themselves_once_for_all_replicas(
    volunteer: Any, outbox: Any, world: Any, sessions: async_sessionmaker[AsyncSession]
) -> None:
    ended, lasting, open_ended = [await volunteer(name=name) for name in ("Fertig", "Noch Nicht", "Offen")]
    for one, until in ((ended, today()), (lasting, today()), (open_ended, None)):
        body = {"until": until.isoformat()} if until else {}
        await world.officer.post(f"/volunteers/{one['id']}/pause", json=body)
    async with sessions.begin() as session:
        yesterday = today() - timedelta(days=1)
        await session.execute(sa.update(Volunteer).where(Volunteer.id == ended["id"]).values(paused_until=yesterday))
    await asyncio.gather(*(timer().run(sessions) for _ in range(3)))
    assert [str(event.data.volunteer_id) for event in await outbox.of(VolunteerResumed)] == [ended["id"]]
    standings = {one["id"]: one["standing"] for one in (await world.officer.get("/volunteers")).json()["items"]}
    assert standings == {ended["id"]: "active", lasting["id"]: "paused", open_ended["id"]: "paused"}


async def test_leaving_withdraws_everything_and_agreeing_brings_back(
    world: Any, volunteer: Any, themselves: Any, consent_to: Any, outbox: Any
) -> None:
    entered = await volunteer()
    await consent_to(entered["person"]["id"], "newsletter")
    me = await themselves(entered)
    await me.post("/me/volunteer/pause", json={})
    assert (await me.post("/me/volunteer/departure", json={"reason": "moved_away"})).status_code == 204
    assert (await me.get("/me/volunteer")).json()["standing"] == "left"
    consents = (await me.get("/me/consents")).json()
    assert [one["purpose"] for one in consents["items"] if one["consent"]] == []
    assert (await world.officer.get("/volunteers")).json()["items"] == []
    assert len(await outbox.of(VolunteerWithdrawn)) == 1
    before = len(await outbox.of(VolunteerSignedUp))
    given = {"given": True, "text_version": consents["items"][0]["version"]}
    assert (await me.post("/me/consents/contact", json=given)).status_code == 200
    assert (await me.get("/me/volunteer")).json()["standing"] == "active", "who is back pauses no more"
    assert len(await outbox.of(VolunteerSignedUp)) == before + 1


async def test_a_contact_who_leaves_as_a_volunteer_keeps_what_they_agreed_to_as_one(
    world: Any, volunteer: Any, consent_to: Any
) -> None:
    contact = await world.appoint(await world.enter(), "Erna Beispiel")
    entered = await volunteer(name="Erna Beispiel", email="erna@verein.example")
    for purpose in ("publication", "newsletter", "sharing"):
        await consent_to(contact["person"]["id"], purpose)
    body = {"channel": "telephone", "reason": "no_time"}
    assert (await world.officer.post(f"/volunteers/{entered['id']}/departure", json=body)).status_code == 204
    consents = (await world.officer.get(f"/persons/{contact['person']['id']}/consents")).json()
    assert {one["purpose"] for one in consents["items"] if one["consent"]} == {"publication", "newsletter"}


async def test_who_is_no_volunteer_has_no_profile(world: Any) -> None:
    assert (await world.officer.get("/me/volunteer")).status_code == 404
    assert (await world.officer.post("/me/volunteer/pause", json={})).status_code == 404


async def test_those_who_may_be_asked_are_told_of_again_and_the_public_hears_nothing(
    world: Any, volunteer: Any, themselves: Any, outbox: Any, sessions: async_sessionmaker[AsyncSession]
) -> None:
    active, paused, left = [await volunteer(name=name) for name in ("Ina Hier", "Pia Pause", "Gerd Gegangen")]
    (await (await themselves(paused)).post("/me/volunteer/pause", json={})).raise_for_status()
    (await (await themselves(left)).post("/me/volunteer/departure", json={})).raise_for_status()
    (await (await themselves(active)).patch("/me/volunteer", json={"fields": ["umwelt"]})).raise_for_status()
    (changed,), public = await outbox.of(VolunteerChanged), await outbox.public_text()
    async with transaction(sessions) as session:
        await enter_scopes(session, [EVERYTHING])  # as an operator's command does
        assert await tell_all_again(session) == 1
    again = (await outbox.of(VolunteerIdentified))[-1]
    assert (str(again.data.volunteer_id), str(again.data.person_id)) == (active["id"], active["person"]["id"])
    assert again.data.state is not None
    assert again.data.state.model_dump() == changed.data.model_dump()
    assert again.sequence == changed.sequence
    assert await outbox.public_text() == public
