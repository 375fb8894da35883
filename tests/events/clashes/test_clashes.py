"""What planners are shown of other dates on the same days."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from shared.contracts.registry import ContactIdentified, NetworkFounded, VillageRegistered

DAY = {"starts_at": "2031-07-02T18:00", "ends_at": "2031-07-02T20:00"}


async def asked(client: httpx2.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await client.get("/clashes", params={"network": "heidedoerfer", **DAY, **changes})
    result: dict[str, Any] = answer.raise_for_status().json()
    return result


async def found(client: httpx2.AsyncClient, **changes: Any) -> list[str]:
    return [item["id"] for item in (await asked(client, **changes))["items"]]


async def settle(registry: Any, name: str, *, latitude: float | None = None, longitude: float | None = None) -> UUID:
    village = uuid4()
    data = VillageRegistered(
        village_id=village,
        municipality_id=uuid4(),
        slug=name.lower(),
        name=name,
        latitude=latitude,
        longitude=longitude,
    )
    await registry.tell(data, subject=village)
    return village


async def test_the_same_day_by_the_clock_on_the_wall(coordinator: httpx2.AsyncClient, published: Any) -> None:
    """The second of July begins at 22 o'clock of the first by UTC."""
    early = await published(starts_at="2031-07-02T00:30", ends_at="2031-07-02T01:30")
    same_time = await published(starts_at="2031-07-02T19:30", ends_at="2031-07-02T22:00")
    await published(starts_at="2031-07-01T22:00", ends_at="2031-07-02T00:00")
    await published(starts_at="2031-07-03T00:00", ends_at="2031-07-03T01:00")
    items = (await asked(coordinator))["items"]
    assert [(item["id"], item["same_time"]) for item in items] == [(early["id"], False), (same_time["id"], True)]
    assert await found(coordinator, meeting=early["id"]) == [same_time["id"]], "it does not clash with itself"
    await coordinator.post(f"/meetings/{same_time['id']}/cancellation", json={})
    assert await found(coordinator) == [early["id"]], "what is cancelled is in nobody's way"


async def test_public_dates_of_neighbouring_villages_count(
    coordinator: httpx2.AsyncClient, officer: httpx2.AsyncClient, registry: Any, plan: dict[str, Any]
) -> None:
    home = await settle(registry, "Schlaitz", latitude=51.66, longitude=12.42)
    near = await settle(registry, "Pouch", latitude=51.62, longitude=12.40)  # 5 km
    far = await settle(registry, "Zerbst", latitude=51.96, longitude=12.08)  # 41 km
    for slug, village in (("nah", near), ("fern", far)):
        other = uuid4()
        data = NetworkFounded(
            network_id=other, slug=slug, name=slug, programme="", description="", goals=[], village_ids=[village]
        )
        await registry.tell(data, subject=other)
    ids = {}
    for slug, village, visibility in (("nah", near, "public"), ("nah", near, "invited"), ("fern", far, "public")):
        body = plan | DAY | {"network": slug, "village_id": str(village), "visibility": visibility}
        ids[slug, visibility] = (await officer.post("/meetings", json=body)).raise_for_status().json()["id"]
        (await officer.post(f"/meetings/{ids[slug, visibility]}/publication")).raise_for_status()
    assert await found(coordinator, village=str(home)) == [ids["nah", "public"]]
    assert set(await found(officer, village=str(home))) == {ids["nah", "public"], ids["nah", "invited"]}


async def test_people_who_are_wanted_at_both(
    coordinator: httpx2.AsyncClient, published: Any, registry: Any, outbox: Any
) -> None:
    organisation, person = uuid4(), uuid4()
    await registry.grant_mandate(organisation, registry.gossa)
    contact = await registry.appoint(organisation)
    identified = ContactIdentified(contact_id=contact, person_id=person, organisation_id=organisation)
    await registry.tell(identified, subject=contact)
    meeting = await published(**DAY)
    (item,) = (await asked(coordinator))["items"]
    assert (item["id"], item["contacts"]) == (
        meeting["id"],
        [{"contact_id": str(contact), "organisation_id": str(organisation)}],
    )
    elsewhen = {"starts_at": "2031-07-02T08:00", "ends_at": "2031-07-02T09:00"}
    assert [one["contacts"] for one in (await asked(coordinator, **elsewhen))["items"]] == [[]], "at another time"
    token = (await outbox.reply_tokens())[contact]
    answer = {"reply_token": token, "answer": "declined"}
    (await coordinator.post("/invitations/answer", json=answer)).raise_for_status()
    assert [one["contacts"] for one in (await asked(coordinator))["items"]] == [[]], "who declined is free"


@pytest.mark.parametrize(
    ("day", "names"), [("2031-10-31", ["Reformationstag"]), ("2031-10-30", []), ("2031-01-06", ["Heilige Drei Könige"])]
)
async def test_holidays_of_saxony_anhalt(
    coordinator: httpx2.AsyncClient, registry: Any, day: str, names: list[str]
) -> None:
    answer = await asked(coordinator, starts_at=f"{day}T18:00", ends_at=f"{day}T20:00")
    assert [holiday["name"] for holiday in answer["holidays"]] == names


async def test_only_planners_of_the_network_ask(
    anybody: httpx2.AsyncClient, stranger: httpx2.AsyncClient, resident: httpx2.AsyncClient
) -> None:
    params = {"network": "heidedoerfer", **DAY}
    codes = [(await client.get("/clashes", params=params)).status_code for client in (anybody, stranger, resident)]
    assert codes == [401, 403, 403]
