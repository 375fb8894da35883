"""Needs and offers: who enters them, who reads them, what the world is told."""

from typing import Any
from uuid import uuid4

import pytest
from shared.contracts.registry import NeedFilled, NeedPublished, NeedWithdrawn, OfferPublished, OfferTaken
from testkit.tokens import association_contact


async def test_a_contact_enters_a_need_and_everybody_reads_it(
    world: Any, place: Any, enter: Any, anybody: Any, outbox: Any
) -> None:
    need = await enter(by=place.contact, starts_on="2099-09-05", ends_on="2099-09-06", weekdays=[6, 7, 6], wanted=4)
    assert (need["village_id"], need["area"]) == (world.gossa["id"], {"kind": "village", "id": world.gossa["id"]})
    assert (await anybody.get(f"/help-entries/{need['id']}")).json() == need
    listed = (await anybody.get("/help-entries", params={"side": "need", "network": "heidedoerfer"})).json()["items"]
    assert listed == [need]
    for other in ({"side": "offer"}, {"kind": "rooms"}, {"field": "umwelt"}, {"village_id": world.krina["id"]}):
        assert (await anybody.get("/help-entries", params=other)).json()["items"] == []
    [told] = await outbox.of(NeedPublished)
    assert (told.data.weekdays, told.data.wanted, told.data.fields) == ([6, 7], 4, ["sport"])
    assert (told.networkid, told.sequence) == ("heidedoerfer", 1)


async def test_others_neither_enter_nor_change(world: Any, place: Any, enter: Any, outbox: Any) -> None:
    need = await enter()
    before = await outbox.size()
    stranger = await world.log_in(association_contact(uuid4()))
    for client in (stranger, await world.foreign_officer()):
        assert (await enter(by=client, raw=True)).status_code == 403
        assert (await client.patch(f"/help-entries/{need['id']}", json={"title": "Neu"})).status_code == 404
        assert (await client.get(f"/help-entries/{need['id']}/suggestions")).status_code == 404
        assert (await client.get(f"/help-entries/{need['id']}/requests")).status_code == 404
        asked = await client.post(f"/help-entries/{need['id']}/requests", json={"offer_id": str(uuid4())})
        assert asked.status_code == 404
    assert await outbox.size() == before


async def test_what_is_done_stays_done(place: Any, enter: Any, anybody: Any, outbox: Any) -> None:
    need, offer, mistake = await enter(), await enter("offer"), await enter(title="Versehen")

    async def move(entry: Any, state: str) -> int:
        answer = await place.contact.patch(f"/help-entries/{entry['id']}", json={"state": state})
        return int(answer.status_code)

    assert [await move(need, state) for state in ("taken", "open", "open", "done")] == [200, 200, 200, 200]
    assert [await move(need, state) for state in ("open", "withdrawn")] == [409, 409]
    assert [event.data.state for event in await outbox.of(NeedFilled)] == ["taken", "done"]
    assert [event.sequence for event in await outbox.of(NeedPublished)][-1] == 3
    assert await move(offer, "taken") == 404  # it is the neighbour's
    assert await outbox.of(OfferTaken) == []
    assert len(await outbox.of(OfferPublished)) == 1
    assert await move(mistake, "withdrawn") == 200
    [withdrawn] = await outbox.of(NeedWithdrawn)
    assert str(withdrawn.data.entry_id) == mistake["id"]
    assert [one["id"] for one in (await anybody.get("/help-entries")).json()["items"]] == [offer["id"]]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"starts_on": "2099-02-31"}, "starts_on"),
        ({"starts_on": "2099-05-02", "ends_on": "2099-05-01"}, "ends_on"),
        ({"weekdays": [8]}, "weekdays.0"),
        ({"wanted": 0}, "wanted"),
        ({"kind": "money"}, "kind"),
        ({"title": " "}, "title"),
        ({"fields": ["gibt-es-nicht"]}, "fields"),
        ({"village_id": str(uuid4())}, "village_id"),
        ({"area": {"kind": "village", "id": str(uuid4())}}, "areas"),
        ({"organisation_id": str(uuid4())}, "organisation_id"),
    ],
)
async def test_bad_input_is_refused_with_its_field(enter: Any, outbox: Any, facts: Any, field: str) -> None:
    before = await outbox.size()
    answer = await enter(raw=True, **facts)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await outbox.size() == before


async def test_only_public_organisations_need_and_offer(world: Any, place: Any, enter: Any, anybody: Any) -> None:
    need = await enter()
    await world.officer.patch(f"/organisations/{place.seeker['id']}", json={"publication": "hidden"})
    assert (await enter(raw=True)).json()["code"] == "organisation_not_published"
    assert (await anybody.get("/help-entries")).json()["items"] == []
    assert (await anybody.get(f"/help-entries/{need['id']}")).status_code == 404
