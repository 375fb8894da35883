"""The pages that only a demo has, over HTTP: mails of strangers are harmless, and the door opens for examples alone."""

import mailbox
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from standalone.demo.example_people import example_people
from testkit.pages import Visitor
from testkit.platforms import Standalone, standalone

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("standalone")]

EVIL = """From: <script>alert(1)</script> <evil@example.org>
To: opfer@example.org
Subject: <img src=x onerror=alert(2)> & Grüße
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=teil

--teil
Content-Type: text/html; charset=utf-8

<html><head><title>x</title></head><body onload="alert(3)"><script>top.location='/'</script>
<a href="http://localhost/antwort/abc">Zusagen</a>
<form action="/abmelden" method="post"><button>x</button></form></body></html>
--teil
Content-Type: text/html; name="../../böse.html"
Content-Disposition: attachment; filename="../../böse.html"

<script>alert(4)</script>
--teil--
"""


WHOLE_DAYS = """From: dorfnetz@example.org
To: udo@example.org
Subject: Heidefest
MIME-Version: 1.0
Content-Type: text/calendar; charset=utf-8; method=REQUEST

BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Dorfnetz//DE
METHOD:REQUEST
BEGIN:VEVENT
UID:heidefest-1
DTSTAMP:20261101T100000Z
DTSTART;VALUE=DATE:20261209
DTEND;VALUE=DATE:20261211
SUMMARY:Heidefest
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(scope="module")
def running(loaded: Path) -> Iterator[Standalone]:
    with standalone(loaded, keep=True) as running:
        yield running


@pytest.fixture
def evil(running: Standalone) -> str:
    """Address of the page of a mail that means no good."""
    key = mailbox.Maildir(running.data / "mailbox").add(EVIL.encode())
    return f"{running.url}/mailbox/{key}"


def test_a_mail_is_shown_in_a_frame_that_can_do_nothing(running: Standalone, evil: str) -> None:
    page = httpx2.get(evil)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "&lt;img src=x onerror=alert(2)&gt; &amp; Grüße" in page.text
    sandbox = re.search(r'<iframe[^>]* sandbox="([^"]*)"', page.text)
    assert sandbox is not None
    assert not {"allow-scripts", "allow-same-origin", "allow-forms"} & set(sandbox[1].split())
    frame = httpx2.get(f"{evil}/html")
    policy = frame.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert '<base target="_top">' in frame.text


def test_an_entry_of_whole_days_is_shown_by_its_days(running: Standalone) -> None:
    key = mailbox.Maildir(running.data / "mailbox").add(WHOLE_DAYS.encode())
    page = httpx2.get(f"{running.url}/mailbox/{key}")
    assert page.status_code == 200
    for day in ("9. Dezember 2026", "10. Dezember 2026"):
        assert day in page.text
    assert "11. Dezember" not in page.text


def test_parts_and_source_are_never_run(evil: str) -> None:
    link = re.search(r'href="(/mailbox/[^"]*/teile/\d+)"', httpx2.get(evil).text)
    assert link is not None
    part = httpx2.get(f"{evil.split('/mailbox/')[0]}{link[1]}")
    assert part.headers["content-disposition"] == 'attachment; filename=".._.._b_se.html"'
    assert part.headers["x-content-type-options"] == "nosniff"
    source = httpx2.get(f"{evil}/quelltext")
    assert source.headers["content-type"].startswith("text/plain")
    assert "opfer@example.org" in source.text


@pytest.mark.parametrize("key", ["nicht-da", "..%2F..%2Fsigning-key.json", "%00", "a" * 300])
def test_other_files_are_not_mails(running: Standalone, key: str) -> None:
    for path in ("", "/html", "/quelltext", "/teile/0"):
        assert httpx2.get(f"{running.url}/mailbox/{key}{path}").status_code in (404, 422)


def test_everybody_in_the_list_can_log_in_and_out(running: Standalone) -> None:
    for person in example_people():
        with Visitor(running.url) as visitor:
            page = visitor.open("/demo/anmelden?weiter=/n/heidedoerfer")
            form = next(form for form in page.forms if ("person", person.key) in form.fields)
            shown = visitor.send(form)
            assert (shown.status, shown.path) == (200, "/n/heidedoerfer"), person.key
            assert person.name in shown.text
            out = visitor.send(next(form for form in shown.forms if form.action.endswith("/abmelden")))
            assert person.name not in out.text


def test_nobody_else_gets_in(running: Standalone) -> None:
    ours = {"sec-fetch-site": "same-origin"}
    for person in ("", "niemand", "anke.burmeister@example.org"):
        answer = httpx2.post(f"{running.url}/demo/anmelden", data={"person": person}, headers=ours)
        assert answer.status_code == 404
        assert "set-cookie" not in answer.headers
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    answer = httpx2.post(f"{running.url}/demo/anmelden", data={"person": "landkreis"}, headers=foreign)
    assert answer.status_code == 403
    answer = httpx2.post(
        f"{running.url}/demo/anmelden", data={"person": "landkreis", "weiter": "https://evil.example"}, headers=ours
    )
    assert answer.headers["location"] == "/"


def test_the_door_is_in_no_service() -> None:
    services = Path(__file__).parents[2] / "services"
    assert not [file for file in services.rglob("*.py") if "demo/anmelden" in file.read_text()]
