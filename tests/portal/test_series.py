"""Making a meeting come again, and changing its series, through the real events service."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import httpx2
import pytest
from portal_platform import Platform
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
    assert len(dates) in (17, 18)
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
    assert re.search(r"1[67] Entwürfe fallen weg|1[567] Entwürfe", unescape(shown.text))
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
