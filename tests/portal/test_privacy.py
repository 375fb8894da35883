"""/datenschutz: what everybody may know about what happens to their data (Art. 13 GDPR)."""

import re

import httpx2
from portal.app import create_app
from portal.settings import PortalSettings
from portal_platform import Platform
from shared.retention.activities import OPERATION
from testkit.clients import Clients


async def test_everybody_reads_for_what_and_how_long_data_is_kept_in_every_service(platform: Platform) -> None:
    html = (await (await platform.browser()).get("/datenschutz")).text
    kept = dict(re.findall(r"<li><strong>([^<]+):</strong> ([^<]+)</li>", html.partition('id="fristen"')[2]))
    assert kept["Unbestätigte Anmeldungen als Freiwillige"] == "14 Tage nach der Eingabe"  # registry
    assert kept["Anmeldungen zu Treffen"].startswith("6 Monate nach dem Treffen")  # events
    assert "Adressbuch für E-Mails" in kept  # notifications
    assert any("Browser" in name for name in kept)  # portal
    assert OPERATION.purpose in html


async def test_without_the_services_the_page_still_says_what_happens(pages: httpx2.AsyncClient) -> None:
    answer = await pages.get("/datenschutz")
    assert answer.status_code == 200
    assert "Die Liste der Fristen lässt sich im Moment nicht abrufen" in answer.text
    assert "Ihre Rechte" in answer.text


async def test_the_privacy_officer_can_be_reached(
    pages: httpx2.AsyncClient, settings: PortalSettings, client_for: Clients
) -> None:
    assert "Datenschutzbeauftragte Stelle" not in (await pages.get("/datenschutz")).text
    named = settings.model_copy(update={"privacy_officer": "datenschutz@landkreis.example"})
    away = httpx2.MockTransport(lambda _request: httpx2.Response(503))
    visitor = await client_for(create_app(named, transport=away))
    assert "Datenschutzbeauftragte Stelle: datenschutz@landkreis.example" in (await visitor.get("/datenschutz")).text
