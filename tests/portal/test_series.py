"""Making a meeting come again, and changing its series, through the real events service."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import httpx2
import pytest
from portal_platform import Platform, until
from testkit.pages import Page

ROOT = "/n/heidedoerfer"


def meeting_form(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "network_meeting",
        "title": "Netzwerktreffen",
        "starts_at": "18:30",
        "ends_at": "20:30",
        "place": "Dorfgemeinschaftshaus",
        **changes,
    }


async def location(answer: httpx2.Response) -> str:
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def second_wednesday() -> date:
    day = datetime.now(UTC).date() + timedelta(days=10)
    while not (day.weekday() == 2 and 8 <= day.day <= 14):
        day += timedelta(days=1)
    return day


def choices(**changes: Any) -> dict[str, Any]:
    return {"pattern": "weekday", "every": "1", "ends": "never", "weeks_ahead": "6", **changes}


def key_in(page: str) -> str:
    return str(re.findall(r'name="_key" value="(\w+)"', page)[0])


async def begun(browser: httpx2.AsyncClient) -> str:
    """The address of a series that begins with a planned meeting on the second Wednesday of a month."""
    form = meeting_form(starts_on=str(second_wednesday()), _repeat="1")
    step = await location(await browser.post(f"{ROOT}/treffen/neu", data=form))
    page = unescape((await browser.get(step)).text)
    assert "am 2. Mittwoch im Monat" in page
    assert "FREQ" not in page
    shown = await browser.post(step, data=choices(_show="1"))
    assert "Das sind die nächsten Termine" in shown.text
    begin = choices(_begin="1", _key=key_in(shown.text))
    return str((await location(await browser.post(step, data=begin))).partition("?")[0])


async def test_plan_a_series_and_change_one_date_then_those_that_follow(platform: Platform) -> None:
    browser = await platform.logged_in()
    series = await begun(browser)
    page = unescape((await browser.get(series)).text)
    assert "jeden Monat am 2. Mittwoch im Monat" in page
    dates = re.findall(rf'href="({ROOT}/treffen/[\w-]+)">', page)
    assert len(dates) in (12, 13)
    assert await location(await browser.get(f"{dates[1]}/reihe")) == series

    edit = unescape((await browser.get(f"{dates[2]}/bearbeiten")).text)
    assert "Dieser und alle folgenden Termine" in edit
    fields = dict(re.findall(r'<input[^>]*name="(starts_on|meeting_id|revision)"[^>]*value="([\w-]+)"', edit))
    form = meeting_form(**fields, place="Kiefernhof", scope="following")
    preview = await browser.post(f"{dates[2]}/bearbeiten", data=form)
    assert f"{len(dates) - 2} Termine werden geändert" in preview.text
    assert (await browser.get(series)).text.count("Kiefernhof") == 0, "nothing happened yet"
    done = {**form, "seen": "following", "_key": key_in(preview.text)}
    later = (await location(await browser.post(f"{dates[2]}/bearbeiten", data=done))).split("?")[0]
    assert later != series
    assert (await browser.get(later)).text.count("Kiefernhof") == len(dates) - 2
    assert (await browser.get(series)).text.count(f"{ROOT}/treffen/") >= 2


async def test_publish_a_series_and_end_it(platform: Platform) -> None:
    browser = await platform.logged_in()
    series = await begun(browser)
    assert "meldung=reihe-veroeffentlicht" in await location(await browser.post(f"{series}/veroeffentlichen"))
    twice = await browser.post(f"{series}/rhythmus", data=choices(every="0"))
    assert twice.status_code == 422
    assert "Dieser Rhythmus ist nicht verständlich" in unescape(twice.text)
    end = choices(ends="on", until=str(second_wednesday()))
    shown = await browser.post(f"{series}/rhythmus", data=end)
    assert re.search(r"1[012] Entwürfe fallen weg", unescape(shown.text))
    done = await browser.post(f"{series}/rhythmus", data={**end, "_sure": "1", "_key": key_in(shown.text)})
    assert (await location(done)).startswith(series)
    after = unescape((await browser.get(series)).text)
    assert "bis " in after


@pytest.mark.parametrize(
    ("pattern", "every", "words"),
    [
        ("days", "30", "alle 30 Tage"),
        ("weeks", "4", "alle 4 Wochen am Mittwoch"),
        ("day", "2", "alle 2 Monate am "),
        ("years", "1", "jedes Jahr am "),
        ("other", "1", "jeden Monat: 2. Mittwoch, 4. Mittwoch"),
    ],
)
async def test_every_rhythm_is_chosen_shown_and_found_again(
    platform: Platform, pattern: str, every: str, words: str
) -> None:
    """On several days only programs let it be; pages show that and keep it."""
    browser = await platform.logged_in()
    series = await begun(browser)
    kept = "FREQ=MONTHLY;BYDAY=2WE,4WE" if pattern == "other" else ""
    wanted = choices(pattern=pattern, every=every, kept=kept, _sure="1")
    assert (await location(await browser.post(f"{series}/rhythmus", data=wanted))).startswith(series)
    assert words in unescape((await browser.get(series)).text)
    again = Page(await browser.get(f"{series}/rhythmus")).form("pattern").fill()
    assert {("pattern", pattern), ("every", every), ("ends", "never")} <= set(again)
    if kept:
        assert ("kept", kept) in again


async def test_a_course_is_planned_shown_and_registered_for_at_once(platform: Platform) -> None:
    planner = await platform.logged_in()
    form = meeting_form(kind="training_series", title="Vereinsrecht", starts_on=str(second_wednesday()), _repeat="1")
    step = await location(await planner.post(f"{ROOT}/treffen/neu", data=form))
    evenings = choices(pattern="weeks", ends="after", count="4", one_registration="1")
    endless = await planner.post(step, data={**evenings, "ends": "never", "_begin": "1"})
    assert "Ein Kurs hat einen letzten Termin." in endless.text
    shown = await planner.post(step, data={**evenings, "_show": "1"})
    begin = {**evenings, "_begin": "1", "_key": key_in(shown.text)}
    series = (await location(await planner.post(step, data=begin))).partition("?")[0]
    page = unescape((await planner.get(series)).text)
    assert "Man meldet sich für alle Termine auf einmal an." in page
    dates = re.findall(rf'href="({ROOT}/treffen/[\w-]+)">', page)
    assert len(dates) == 4
    draft = (await planner.get(dates[1])).text
    assert "Veröffentlichen und einladen" not in draft
    assert "Kurs mit allen Terminen" in draft
    assert "Dieser und alle folgenden Termine" not in unescape((await planner.get(f"{dates[1]}/bearbeiten")).text)
    await planner.post(f"{series}/veroeffentlichen")

    visitor = await platform.browser()
    third = await until(visitor, dates[2], "Sie melden sich für alle 4 Termine an.")
    assert all(path in third for path in dates if path != dates[2])
    asked = await visitor.get(f"{dates[2]}/anmelden")
    assert "Sie melden sich für alle 4 Termine an." in asked.text
    typed = {"name": "Ottilie Specht", "email": "ottilie@specht.example", "people": "1"}
    assert "Ein Schritt fehlt noch" in (await visitor.post(f"{dates[2]}/anmelden", data=typed)).text
    link = await platform.registration_link()
    assert "Sie melden sich für alle 4 Termine an." in (await visitor.get(link)).text
    assert (await visitor.post(link, data={"way": "confirm"})).status_code == 303
    for path in (dates[0], dates[3]):
        assert "Ottilie Specht" in (await planner.get(f"{path}/anmeldungen")).text
    assert re.search(r"<strong>1</strong>\s*Person kommt", (await visitor.get(dates[3])).text)

    club = await platform.enter("Dorfclub Gossa e. V.")
    member = await platform.logged_in_as_contact_of(club)
    done = await member.post(f"{dates[1]}/anmeldung")
    assert await location(done) == f"{dates[1]}?meldung=dabei"
    registered = (await member.get(dates[3])).text
    assert "Ihre Anmeldung gilt für alle 4 Termine." in registered
    assert "Ich kann doch nicht kommen" in registered
    assert await location(await member.post(f"{dates[0]}/anmeldung/absage")) == f"{dates[0]}?meldung=doch-nicht"
    assert "Ich komme" in (await member.get(dates[2])).text


async def test_the_answer_to_an_invitation_is_for_the_whole_course(platform: Platform) -> None:
    club = await platform.enter("Dorfclub Gossa e. V.")
    await platform.lead(club)
    await platform.appoint(club)
    planner = await platform.logged_in()
    form = meeting_form(kind="training_series", starts_on=str(second_wednesday()), _repeat="1", visibility="invited")
    step = await location(await planner.post(f"{ROOT}/treffen/neu", data=form))
    begin = choices(pattern="weeks", ends="after", count="3", one_registration="1", _begin="1")
    series = (await location(await planner.post(step, data=begin))).partition("?")[0]
    await planner.post(f"{series}/veroeffentlichen")
    guest = await platform.browser()
    answer = f"/antwort/{await platform.reply_token()}"
    shown = (await guest.get(answer)).text
    assert "Ihre Antwort gilt für alle Termine des Kurses." in shown
    assert (await guest.post(answer, data={"answer": "accepted"})).status_code == 303
    assert "Danke, wir haben es notiert: Sie kommen." in unescape((await guest.get(f"{answer}?danke=1")).text)
    last = re.findall(rf'href="({ROOT}/treffen/[\w-]+)">', unescape((await planner.get(series)).text))[-1]
    page = (await planner.get(last)).text
    assert "Man meldet sich für alle 3 Termine auf einmal an." in page  # the service tells of what is not for everybody
    assert re.search(r"<strong>1</strong>\s*Person kommt", page)
