"""The public sees the names of those who agreed to it, and of nobody else."""

from typing import Any

import httpx2
from shared.contracts.registry import ProfilePublished, ProfileWithdrawn


async def profiles(anybody: httpx2.AsyncClient, network: str = "heidedoerfer") -> list[dict[str, Any]]:
    answer = await anybody.get(f"/profiles?network={network}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_nobody_is_shown_without_their_consent(world: Any, anybody: httpx2.AsyncClient, volunteer: Any) -> None:
    await world.appoint(await world.enter())
    await volunteer()
    assert await profiles(anybody) == []


async def test_a_contact_is_shown_with_name_and_function(
    world: Any, anybody: httpx2.AsyncClient, consent_to: Any, outbox: Any
) -> None:
    association = await world.enter()
    contact = await world.appoint(association)
    await consent_to(contact["person"]["id"], "publication")
    [shown] = await profiles(anybody)
    [published] = await outbox.of(ProfilePublished)
    assert shown == {
        "profile_id": str(published.data.profile_id),
        "kind": "contact",
        "name": "Erna Beispiel",
        "organisation_id": association["id"],
        "function": "chair",
        "fields": [],
        "areas": [],
    }
    public = await outbox.public_text()
    assert not any(canary in public for canary in ("Erna", contact["person"]["id"]))
    assert await profiles(anybody, "anderswo") == []


async def test_a_withdrawn_name_is_gone_at_once(
    world: Any, anybody: httpx2.AsyncClient, consent_to: Any, outbox: Any
) -> None:
    person = (await world.appoint(await world.enter()))["person"]["id"]
    await consent_to(person, "publication")
    path = f"/persons/{person}/consents/publication/withdrawal"
    assert (await world.officer.post(path, json={"channel": "telephone"})).status_code == 200
    assert await profiles(anybody) == []
    [published], [withdrawn] = await outbox.of(ProfilePublished), await outbox.of(ProfileWithdrawn)
    assert (withdrawn.data.profile_id, withdrawn.sequence) == (published.data.profile_id, published.sequence + 1)


async def test_a_contact_who_steps_down_is_not_shown(
    world: Any, anybody: httpx2.AsyncClient, consent_to: Any, outbox: Any
) -> None:
    contact = await world.appoint(await world.enter())
    await consent_to(contact["person"]["id"], "publication")
    await world.officer.delete(f"/contacts/{contact['id']}")
    assert await profiles(anybody) == []
    assert len(await outbox.of(ProfilePublished)) == 2, "nobody was told to look again"


async def test_a_hidden_organisation_shows_nobody(world: Any, anybody: httpx2.AsyncClient, consent_to: Any) -> None:
    association = await world.enter()
    contact = await world.appoint(association)
    await consent_to(contact["person"]["id"], "publication")
    await world.officer.patch(f"/organisations/{association['id']}", json={"publication": "hidden"})
    assert await profiles(anybody) == []


async def test_another_name_is_told(world: Any, anybody: httpx2.AsyncClient, consent_to: Any, outbox: Any) -> None:
    contact = await world.appoint(await world.enter())
    await consent_to(contact["person"]["id"], "publication")
    await world.officer.patch(f"/persons/{contact['person']['id']}", json={"name": "Erna Neumann"})
    assert [one["name"] for one in await profiles(anybody)] == ["Erna Neumann"]
    assert [event.sequence for event in await outbox.of(ProfilePublished)] == [1, 2]


async def test_volunteers_are_shown_where_they_help(
    world: Any, anybody: httpx2.AsyncClient, volunteer: Any, consent_to: Any
) -> None:
    for name, kind, place in (
        ("In Gossa", "village", world.gossa),
        ("In Pouch", "village", world.pouch),
        ("In Muldestausee", "municipality", world.muldestausee),
        ("In Zörbig", "municipality", world.zoerbig),
        ("Im Netzwerk", "network", world.network),
        ("Im Landkreis", "district", world.district),
    ):
        entered = await volunteer(name=name, areas=[{"kind": kind, "id": place["id"]}])
        await consent_to(entered["person"]["id"], "publication")
    shown = await profiles(anybody)
    assert [one["name"] for one in shown] == ["Im Landkreis", "Im Netzwerk", "In Gossa", "In Muldestausee"]
    assert (shown[2]["kind"], shown[2]["fields"]) == ("volunteer", ["sport"])
    assert shown[2]["areas"] == [{"kind": "village", "id": world.gossa["id"]}]


async def test_who_may_not_be_asked_is_not_shown_as_a_volunteer(
    world: Any, anybody: httpx2.AsyncClient, volunteer: Any, consent_to: Any
) -> None:
    person = (await volunteer())["person"]["id"]
    await consent_to(person, "publication")
    await world.officer.post(f"/persons/{person}/consents/contact/withdrawal", json={"channel": "paper"})
    assert await profiles(anybody) == []
