"""The main job, from entering an association to the confirmation in the mailbox, on what is shipped.

Once in the standalone process, and once in the services' own processes on a real PostgreSQL, RabbitMQ and SMTP server.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from icalendar import Calendar
from standalone.demo.example_people import read_data
from testkit.databases import Databases
from testkit.pages import Page, Visitor
from testkit.platforms import separate_processes, standalone
from testkit.smtp_sink import SmtpSink

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("e2e")]

BERLIN = ZoneInfo("Europe/Berlin")
ROOT = "/n/heidedoerfer"
ASSOCIATION = "Neuanfang Plodda"
TITLE = "Netzwerktreffen: Wer hilft beim Dorffest?"
CONFIRM = "Bitte bestätigen Sie"
CHAIN = (
    "registry.organisation.registered.v1",
    "registry.lead_mandate.granted.v1",
    "registry.volunteer.signed_up.v1",
    "events.meeting.published.v1",
    "events.registrations.counted.v1",
    "notifications.notice.delivered.v1",
)


class Platform:
    """What a test needs to know of either way to run it."""

    def __init__(
        self, url: str, mails: Callable[..., list[EmailMessage]], log_in: Callable[[Visitor, str, str], Page]
    ) -> None:
        self.url = url
        self.mails = mails  # all so far whose subject holds these words; as a rule the meeting's title
        self.log_in = log_in  # the person's key among the examples, and their address


@pytest.fixture
def in_one_process(tmp_path: Path) -> Iterator[Platform]:
    with standalone(tmp_path / "data") as running:
        known: dict[str, EmailMessage] = {}

        def mails(words: str = TITLE) -> list[EmailMessage]:
            with Visitor(running.url) as visitor:
                links = [address for subject, address in visitor.open("/mailbox").links if words in subject]
            for link in reversed(links):
                if link not in known:
                    known[link] = _parse(httpx2.get(f"{link}/quelltext").content)
            return [mail for mail in known.values() if words in str(mail["Subject"])]

        def log_in(visitor: Visitor, key: str, _address: str) -> Page:
            page = visitor.open("/demo/anmelden?weiter=/n/heidedoerfer")
            return visitor.send(next(form for form in page.forms if ("person", key) in form.fields))

        yield Platform(running.url, mails, log_in)


@pytest.fixture
def in_their_own_processes(
    tmp_path: Path, databases: Databases, amqp_url: str, amqp_prefix: str, smtp_sink: SmtpSink
) -> Iterator[Platform]:
    urls = {service: databases.new_service(service) for service in ("registry", "events", "notifications", "portal")}
    with separate_processes(tmp_path, urls, amqp_url, amqp_prefix, smtp_sink) as running:
        running.run("standalone.demo", running.url, "--state", str(tmp_path))

        def log_in(visitor: Visitor, _key: str, address: str) -> Page:
            link = running.run("registry", "login-link", "--email", address).strip()
            return visitor.send(visitor.open(link.removeprefix(running.url)).form("code"))

        yield Platform(
            running.url,
            lambda words=TITLE: [mail for mail in smtp_sink.messages if words in str(mail["Subject"])],
            log_in,
        )


@pytest.mark.parametrize("kind", ["in_one_process", "in_their_own_processes"])
def test_main_job(kind: str, request: pytest.FixtureRequest) -> None:
    platform: Platform = request.getfixturevalue(kind)
    wait_for(lambda: Visitor(platform.url).open(ROOT).status == 200)
    with Visitor(platform.url) as coordinator, Visitor(platform.url) as resident, Following(platform.url) as events:
        assert "Maren Thalheimer" in platform.log_in(coordinator, "netzwerk", "maren.thalheimer@example.org").text
        enter_association(coordinator)
        make_it_the_lead(coordinator, resident)
        sign_up_as_volunteer(platform, resident)
        meeting, starts_at = plan_and_publish(coordinator, resident)
        invitations = invited(platform)
        check_entries(invitations, starts_at)
        accept(platform, resident, invitations["bernd.lohmeier@example.org"], meeting)
        check_events(platform, resident, events, meeting)


def enter_association(coordinator: Visitor) -> None:
    village = coordinator.open(f"{ROOT}/orte/plodda")
    assert village.path == f"{ROOT}/orte/plodda"
    form = coordinator.open(village.link("eintragen")).form("name", "village_id")
    entered = coordinator.send(
        form,
        kind="association",
        name=ASSOCIATION,
        village_id=form.choices["village_id"]["Plodda"],
        goals="Ein Dorffest, bei dem alle mitmachen. <b>Ohne</b> & mit Musik",
        fields=[form.choices["fields"]["Kultur und Musik"]],
        legal_form="e. V.",
    )
    assert (entered.status, entered.path) == (200, f"{ROOT}/orte/plodda")
    shown = coordinator.open(entered.link(ASSOCIATION))
    assert "Ein Dorffest, bei dem alle mitmachen. <b>Ohne</b> & mit Musik" in shown.text


def make_it_the_lead(coordinator: Visitor, resident: Visitor) -> None:
    page = coordinator.open(f"{ROOT}/orte/plodda/federfuehrung")
    form = page.form("organisation_id", "starts_on")
    village = coordinator.send(form, organisation_id=form.choices["organisation_id"][ASSOCIATION])
    assert village.path == f"{ROOT}/orte/plodda"
    seen = resident.open(f"{ROOT}/orte/plodda").text
    assert re.search(rf"Federführender Verein.{{0,80}}{ASSOCIATION}", seen, re.IGNORECASE), seen


def sign_up_as_volunteer(platform: Platform, resident: Visitor) -> None:
    form = resident.open(f"{ROOT}/mitmachen?ort=plodda").form("name", "email", "fields", "areas", "consents")
    thanks = resident.send(
        form,
        name="Frieda Beispiel",
        email="frieda.beispiel@example.org",
        fields=[form.choices["fields"]["Sport und Bewegung"], form.choices["fields"]["Kultur und Musik"]],
        areas=[form.choices["areas"]["Plodda"], form.choices["areas"]["Krina"]],
        age="older",
        consents=next(iter(form.choices["consents"].values())),
    )
    assert (thanks.status, thanks.path) == (200, f"{ROOT}/mitmachen"), thanks.text
    assert "danke" in thanks.url
    wait_for(lambda: bool(platform.mails(CONFIRM)))
    body = platform.mails(CONFIRM)[0].get_body(("plain",))
    assert body is not None
    link = re.search(rf"{re.escape(platform.url)}(/mitmachen/bestaetigen/[\w-]+)", body.get_content())
    assert link is not None, body.get_content()
    confirmation = next(form for form in resident.open(link[1]).forms if form.action.endswith(link[1]))
    assert "Vielen Dank" in resident.send(confirmation).text


def plan_and_publish(coordinator: Visitor, resident: Visitor) -> tuple[str, datetime]:
    day = (datetime.now(BERLIN) + timedelta(days=30)).date()
    form = coordinator.open(f"{ROOT}/treffen/neu").form("title", "agenda_title")
    draft = coordinator.send(
        form,
        title=TITLE,
        kind="network_meeting",
        starts_on=day.isoformat(),
        starts_at="18:30",
        ends_at="20:00",
        village_id=form.choices["village_id"]["Plodda"],
        place="Kulturscheune Plodda",
        description="Alle bringen mit, was sie beitragen können.",
        agenda_title=["Begrüßung", "Wer hilft beim Dorffest?", "Verschiedenes"],
        agenda_minutes=["10", "60", "20"],
    )
    assert re.fullmatch(rf"{ROOT}/treffen/[0-9a-f-]{{36}}", draft.path), draft.text
    assert resident.open(draft.path).status == 404
    question = coordinator.open(f"{draft.path}/veroeffentlichen")
    assert str(len(expected_contacts())) in question.text
    shown = coordinator.send(next(f for f in question.forms if f.action.endswith("/veroeffentlichen")))
    assert shown.path == draft.path
    seen = resident.open(shown.path).text
    assert all(words in seen for words in (TITLE, "Begrüßung", "Wer hilft beim Dorffest?", "18:30", "Kulturscheune"))
    return shown.path, datetime.combine(day, datetime.min.time(), tzinfo=BERLIN).replace(hour=18, minute=30)


def expected_contacts() -> set[str]:
    """The addresses of everybody who speaks for a lead association of the example network."""
    leads = {entry["name"] for entry in read_data("organisations")["associations"] if entry.get("lead")}
    return {contact["email"] for contact in read_data("people")["contacts"] if contact["association"] in leads}


def invited(platform: Platform) -> dict[str, EmailMessage]:
    """Each contact of a lead association got one invitation, and nobody else did."""
    expected = expected_contacts()
    wait_for(lambda: len(platform.mails()) >= len(expected))
    time.sleep(1)  # for one too many
    mails = platform.mails()
    recipients = [address for mail in mails for _, address in getaddresses([str(mail["To"])])]
    assert sorted(recipients) == sorted(expected)
    return dict(zip(recipients, mails, strict=True))


def check_entries(invitations: dict[str, EmailMessage], starts_at: datetime) -> None:
    for recipient, mail in invitations.items():
        [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"][:1]
        assert part.get_param("method") == "REQUEST"
        calendar: Any = Calendar.from_ical(part.get_content())
        [entry] = calendar.walk("VEVENT")
        assert entry["DTSTART"].dt == starts_at
        assert entry["DTEND"].dt == starts_at + timedelta(minutes=90)
        assert recipient in str(entry["ATTENDEE"]).lower()
        assert mail.get_body(("html",)) is not None


def accept(platform: Platform, resident: Visitor, invitation: EmailMessage, meeting: str) -> None:
    body = invitation.get_body(("plain",))
    assert body is not None
    found = re.search(rf"{re.escape(platform.url)}(/antwort/[\w-]+)", body.get_content())
    assert found is not None, body.get_content()
    before = {str(mail["Message-ID"]) for mail in platform.mails()}
    page = resident.open(found[1])
    assert "0" in resident.open(meeting).text
    thanks = resident.send(page.form("answer"), answer="accepted")
    assert (thanks.status, "danke" in thanks.url) == (200, True), thanks.text
    seen = resident.open(meeting).text
    assert re.search(r"Wer kommt 1 ", seen), seen
    assert re.search(r"zugesagt 1 ", seen), seen

    def confirmations() -> list[EmailMessage]:
        return [mail for mail in platform.mails() if str(mail["Message-ID"]) not in before]

    wait_for(lambda: len(confirmations()) > 0)
    [confirmation] = confirmations()
    assert str(confirmation["To"]) == str(invitation["To"])


def check_events(platform: Platform, resident: Visitor, events: "Following", meeting: str) -> None:
    """Each step is in the log, on the page, and came live to somebody who listened from the start."""
    wait_for(lambda: set(CHAIN) <= {event["type"] for event in events.received})
    expected = len(expected_contacts()) + 1  # the invitations and a confirmation

    def about_it(event_type: str) -> list[dict[str, Any]]:
        events_of_type = [event["data"] for event in events.received if event["type"] == event_type]
        return [data for data in events_of_type if meeting.endswith(data["meeting_id"])]

    wait_for(lambda: len(about_it("notifications.notice.delivered.v1")) == expected)
    counted = about_it("events.registrations.counted.v1")
    assert counted[-1]["accepted"] == 1
    for service, types in (("registry", CHAIN[:3]), ("events", CHAIN[3:5]), ("notifications", CHAIN[5:])):
        for event_type in types:
            answer = httpx2.get(f"{platform.url}/api/{service}/events", params={"type": event_type, "limit": 1000})
            ids = {event["id"] for event in answer.json()}
            assert ids >= {event["id"] for event in events.received if event["type"] == event_type}
    page = resident.open("/ereignisse").text
    assert ASSOCIATION in page or TITLE in page
    text = json.dumps(events.received, ensure_ascii=False)
    assert not [secret for secret in ("@", "Frieda", "Lohmeier", "antwort/") if secret in text]


class Following:
    """Somebody who listens to the live events, as `curl -N` does."""

    def __init__(self, url: str) -> None:
        self.received: list[dict[str, Any]] = []
        self._url = f"{url}/ereignisse/live"
        self._listening = threading.Event()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def _listen(self) -> None:
        with suppress(httpx2.HTTPError), httpx2.stream("GET", self._url, timeout=60) as answer:
            for line in answer.iter_lines():
                self._listening.set()
                if line.startswith("data: "):
                    self.received.append(json.loads(line.removeprefix("data: ")))
                if self._end.is_set():
                    return

    def __enter__(self) -> "Following":
        self._thread.start()
        assert self._listening.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()


def wait_for(happened: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def _parse(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail
