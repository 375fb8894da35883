"""S6: names, addresses and numbers of people stay where they are declared, whatever happens to them.

All processes run by themselves on real servers. People with canaries in their names go through every flow, also those
that fail; then every table, log, queue, metric and public answer is searched.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika
import asyncpg
import httpx2
import pytest
import structlog
from shared.contracts.registry import PersonDescribed
from shared.logging import describe_exception
from shared.messaging.topology import Topology
from testkit import canaries
from testkit.aio import run_sync
from testkit.canaries import PHONE, Places, sings
from testkit.databases import Databases
from testkit.pages import Visitor
from testkit.platforms import SERVICES, Processes, separate_processes
from testkit.services import settings_of
from testkit.smtp_sink import SmtpSink

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("canaries")]

# Where personal data may be, and has to be found by the search: else the search itself is broken.
DECLARED = {
    "registry.person.name",
    "registry.person.email",
    "registry.person.phone",
    "registry.person.name_key",  # made of the name, to find probable duplicates
    "registry.person.email_key",
    "registry.sign_up.name",
    "registry.sign_up.phone",
    "registry.sign_up.details",
    "registry.volunteer.own_skills",
    "registry.volunteer.best_time",
    "registry.volunteer.street",
    "registry.volunteer.town",
    "registry.consent.guardian",
    "registry.search_word.word",  # words in the names of volunteers, for staff
    "registry.search_word.stem",
    "registry.search_typo.word",
    "registry.search_typo.key",
    "registry.search_posting.word",
    "registry.idempotency_key.body",  # answers to the person's own commands, for a day
    "notifications.person.name",
    "notifications.person.email",
    "queue notifications.directory.dead: body",  # the queue of a private event
}
DETAILS = {
    "times": [{"weekday": 6, "daytime": "morning"}],
    "own_skills": ["Kanarienvogelzucht"],
    "best_time": "wenn der Kanarienvogel singt",
    "street": "Kanarienvogelweg 7",
    "postcode": "06774",
    "town": "Kanarienvogelhausen",
}
# Where it may be for a moment: on the way from a service that has just been told to the one that needs it.
ON_THE_WAY = {"registry.outbox.body (private)", "events.outbox.body (private)"}


@dataclass
class Platform:
    """The running processes with their databases, and a spy who hears every public event."""

    processes: Processes
    admin_urls: dict[str, str]
    amqp_url: str
    topology: Topology
    smtp: SmtpSink

    def api(self, service: str, token: str | None = None) -> httpx2.Client:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx2.Client(base_url=f"{self.processes.url}/api/{service}", headers=headers, timeout=30)

    def log_in(self, email: str) -> str:
        """An access token by a login link of the operator."""
        link = self.processes.run("registry", "login-link", "--email", email).strip()
        code = re.search(r"code=([\w-]+)", link)
        assert code
        asked = {"grant_type": "login_code", "code": code[1]}
        answer = self.api("registry").post("/auth/token", json=asked)
        return str(answer.raise_for_status().json()["access_token"])

    def sql(self, service: str, statement: str) -> None:
        """Done by a superuser, to break something."""

        async def run() -> None:
            connection = await asyncpg.connect(self.admin_urls[service])
            await connection.execute(statement)
            await connection.close()

        run_sync(run)

    def publish(self, exchange: str, routing_key: str, body: bytes) -> None:
        """A message by hand."""

        async def send() -> None:
            async with await aio_pika.connect(self.amqp_url) as connection:
                channel = await connection.channel()
                target = await channel.get_exchange(f"{self.topology.prefix}.{exchange}")
                await target.publish(aio_pika.Message(body), routing_key)

        run_sync(send)

    @property
    def spy(self) -> str:
        return f"{self.topology.prefix}.spy"

    def consumers(self) -> list[str]:
        workers = [import_module(f"{service}.worker").create_worker(settings_of(service)) for service in SERVICES]
        return [consumer.name for worker in workers for consumer in worker.consumers]

    def search(self) -> Places:
        """Every place in which a canary is found."""
        queues = [self.spy, *(self.topology.dead_queue(name) for name in self.consumers())]
        public = [f"{self.processes.url}/api/{service}" for service in ("registry", "events", "notifications")]
        urls = [f"{url}/{path}" for url in public for path in ("events?limit=1000", "snapshot")]
        urls += [f"{self.processes.url}{path}" for path in ("/", "/ereignisse", "/n/voliere", "/n/voliere/orte/gossa")]
        urls += [f"{address}/metrics" for address in self.processes.addresses.values()]

        async def look() -> Places:
            found = await canaries.in_databases(self.admin_urls)
            prefix = f"{self.topology.prefix}."
            found += await canaries.in_queues(self.amqp_url, queues, name=lambda each: each.removeprefix(prefix))
            return found + await canaries.in_answers(urls)

        return run_sync(look) + canaries.in_files(self.processes.folder)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, databases: Databases, amqp_url: str) -> Iterator[Platform]:
    urls = {service: databases.new_service(service) for service in SERVICES}
    topology, smtp = Topology(f"canaries_{uuid4().hex[:8]}"), SmtpSink()
    folder = tmp_path_factory.mktemp("canaries")
    try:
        with separate_processes(folder, urls, amqp_url, topology.prefix, smtp, DORFNETZ_LOG_LEVEL="DEBUG") as processes:
            admin_urls = {name: databases.admin_url(url).replace("+asyncpg", "") for name, url in urls.items()}
            platform = Platform(processes, admin_urls, amqp_url, topology, smtp)
            run_sync(lambda: _listen(platform))
            yield platform
    finally:
        smtp.close()


async def _listen(platform: Platform) -> None:
    async with await aio_pika.connect(platform.amqp_url) as connection:
        channel = await connection.channel()
        spy = await channel.declare_queue(platform.spy, durable=True)
        await spy.bind(f"{platform.topology.prefix}.events", "#")


def test_no_canary_leaves_its_cage(platform: Platform) -> None:
    """Each flow is a function below; the whole of them takes one platform, as starting one is what takes long."""
    flows = Flows(platform)
    flows.enter()
    flows.sign_up()
    flows.consent()
    flows.log_in()
    flows.invite()
    flows.mistakes()
    flows.unhandled_exceptions()
    flows.poison()
    flows.erase()
    wait_for(lambda: not platform.search().keys() & ON_THE_WAY, "private events arrive")
    found = platform.search()
    assert {place for place in DECLARED if not found[place]} == set(), "not found where it must be"
    assert {place: number for place, number in found.items() if number and place not in DECLARED} == {}


class Flows:
    """What people with canaries in their names do, and what happens to them."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        created = ("--name", "Otto Kanarienvogel", "--email", "otto@voliere.example")
        platform.processes.run("registry", "create-officer", *created)
        self.token = platform.log_in("otto@voliere.example")
        self.registry = platform.api("registry", self.token)
        self.events = platform.api("events", self.token)
        self.notifications = platform.api("notifications", self.token)
        self.ids: dict[str, str] = {}

    def post(self, client: httpx2.Client, path: str, **body: Any) -> Any:
        answer = client.post(path, json=body, headers={"idempotency-key": uuid4().hex})
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json() if answer.content else None

    def enter(self) -> None:
        """The territory, an association that leads, its contact, who is also changed, given a grant and dismissed."""
        self.post(self.registry, "/districts", ags="15082", name="Anhalt-Bitterfeld")
        municipality = self.post(self.registry, "/municipalities", ags="15082241", name="Muldestausee")["id"]
        village = self.post(self.registry, "/villages", municipality_id=municipality, name="Gossa")["id"]
        self.post(
            self.registry, "/networks", name="Volière", slug="voliere", goals=["Ein Netzwerk"], village_ids=[village]
        )
        entry = {"kind": "association", "name": "Gefiederte Freunde", "village_id": village}
        organisation = self.post(self.registry, "/organisations", **entry)["id"]
        self.ids |= {"village": village, "organisation": organisation}
        for number, function in enumerate(("chair", "treasurer")):
            person = {"name": f"Erna{number} Kanarienvogel", "email": f"erna{number}@voliere.example", "phone": PHONE}
            contact = self.post(
                self.registry, "/contacts", organisation_id=organisation, function=function, person=person
            )
            self.ids |= {function: contact["id"], f"{function}_person": contact["person"]["id"]}
        change = {"name": "Erna Kanarienvogel-Neu"}
        self.registry.patch(f"/persons/{self.ids['chair_person']}", json=change).raise_for_status()
        given = {"role": "association_contact", "scope_id": organisation, "person_id": self.ids["chair_person"]}
        grant = self.post(self.registry, "/grants", **given)
        mandate = {"village_id": village, "organisation_id": organisation, "starts_on": "2024-01-01"}
        self.post(self.registry, "/lead-mandates", **mandate)
        self.platform.log_in("erna0@voliere.example")
        self.registry.delete(f"/grants/{grant['id']}").raise_for_status()
        self.registry.delete(f"/contacts/{self.ids['treasurer']}").raise_for_status()
        for path in ("/persons", "/contacts", "/grants", "/me"):
            self.registry.get(path).raise_for_status()

    def sign_up(self) -> None:
        """A volunteer by link, a child by the guardian's link, somebody without email, somebody entered by staff."""
        anybody, area = self.platform.api("registry"), {"kind": "village", "id": self.ids["village"]}
        contact = {"purpose": "contact", "text_version": "2026-11"}
        offer = {"fields": ["sport"], "areas": [area], "consents": [contact], **DETAILS}
        child = {
            "birth_date": str((datetime.now(UTC) - timedelta(days=12 * 365)).date()),
            "guardian_name": "Gerda Kanarienvogel",
            "guardian_email": "gerda@voliere.example",
        }
        self.post(anybody, "/sign-ups", name="Vera Kanarienvogel", email="vera@voliere.example", phone=PHONE, **offer)
        self.post(anybody, "/sign-ups", name="Kiki Kanarienvogel", minor=child, **offer)
        self.post(anybody, "/sign-ups", name="Paul Kanarienvogel", phone=PHONE, **offer)
        for address in ("vera@voliere.example", "gerda@voliere.example"):
            token = self._secret_for(address, r"/mitmachen/bestaetigen/([\w-]+)")
            self.post(anybody, "/sign-ups/confirmation", token=token)
        self.registry.get("/sign-ups").raise_for_status()
        entered = {"name": "Sven Kanarienvogel", "email": "sven@voliere.example", "channel": "paper", **offer}
        self.ids["sven"] = self.post(self.registry, "/volunteers", **entered)["person"]["id"]
        found = self.registry.get("/volunteers", params={"area_id": self.ids["village"], "weekday": 6}).json()["items"]
        sven = next(one for one in found if one["person"]["id"] == self.ids["sven"])
        self.registry.patch(f"/volunteers/{sven['id']}", json={"town": "Kanarienvogelstadt"}).raise_for_status()
        for action in ("pause", "resumption"):
            self.post(self.registry, f"/volunteers/{sven['id']}/{action}")

    def consent(self) -> None:
        """Consents that are recorded, shown, withdrawn; a certificate; a name that was public and is no more."""
        path = f"/persons/{self.ids['sven']}"
        for purpose in ("publication", "newsletter"):
            given = {"purpose": purpose, "text_version": "2026-11", "channel": "paper"}
            self.post(self.registry, f"{path}/consents", **given)
        wait_for(lambda: "Sven Kanarienvogel" in self._public_page(), "the name is public")
        for purpose in ("publication", "newsletter"):
            self.post(self.registry, f"{path}/consents/{purpose}/withdrawal", channel="telephone")
        wait_for(lambda: "Sven Kanarienvogel" not in self._public_page(), "the name is public no more")
        inspected = {"issued_on": "2026-03-02", "inspected_on": "2026-03-16", "result": "clear"}
        self.post(self.registry, f"{path}/certificates", **inspected)

    def log_in(self) -> None:
        """By a link in a mail; one's own data changed, read, in the portal too; a program's access."""
        anybody = self.platform.api("registry")
        for address in ("erna0@voliere.example", "nobody@voliere.example"):
            self.post(anybody, "/auth/login-links", email=address)
        code = self._secret_for("erna0@voliere.example", r"/anmelden\?code=([\w-]+)")
        with Visitor(self.platform.processes.url) as erna:
            assert "Kanarienvogel" in erna.send(erna.open(f"/anmelden?code={code}").form("code")).text
            for page in ("/konto", "/konto/angaben", "/konto/daten/Meine-Daten.zip"):
                assert erna.open(page).status == 200
        token = self.platform.log_in("erna0@voliere.example")
        for service in ("registry", "events", "notifications"):
            self.platform.api(service, token).get("/me/personal-data").raise_for_status()
        self.platform.api("registry", token).patch("/me", json={"phone": PHONE}).raise_for_status()

    def erase(self) -> None:
        """Somebody is forgotten; every service confirms. Then the rules of retention look around."""
        wait_for(lambda: self._is_known("notifications", "person"), "everybody is known")
        erasure = self.post(self.registry, f"/persons/{self.ids['sven']}/erasure")
        path = f"/erasures/{erasure['id']}"
        wait_for(lambda: bool(self.registry.get(path).json()["completed_at"]), "the erasure is confirmed")
        for service in SERVICES:
            self.platform.processes.run(service, "retention", "--dry-run")
        for service in ("registry", "events", "notifications"):
            api = self.platform.api(service, self.token)
            api.get("/retention").raise_for_status()
            assert not sings(api.get("/audit-entries").raise_for_status().text)

    def invite(self) -> None:
        """A meeting, whose invitation the mail server refuses in words that quote the address; then it goes out."""
        self.platform.smtp.refuse = "550 No such user <erna0@voliere.example> Erna Kanarienvogel"
        wait_for(lambda: self._is_known("notifications", "contact"), "the contact is known")
        wait_for(lambda: self._is_known("events", "contact"), "the contact is known")
        plan = {"network": "voliere", "title": "Treffen", "place": "Vereinsheim", "village_id": self.ids["village"]}
        times = {"starts_at": "2031-05-07T18:00", "ends_at": "2031-05-07T20:00"}
        meeting = self.post(self.events, "/meetings", **plan, **times)["id"]
        self.post(self.events, f"/meetings/{meeting}/publication")
        failed = self._wait_for_notice("failed")
        self.platform.smtp.refuse = "451 Later, erna0@voliere.example"
        self.post(self.notifications, f"/notices/{failed}/retry")
        self._wait_for_notice("pending", attempts=1)
        self.platform.smtp.refuse = None
        self.platform.sql("notifications", "update notice set next_attempt_at = now()")
        token = self._secret_for("erna0@voliere.example", r"/antwort/([\w-]+)")
        answer = {"reply_token": token, "answer": "accepted"}
        self.post(self.platform.api("events"), "/invitations/answer", **answer)
        self.post(self.events, f"/meetings/{meeting}/registrations")
        wait_for(lambda: "otto@voliere.example" in self._recipients(), "the registration is confirmed")

    def mistakes(self) -> None:
        """Bodies, addresses and parameters that are refused while they hold personal data."""
        registry = self.registry
        named = {"name": "Kanarienvogel", "email": "kein@@voliere.example"}
        refused = [
            registry.post("/persons", json=named),
            registry.post("/persons", json={"name": ["Kanarienvogel"], "email": "k@voliere.example", "extra": PHONE}),
            registry.post("/persons", content=b'{"name": "Kanarienvogel', headers={"content-type": "application/json"}),
            registry.post("/persons", json={"name": "Erna1 Kanarienvogel", "email": "erna1@voliere.example"}),
            registry.get("/persons/erna0@voliere.example"),
            registry.get("/persons", params={"after": "Kanarienvogel"}),
            registry.get("/Kanarienvogel/voliere.example"),
            registry.post("/auth/token", json={"grant_type": "login_code", "code": "Kanarienvogel"}),
            self.platform.api("registry", "Kanarienvogel").get("/me"),
            self.events.get("/meetings", params={"cursor": "Kanarienvogel"}),
        ]
        assert all(400 <= answer.status_code < 500 for answer in refused), refused

    def unhandled_exceptions(self) -> None:
        """The database refuses a row, and quotes it: in a request, and in a consumer."""
        constraint = "add constraint sabotage check (name not like '%Unglück%')"
        self.platform.sql("registry", f"alter table person {constraint}")
        person = {"name": "Unglück Kanarienvogel", "email": "unglueck@voliere.example"}
        assert self.registry.post("/persons", json=person).status_code == 500
        self.platform.sql("registry", "alter table person drop constraint sabotage")
        self.platform.sql("notifications", f"alter table person {constraint}")
        self.post(self.registry, "/persons", **person)
        wait_for(lambda: "consumer.dead_letter" in self._log("notifications-worker"), "a dead letter")

    def poison(self) -> None:
        """Private messages that are no events."""
        key = f"{PersonDescribed.type}.district"
        event = {"specversion": "1.0", "id": str(uuid4()), "type": PersonDescribed.type, "subject": "Kanarienvogel"}
        data = {"person_id": "Kanarienvogel", "name": ["Kanarienvogel"], "email": "x@voliere.example"}
        bodies = [b"Kanarienvogel", json.dumps({**event, "data": data}).encode()]
        for body in bodies:
            self.platform.publish("private", key, body)
        buried = f"queue {'notifications.directory'}.dead: body"
        wait_for(lambda: self.platform.search()[buried] >= 1 + len(bodies), "poison is buried")

    def _is_known(self, service: str, table: str) -> bool:
        async def count() -> int:
            connection = await asyncpg.connect(self.platform.admin_urls[service])
            try:
                return int(await connection.fetchval(f"select count(*) from {table}"))
            finally:
                await connection.close()

        return run_sync(count) >= 2

    def _wait_for_notice(self, status: str, attempts: int = 0) -> str:
        def find() -> list[dict[str, Any]]:
            items = self.notifications.get("/notices").raise_for_status().json()["items"]
            return [item for item in items if item["status"] == status and item["attempts"] >= attempts]

        wait_for(lambda: bool(find()), f"a notice is {status}")
        return str(find()[0]["id"])

    def _recipients(self) -> list[str]:
        return [address for recipients in list(self.platform.smtp.recipients) for address in recipients]

    def _secret_for(self, address: str, pattern: str) -> str:
        """What a link in a mail to this address holds."""

        def find() -> list[str]:
            mails = [mail for mail in list(self.platform.smtp.messages) if address in str(mail["To"])]
            texts = [mail.get_body(("plain",)) for mail in mails]
            return [secret for text in texts if text for secret in re.findall(pattern, text.get_content())]

        wait_for(lambda: bool(find()), f"a mail comes to {address}")
        return find()[-1]

    def _public_page(self) -> str:
        return httpx2.get(f"{self.platform.processes.url}/n/voliere", timeout=30).text

    def _log(self, name: str) -> str:
        return Path(self.platform.processes.folder / f"{name}.log").read_text()


def wait_for(condition: Callable[[], bool], what: str, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s until {what}"
        time.sleep(0.2)


def test_an_exception_as_libraries_log_it_would_sing() -> None:
    """The control run of the logs: the errors of the flows above do quote what they refuse."""
    try:
        PersonDescribed.model_validate({"person_id": "Kanarienvogel", "name": "Erna Kanarienvogel"})
    except ValueError as error:
        event = {"event": "request_failed", "exc_info": error}
    assert sings(structlog.processors.format_exc_info(None, "error", dict(event)))
    assert not sings(describe_exception(None, "error", dict(event)))
