"""Everything that an entry can say, and what belongs to which kind of organisation."""

from typing import Any

import httpx2
import pytest
from registry.inputs import register_court, register_number
from shared.contracts.registry import PURPOSE_WORDING, OrganisationChanged, OrganisationRegistered, Purpose
from testkit.tokens import association_contact

FULL = {
    "legal_form": "e. V.",
    "register_court": "Amtsgericht Stendal",
    "register_number": "vr-nr. 12 34",
    "notice": {"kind": "exemption", "issued_on": "2025-01-15"},
    "purposes": ["sport", "local_heritage", "sport"],
    "potentials": "Scheune für eine Werkstatt",
    "founded_on": "1990-05-03",
    "members": 85,
    "facilities": ["Sportplatz", "Festscheune"],
    "languages": ["de", "pl"],
}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("VR 12 34", "VR 1234"),
        ("vr1234", "VR 1234"),
        ("VR-Nr. 1234", "VR 1234"),
        ("Vereinsregister 1234", "VR 1234"),
        ("hrb 4711b", "HRB 4711 B"),
        ("GnR: 20", "GnR 20"),
        ("VR", "VR"),
        ("alte Nummer  7", "alte Nummer 7"),
    ],
)
def test_register_numbers_are_written_alike(typed: str, kept: str) -> None:
    assert register_number(typed) == kept
    assert register_number(kept) == kept


@pytest.mark.parametrize("typed", ["Amtsgericht Stendal", "AG Stendal", " Stendal "])
def test_courts_are_called_by_their_place(typed: str) -> None:
    assert register_court(typed) == "Stendal"


def test_every_purpose_of_the_law_has_its_words() -> None:
    assert list(PURPOSE_WORDING) == list(Purpose)
    numbers = [paragraph for paragraph, _ in PURPOSE_WORDING.values()]
    assert numbers == [*(f"§ 52 Abs. 2 Nr. {n} AO" for n in range(1, 28)), "§ 53 AO", "§ 54 AO"]


async def test_a_full_entry_is_kept_and_told(world: Any, anybody: httpx2.AsyncClient, outbox: Any) -> None:
    federation = await world.enter("Kreisverband", kind="federation")
    entered = await world.enter("Sportverein", **FULL, federations=[federation["id"]])
    assert (await anybody.get(f"/organisations/{entered['id']}")).json() == entered
    assert (entered["register_court"], entered["register_number"]) == ("Stendal", "VR 1234")
    assert (entered["founded"], entered["founded_on"]) == (1990, "1990-05-03")
    assert entered["purposes"] == ["sport", "local_heritage"]
    told = (await outbox.of(OrganisationRegistered))[1].data
    assert told.model_dump(mode="json")["notice"] == entered["notice"]
    listed = (await world.officer.get("/organisations", params={"text": "Sportverein"})).json()["items"]
    assert listed == [(await world.officer.get(f"/organisations/{entered['id']}")).json()]
    assert (told.members, told.facilities, told.languages) == (85, ["Sportplatz", "Festscheune"], ["de", "pl"])
    assert [str(one) for one in told.federations] == [federation["id"]]
    assert told.potentials == FULL["potentials"]
    members = (await anybody.get("/organisations", params={"federation": federation["id"]})).json()["items"]
    assert [one["name"] for one in members] == ["Sportverein"]


async def test_the_same_number_written_otherwise_is_taken(world: Any) -> None:
    await world.enter("Eins", register_court="Stendal", register_number="VR 1234")
    body = {"kind": "association", "name": "Zwei", "village_id": world.krina["id"]}
    same = await world.officer.post(
        "/organisations", json=body | {"register_court": "AG Stendal", "register_number": "VR 12 34"}
    )
    assert (same.status_code, same.json()["errors"][0]["field"]) == (409, "register_number")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"public_body_kind": "village_council"}, "public_body_kind"),
        ({"founded": 1980, "founded_on": "1990-05-03"}, "founded"),
        ({"founded_on": "2999-01-01"}, "founded_on"),
        ({"founded_on": "1990-02-31"}, "founded_on"),
        ({"federations": ["7d3f6a52-8f5e-4a58-9c29-1a6c5f0c9a11"]}, "federations"),
        ({"purposes": ["profit"]}, "purposes.0"),
        ({"languages": ["tlh"]}, "languages.0"),
        ({"members": -1}, "members"),
        ({"notice": {"kind": "exemption"}}, "notice.issued_on"),
        ({"facilities": [""]}, "facilities.0"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(world: Any, facts: dict[str, Any], field: str) -> None:
    body = {"kind": "association", "name": "Verein", "village_id": world.gossa["id"], **facts}
    answer = await world.officer.post("/organisations", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert (await world.officer.get("/organisations")).json()["items"] == []


async def test_a_village_council_is_a_public_body(world: Any, outbox: Any) -> None:
    council = await world.enter("Ortschaftsrat Gossa", kind="public_body", public_body_kind="village_council")
    path = f"/organisations/{council['id']}"
    refused = await world.officer.patch(path, json={"kind": "association"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "public_body_kind")
    changed = await world.officer.patch(path, json={"kind": "initiative", "public_body_kind": None})
    assert changed.status_code == 200, changed.text
    assert (await outbox.of(OrganisationChanged))[0].data.public_body_kind is None


async def test_a_federation_with_members_stays_one_and_is_no_member_of_itself(world: Any) -> None:
    federation = await world.enter("Kreisverband", kind="federation")
    member = await world.enter("Verein", federations=[federation["id"]])
    path = f"/organisations/{federation['id']}"
    itself = await world.officer.patch(path, json={"federations": [federation["id"]]})
    assert (itself.status_code, itself.json()["code"]) == (422, "unknown_federation")
    kind = await world.officer.patch(path, json={"kind": "association"})
    assert (kind.status_code, kind.json()["code"]) == (409, "has_members")
    await world.officer.patch(f"/organisations/{member['id']}", json={"federations": []})
    assert (await world.officer.patch(path, json={"kind": "association"})).status_code == 200


async def test_staff_find_an_entry_by_words_and_in_every_state(world: Any) -> None:
    await world.enter("Schützengilde", register_court="Stendal", register_number="VR 77")
    await world.enter("Schützenhaus GmbH", kind="company", publication="draft")

    async def names(**filters: str) -> list[str]:
        return [item["name"] for item in (await world.officer.get("/organisations", params=filters)).json()["items"]]

    assert await names(text="schützen") == ["Schützengilde"]
    assert await names(text="schützen", publication="any") == ["Schützengilde", "Schützenhaus GmbH"]
    assert await names(text="vr77") == ["Schützengilde"]
    assert await names(text="%") == []


async def test_the_associations_own_contact_confirms_by_a_change(world: Any, anybody: httpx2.AsyncClient) -> None:
    entered = await world.enter()
    path = f"/organisations/{entered['id']}"
    await world.officer.patch(path, json={"members": 12})
    assert (await anybody.get(path)).json()["confirmed_on"] is None
    contact = await world.log_in(association_contact(entered["id"]))
    changed = await contact.patch(path, json={"members": 12})
    assert changed.status_code == 200, changed.text
    assert changed.json()["confirmed_on"] is not None
    for staffs_own in ({"publication": "hidden"}, {"public_body_kind": "administration"}, {"kind": "company"}):
        assert (await contact.patch(path, json=staffs_own)).status_code == 403
