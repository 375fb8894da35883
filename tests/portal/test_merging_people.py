"""Staff make one of two entries of the same person: side by side, field by field, after one clear confirmation."""

import httpx2
from portal_platform import Platform


async def _entered(browser: httpx2.AsyncClient, email: str) -> str:
    entered = {"name": "Gerda Sommer", "email": email, "phone": "034955 777"}
    answer = await browser.post("/personen/neu", data={**entered, "_likely": "seen"})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0].rpartition("/")[2]


async def test_make_one_of_two_entries(platform: Platform) -> None:
    browser = await platform.logged_in()
    former, into = await _entered(browser, "gerda@alt.example"), await _entered(browser, "gerda@neu.example")
    assert f"/personen/{former}/zusammenfuehren" in (await browser.get(f"/personen/{former}")).text
    choice = (await browser.get(f"/personen/{former}/zusammenfuehren")).text
    assert f"/personen/{former}/zusammenfuehren?mit={into}" in choice
    there = f"/personen/{former}/zusammenfuehren?mit={into}"
    page = (await browser.get(there)).text
    assert "gerda@alt.example" in page
    assert "gerda@neu.example" in page
    chosen = {"email": "former", "version": "1", "into_version": "1"}
    unsure = await browser.post(there, data=chosen)
    assert unsure.status_code == 422
    assert (await browser.get(f"/personen/{former}")).status_code == 200, "nothing happens without the confirmation"
    stale = await browser.post(there, data={**chosen, "version": "9", "confirmed": "1"})
    assert stale.status_code == 422
    assert "kern-alert--danger" in stale.text
    done = await browser.post(there, data={**chosen, "confirmed": "1"})
    assert done.headers["location"] == f"/personen/{into}?meldung=person-zusammengefuehrt"
    assert "gerda@alt.example" in (await browser.get(f"/personen/{into}")).text
    gone = await browser.get(f"/personen/{former}")
    assert (gone.status_code, gone.headers["location"]) == (303, f"/personen/{into}")
