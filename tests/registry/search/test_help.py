"""Needs and offers among the results: while they are open, and their organisation is public."""

from typing import Any

import pytest


@pytest.fixture
async def entries(world: Any, post: Any) -> Any:
    """`need`, `offer`: of two organisations of the network, with the organisations themselves."""
    seeker = await world.enter("Heimatverein Gossa")
    owner = await world.enter("Feuerwehr Krina", village=world.krina)
    need = await post(
        "/help-entries",
        side="need",
        organisation_id=seeker["id"],
        kind="people",
        title="Hände für das Erntefest",
        description="Wir bauen Bierzeltgarnituren auf.",
        fields=["sport"],
    )
    offer = await post(
        "/help-entries", side="offer", organisation_id=owner["id"], kind="equipment", title="Zelt zu verleihen"
    )
    return {"need": need, "offer": offer, "seeker": seeker, "owner": owner}


def shown(found: Any, kind: str) -> list[str]:
    return ["".join(part["text"] for part in hit["title"]) for hit in found["items"] if hit["kind"] == kind]


async def test_needs_and_offers_are_found_by_everybody(entries: Any, ask: Any) -> None:
    for query, kind in (
        ("Erntefeste", "need"),
        ("Bierzeltgarnitur", "need"),
        ("Bedarf Gossa", "need"),
        ("Zelte Krina", "offer"),
        ("Angebot Ausstattung", "offer"),
    ):
        assert shown(await ask(query), kind) == [entries[kind]["title"]], query
    [hit] = (await ask("Erntefest", kind="need"))["items"]
    assert (hit["organisation"], hit["village"], hit["network"]) == ("Heimatverein Gossa", "Gossa", "heidedoerfer")
    found = await ask("Erntefest", field="sport", village="gossa")
    assert [(value["value"], value["count"]) for value in found["facets"]["kind"]] == [("need", 1)]


async def test_what_is_taken_or_hidden_is_gone_at_once(entries: Any, ask: Any, world: Any, anybody: Any) -> None:
    assert shown(await ask("Erntefest"), "need")
    need = f"/help-entries/{entries['need']['id']}"
    answer = await world.officer.patch(need, json={"state": "taken"})
    assert answer.is_success, answer.text
    assert (await anybody.get("/search", params={"q": "Erntefest"})).json()["items"] == []
    await world.officer.patch(need, json={"state": "open"})
    assert shown(await ask("Erntefest"), "need")
    await world.officer.patch(f"/organisations/{entries['owner']['id']}", json={"publication": "hidden"})
    assert (await anybody.get("/search", params={"q": "verleihen"})).json()["items"] == []


async def test_they_follow_what_they_belong_to(entries: Any, ask: Any, world: Any) -> None:
    await ask("Erntefest")
    await world.officer.patch(f"/organisations/{entries['seeker']['id']}", json={"name": "Kulturbund Gossa"})
    assert shown(await ask("Kulturbund Erntefest"), "need") == ["Hände für das Erntefest"]
    await world.officer.patch(f"/villages/{world.krina['id']}", json={"name": "Krinaberg"})
    assert shown(await ask("Zelt Krinaberg"), "offer") == ["Zelt zu verleihen"]
    await world.officer.patch(f"/help-entries/{entries['offer']['id']}", json={"fields": ["kultur"]})
    assert shown(await ask("Zelt Kultur"), "offer") == ["Zelt zu verleihen"]
