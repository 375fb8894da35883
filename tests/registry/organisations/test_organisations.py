"""Entering, changing, hiding organisations."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from shared.contracts.registry import OrganisationChanged, OrganisationHidden, OrganisationRegistered
from testkit.tokens import association_contact


async def test_an_association_is_entered_shown_and_told(world: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    entered = await world.enter(
        "Dorfverein Gossa",
        legal_form="e. V.",
        goals="Das Dorf beleben",
        strengths="Festzelt\nund Bühne",
        fields=["kultur", "sport"],
        areas=[{"kind": "network", "id": world.network["id"]}],
        founded=1998,
        website="https://dorfverein.example",
    )
    shown = (await anybody.get(f"/organisations/{entered['id']}")).json()
    assert shown == entered
    assert (shown["slug"], shown["fields"]) == ("dorfverein-gossa", ["sport", "kultur"])
    of_village = (await anybody.get("/organisations", params={"village_id": world.gossa["id"]})).json()["items"]
    assert of_village == [entered]
    told = (await outbox.of(OrganisationRegistered))[0]
    assert (told.subject, told.sequence, told.networkid) == (entered["id"], 1, "heidedoerfer")
    assert told.data.strengths == "Festzelt\nund Bühne"
    assert [area.id for area in told.data.areas] == [UUID(world.network["id"])]


async def test_a_company_supports(world: Any, outbox: Any) -> None:
    await world.enter("Baustoffe Muster", kind="company", support_kinds=["material", "vehicles"])
    told = (await outbox.of(OrganisationRegistered))[0]
    assert [kind.value for kind in told.data.support_kinds] == ["material", "vehicles"]
    body = {"kind": "association", "name": "Verein", "village_id": world.gossa["id"], "support_kinds": ["money"]}
    answer = await world.officer.post("/organisations", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "support_kinds")


async def test_the_same_organisation_is_not_entered_twice(world: Any, outbox: Any) -> None:
    body = {"kind": "association", "name": "Sportverein", "village_id": world.gossa["id"]}
    answers = await asyncio.gather(*(world.officer.post("/organisations", json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    shouted = await world.officer.post("/organisations", json=body | {"name": "SPORTVEREIN"})
    assert shouted.json()["errors"][0]["field"] == "name"
    assert len(await outbox.of(OrganisationRegistered)) == 1


async def test_a_register_number_is_unique_only_together_with_its_court(world: Any) -> None:
    await world.enter("Eins", register_court="Stendal", register_number="VR 100")
    await world.enter("Zwei", register_court="Leipzig", register_number="VR 100")
    body = {"kind": "association", "name": "Drei", "village_id": world.krina["id"]}
    same = await world.officer.post(
        "/organisations", json=body | {"register_court": "stendal", "register_number": "vr 100"}
    )
    assert (same.status_code, same.json()["code"]) == (409, "register_number_taken")
    alone = await world.officer.post("/organisations", json=body | {"register_number": "VR 7"})
    assert (alone.status_code, alone.json()["errors"][0]["field"]) == (422, "register_court")


async def test_a_repeated_command_takes_effect_once(world: Any, outbox: Any) -> None:
    body = {"kind": "initiative", "name": "Krötenzaun", "village_id": world.gossa["id"]}
    key = {"idempotency-key": "abc"}
    first = await world.officer.post("/organisations", json=body, headers=key)
    again = await world.officer.post("/organisations", json=body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert len(await outbox.of(OrganisationRegistered)) == 1
    other = await world.officer.post("/organisations", json=body | {"name": "Anders"}, headers=key)
    assert other.status_code == 422


async def test_a_draft_is_nobodys_business(world: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    draft = await world.enter("Geheim", publication="draft")
    path = f"/organisations/{draft['id']}"
    await world.officer.patch(path, json={"goals": "Noch nicht fertig"})
    missing = await anybody.get(f"/organisations/{uuid4()}")
    hidden = await anybody.get(path)
    foreign = await (await world.foreign_officer()).get(path)
    assert hidden.status_code == foreign.status_code == 404
    assert hidden.content == foreign.content == missing.content
    assert (await (await world.coordinator()).get(path)).status_code == 200
    assert "Geheim" not in await outbox.public_text()
    await world.officer.patch(path, json={"publication": "published"})
    assert (await outbox.of(OrganisationRegistered))[0].sequence == 3
    assert (await anybody.get(path)).json()["goals"] == "Noch nicht fertig"


async def test_a_hidden_entry_disappears_and_comes_back(world: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    entered = await world.enter()
    path = f"/organisations/{entered['id']}"
    await world.officer.patch(path, json={"publication": "hidden", "goals": "Nicht zu sehen"})
    assert (await anybody.get(path)).status_code == 404
    assert (await anybody.get("/organisations")).json()["items"] == []
    assert [event.sequence for event in await outbox.of(OrganisationHidden)] == [2]
    assert "Nicht zu sehen" not in await outbox.public_text()
    again = await world.officer.patch(path, json={"publication": "draft"})
    assert (again.status_code, again.json()["code"]) == (409, "already_shown")
    await world.officer.patch(path, json={"publication": "published"})
    assert [event.sequence for event in await outbox.of(OrganisationChanged)] == [3]


async def test_drafts_are_listed_for_staff_in_their_scope(world: Any, anybody: httpx2.AsyncClient) -> None:
    await world.enter("In Gossa", publication="draft")
    await world.enter("In Löberitz", village=world.loeberitz, publication="draft")
    assert (await anybody.get("/organisations?publication=draft")).status_code == 401
    for client, names in (
        (world.officer, ["In Gossa", "In Löberitz"]),
        (await world.coordinator(), ["In Gossa"]),
        (await world.foreign_officer(), ["In Löberitz"]),
    ):
        items = (await client.get("/organisations?publication=draft")).json()["items"]
        assert [item["name"] for item in items] == names


async def test_lists_are_filtered(world: Any, anybody: httpx2.AsyncClient) -> None:
    await world.enter("A", fields=["sport"])
    await world.enter("B", village=world.pouch, kind="company")
    await world.enter("C", village=world.loeberitz, fields=["umwelt"])

    async def names(**filters: str) -> list[str]:
        return [item["name"] for item in (await anybody.get("/organisations", params=filters)).json()["items"]]

    assert await names() == ["A", "B", "C"]
    assert await names(network="heidedoerfer") == ["A"]
    assert await names(kind="company") == ["B"]
    assert await names(municipality_id=world.muldestausee["id"]) == ["A", "B"]
    assert await names(field="umwelt") == ["C"]
    assert await names(slug="b") == ["B"]
    assert await names(network="unbekannt") == []


async def test_who_may_enter_an_organisation_where(world: Any, anybody: httpx2.AsyncClient) -> None:
    contact = await world.log_in(association_contact(uuid4()))
    for number, (client, in_gossa, in_pouch) in enumerate(
        [
            (anybody, 401, 401),
            (contact, 403, 403),
            (await world.coordinator(), 201, 403),
            (await world.municipality_officer(), 201, 201),
            (await world.foreign_officer(), 403, 403),
        ]
    ):
        for village, status in ((world.gossa, in_gossa), (world.pouch, in_pouch)):
            body = {"kind": "association", "name": f"Verein {number}", "village_id": village["id"]}
            assert (await client.post("/organisations", json=body)).status_code == status


async def test_an_associations_contact_describes_its_own_entry_only(world: Any) -> None:
    own, other = await world.enter("Eigener"), await world.enter("Anderer")
    contact = await world.log_in(association_contact(UUID(own["id"])))
    answer = await contact.patch(f"/organisations/{own['id']}", json={"goals": "Neue Ziele", "fields": ["umwelt"]})
    assert (answer.json()["goals"], answer.json()["fields"]) == ("Neue Ziele", ["umwelt"])
    assert (await contact.patch(f"/organisations/{other['id']}", json={"goals": "x"})).status_code == 404
    for staff_only in ({"publication": "hidden"}, {"village_id": world.krina["id"]}, {"kind": "company"}):
        assert (await contact.patch(f"/organisations/{own['id']}", json=staff_only)).status_code == 403


async def test_an_organisation_does_not_move_out_of_ones_scope(world: Any) -> None:
    entered = await world.enter()
    coordinator = await world.coordinator()
    path = f"/organisations/{entered['id']}"
    assert (await coordinator.patch(path, json={"village_id": world.pouch["id"]})).status_code == 403
    assert (await coordinator.patch(path, json={"village_id": world.krina["id"]})).status_code == 200


async def test_a_lead_association_stays_what_it_is(world: Any) -> None:
    entered = await world.enter()
    await world.lead(entered)
    path = f"/organisations/{entered['id']}"
    for change in ({"publication": "hidden"}, {"village_id": world.krina["id"]}, {"kind": "company"}):
        answer = await world.officer.patch(path, json=change)
        assert (answer.status_code, answer.json()["code"]) == (409, "leads_its_village")
    assert (await world.officer.patch(path, json={"publication": "published", "goals": "Neu"})).status_code == 200


async def test_two_changes_at_once_are_both_told_in_order(world: Any, outbox: Any) -> None:
    entered = await world.enter()
    path = f"/organisations/{entered['id']}"
    changes = [{"goals": "Ziele"}, {"strengths": "Stärken"}]
    await asyncio.gather(*(world.officer.patch(path, json=change) for change in changes))
    told = await outbox.of(OrganisationChanged)
    assert [event.sequence for event in told] == [2, 3]
    assert (told[-1].data.goals, told[-1].data.strengths) == ("Ziele", "Stärken")


BAD_CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"fields": ["gibt-es-nicht"]}, "fields"),
    ({"areas": [{"kind": "village", "id": str(uuid4())}]}, "areas"),
    ({"website": "javascript:alert(1)"}, "website"),
    ({"website": "https://user:pass@x.example"}, "website"),
    ({"founded": 3000}, "founded"),
    ({"founded": 10**40}, "founded"),
    ({"name": ""}, "name"),
    ({"name": "x" * 201}, "name"),
    ({"name": "a\0b"}, "name"),
    ({"name": "a\u202eb"}, "name"),
    ({"goals": "x" * 10_001}, "goals"),
    ({"kind": "sect"}, "kind"),
    ({"village_id": "no-id"}, "village_id"),
    ({"village_id": str(uuid4())}, "village_id"),
    ({"owner": "me"}, "owner"),
    ({"name": None}, "name"),
]


async def test_bad_input_is_named_at_its_field(world: Any, outbox: Any, subtests: pytest.Subtests) -> None:
    entered = await world.enter()
    before = await outbox.size()
    for change, field in BAD_CHANGES:
        with subtests.test(field, change=str(change)[:60]):
            answer = await world.officer.patch(f"/organisations/{entered['id']}", json=change)
            assert answer.status_code == 422
            assert [error["field"].split(".")[0] for error in answer.json()["errors"]] == [field]
    assert await outbox.size() == before
    assert (await world.officer.get(f"/organisations/{entered['id']}")).json() == entered


async def test_markup_is_plain_text_and_letters_are_composed(world: Any) -> None:
    entered = await world.enter("  <b>Gro\u0308bern</b> & Co. ", goals="<script>alert(1)</script>\r\nZeile")
    assert entered["name"] == "<b>Gröbern</b> & Co."
    assert entered["goals"] == "<script>alert(1)</script>\nZeile"
