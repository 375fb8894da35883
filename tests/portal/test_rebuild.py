"""The read model can be thrown away: the services know everything that it shows."""

import httpx2
import pytest
import sqlalchemy as sa
from portal.read_model import model
from portal.read_model.rebuild import rebuild
from portal.settings import PortalSettings
from portal_platform import Platform, until
from shared.access.tenancy import EVERYTHING, enter_scopes
from starlette.applications import Starlette

ROOT = "/n/heidedoerfer"


async def test_rebuild_brings_everything_back(platform: Platform, settings: PortalSettings) -> None:
    browser = await platform.browser()
    first, second = await platform.enter("Erster e. V."), await platform.enter("Zweiter e. V.")
    present = await platform.lead(first)
    succession = {"village_id": first["village_id"], "organisation_id": second["id"], "replaces": present["id"]}
    answer = await platform.officer.post("/lead-mandates", json={**succession, "starts_on": "2190-01-01"})
    assert answer.is_success, answer.text
    before = await until(browser, f"{ROOT}/orte/gossa", "Ab 1. Januar 2190: Zweiter e. V.")

    async with platform.portal.state.sessions() as session, session.begin():
        await enter_scopes(session, [EVERYTHING])
        for table in (model.Organisation, model.LeadMandate, model.Village):
            await session.execute(sa.delete(table))
        await session.execute(sa.update(model.Network).values(name="Verdorben", sequence=999))
        await session.execute(sa.update(model.Revision).values(number=model.Revision.number + 1))
    assert (await browser.get(f"{ROOT}/orte/gossa")).status_code == 404

    counts = await rebuild(settings, httpx2.ASGITransport(app=platform.behind))
    assert counts["registry"] > 5
    assert (await browser.get(f"{ROOT}/orte/gossa")).text == before


async def test_a_failed_rebuild_changes_nothing(platform: Platform, settings: PortalSettings) -> None:
    browser = await platform.browser()
    before = (await browser.get(ROOT)).text
    without_notifications = Starlette(routes=platform.behind.routes[:-1])
    with pytest.raises(httpx2.HTTPError):
        await rebuild(settings, httpx2.ASGITransport(app=without_notifications))
    assert (await browser.get(ROOT)).text == before
