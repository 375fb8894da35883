"""S7 and R16: who was erased is in no database, queue, log or answer, every service has signed for it, and a restored
backup does not bring them back.

All processes run by themselves on real servers. `FOUND_BEFORE` is the control run: the same search finds the people in
these places before they are erased, so it would find them afterwards.
"""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import asyncpg
import httpx2
import pytest
from joserfc.jwk import KeySet
from shared.contracts.envelope import create_event
from shared.contracts.registry import PersonDescribed
from shared.erasure import SERVICES
from shared.erasure.receipts import verify_receipt
from shared.messaging.topology import Topology
from testkit import canaries, postgres
from testkit.aio import run_sync
from testkit.canaries import PHONE, Places
from testkit.databases import Databases
from testkit.ledger import LARGE, count_of
from testkit.platforms import Processes, separate_processes
from testkit.services import settings_of
from testkit.smtp_sink import SmtpSink

pytestmark = [pytest.mark.timeout(3600 if LARGE else 420), pytest.mark.xdist_group("canaries")]

PEOPLE = count_of(small=5, large=100)
ROUNDS_OF_KILLS = count_of(small=0, large=5)  # in each of them every worker
FOUND_BEFORE = {
    "registry.person.name",
    "registry.person.email",
    "registry.person.phone",
    "registry.idempotency_key.body",
    "notifications.person.name",
    "notifications.person.email",
    "queue notifications.directory.dead: body",
}
# Ids of somebody who was erased stay where it is said that this was done, and in public events.
IDS_STAY = {
    "erasure", "erasure_task", "tombstone", "audit_entry", "event_log", "event_entry", "outbox",
}  # fmt: skip


@dataclass
class Platform:
    """The running processes, their databases (URLs of a superuser), and the officer's access."""

    processes: Processes
    admin_urls: dict[str, str]
    amqp_url: str
    topology: Topology
    smtp: SmtpSink

    def __post_init__(self) -> None:
        self.processes.run("registry", "create-officer", "--name", "Petra Amtmann", "--email", "petra@amt.example")
        self.log_in()

    def log_in(self) -> None:
        link = self.processes.run("registry", "login-link", "--email", "petra@amt.example").strip()
        asked = {"grant_type": "login_code", "code": link.partition("code=")[2]}
        answer = httpx2.post(f"{self.processes.url}/api/registry/auth/token", json=asked, timeout=30)
        headers = {"authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}
        self.registry, self.events = (
            httpx2.Client(base_url=f"{self.processes.url}/api/{service}", headers=headers, timeout=60)
            for service in ("registry", "events")
        )

    def post(self, client: httpx2.Client, path: str, **body: Any) -> Any:
        answer = client.post(path, json=body, headers={"idempotency-key": uuid4().hex})
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json() if answer.content else None

    def sql(self, service: str, statement: str) -> list[Any]:
        async def run() -> list[Any]:
            connection = await asyncpg.connect(self.admin_urls[service])
            try:
                return list(await connection.fetch(statement))
            finally:
                await connection.close()

        return run_sync(run)

    def publish_private(self, data: Any, subject: UUID, sequence: int) -> None:
        """An event by hand, as the registry would have told it."""
        event = create_event(data, subject=subject, sequence=sequence)
        self._publish(event.routing_key, event.to_bytes())

    def publish_damaged(self, data: PersonDescribed, subject: UUID) -> None:
        """The same in a form that nobody can read: it becomes a dead letter at once."""
        event = create_event(data, subject=subject, sequence=1)
        told = json.loads(event.to_bytes())
        told["data"]["email"] = [told["data"]["email"]]
        self._publish(event.routing_key, json.dumps(told).encode())

    def _publish(self, routing_key: str, body: bytes) -> None:
        async def send() -> None:
            async with await aio_pika.connect(self.amqp_url) as connection:
                channel = await connection.channel()
                exchange = await channel.get_exchange(f"{self.topology.prefix}.private")
                await exchange.publish(aio_pika.Message(body), routing_key)

        run_sync(send)

    def search(self) -> set[str]:
        """Every place in which one of the people is found."""
        workers = [import_module(f"{service}.worker").create_worker(settings_of(service)) for service in SERVICES]
        names = [consumer.name for worker in workers for consumer in worker.consumers]
        queues = [queue for name in names for queue in (self.topology.queue(name), self.topology.dead_queue(name))]
        public = [f"{self.processes.url}/api/{service}" for service in ("registry", "events", "notifications")]

        async def look() -> Places:
            found = await canaries.in_databases(self.admin_urls)
            prefix = f"{self.topology.prefix}."
            found += await canaries.in_queues(self.amqp_url, queues, name=lambda each: each.removeprefix(prefix))
            return found + await canaries.in_answers(
                [f"{url}/{path}" for url in public for path in ("events?limit=1000", "snapshot")]
            )

        found = run_sync(look) + canaries.in_files(self.processes.folder)
        return {place for place, number in found.items() if number}

    def tables_naming(self, ids: list[str]) -> set[str]:
        """The tables of any service in which one of these ids stands."""
        found = set()
        for service in SERVICES:
            for row in self.sql(service, "select tablename from pg_tables where schemaname = 'public'"):
                rows = self.sql(service, f'select * from "{row[0]}"')
                texts = [
                    value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                    for each in rows
                    for value in each.values()
                ]
                if any(each in text for each in ids for text in texts):
                    found.add(row[0])
        return found

    def erasure(self, number: str) -> Any:
        answer = httpx2.get(
            f"{self.processes.url}/api/registry/erasures/by-number/proof", params={"number": number}, timeout=30
        )
        return answer.raise_for_status().json()


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, databases: Databases, amqp_url: str) -> Iterator[Platform]:
    urls = {service: databases.new_service(service) for service in SERVICES}
    topology, smtp, folder = Topology(f"erasure_{uuid4().hex[:8]}"), SmtpSink(), tmp_path_factory.mktemp("erasure")
    try:
        with separate_processes(folder, urls, amqp_url, topology.prefix, smtp, DORFNETZ_LOG_LEVEL="DEBUG") as processes:
            admin_urls = {service: databases.admin_url(url).replace("+asyncpg", "") for service, url in urls.items()}
            platform = Platform(processes, admin_urls, amqp_url, topology, smtp)
            enter_territory(platform)
            yield platform
    finally:
        smtp.close()


def enter_territory(platform: Platform) -> None:
    platform.post(platform.registry, "/districts", ags="15082", name="Anhalt-Bitterfeld")
    municipality = platform.post(platform.registry, "/municipalities", ags="15082241", name="Muldestausee")["id"]
    village = platform.post(platform.registry, "/villages", municipality_id=municipality, name="Gossa")["id"]
    network = {"name": "Heidedörfer", "slug": "heide", "goals": ["Ein Netzwerk"], "village_ids": [village]}
    platform.post(platform.registry, "/networks", **network)
    organisation = platform.post(
        platform.registry, "/organisations", kind="association", name="Heimatverein", village_id=village
    )["id"]
    mandate = {"village_id": village, "organisation_id": organisation, "starts_on": "2024-01-01"}
    platform.post(platform.registry, "/lead-mandates", **mandate)
    platform.organisation = organisation  # type: ignore[attr-defined]


def appoint(platform: Platform, name: str) -> dict[str, str]:
    """Somebody with a canary's name is a contact of the lead association."""
    person = {"name": f"{name} Kanarienvogel", "email": f"{name.lower()}@voliere.example", "phone": PHONE}
    body = {"organisation_id": platform.organisation, "function": "chair", "person": person}  # type: ignore[attr-defined]
    contact = platform.post(platform.registry, "/contacts", **body)
    return {"id": contact["person"]["id"], "contact": contact["id"], "name": person["name"], "email": person["email"]}


def test_nothing_is_found_and_every_service_has_signed(platform: Platform) -> None:
    people = [appoint(platform, f"Frau{number}") for number in range(PEOPLE)]
    last = people[-1]
    described = PersonDescribed(person_id=UUID(last["id"]), name=last["name"], email=last["email"])
    platform.publish_damaged(described, UUID(last["id"]))
    wait_for(lambda: len(platform.sql("events", "select from contact")) == PEOPLE, "events knows the contacts")
    wait_for(lambda: len(platform.sql("events", "select from contact_person")) == PEOPLE, "and whose they are")
    times = {"starts_at": "2031-05-07T18:00", "ends_at": "2031-05-07T20:00", "place": "Vereinsheim"}
    meeting = platform.post(platform.events, "/meetings", network="heide", title="Treffen", **times)["id"]
    platform.post(platform.events, f"/meetings/{meeting}/publication")
    platform.smtp.wait_for(PEOPLE)
    wait_for(lambda: platform.search() >= FOUND_BEFORE, "the control run finds everybody, also in a dead letter")

    platform.processes.stop("notifications-worker")
    numbers = [platform.post(platform.registry, f"/persons/{each['id']}/erasure")["number"] for each in people]
    wait_for(
        lambda: all(platform.erasure(number)["missing"] == ["notifications"] for number in numbers),
        "everybody but the service that is down has confirmed",
        state=lambda: [platform.erasure(number)["missing"] for number in numbers],
    )
    assert all(platform.erasure(number)["completed_at"] is None for number in numbers)
    assert "notifications.person.name" in platform.search()
    platform.processes.start("notifications-worker")
    for _ in range(ROUNDS_OF_KILLS):
        workers = [f"{service}-worker" for service in SERVICES]
        for worker in workers:
            platform.processes.kill(worker)
        platform.processes.start(*workers)
    wait_for(lambda: all(platform.erasure(number)["completed_at"] for number in numbers), "all are complete")

    assert platform.search() == set()
    ids = [each[which] for each in people for which in ("id", "contact")]
    assert platform.tables_naming(ids) <= IDS_STAY
    for number, person in zip(numbers, people, strict=True):
        proof = platform.erasure(number)
        keys = KeySet.import_key_set(proof["keys"])
        assert [each["service"] for each in proof["confirmations"]] == list(SERVICES)
        for each in proof["confirmations"]:
            receipt = verify_receipt(keys, each["receipt"], each["service"], UUID(proof["id"]))
            assert str(receipt.person) == person["id"]
    counts = platform.events.get(f"/meetings/{meeting}").json()["counts"]
    assert counts["invited"] == 0

    # What was on its way when they were erased, or is played again afterwards.
    for person in people:
        described = PersonDescribed(person_id=UUID(person["id"]), name=person["name"], email=person["email"])
        platform.publish_private(described, UUID(person["id"]), sequence=99)
    handled = f"select from inbox where consumer = 'notifications.directory' having count(*) >= {2 * PEOPLE}"
    wait_for(lambda: bool(platform.sql("notifications", handled)), "the late events are handled")
    assert platform.search() == set()


def test_a_restored_backup_brings_nobody_back(platform: Platform, tmp_path: Any) -> None:
    programs = postgres.binaries()
    if programs is None or not (programs / "pg_dump").exists():
        pytest.skip("no pg_dump on this machine")
    person = appoint(platform, "Frieda")
    wait_for(lambda: "notifications.person.email" in platform.search(), "everybody knows her")
    wait_for(lambda: len(platform.sql("events", "select from contact_person")) == 1, "events too")
    # An answer to a command is kept for a day; in this test only what the backup brings back counts.
    on_every_service(
        lambda service: run(
            programs / "pg_dump", "-Fc", "-f", tmp_path / f"{service}.dump", platform.admin_urls[service]
        )
    )
    number = platform.post(platform.registry, f"/persons/{person['id']}/erasure")["number"]
    wait_for(lambda: platform.erasure(number)["completed_at"], "she is erased")
    assert platform.search() == set()
    assert "Kanarienvogel" not in (platform.processes.folder / "erasures.jsonl").read_text()

    platform.processes.stop(*platform.processes.running)
    on_every_service(
        lambda service: run(
            programs / "pg_restore", "--clean", "--if-exists",
            "-d", platform.admin_urls[service], tmp_path / f"{service}.dump",
        )
    )  # fmt: skip
    assert "registry.person.name" in in_databases(platform), "the control run: the backup holds her"
    platform.processes.start(*platform.processes.running)
    wait_for(lambda: platform.erasure(number)["completed_at"], "she is erased again", accept=httpx2.HTTPStatusError)
    assert platform.search() == set()
    assert platform.registry.get("/organisations").json()["items"][0]["name"] == "Heimatverein"


def test_a_service_alone_that_was_restored_asks_the_registry(platform: Platform, tmp_path: Any) -> None:
    programs = postgres.binaries()
    if programs is None or not (programs / "pg_dump").exists():
        pytest.skip("no pg_dump on this machine")
    person = appoint(platform, "Gerda")
    wait_for(lambda: "notifications.person.email" in platform.search(), "everybody knows her")
    dump = tmp_path / "notifications.dump"
    run(programs / "pg_dump", "-Fc", "-f", dump, platform.admin_urls["notifications"])
    number = platform.post(platform.registry, f"/persons/{person['id']}/erasure")["number"]
    wait_for(lambda: platform.erasure(number)["completed_at"], "she is erased")
    platform.processes.stop("notifications-app", "notifications-worker")
    run(programs / "pg_restore", "--clean", "--if-exists", "-d", platform.admin_urls["notifications"], dump)
    assert "notifications.person.name" in in_databases(platform)
    platform.processes.start("notifications-app", "notifications-worker")
    wait_for(lambda: platform.search() == set(), "notifications forgets her again")


def in_databases(platform: Platform) -> set[str]:
    return set(run_sync(lambda: canaries.in_databases(platform.admin_urls)))


def on_every_service(work: Callable[[str], None]) -> None:
    with ThreadPoolExecutor(len(SERVICES)) as threads:
        list(threads.map(work, SERVICES))


def run(*command: Any) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def wait_for(
    condition: Callable[[], Any],
    what: str,
    *,
    seconds: float = 1200 if LARGE else 120,
    accept: type[Exception] | tuple[()] = (),
    state: Callable[[], object] = lambda: "",
) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except accept:
            pass
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s until {what} {state()}")
        time.sleep(0.2)
