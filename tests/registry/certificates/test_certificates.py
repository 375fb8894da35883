"""Certificates of conduct: only that they were inspected, only for officers, and no longer than the law allows."""

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from registry.certificates.model import Certificate

BODY = {"issued_on": "2026-08-03", "inspected_on": "2026-09-01", "result": "clear"}


async def test_an_officer_records_an_inspection(world: Any, volunteer: Any, outbox: Any) -> None:
    person = (await volunteer())["person"]["id"]
    before = await outbox.size()
    officer = await world.municipality_officer()
    answer = await officer.post(f"/persons/{person}/certificates", json=BODY)
    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in BODY} == BODY
    for client in (officer, world.officer):
        assert (await client.get(f"/persons/{person}/certificates")).json()["items"] == [answer.json()]
    assert await outbox.size() == before, "somebody else was told"


async def test_nobody_else_sees_it(world: Any, volunteer: Any, consent_to: Any) -> None:
    """Not the coordinators, and not the officers of another municipality who see the volunteer."""
    everywhere = await volunteer(areas=[{"kind": "district", "id": world.district["id"]}])
    person = everywhere["person"]["id"]
    await consent_to(person, "sharing")
    own = await (await world.municipality_officer()).post(f"/persons/{person}/certificates", json=BODY)
    assert own.status_code == 201
    coordinator, foreign = await world.coordinator(), await world.foreign_officer()
    assert (await coordinator.get(f"/persons/{person}/certificates")).status_code == 403
    assert (await coordinator.post(f"/persons/{person}/certificates", json=BODY)).status_code == 403
    assert (await foreign.get(f"/persons/{person}/certificates")).json()["items"] == []
    path = f"/certificates/{own.json()['id']}"
    missing = await foreign.delete(f"/certificates/{uuid4()}")
    for answer in (
        await foreign.delete(path),
        await foreign.post(f"{path}/activity-end", json={"ended_on": "2026-10-01"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, missing.json()["code"])
    shown = (await world.officer.get(f"/persons/{person}/certificates")).json()["items"]
    assert [one["activity_ended_on"] for one in shown] == [None]


async def test_a_foreign_person_is_not_found(world: Any, volunteer: Any) -> None:
    person = (await volunteer())["person"]["id"]
    foreign = await world.foreign_officer()
    assert (await foreign.get(f"/persons/{person}/certificates")).status_code == 404
    assert (await foreign.post(f"/persons/{person}/certificates", json=BODY)).status_code == 404


async def test_it_ends_with_the_activity(world: Any, volunteer: Any, sessions: Any) -> None:
    person = (await volunteer())["person"]["id"]
    for _ in range(2):
        await world.officer.post(f"/persons/{person}/certificates", json=BODY)
    first, second = (await world.officer.get(f"/persons/{person}/certificates")).json()["items"]
    ended = await world.officer.post(f"/certificates/{first['id']}/activity-end", json={"ended_on": "2026-10-01"})
    assert ended.json()["activity_ended_on"] == "2026-10-01"
    assert (await world.officer.delete(f"/certificates/{second['id']}")).status_code == 204
    async with sessions() as session:
        assert [str(one) for one in await session.scalars(sa.select(Certificate.id))] == [first["id"]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"inspected_on": "2190-01-01"}, "inspected_on"),
        ({"issued_on": "2026-09-02"}, "inspected_on"),
        ({"result": "diebstahl"}, "result"),
        ({"document": "JVBERi0="}, "document"),
        ({"offence": "§ 242 StGB"}, "offence"),
    ],
)
async def test_nothing_else_is_taken(world: Any, volunteer: Any, change: dict[str, Any], field: str) -> None:
    person = (await volunteer())["person"]["id"]
    answer = await world.officer.post(f"/persons/{person}/certificates", json=BODY | change)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
