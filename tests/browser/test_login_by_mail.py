"""Logging in by a link sent by email, as everybody does who has no service account."""

import html
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]

OpenBrowser = Callable[..., BrowserContext]
ADDRESS = "ute.hampelmann@example.org"


def test_a_link_by_mail_logs_in(open_browser: OpenBrowser) -> None:
    page = open_browser(viewport={"width": 390, "height": 800}).new_page()
    page.goto("/konto")  # leads to the login, and back after it
    page.get_by_role("link", name="Link per E-Mail").click()
    page.get_by_label("Ihre E-Mail-Adresse").fill(ADDRESS)
    page.get_by_role("button", name="Link zuschicken").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Schauen Sie in Ihr Postfach")
    for _ in range(60):  # the mail takes a moment
        page.goto("/mailbox")
        mail = page.locator("main a", has_text=re.compile("anmelden|Anmelde", re.IGNORECASE))
        if mail.count():
            break
        page.wait_for_timeout(500)
    mail.first.click()
    (link,) = set(re.findall(r"/anmelden\?code=[^\"'\s<>]+", html.unescape(page.content())))
    page.goto(link)
    page.get_by_role("button", name="Jetzt anmelden").click()
    expect(page).to_have_url(re.compile("/konto$"))
    expect(page.locator("main")).to_contain_text(ADDRESS)
    expect(page.locator("main")).to_contain_text("dieses Gerät")
    page.goto(link)
    page.get_by_role("button", name="Jetzt anmelden").click()
    expect(page.get_by_role("alert")).to_contain_text("schon benutzt")
