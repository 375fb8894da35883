"""What is likely entered twice: who enters somebody is asked first, and the list of pairs for staff."""

from typing import Any

import httpx2
import pytest
from portal.web.services import ServiceClient
from portal_platform import Platform, post, until
from registry.duplicates.finding import find_pairs
from shared.access.tenancy import EVERYTHING
from shared.database import create_engine, create_sessions

GERDA = {"name": "Gerda Sommer", "email": "gerda@post.example", "phone": ""}


async def compare(platform: Platform) -> None:
    """What the registry's worker does every two minutes."""
    engine = create_engine(platform.registry.state.settings, scopes=EVERYTHING)
    await find_pairs(create_sessions(engine))
    await engine.dispose()


@pytest.fixture
async def office(platform: Platform) -> httpx2.AsyncClient:
    return await platform.logged_in()


async def test_who_enters_somebody_alike_is_shown_them_first(platform: Platform, office: httpx2.AsyncClient) -> None:
    known = await post(platform.officer, "/persons", name="Gerda Sommer", email="sommer@verein.example")
    asked = await office.post("/personen/neu", data=GERDA)
    assert asked.status_code == 422
    assert "Ist es eine davon?" in asked.text
    assert f'href="/personen/{known["id"]}"' in asked.text
    assert "sommer@verein.example" in asked.text
    assert 'value="gerda@post.example"' in asked.text, "what was typed is not lost"
    assert len((await platform.officer.get("/persons", params={"name": "Gerda"})).json()["items"]) == 1
    assert (await office.post("/personen/neu", data={**GERDA, "_likely": "seen"})).status_code == 303


async def test_one_form_that_is_sent_twice_asks_nothing(office: httpx2.AsyncClient) -> None:
    first, second = [await office.post("/personen/neu", data={**GERDA, "_key": "once"}) for _ in range(2)]
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]


async def test_who_appoints_or_signs_up_somebody_alike_is_asked_too(
    platform: Platform, office: httpx2.AsyncClient
) -> None:
    await post(platform.officer, "/persons", name="Gerda Sommer", email="sommer@verein.example")
    entry = await platform.enter("Heimatverein Gossa")
    contacts = f"/n/heidedoerfer/organisationen/{entry['slug']}/ansprechpersonen/neu"
    await until(office, contacts)  # the pages learn of the entry by events
    volunteer = {"channel": "paper", "given_on": "2024-09-01"}
    network = f"/gebiet/netzwerke/{platform.network['id']}/ansprechpersonen/neu"
    for address, more in (
        (contacts, {"function": "chair"}),
        (network, {"function": "coordinator", "starts_on": "2024-09-01"}),
        ("/freiwillige/neu", volunteer),
    ):
        asked = await office.post(address, data={**GERDA, **more})
        assert asked.status_code == 422
        assert "Ist es eine davon?" in asked.text, address
    keeper = await platform.logged_in_as_contact_of(entry)
    told = await keeper.post(contacts, data={**GERDA, "function": "chair"})
    assert told.status_code == 303, "who is no staff is not told who is entered"


async def test_the_start_page_of_staff_says_how_many_wait(platform: Platform, office: httpx2.AsyncClient) -> None:
    for name in ("Heimatverein Gossa e. V.", "Gossaer Heimatverein"):
        await platform.enter(name)
    assert "auf Sie" not in (await office.get("/verwaltung")).text
    await compare(platform)
    assert "1 Fall wartet auf Sie" in (await office.get("/verwaltung")).text
    [pair] = await _pairs(platform)
    told = {"left_id": pair["left"]["id"], "right_id": pair["right"]["id"]}
    assert (await office.post("/dubletten/organisationen/verschieden", data=told)).status_code == 303
    assert "auf Sie" not in (await office.get("/verwaltung")).text


async def test_the_start_page_stands_while_the_registry_is_away(platform: Platform, office: httpx2.AsyncClient) -> None:
    away = httpx2.MockTransport(lambda _request: httpx2.Response(503))
    platform.portal.state.services.registry = ServiceClient("http://away.test", 1, away)
    page = await office.get("/verwaltung")
    assert page.status_code == 200
    assert 'href="/dubletten"' in page.text


async def test_the_list_is_filtered_by_place_reason_and_how_likely(
    platform: Platform, office: httpx2.AsyncClient
) -> None:
    for name in ("Heimatverein Gossa e. V.", "Gossaer Heimatverein"):
        await platform.enter(name)
    for person in (GERDA, {**GERDA, "name": "Gerda Sommer-Winter"}):
        await post(platform.officer, "/persons", name=person["name"], email=person["email"])
    await compare(platform)
    here, elsewhere = platform.villages["Gossa"]["municipality_id"], platform.network["id"][:-12] + "0" * 12
    shown = {
        f"/dubletten/organisationen?gebiet={here}": True,
        f"/dubletten/organisationen?gebiet={platform.network['id']}&grund=same_name": True,
        f"/dubletten/organisationen?gebiet={elsewhere}": False,
        "/dubletten/organisationen?grund=email": False,
        "/dubletten/organisationen?wie=sehr": True,
        "/dubletten/organisationen?wie=vielleicht": False,
        "/dubletten/organisationen?wie=vielleicht&zeige=verschieden": False,
        "/dubletten/organisationen?grund=unsinn&gebiet=unsinn&wie=unsinn": True,
        "/dubletten/personen?grund=email": True,
        f"/dubletten/personen?gebiet={here}": False,
    }
    for address, found in shown.items():
        page = await office.get(address)
        assert page.status_code == 200, address
        assert ("Das ist dieselbe" in page.text) is found, address
        assert ("Mit weniger Filtern finden Sie mehr" in page.text) is not found, address


async def test_filters_stay_while_somebody_works_through_the_pages(
    platform: Platform, office: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.duplicates.routes.SHOWN", 1)
    for name in ("Heimatverein Gossa e. V.", "Gossaer Heimatverein", "Sportverein Gossa e. V.", "Gossaer Sportverein"):
        await platform.enter(name)
    await compare(platform)
    chosen = f"gebiet={platform.network['id']}&grund=same_name"
    page = (await office.get(f"/dubletten/organisationen?{chosen}")).text
    more = f"/dubletten/organisationen?{chosen}&ab=".replace("&", "&amp;")
    assert more in page
    further = (more + page.partition(more)[2].partition('"')[0]).replace("&amp;", "&")
    second = (await office.get(further)).text
    assert ("Heimatverein" in page) is not ("Heimatverein" in second)
    assert f'href="/dubletten/organisationen?{chosen}"'.replace("&", "&amp;") in second
    [pair, _] = await _pairs(platform)
    told = {"left_id": pair["left"]["id"], "right_id": pair["right"]["id"]}
    answer = await office.post(f"/dubletten/organisationen/verschieden?{chosen}", data=told)
    assert answer.headers["location"] == f"/dubletten/organisationen?{chosen}&meldung=keine-dublette"


async def _pairs(platform: Platform) -> list[Any]:
    found: list[Any] = (await platform.officer.get("/duplicates/organisations")).json()["items"]
    return found
