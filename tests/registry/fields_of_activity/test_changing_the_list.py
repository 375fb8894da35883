"""The district's own list: add, rename, merge, retire, put in order; what is linked stays linked."""

import asyncio
from typing import Any
from uuid import UUID

import httpx2
import pytest
from shared.contracts.registry import (
    FieldOfActivityChanged,
    FieldOfActivityListed,
    FieldOfActivityMerged,
    FieldOfActivityRetired,
)

PATH = "/fields-of-activity"


async def _fields(client: httpx2.AsyncClient) -> dict[str, Any]:
    """By slug, in their order."""
    return {field["slug"]: field for field in (await client.get(PATH)).json()["items"]}


async def test_a_field_is_added_and_renamed_under_the_same_slug(world: Any, outbox: Any) -> None:
    added = (await world.officer.post(PATH, json={"name": "Heimatpflege"})).json()
    assert (added["slug"], added["position"], added["retired"]) == ("heimatpflege", 15, False)
    path = f"{PATH}/{added['id']}"
    renamed = (await world.officer.patch(path, json={"name": "Heimat und Brauchtum"})).json()
    assert (renamed["slug"], renamed["name"]) == ("heimatpflege", "Heimat und Brauchtum")
    assert (await outbox.of(FieldOfActivityListed))[-1].data.slug == "heimatpflege"
    assert (await outbox.of(FieldOfActivityChanged))[-1].data.name == "Heimat und Brauchtum"
    same = await world.officer.post(PATH, json={"name": "heimat UND brauchtum"})
    assert (same.status_code, same.json()["errors"][0]["field"]) == (409, "name")


async def test_merging_moves_every_link_once(world: Any, outbox: Any) -> None:
    both = await world.enter("Turnverein", fields=["sport", "freizeit"])
    one = await world.enter("Spieleverein", fields=["freizeit"])
    need = {"side": "need", "organisation_id": one["id"], "kind": "people", "title": "Hilfe", "fields": ["freizeit"]}
    entry = (await world.officer.post("/help-entries", json=need)).json()
    fields = await _fields(world.officer)
    source, target = fields["freizeit"], fields["sport"]
    merged = await world.officer.post(f"{PATH}/{source['id']}/merge", json={"into_id": target["id"]})
    assert merged.json()["former_slugs"] == ["freizeit"]
    for organisation in (both, one):
        assert (await world.officer.get(f"/organisations/{organisation['id']}")).json()["fields"] == ["sport"]
    assert (await world.officer.get(f"/help-entries/{entry['id']}")).json()["fields"] == ["sport"]
    assert "freizeit" not in await _fields(world.officer)
    told = (await outbox.of(FieldOfActivityMerged))[0].data
    assert (told.slug, told.into_slug, told.into_id) == ("freizeit", "sport", UUID(target["id"]))
    uses = {use["field_id"]: use for use in (await world.officer.get(f"{PATH}/uses")).json()["items"]}
    assert (uses[target["id"]]["organisations"], uses[target["id"]]["help_entries"]) == (2, 1)


async def test_the_slug_of_a_merged_field_stands_for_the_other_one(world: Any, anybody: httpx2.AsyncClient) -> None:
    fields = await _fields(world.officer)
    for source, target in (("freizeit", "sport"), ("sport", "kultur")):  # one after the other
        body = {"into_id": fields[target]["id"]}
        assert (await world.officer.post(f"{PATH}/{fields[source]['id']}/merge", json=body)).is_success
    assert (await _fields(anybody))["kultur"]["former_slugs"] == ["freizeit", "sport"]
    entered = await world.enter("Turnverein", fields=["freizeit", "sport"])
    assert entered["fields"] == ["kultur"]
    found = (await anybody.get("/organisations?field=freizeit")).json()["items"]
    assert [one["id"] for one in found] == [entered["id"]]
    added = (await world.officer.post(PATH, json={"name": "Freizeit"})).json()
    assert added["slug"] == "freizeit-2", "a slug that stands for something is not given away"


async def test_a_retired_field_keeps_its_links_and_is_not_chosen_any_more(world: Any, outbox: Any) -> None:
    entered = await world.enter("Turnverein", fields=["sport"])
    path = f"{PATH}/{(await _fields(world.officer))['sport']['id']}"
    assert (await world.officer.patch(path, json={"retired": True})).json()["retired"] is True
    assert len(await outbox.of(FieldOfActivityRetired)) == 1
    keeps = await world.officer.patch(f"/organisations/{entered['id']}", json={"fields": ["sport", "kultur"]})
    assert keeps.json()["fields"] == ["sport", "kultur"]
    body = {"kind": "association", "name": "Neu", "village_id": world.gossa["id"], "fields": ["sport"]}
    refused = await world.officer.post("/organisations", json=body)
    assert refused.json()["errors"][0] == {
        "field": "fields",
        "code": "retired_field",
        "message": "Das Einsatzfeld „Sport und Bewegung“ kann nicht mehr gewählt werden.",
    }
    assert (await world.officer.patch(path, json={"retired": False})).json()["retired"] is False
    assert (await world.officer.post("/organisations", json=body)).status_code == 201


async def test_the_list_is_put_in_another_order(world: Any, outbox: Any) -> None:
    fields = list((await _fields(world.officer)).values())
    order = [fields[1]["id"], fields[0]["id"], *(field["id"] for field in fields[2:])]
    assert (await world.officer.put(f"{PATH}/order", json={"field_ids": order})).status_code == 204
    assert [field["id"] for field in (await _fields(world.officer)).values()] == order
    told = {str(event.data.field_id): event.data.position for event in await outbox.of(FieldOfActivityChanged)}
    assert told == {fields[0]["id"]: 2, fields[1]["id"]: 1}
    old = await world.officer.put(f"{PATH}/order", json={"field_ids": order[1:]})
    assert (old.status_code, old.json()["code"]) == (409, "list_changed")
    twice = await world.officer.put(f"{PATH}/order", json={"field_ids": [*order[1:], order[1]]})
    assert twice.json()["code"] == "list_changed"


async def test_at_the_same_moment_one_name_is_listed_once(world: Any) -> None:
    answers = await asyncio.gather(*(world.officer.post(PATH, json={"name": "Heimatpflege"}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_two_fields_that_are_merged_into_each_other_at_the_same_moment_leave_one(world: Any) -> None:
    fields = await _fields(world.officer)
    one, two = fields["sport"]["id"], fields["freizeit"]["id"]
    answers = await asyncio.gather(
        world.officer.post(f"{PATH}/{one}/merge", json={"into_id": two}),
        world.officer.post(f"{PATH}/{two}/merge", json={"into_id": one}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await _fields(world.officer)) == 13


async def test_what_cannot_be_merged_is_refused(world: Any, outbox: Any, subtests: pytest.Subtests) -> None:
    fields = await _fields(world.officer)
    await world.officer.patch(f"{PATH}/{fields['justiz']['id']}", json={"retired": True})
    before = await outbox.size()
    for into, code, status in (
        (fields["sport"]["id"], "into_itself", 422),
        (fields["justiz"]["id"], "into_retired", 409),
        (str(UUID(int=7)), "not_found", 404),
    ):
        with subtests.test(code):
            answer = await world.officer.post(f"{PATH}/{fields['sport']['id']}/merge", json={"into_id": into})
            assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await outbox.size() == before


async def test_only_the_district_office_changes_the_list(world: Any, anybody: httpx2.AsyncClient) -> None:
    for client, status in ((anybody, 401), (await world.municipality_officer(), 403), (await world.coordinator(), 403)):
        assert (await client.post(PATH, json={"name": "Neu"})).status_code == status
        assert (await client.get(f"{PATH}/uses")).status_code == status
