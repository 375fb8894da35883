"""The main job as people do it: in a browser, and in one without JavaScript."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]

ROOT = "/n/heidedoerfer"
OpenBrowser = Callable[..., BrowserContext]


@pytest.mark.parametrize("with_javascript", [True, False], ids=["javascript", "no javascript"])
def test_main_job(open_browser: OpenBrowser, with_javascript: bool) -> None:
    suffix = "Licht" if with_javascript else "Schatten"
    staff = open_browser("netzwerk", java_script_enabled=with_javascript)
    watcher = open_browser().new_page()
    watcher.goto("/ereignisse")
    expect(watcher.locator(".dn-events--live")).to_be_attached()

    page = staff.new_page()
    association = f"Dorfverein Plodda {suffix}"
    enter_association(page, association)
    told = f"„{association}“ in Plodda wurde eingetragen."  # a platform that has just started has much else to tell
    expect(watcher.locator(".dn-events--live")).to_contain_text(told, timeout=150_000)
    make_lead(page, association)
    expect(page.locator(".dn-leadbox")).to_contain_text(association)
    enter_contact(page, association, f"Paula {suffix}", f"leitung.{suffix.lower()}@example.org")
    sign_up(open_browser(java_script_enabled=with_javascript).new_page())

    title = f"Netzwerktreffen {suffix}"
    meeting = publish_meeting(page, title)
    visitor = open_browser(java_script_enabled=with_javascript).new_page()
    accept(visitor, title)
    visitor.goto(meeting)
    expect(visitor.locator(".dn-counts__big")).to_have_text(re.compile(r"1\s+Person kommt"))
    expect(watcher.locator(".dn-events--live")).to_contain_text(f"„{title}“: 1 von ")


def enter_association(page: Page, name: str) -> None:
    page.goto(f"{ROOT}/orte/plodda")
    page.get_by_role("link", name="Verein oder Betrieb eintragen").click()
    page.get_by_role("button", name="Eintragen").click()
    expect(page.get_by_role("alert")).to_contain_text("Name:")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Was wir wollen").fill("Licht ins Dorf bringen.")
    page.get_by_role("button", name="Eintragen").click()
    expect(page.get_by_role("status")).to_contain_text("Eingetragen.")
    expect(page.get_by_role("link", name=name)).to_be_visible()


def make_lead(page: Page, name: str) -> None:
    page.get_by_role("link", name="Federführung festlegen").click()
    page.get_by_label(name).check()
    page.get_by_role("button", name="Zum federführenden Verein machen").click()
    alert = page.get_by_role("alert")
    if alert.is_visible():  # the present lead began today: its successor can begin tomorrow
        page.get_by_label("Ab").fill((datetime.now(UTC) + timedelta(days=2)).date().isoformat())
        page.get_by_role("button", name="Zum federführenden Verein machen").click()
    expect(page.get_by_role("status")).to_contain_text("Federführung ist eingetragen")


def enter_contact(page: Page, association: str, name: str, email: str) -> None:
    warning = page.get_by_text(f"{association} hat noch keine Ansprechperson mit E-Mail-Adresse.")
    expect(warning).to_be_visible()
    page.locator(".dn-hintbox", has=warning).get_by_role("link", name="Ansprechperson eintragen").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Funktion").select_option(label="Vorsitz")
    page.get_by_label("E-Mail-Adresse").fill("paula")
    page.get_by_role("button", name="Eintragen").click()
    expect(page.get_by_role("alert")).to_contain_text("E-Mail-Adresse:")
    page.get_by_label("E-Mail-Adresse").fill(email)
    page.get_by_role("button", name="Eintragen").click()
    expect(page.get_by_role("status")).to_contain_text("Die Ansprechperson ist eingetragen.")
    expect(page.locator("#ansprechpersonen")).to_contain_text(email)
    expect(warning).to_have_count(0)


def sign_up(page: Page) -> None:
    page.goto(f"{ROOT}/mitmachen")
    page.get_by_label("Kultur und Musik").check()
    page.get_by_label("Plodda").check()
    page.get_by_label("Ihr Name").fill("Hanna Hilfsbereit")
    page.get_by_label("Ihre E-Mail-Adresse").fill("hanna@example.org")
    expect(page.get_by_label("Dein Geburtsdatum")).to_be_hidden()
    page.get_by_label("Ich bin jünger als 16 Jahre").check()
    expect(page.get_by_label("Dein Geburtsdatum")).to_be_visible()
    page.get_by_label("Ich bin 16 Jahre oder älter").check()
    page.get_by_role("button", name="Absenden").click()
    expect(page.get_by_role("alert")).to_contain_text("Einwilligung")
    expect(page.get_by_label("Kultur und Musik")).to_be_checked()
    page.get_by_label("zu freiwilligem Engagement ansprechen").check()
    page.get_by_role("button", name="Absenden").click()
    expect(page.get_by_role("heading", name="Vielen Dank!")).to_be_visible()


def publish_meeting(page: Page, title: str) -> str:
    page.goto(ROOT)
    page.get_by_role("link", name="Treffen planen").click()
    page.get_by_label("Titel").fill(title)
    page.get_by_label("Tag", exact=True).fill((datetime.now(UTC) + timedelta(days=40)).date().isoformat())
    page.get_by_label("Beginn").fill("18:30")
    page.get_by_label("Ende").fill("20:00")
    page.get_by_label("Treffpunkt").fill("Kulturscheune")
    page.get_by_label("Punkt 1").fill("Begrüßung")
    page.get_by_role("button", name="Weitere Punkte").click()
    page.get_by_label("Punkt 7").fill("Wie geht es weiter?")
    page.get_by_role("button", name="Entwurf speichern", exact=True).click()
    expect(page.get_by_text("Entwurf: nur für die Koordination")).to_be_visible()
    page.get_by_role("link", name="Veröffentlichen und einladen").click()
    page.get_by_role("button", name="Veröffentlichen und einladen").click()
    expect(page.get_by_role("status")).to_contain_text("Das Treffen ist veröffentlicht.")
    expect(page.get_by_text("Wie geht es weiter?")).to_be_visible()
    return page.url.partition("?")[0]


def accept(page: Page, title: str) -> None:
    for _ in range(60):
        page.goto("/mailbox")
        mails = page.get_by_role("link", name=re.compile(f"Einladung.*{title}"))  # others learn of the meeting, too
        if mails.count():
            break
        page.wait_for_timeout(500)
    mails.first.click()
    expect(page).to_have_url(re.compile(r"/mailbox/.+"))
    page.goto(re.findall(r"https?://[^\s\"<]+(/antwort/[\w-]+)", page.content())[0])
    page.get_by_role("button", name="Ja, ich komme").click()
    expect(page.get_by_role("status")).to_contain_text("Sie kommen")
    expect(page.get_by_role("button", name="Nein, ich kann nicht")).to_be_visible()
