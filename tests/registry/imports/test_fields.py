"""Lists that name fields of activity which the district has merged or does not offer any more."""

from datetime import date
from typing import Any

import pytest

from tests.registry.conftest import Volunteer, World, post
from tests.registry.imports.conftest import Importing, volunteers, workbook

VEREINE = ["Verein", "Ort", "Tätigkeitsfelder"]


async def _field(world: World, slug: str) -> Any:
    fields = (await world.officer.get("/fields-of-activity")).json()["items"]
    return next(field for field in fields if field["slug"] == slug)


async def merge(world: World, source: str, target: str) -> None:
    one, other = await _field(world, source), await _field(world, target)
    await post(world.officer, f"/fields-of-activity/{one['id']}/merge", into_id=other["id"])


async def retire(world: World, slug: str) -> None:
    path = f"/fields-of-activity/{(await _field(world, slug))['id']}"
    assert (await world.officer.patch(path, json={"retired": True})).is_success


async def test_a_merged_field_is_read_as_its_successor(importing: Any, world: World) -> None:
    former = (await _field(world, "freizeit"))["name"]
    await merge(world, "freizeit", "sport")
    office: Importing = await importing()
    checked = await office.check(
        workbook(Vereine=[VEREINE, ["Spieleverein", "Gossa", f"{former}; Sport und Bewegung"]])
    )
    assert (checked["parts"][0]["wrong"], checked["parts"][0]["hinted"]) == (0, 1)
    ((hint,),) = [row["problems"] for row in await office.rows("hinted")]
    assert hint["text"] == f"„{former}“ gehört jetzt zu „Sport und Bewegung“. Eingetragen wird „Sport und Bewegung“."
    await office.run()
    (entry,) = (await world.officer.get("/organisations")).json()["items"]
    assert entry["fields"] == ["sport"]


async def test_a_field_that_is_merged_between_preview_and_import_is_its_successor(importing: Any, world: World) -> None:
    office: Importing = await importing()
    row = [
        "Anna Helferin",
        "anna@post.example",
        None,
        "Sport und Bewegung; Kultur und Musik",
        "Gossa",
        date(2026, 3, 1),
    ]
    await office.check(volunteers(row))
    await merge(world, "kultur", "sport")
    assert (await office.run())["parts"][0]["outcomes"] == {"created": 1}
    (entered,) = (await world.officer.get("/volunteers")).json()["items"]
    assert entered["fields"] == ["sport"]


async def test_a_retired_field_is_refused_for_what_is_new(importing: Any, world: World) -> None:
    await world.enter("Turnverein", fields=["sport"])
    await retire(world, "sport")
    rows = [["Turnverein", "Gossa", "Sport und Bewegung"], ["Laufgruppe", "Krina", "Sport und Bewegung"]]
    office: Importing = await importing()
    await office.check(workbook(Vereine=[VEREINE, *rows]))
    assert await office.texts() == {3: ["C: Das Einsatzfeld „Sport und Bewegung“ kann nicht mehr gewählt werden."]}
    await office.client.put(f"/imports/{office.id}/parts/0/choice", json={"choice": "overwrite"})
    assert (await office.run(good_rows_only=True))["parts"][0]["outcomes"] == {"unchanged": 1, "refused": 1}


@pytest.mark.parametrize("kind", ["organisations", "volunteers", "help_entries"])
async def test_a_field_retired_after_the_preview_is_a_conflict(importing: Any, world: World, kind: str) -> None:
    await world.enter("Heimatverein")
    lists = {
        "organisations": workbook(Vereine=[VEREINE, ["Turnverein", "Gossa", "Sport und Bewegung"]]),
        "volunteers": volunteers(["Anna", "anna@post.example", None, "Sport und Bewegung", "Gossa", date(2026, 3, 1)]),
        "help_entries": workbook(
            Bedarfe=[
                ["Art", "Titel", "Organisation", "Was", "Tätigkeitsfelder"],
                ["Bedarf", "Trainer", "Heimatverein", "Menschen", "Sport und Bewegung"],
            ]
        ),
    }
    office: Importing = await importing()
    await office.check(lists[kind])
    await retire(world, "sport")
    assert (await office.run())["state"] == "checked"
    ((problem,),) = (await office.texts()).values()
    assert problem.endswith("Das Einsatzfeld „Sport und Bewegung“ kann nicht mehr gewählt werden.")


@pytest.mark.parametrize("kind", ["organisations", "contacts", "volunteers", "help-entries"])
async def test_what_was_exported_here_is_known_here(
    importing: Any, world: World, volunteer: Volunteer, kind: str
) -> None:
    """Also with a village whose name another one shares, a hidden entry, and a field that was retired since."""
    twin = await post(world.officer, "/villages", municipality_id=world.zoerbig["id"], name="Gossa")
    areas = [{"kind": "village", "id": twin["id"]}, {"kind": "municipality", "id": world.muldestausee["id"]}]
    one = await world.enter("Heimatverein e. V.", fields=["sport"], areas=areas, founded=1921, goals="Erhalten")
    await world.appoint(one)
    await world.enter("Verborgen", publication="hidden", fields=["sport"])
    await volunteer(name="Kim Großmann", areas=areas, rhythm="regular", times=[{"weekday": 6, "daytime": "morning"}])
    facts = {"side": "need", "kind": "people", "organisation_id": one["id"], "title": "Trainer", "fields": ["sport"]}
    await post(world.officer, "/help-entries", **facts, area=areas[0], weekdays=[6], daytimes=["evening"])
    await retire(world, "sport")
    every = {"publication": "any"} if kind == "organisations" else {}
    office: Importing = await importing()
    checked = await office.check((await world.officer.get(f"/exports/{kind}", params=every)).content)
    (part,) = checked["parts"]
    expected = 2 if kind == "organisations" else 1
    assert (part["kind"], part["rows"]) == (kind.replace("-", "_"), expected)
    assert (part["known"], part["wrong"], part["hinted"]) == (expected, 0, 0), await office.texts()
    await office.client.put(f"/imports/{office.id}/parts/0/choice", json={"choice": "overwrite"})
    assert (await office.run())["parts"][0]["outcomes"] == {"unchanged": expected}
