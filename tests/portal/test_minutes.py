"""From the agenda to the minutes that everybody reads, and a need that is closed by a task; as browsers do it."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from portal.minutes.people import People
from portal_platform import Platform, post, until
from writing_minutes import clock

ROOT = "/n/heidedoerfer"
Browser = httpx2.AsyncClient


@pytest.fixture
async def events(platform: Platform) -> AsyncIterator[httpx2.AsyncClient]:
    """The officer's access to the events service."""
    headers = {"authorization": platform.officer.headers["authorization"]}
    transport = httpx2.ASGITransport(app=platform.behind)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://services.test/api/events", headers=headers
    ) as client:
        yield client


async def meet(events: httpx2.AsyncClient, title: str, days: float, *agenda: str) -> str:
    """A meeting that began so many days from now, published: its id."""
    plan = {
        "network": "heidedoerfer",
        "title": title,
        "place": "Dorfgemeinschaftshaus Gossa",
        "starts_at": clock(days),
        "ends_at": clock(days + 0.1),
        "agenda": [{"title": each} for each in agenda],
    }
    for _ in range(100):  # the network's event may still be on its way
        planned = await events.post("/meetings", json=plan)
        if planned.is_success:
            break
        await asyncio.sleep(0.05)
    meeting = str(planned.raise_for_status().json()["id"])
    (await events.post(f"/meetings/{meeting}/publication")).raise_for_status()
    return meeting


@pytest.fixture
async def club(platform: Platform) -> dict[str, Any]:
    """It leads in Gossa, and Erna Beispiel is its chair."""
    club = await platform.enter("Dorfclub Gossa e. V.")
    await platform.lead(club)
    await platform.appoint(club)
    await until(await platform.browser(), f"{ROOT}/organisationen/{club['slug']}")
    return club


@pytest.fixture
async def office(platform: Platform, club: dict[str, Any]) -> Browser:
    return await platform.logged_in()


def found(pattern: str, html: str) -> str:
    match = re.search(pattern, html)
    assert match, f"{pattern} is not in {html[-3000:]}"
    return match[1]


async def item_page(browser: Browser, meeting: str, title: str) -> str:
    html = (await browser.get(f"{ROOT}/treffen/{meeting}/protokoll")).text
    return found(rf'href="([^"]+/punkte/[^"]+)">(?:<span[^>]*></span>)?[^<]*<span[^>]*>: {title}', html)


async def send(browser: Browser, path: str, **data: Any) -> httpx2.Response:
    answer = await browser.post(path, data=data)
    assert answer.status_code == 303, answer.text[-3000:]
    return answer


async def test_the_agenda_is_arranged_and_a_lead_association_proposes(
    platform: Platform, events: httpx2.AsyncClient, club: dict[str, Any], office: Browser
) -> None:
    meeting = await meet(events, "Maitreffen", 30, "Begrüßung", "Dorffest")
    page = f"{ROOT}/treffen/{meeting}/tagesordnung"
    keeper = await platform.logged_in_as_contact_of(club)
    assert "Punkt vorschlagen" in await until(keeper, page)
    await send(keeper, f"{page}/vorschlag", title="Bus am Samstag", details="Viele fragen danach.", minutes="10")
    html = (await office.get(page)).text
    assert "Viele fragen danach." in html
    proposal = found(r'action="([^"]+/vorschlag/[^"]+)"', html)
    await send(office, proposal, accept="yes")
    html = (await office.get(page)).text
    shift = re.findall(r'action="([^"]+/stelle)"', html)
    assert len(shift) == 3
    await send(office, shift[2], to="up")
    html = (await keeper.get(page)).text
    assert html.index("Begrüßung") < html.index("Bus am Samstag") < html.index("Dorffest")
    assert "Eingebracht von: Dorfclub Gossa e. V." in html
    refused = await office.post(page, data={"title": "", "minutes": "viel"})
    assert refused.status_code == 422
    assert 'id="title-error"' in refused.text
    assert 'value="viel"' in refused.text
    stranger = await platform.logged_in_as_contact_of(await platform.enter("Angelverein"), "Anton", "a@verein.example")
    assert (await stranger.get(page)).status_code == 403


async def test_two_who_write_at_once_see_both_texts(events: httpx2.AsyncClient, office: Browser) -> None:
    meeting = await meet(events, "Apriltreffen", -0.05, "Dorffest")
    page = await item_page(office, meeting, "Dorffest")
    await send(office, page, text="Erna Beispiel bringt das Zelt mit.", version="0")
    kept = (await events.get(f"/meetings/{meeting}/notes")).json()["items"][0]["text"]
    assert re.fullmatch(r"\{contact:[\w-]+\} bringt das Zelt mit\.", kept)
    assert "Erna Beispiel bringt das Zelt mit." in (await office.get(page)).text
    conflict = await office.post(page, data={"text": "Das Zelt kommt später.", "version": "0"})
    assert conflict.status_code == 409
    assert "Ihr Text" in conflict.text
    assert conflict.text.index("Das Zelt kommt später.") < conflict.text.index("Text der anderen")
    assert "Erna Beispiel bringt das Zelt mit." in conflict.text
    partial = {"hx-request": "true", "hx-request-type": "partial"}
    fragment = await office.post(page, data={"text": "Das Zelt kommt später.", "version": "0"}, headers=partial)
    assert (fragment.status_code, "<html" in fragment.text) == (200, False)
    assert 'name="version" value="0"' in fragment.text
    theirs = found(r'name="theirs" value="([^"]*)"', fragment.text)
    both = {"text": "Das Zelt kommt später.", "theirs": theirs, "theirs_version": "1", "choice": "both"}
    await send(office, page, **both)
    text = (await events.get(f"/meetings/{meeting}/notes")).json()["items"][0]["text"]
    assert re.fullmatch(r"\{contact:[\w-]+\} bringt das Zelt mit\.\s+Das Zelt kommt später\.", text)
    saved = await office.post(page, data={"text": "Neu.", "version": "2"}, headers=partial)
    assert 'name="version" value="3"' in saved.text
    assert "Gespeichert um" in saved.text


async def test_what_others_write_appears_and_nothing_is_sent_while_nothing_is_new(
    events: httpx2.AsyncClient, office: Browser
) -> None:
    meeting = await meet(events, "Apriltreffen", -0.05, "Dorffest", "Wege")
    page = f"{ROOT}/treffen/{meeting}/protokoll"
    poll = found(r'hx-get="([^"]+)"', (await office.get(page)).text)
    partial = {"hx-request": "true", "hx-request-type": "partial"}
    assert (await office.get(poll, headers=partial)).status_code == 204
    await send(office, await item_page(office, meeting, "Wege"), text="Der Weg ist gemäht.", version="0")
    news = await office.get(poll, headers=partial)
    assert (news.status_code, "Der Weg ist gemäht." in news.text) == (200, True)
    assert found(r'hx-get="([^"]+)"', news.text) != poll


async def test_from_the_need_to_the_published_minutes(
    platform: Platform, events: httpx2.AsyncClient, club: dict[str, Any], office: Browser
) -> None:
    need = await post(
        platform.officer,
        "/help-entries",
        side="need",
        organisation_id=club["id"],
        kind="people",
        title="Vier Leute für den Zeltaufbau",
    )
    await until(office, f"{ROOT}/hilfe/{need['id']}")
    meeting = await meet(events, "Apriltreffen", -30, "Dorffest", "Wege")
    following = await meet(events, "Maitreffen", -1, "Begrüßung")
    page = await item_page(office, meeting, "Dorffest")
    await send(office, page, text="Erna Beispiel sucht Helfer.", version="0")
    await send(office, f"{page}/beschluss", text="Das Fest ist am 7. Juni.", votes_for="9", votes_against="1")
    task = {"title": "Helfer finden", "due_on": "2099-05-01", "responsible": f"organisation_id:{club['id']}"}
    for _ in range(100):  # the need's event may still be on its way
        given = await office.post(f"{page}/aufgabe", data={**task, "need_id": need["id"]})
        if given.status_code == 303:
            break
        await asyncio.sleep(0.05)
    assert given.status_code == 303, given.text[-3000:]

    keeper = await platform.logged_in_as_contact_of(club)
    html = (await keeper.get(f"{ROOT}/aufgaben")).text
    assert "Helfer finden" in html
    assert "bis 1. Mai 2099" in html
    await send(keeper, found(r'action="([^"]+/stand)"', html), state="done")
    assert "Solche Aufgaben gibt es nicht." in (await keeper.get(f"{ROOT}/aufgaben")).text
    await until_done(platform, need["id"])

    minutes = f"{ROOT}/treffen/{meeting}/protokoll"
    await send(office, f"{minutes}/anwesenheit", people="14", present=club["id"])
    wege = found(r'name="carry" value="([^"]+)"', (await office.get(minutes)).text)
    await send(office, f"{minutes}/einreichen", carry=wege)
    await send(office, f"{minutes}/genehmigen", votes_for="10")
    approved = (await events.get(f"/meetings/{following}/minutes")).json()["content"]["items"]
    assert any(item["decisions"] and "wird genehmigt" in item["decisions"][0]["text"] for item in approved)
    await send(
        office,
        f"{minutes}/berichtigen",
        reason="Falsches Wort",
        **{
            found(
                r'name="(text-[^"]+)"', (await office.get(f"{minutes}/berichtigen")).text
            ): "Erna Beispiel sucht Leute."
        },
    )
    first = (await office.get(f"{minutes}/fassungen/1")).text
    assert "Erna Beispiel sucht Helfer." in first
    review = (await office.get(f"{minutes}/veroeffentlichen")).text
    assert "Vorsitz (Dorfclub Gossa e. V.) sucht Leute." in review
    lines = re.findall(r'name="((?:task|decision)-[^"]+)"[^>]*value="([^"]*)"', review)
    sent = dict(lines + re.findall(r'<textarea[^>]*name="(text-[^"]+)"[^>]*>\n([^<]*)</textarea>', review))
    unread = await office.post(f"{minutes}/veroeffentlichen", data=sent)
    assert unread.status_code == 422
    assert "auf Namen durchgesehen" in unread.text
    await send(office, f"{minutes}/veroeffentlichen", **sent, checked="1")

    visitor = await platform.browser()
    public = await until(visitor, f"{ROOT}/protokolle/{meeting}")
    for words in ("Vorsitz (Dorfclub Gossa e. V.) sucht Leute.", "9 Ja, 1 Nein", "Helfer finden", "14 Personen"):
        assert words in public, words
    assert "Erna" not in public
    assert (await visitor.get(minutes)).status_code == 303, "to the login"
    for address in (f"{ROOT}/protokolle/{meeting}/protokoll.pdf", f"{minutes}.pdf"):
        document = await office.get(address)
        assert (document.status_code, document.content[:5]) == (200, b"%PDF-")
    assert "Apriltreffen" in (await visitor.get(f"{ROOT}/protokolle")).text


async def until_done(platform: Platform, need: str) -> None:
    for _ in range(100):
        if (await platform.officer.get(f"/help-entries/{need}")).json()["state"] == "done":
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the need is not closed")


def test_names_and_functions_change_places_and_back() -> None:
    erna, karl = "{contact:11111111-1111-1111-1111-111111111111}", "{contact:22222222-2222-2222-2222-222222222222}"
    people = People(
        functions={erna: "Vorsitz (Dorfclub)", karl: "Kasse (Dorfclub)"},
        names={erna: "Erna Beispiel"},
        former="eine ehemalige Ansprechperson",
    )
    text = "Erna Beispiel und Kasse (Dorfclub) kommen, Erna Beispielmann nicht."
    marked = people.linked(text)
    assert marked == f"{erna} und {karl} kommen, Erna Beispielmann nicht."
    assert people.shown(marked) == text
    assert people.public(text) == "Vorsitz (Dorfclub) und Kasse (Dorfclub) kommen, Erna Beispielmann nicht."
    unknown = "{contact:33333333-3333-3333-3333-333333333333} fehlt."
    assert people.shown(unknown) == "eine ehemalige Ansprechperson fehlt."
