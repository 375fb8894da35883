"""The deployment by docker-compose, for real: the main job through the front door, and what an operator relies on."""

import email
import email.policy
import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
import pytest
from testkit import compose
from testkit.compose import VERSION, Deployment
from testkit.visitor import Visitor

MISSING = compose.why_not()
pytestmark = [
    pytest.mark.skipif(MISSING is not None, reason=str(MISSING)),
    pytest.mark.xdist_group("compose"),
    pytest.mark.timeout(1200),
]
NETWORK = "/n/heidedoerfer"

T = TypeVar("T")


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A deployment with the example data in it."""
    deployment = Deployment(tmp_path_factory.mktemp("deployment"))
    deployment.build()
    deployment.configure()
    try:
        deployment.compose("up", "-d", seconds=600)
        eventually(lambda: "The example data is there" in deployment.compose("logs", "demo-data"), seconds=300)
        yield deployment
    except BaseException:
        print(deployment.compose("ps"), deployment.compose("logs", "--no-color", "--tail", "40"))  # noqa: T201
        raise
    finally:
        deployment.remove()


@pytest.fixture(scope="module")
def officer(deployment: Deployment) -> Iterator[Visitor]:
    """The district officer, logged in by a link that the operator made."""
    visitor = Visitor(deployment.address)
    link = deployment.operator("registry", "login-link", "--email", "karin.wendelstein@example.org")
    assert link.startswith(deployment.address)
    assert visitor.submit(link.removeprefix(deployment.address)).is_success
    yield visitor
    visitor.close()


def eventually(check: Callable[[], T], *, seconds: float = 30) -> T:
    """What `check` returns as soon as that is true."""
    deadline = time.monotonic() + seconds
    while not (result := check()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.5)
    return result


def mails(deployment: Deployment, subject: str) -> list[EmailMessage]:
    """The mails in Mailpit whose subject contains this."""
    api = f"http://localhost:{deployment.mailpit_port}/api/v1"
    found = httpx2.get(f"{api}/messages?limit=500", trust_env=False).json()["messages"]
    sources = [
        httpx2.get(f"{api}/message/{one['ID']}/raw", trust_env=False).content
        for one in found
        if subject in one["Subject"]
    ]
    return [email.message_from_bytes(source, _class=EmailMessage, policy=email.policy.default) for source in sources]


def part(mail: EmailMessage, kind: str) -> str:
    return str(next(one.get_content() for one in mail.walk() if one.get_content_type() == kind))


def test_the_main_job(deployment: Deployment, officer: Visitor) -> None:
    page = officer.read(NETWORK)
    assert len(set(re.findall(rf"{NETWORK}/orte/[a-z]+", page))) == 9

    village = f"{NETWORK}/orte/plodda"
    entered = officer.submit(f"{NETWORK}/eintragen?ort=plodda", name="Mühlenfreunde Plodda", legal_form="e. V.")
    assert entered.is_success, entered.text
    assert "Mühlenfreunde Plodda" in officer.read(village)

    organisation = httpx2.get(f"{deployment.address}/api/registry/organisations?slug=muehlenfreunde-plodda").json()
    [entry] = organisation["items"]
    named = officer.submit(f"{village}/federfuehrung", organisation_id=entry["id"])
    assert named.is_success, named.text
    assert re.search(r"federführend(.|\n){0,400}Mühlenfreunde Plodda", officer.read(village), re.IGNORECASE)

    day = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    draft = officer.submit(
        f"{NETWORK}/treffen/neu",
        title="Treffen hinter der Eingangstür",
        starts_on=day,
        starts_at="18:00",
        ends_at="20:00",
        place="Scheune Plodda",
        agenda_title=["Begrüßung", "Verschiedenes"],
        agenda_minutes=["10", "20"],
    )
    assert draft.is_success, draft.text
    meeting = urlsplit(str(draft.url)).path
    published = officer.submit(f"{meeting}/veroeffentlichen")
    assert published.is_success, published.text

    invited = eventually(lambda: mails(deployment, "Treffen hinter der Eingangstür"))
    calendar = part(invited[0], "text/calendar")
    assert "METHOD:REQUEST" in calendar
    [link] = re.findall(rf"{deployment.address}(/antwort/\S+)", part(invited[0], "text/plain"))

    guest = Visitor(deployment.address)
    assert "Treffen hinter der Eingangstür" in guest.read(link)
    assert guest.submit(link, answer="accepted").is_success
    guest.close()
    api = f"{deployment.address}/api/events/meetings/{meeting.rpartition('/')[2]}"
    eventually(lambda: httpx2.get(api).json()["counts"]["accepted"] == 1)
    recipient = invited[0]["To"].addresses[0].addr_spec
    eventually(
        lambda: [m for m in mails(deployment, "") if recipient in str(m["To"]) and "Zusage" in str(m["Subject"])]
    )

    log = officer.read("/ereignisse")
    assert "Mühlenfreunde Plodda" in log
    assert "Treffen hinter der Eingangstür" in log


def test_another_system_follows_by_one_command(deployment: Deployment, officer: Visitor) -> None:
    """The subscriber's user, the broker's published port, and the command that the image ships."""
    url = f"amqp://subscriber:{deployment.secret('rabbitmq_subscriber_password')}@127.0.0.1:{deployment.amqp_port}/dorfnetz"
    command = ["docker", "run", "--rm", "--network", "host", f"dorfnetz:{VERSION}", "shared.messaging.subscribe", url]
    with subprocess.Popen([*command, "registry.organisation.#"], stdout=subprocess.PIPE, text=True) as subscriber:
        try:
            assert subscriber.stdout is not None
            rabbitmq = ("exec", "-T", "rabbitmq", "rabbitmqctl", "--quiet", "-p", "dorfnetz", "list_queues", "name")
            eventually(lambda: "subscriber." in deployment.compose(*rabbitmq))
            assert officer.submit(f"{NETWORK}/eintragen?ort=gossa", name="Chor Gossa").is_success
            event = json.loads(subscriber.stdout.readline())
        finally:
            subscriber.terminate()
    assert event["specversion"] == "1.0"
    assert event["type"] == "registry.organisation.registered.v1"
    assert event["data"]["name"] == "Chor Gossa"
    replayed = httpx2.get(f"{deployment.address}/api/registry/events", params={"type": event["type"], "limit": 1000})
    assert event in replayed.json()


def test_an_event_stream_passes_the_front_door_at_once(deployment: Deployment, officer: Visitor) -> None:
    address = f"{deployment.address}/api/registry/events/stream"
    with httpx2.stream("GET", address, timeout=30) as stream:
        lines = stream.iter_lines()
        next(lines)  # the stream is open
        assert officer.submit(f"{NETWORK}/eintragen?ort=krina", name="Angler Krina").is_success
        event = next(json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: "))
    assert event["data"]["name"] == "Angler Krina"


def test_nothing_is_lost_while_the_broker_is_away(deployment: Deployment, officer: Visitor) -> None:
    deployment.compose("stop", "rabbitmq")
    deployment.compose("restart", "registry-worker", "portal-worker")  # both start without a broker
    assert officer.submit(f"{NETWORK}/eintragen?ort=schmerz", name="Imker Schmerz").is_success
    assert "Imker Schmerz" not in officer.read(f"{NETWORK}/orte/schmerz")
    deployment.compose("start", "rabbitmq")
    eventually(lambda: "Imker Schmerz" in officer.read(f"{NETWORK}/orte/schmerz"), seconds=120)


def test_a_dead_letter_is_listed_and_replayed(deployment: Deployment) -> None:
    """One that nobody can read comes back to the dead letters; nothing else is harmed."""
    body = {"properties": {}, "routing_key": "registry.village.registered.v1.district", "payload_encoding": "string"}
    with httpx2.Client(auth=("operator", deployment.secret("rabbitmq_operator_password"))) as management:
        address = f"http://localhost:{deployment.management_port}/api/exchanges/dorfnetz/dorfnetz.events/publish"
        assert management.post(address, json={**body, "payload": "no event"}).json() == {"routed": True}
    run = ("run", "--rm", "-T", "dead-letters")
    eventually(lambda: deployment.compose(*run, "list", "portal.read-model").strip(), seconds=60)
    assert "1 replayed" in deployment.compose(*run, "replay", "portal.read-model")
    eventually(lambda: deployment.compose(*run, "list", "portal.read-model").strip(), seconds=60)


@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "/api/registry/metrics",
        "/api/registry//metrics",
        "/api/events/x/../metrics",
        "/api/events/x/%2e%2e/metrics",
        "/api/events/%6detrics",
        "/api/portal/metrics",
        "/api/rabbitmq/",
        "/api/",
    ],
)
def test_numbers_and_other_hosts_are_not_behind_the_front_door(deployment: Deployment, path: str) -> None:
    sent = subprocess.run(
        ["curl", "--silent", "--path-as-is", "--write-out", "%{http_code}", f"{deployment.address}{path}"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert sent.stdout.endswith("404")
    assert "python_info" not in sent.stdout


@pytest.mark.parametrize("path", ["/", NETWORK, "/api/registry/networks", "/api/registry/docs", "/nirgends"])
def test_every_answer_has_the_security_headers_once(deployment: Deployment, path: str) -> None:
    answer = httpx2.get(f"{deployment.address}{path}", headers={"x-forwarded-proto": "https"})
    names = ("content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy",
             "permissions-policy", "strict-transport-security")  # fmt: skip
    for name in names:
        assert len(answer.headers.get_list(name)) == 1, name
    assert "server" not in answer.headers or not re.search(r"\d", answer.headers["server"])


@pytest.mark.parametrize("service", ["registry", "events", "notifications"])
def test_each_service_serves_its_documents(deployment: Deployment, service: str) -> None:
    address = f"{deployment.address}/api/{service}"
    assert httpx2.get(f"{address}/openapi.json").json()["openapi"].startswith("3.1")
    assert httpx2.get(f"{address}/asyncapi.json").json()["asyncapi"].startswith("3.")
    page = httpx2.get(f"{address}/docs").text
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert httpx2.get(f"{address}/{asset}").is_success, asset


@pytest.mark.parametrize(
    ("path", "kind"), [(NETWORK, "text/html"), ("/api/registry/networks", "application/problem+json")]
)
def test_a_body_that_is_too_large_is_refused(deployment: Deployment, path: str, kind: str) -> None:
    answer = httpx2.post(f"{deployment.address}{path}", content=b"x" * 3_000_000)
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith(kind)


def test_guessing_login_codes_is_slowed_down(deployment: Deployment) -> None:
    def guess(number: int) -> int:
        body = {"grant_type": "login_code", "code": f"guess {number}"}
        return client.post("/api/registry/auth/token", json=body).status_code

    connections = httpx2.Limits(max_connections=100)
    client = httpx2.Client(base_url=deployment.address, timeout=60, limits=connections)
    with client, ThreadPoolExecutor(100) as at_once:
        assert set(at_once.map(guess, range(100))) == {401, 429}


def test_containers_run_without_rights(deployment: Deployment) -> None:
    inspected: list[dict[str, Any]] = json.loads(deployment.run("docker", "inspect", *deployment.containers()))
    for container in inspected:
        name, host = container["Name"], container["HostConfig"]
        assert host["SecurityOpt"] == ["no-new-privileges:true"], name
        if not container["State"]["Running"]:
            continue
        # The uid of the main process, as the machine sees it.
        uid = deployment.run("docker", "top", container["Id"], "-o", "uid,pid").split()[-2]
        assert int(uid) != 0, name


def test_every_process_says_that_it_works(deployment: Deployment) -> None:
    def unhealthy() -> list[str]:
        containers = json.loads(deployment.run("docker", "inspect", *deployment.containers()))
        return [
            one["Name"] for one in containers if one["State"].get("Health", {}).get("Status", "healthy") != "healthy"
        ]

    eventually(lambda: not unhealthy(), seconds=90)


def test_a_service_cannot_enter_anothers_database(deployment: Deployment) -> None:
    url = deployment.secret("events_database_url").replace("+asyncpg", "").replace("@postgres:", "@127.0.0.1:")
    query = "exec", "-T", "postgres", "psql", "--command", "SELECT 1"
    assert deployment.compose(*query, url)
    with pytest.raises(AssertionError, match="permission denied"):
        deployment.compose(*query, url.removesuffix("events") + "registry")


def test_the_processes_own_no_table_and_migrations_do(deployment: Deployment) -> None:
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    for service in ("registry", "events", "notifications", "portal"):
        query = "psql", "--username", "postgres", "--tuples-only", "--no-align", "--dbname", service
        assert deployment.compose("exec", "-T", "postgres", *query, "--command", owners).split() == [f"{service}_owner"]


def test_the_logs_name_nobody(deployment: Deployment) -> None:
    """After all of the above: no address, no name of a person, no token of an invitation."""
    ours = [
        f"{service}{role}" for service in ("registry", "events", "notifications", "portal") for role in ("", "-worker")
    ]
    logs = deployment.compose("logs", "--no-color", "front-door", *ours)
    assert "Uvicorn running" in logs
    for forbidden in ("@example.org", "Wendelstein", "Vieweg", "/antwort/", "?code="):
        assert forbidden not in logs
