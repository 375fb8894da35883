"""What everybody can read, and what browsers are told."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from example_network import FIELDS, GOALS, NETWORK, VILLAGES, id_of, lead, meeting, organisation, told
from portal.app import create_app
from portal.settings import PortalSettings
from shared.contracts import events, notifications, portal, registry
from shared.contracts.envelope import Exchange
from shared.dates import day_of, start_of_day
from testkit.clients import Clients

Tell = Callable[..., Any]
ROOT = f"/n/{NETWORK}"
PATHS = (
    "/",
    ROOT,
    f"{ROOT}/orte/gossa",
    f"{ROOT}/orte/plodda",
    f"{ROOT}/treffen",
    f"{ROOT}/treffen/{id_of('Netzwerktreffen im Advent')}",
    f"{ROOT}/organisationen/dorfclub-gossa-e-v",
    "/ereignisse",
    "/leichte-sprache",
    "/barrierefreiheit",
    "/impressum",
    "/datenschutz",
    "/anmelden",
    "/anmelden?code=abc",
    "/does-not-exist",
)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


@pytest.mark.usefixtures("example_network")
async def test_network_page_shows_villages_leads_goals_and_dates(pages: httpx2.AsyncClient) -> None:
    text = text_of((await pages.get(ROOT)).text)
    for expected in (*VILLAGES, *GOALS, *FIELDS.values(), "Dorfclub Gossa e. V.", "Tischlerei Ahornhof"):
        assert expected in text
    assert text.count("ohne federführenden Verein") == 3
    assert "Netzwerktreffen im Advent" in text
    assert "Auswertung Heidefest" not in text, "a past meeting is no next date"
    assert "17 Menschen haben sich für diese Orte gemeldet" in text


@pytest.mark.usefixtures("example_network")
async def test_village_page_shows_its_lead_and_associations(pages: httpx2.AsyncClient) -> None:
    gossa = text_of((await pages.get(f"{ROOT}/orte/gossa")).text)
    assert "Dorfclub Gossa e. V. seit 1. März 2024" in gossa
    assert "Festzelt" in text_of((await pages.get(f"{ROOT}/organisationen/dorfclub-gossa-e-v")).text)
    plodda = text_of((await pages.get(f"{ROOT}/orte/plodda")).text)
    assert "ohne federführenden Verein" in plodda


@pytest.mark.usefixtures("example_network")
async def test_meeting_page_counts_and_has_a_calendar_file(pages: httpx2.AsyncClient) -> None:
    path = f"{ROOT}/treffen/{id_of('Netzwerktreffen im Advent')}"
    text = text_of((await pages.get(path)).text)
    assert "4 Personen kommen" in text
    assert "zugesagt 3 abgesagt 1 noch offen 2 eingeladen 6" in text
    assert "Wer hilft beim Heidefest? 40 Minuten" in text
    calendar = await pages.get(f"{path}/kalender.ics")
    assert calendar.headers["content-type"] == "text/calendar; charset=utf-8"
    assert f"UID:{id_of('Netzwerktreffen im Advent')}" in calendar.text
    assert f"URL:http://dorfnetz.test{path}" in calendar.text.replace("\r\n ", "")


@pytest.mark.usefixtures("example_network")
async def test_every_page_obeys_its_own_policy(pages: httpx2.AsyncClient) -> None:
    for path in PATHS:
        check_policy(await pages.get(path))


def check_policy(answer: httpx2.Response) -> None:
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    html = answer.text
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    for script in re.findall(r"<script[^>]*>", html):
        assert "src=" in script or 'type="application/ld+json"' in script
    for attributes in re.findall(r"<(?:link|script|img)[^>]*", html):
        for url in re.findall(r'(?:src|href)="([^"]*)"', attributes):
            assert url.startswith("/") or 'rel="canonical"' in attributes, url


@pytest.mark.usefixtures("example_network")
async def test_every_page_has_the_parts_people_navigate_by(pages: httpx2.AsyncClient) -> None:
    for path in PATHS:
        check_parts((await pages.get(path)).text)


def check_parts(html: str) -> None:
    assert '<html lang="de"' in html
    assert html.index('class="dn-skip"') < html.index("<header")
    assert html.count("<h1") == 1
    assert html.count("<main") == 1
    assert 'aria-label="Hauptnavigation"' in html
    assert "<footer" in html
    assert re.search(r"<title>\S.* – Dorfnetz</title>", html)
    ids = re.findall(r'\sid="([^"]*)"', html)
    assert len(ids) == len(set(ids)), "ids are unique"


@pytest.mark.usefixtures("example_network")
async def test_static_files_have_fingerprints_and_are_cached(pages: httpx2.AsyncClient) -> None:
    html = (await pages.get("/")).text
    (sheet,) = re.findall(r'href="(/static/portal\.[0-9a-f]{12}\.css)"', html)
    packed = await pages.get(sheet)
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["content-encoding"] == "gzip"
    fonts = re.findall(r'url\("?(/static/[^")]+woff2)"?\)', packed.text)
    assert len(fonts) == 6
    assert (await pages.get(fonts[0])).headers["content-type"] == "font/woff2"
    assert (await pages.get("/static/portal.css")).status_code == 404
    assert (await pages.get("/static/../settings.py")).status_code == 404


@pytest.mark.usefixtures("example_network")
async def test_sitemap_lists_pages_that_exist(pages: httpx2.AsyncClient) -> None:
    answer = await pages.get("/sitemap.xml")
    urls = [str(element.text) for element in ET.fromstring(answer.text).iter() if element.tag.endswith("loc")]
    assert f"http://dorfnetz.test{ROOT}/orte/groebern" in urls
    assert len(urls) == len(set(urls)) > 20
    for url in urls:
        if not url.endswith("/mitmachen"):  # asks the registry, which is away in this test
            assert (await pages.get(url)).status_code == 200, url
    robots = (await pages.get("/robots.txt")).text
    assert "Disallow: /antwort/" in robots
    assert "Sitemap: http://dorfnetz.test/sitemap.xml" in robots


@pytest.mark.usefixtures("example_network")
async def test_structured_data(pages: httpx2.AsyncClient) -> None:
    def found(html: str) -> dict[str, object]:
        (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
        data: dict[str, object] = json.loads(text)
        return data

    shown = found((await pages.get(PATHS[5])).text)
    assert shown["@type"] == "Event"
    assert str(shown["startDate"]).endswith("+01:00")
    assert found((await pages.get(PATHS[6])).text)["@type"] == "NGO"
    assert found((await pages.get(ROOT)).text)["name"] == "Heidedörfer Muldestausee"


@pytest.mark.usefixtures("example_network")
async def test_whole_days_begin_at_no_time_of_day(pages: httpx2.AsyncClient, telling: Tell) -> None:
    tomorrow = day_of(datetime.now(UTC)) + timedelta(days=1)
    span: dict[str, Any] = {"starts_at": start_of_day(tomorrow), "ends_at": start_of_day(tomorrow + timedelta(days=2))}
    facts = meeting("Vereinswerkstatt", **span)
    await telling(told(events.MeetingPublished(meeting=facts), facts.meeting_id, 2, NETWORK))
    for path in ("/", ROOT, f"{ROOT}/treffen", f"{ROOT}/treffen?ansicht=monat&monat={tomorrow:%Y-%m}"):
        text = text_of((await pages.get(path)).text)
        assert "Vereinswerkstatt" in text
        assert "00:00" not in text, path


@pytest.mark.usefixtures("example_network")
async def test_a_meeting_that_is_over_tells_who_had_agreed_to_come(pages: httpx2.AsyncClient, telling: Tell) -> None:
    past = id_of("Auswertung Heidefest")
    assert "zugesagt" not in (await pages.get(f"{ROOT}/treffen/{past}")).text
    counted = events.RegistrationsCounted(meeting_id=past, invited=6, accepted=3, declined=1, registered=4)
    await telling(told(counted, past, 9, NETWORK))
    assert "4 Personen hatten zugesagt" in text_of((await pages.get(f"{ROOT}/treffen/{past}")).text)


@pytest.mark.usefixtures("example_network")
async def test_what_people_typed_is_never_markup(pages: httpx2.AsyncClient, telling: Tell) -> None:
    evil = "</script><script>alert(1)</script><b>"
    facts = meeting(evil, starts_in=timedelta(days=3), place=evil, description=evil)
    await telling(
        organisation(evil, "Gossa", goals=evil, strengths=evil),
        told(events.MeetingPublished(meeting=facts), facts.meeting_id, 2, NETWORK),
    )
    for path in (ROOT, f"{ROOT}/orte/gossa", f"{ROOT}/treffen/{facts.meeting_id}", "/ereignisse"):
        html = (await pages.get(path)).text
        assert "alert(1)" in html
        assert "<script>alert" not in html
        assert "<b>" not in html


@pytest.mark.parametrize(
    "path", ["/nothing", "/n/nowhere", f"{ROOT}/orte/nowhere", f"{ROOT}/treffen/not-an-id", "/%00"]
)
async def test_missing_pages_say_so_in_german(pages: httpx2.AsyncClient, example_network: None, path: str) -> None:
    answer = await pages.get(path)
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht" in answer.text


@pytest.mark.usefixtures("example_network")
async def test_a_service_that_is_away_is_told_kindly(pages: httpx2.AsyncClient) -> None:
    answer = await pages.get(f"{ROOT}/mitmachen")
    assert answer.status_code == 503
    assert "Bitte einen Moment Geduld" in answer.text


async def test_empty_portal_works(pages: httpx2.AsyncClient) -> None:
    assert "Noch ist kein Netzwerk eingetragen." in (await pages.get("/")).text
    assert (await pages.get("/sitemap.xml")).status_code == 200
    assert "Hier ist noch nichts geschehen." in (await pages.get("/ereignisse")).text


async def test_every_public_event_can_be_chosen_by_a_german_name(pages: httpx2.AsyncClient) -> None:
    kinds = [kind for module in (registry, events, notifications, portal) for kind in vars(module).values()]
    public = {
        kind.type for kind in kinds if getattr(kind, "exchange", None) is Exchange.EVENTS and "type" in vars(kind)
    }
    html = (await pages.get("/ereignisse")).text
    options = dict(re.findall(r'<option value="([a-z_.]+\.v1)">([^<]+)</option>', html))
    assert set(options) == public
    assert options[events.MeetingPublished.type] == "Treffen veröffentlicht"
    assert len(set(options.values())) == len(options)


@pytest.mark.usefixtures("example_network")
async def test_a_change_is_shown_at_once_although_pages_are_remembered(
    pages: httpx2.AsyncClient, telling: Tell
) -> None:
    assert "Neuer Verein" not in (await pages.get(f"{ROOT}/orte/plodda")).text
    await telling(organisation("Neuer Verein", "Plodda"), lead("Neuer Verein", "Plodda"))
    assert "Neuer Verein" in (await pages.get(f"{ROOT}/orte/plodda")).text


@pytest.mark.usefixtures("example_network")
async def test_notice_of_the_operator(settings: PortalSettings, client_for: Clients) -> None:
    changed = settings.model_copy(update={"notice": "Nur ein Test", "login_url": "/demo", "operator_name": "Amt"})
    client = await client_for(create_app(changed))
    html = (await client.get("/impressum")).text
    assert "Nur ein Test" in html
    assert 'href="/demo?weiter=/impressum"' in html
    assert "Amt" in text_of(html)
