"""The worker's part: one process at a time, and what is broken off begins anew."""

import asyncio
from typing import Any

import sqlalchemy as sa
from registry.imports import jobs
from registry.imports.model import ImportRow, ImportState, ListImport
from registry.settings import RegistrySettings
from shared.database import transaction
from shared.messaging.worker import Worker

from tests.registry.conftest import Outbox, World
from tests.registry.imports.conftest import Importing, workbook

ROWS = [["Verein", "Ort"], *([f"Verein {number}", "Gossa"] for number in range(1, 6))]


async def _set(office: Importing, **values: Any) -> None:
    async with transaction(office.sessions) as session:
        await session.execute(sa.update(ListImport).values(**values))


async def test_only_one_of_two_workers_takes_a_job(importing: Any, settings: RegistrySettings, outbox: Outbox) -> None:
    office: Importing = await importing()
    await office.check(workbook(Vereine=ROWS))
    assert (await office.client.post(f"/imports/{office.id}/run", json={})).is_success
    workers = [Worker("registry", settings, timers=[jobs.timer()]) for _ in range(2)]
    try:
        await asyncio.gather(*(worker._run_alone(worker.timers[0]) for worker in workers for _ in range(2)))
    finally:
        for worker in workers:
            await worker.engine.dispose()
    assert (await office.read())["parts"][0]["outcomes"] == {"created": 5}


async def test_work_that_a_restart_broke_off_begins_anew(importing: Any, world: World) -> None:
    office: Importing = await importing()
    await office.upload(workbook(Vereine=ROWS))
    await office.client.post(f"/imports/{office.id}/check")
    await office.work()
    await _set(office, state=ImportState.CHECKING, attempts=1)  # a worker died after half of the rows
    async with transaction(office.sessions) as session:
        await session.execute(sa.delete(ImportRow).where(ImportRow.number > 3))
    checked = await office.work()
    assert (checked["state"], checked["parts"][0]["rows"]) == ("checked", 5)
    assert len(await office.rows()) == 5


async def test_cancelled_work_leaves_nothing(importing: Any, world: World) -> None:
    office: Importing = await importing()
    await office.check(workbook(Vereine=ROWS))
    await office.client.post(f"/imports/{office.id}/run", json={})
    assert (await office.client.post(f"/imports/{office.id}/cancellation")).is_success
    back = await office.work()
    assert (back["state"], back["problem"]) == ("checked", "Der Import wurde abgebrochen. Es wurde nichts eingetragen.")
    assert (await world.officer.get("/organisations")).json()["items"] == []
    assert (await office.run())["parts"][0]["outcomes"] == {"created": 5}


async def test_what_fails_again_and_again_is_given_back(importing: Any) -> None:
    office: Importing = await importing()
    await office.check(workbook(Vereine=ROWS))
    await office.client.post(f"/imports/{office.id}/run", json={})
    await _set(office, attempts=jobs.MOST_ATTEMPTS)
    back = await office.work()
    assert back["state"] == "checked"
    assert back["problem"].startswith("Bei uns ist etwas schiefgegangen")


async def test_steps_that_are_not_possible_now_are_refused(importing: Any) -> None:
    office: Importing = await importing()
    await office.upload(workbook(Vereine=ROWS))
    for step in ("run", "undo"):
        assert (await office.client.post(f"/imports/{office.id}/{step}", json={})).json()["code"] == "wrong_step"
    assert (await office.client.delete(f"/imports/{office.id}")).status_code == 204
    assert (await office.client.get(f"/imports/{office.id}")).status_code == 404
