"""Starting and ending the standalone platform, as its user does."""

import os
import re
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import httpx2
import psutil  # type: ignore[import-untyped]
import pytest
from testkit.databases import Databases
from testkit.pages import Visitor
from testkit.platforms import READY, Standalone, run_standalone, standalone, wait_for_ready_line

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("standalone")]

MEMORY_FLOOR = 350  # MB, of all but PostgreSQL (performance targets)


@pytest.fixture
def running(loaded: Path) -> Iterator[Standalone]:
    with standalone(loaded, keep=True) as running:
        yield running


def ended(process: subprocess.Popen[str], within: float = 60) -> tuple[int, str, str]:
    """Exit code, standard output and errors of a start that ends by itself."""
    output, errors = process.communicate(timeout=within)
    return process.returncode, output, errors


def one_line(process: subprocess.Popen[str]) -> str:
    """The one line that says why it cannot start."""
    code, output, errors = ended(process)
    assert (code, output) == (1, ""), errors
    [line] = [line for line in errors.splitlines() if line.startswith("Dorfnetz: ")]
    assert "Traceback" not in errors
    return line


def processes_of(data: Path) -> list[int]:
    """Processes that name the folder, or the home of its database, on their command line."""
    record = data / "postgres" / "location"
    homes = [str(data), record.read_text().strip() if record.exists() else str(data)]
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or ())
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(home in line for home in homes):
            found.append(process.pid)
    return found


def test_the_first_start_shows_the_network(tmp_path: Path) -> None:
    process = run_standalone(tmp_path / "data")
    url = wait_for_ready_line(process)
    try:
        with Visitor(url) as visitor:
            network = visitor.open("/n/heidedoerfer").text
            villages = (
                "Burgkemnitz",
                "Gossa",
                "Gröbern",
                "Krina",
                "Plodda",
                "Rösa",
                "Schlaitz",
                "Schmerz",
                "Schwemsal",
            )
            assert all(village in network for village in villages)
            assert "Engagiertes Land" in network
            assert "Holzbau Kranich" in network
            assert visitor.open("/n/heidedoerfer/orte/plodda").text.count("Feuerwehrverein Löschteich Plodda") >= 1
            assert "Seeufer Gröbern" in visitor.open("/n/heidedoerfer/orte/groebern").text
            assert "Netzwerktreffen der Heidedörfer" in visitor.open("/n/heidedoerfer/treffen").text
            meetings = visitor.open("/n/heidedoerfer/treffen?zeit=vergangen").text
            assert "11. September 2024" in meetings
            assert "13. November 2024" in meetings
        for path in ("/livez", "/readyz", "/sitemap.xml", "/mailbox", "/demo/anmelden"):
            assert httpx2.get(f"{url}{path}").status_code == 200, path
        for service in ("registry", "events", "notifications"):
            answer = httpx2.get(f"{url}/api/{service}/openapi.json")
            assert answer.json()["servers"][0]["url"].endswith(f"/api/{service}")
    finally:
        process.send_signal(signal.SIGINT)
        code, output, errors = ended(process)
    assert (code, output.count(READY)) == (0, 0)  # the one ready line was read above
    assert "Traceback" not in errors
    code, output, _ = ended(run_standalone(tmp_path / "data", "--reset"))
    assert (code, output) == (0, "Die Daten sind gelöscht.\n")
    assert not (tmp_path / "data").exists()


def test_a_second_start_keeps_what_was_entered(loaded: Path) -> None:
    with standalone(loaded, keep=True) as first:
        events = httpx2.get(f"{first.url}/api/registry/events", params={"limit": 1000}).json()
    with standalone(loaded, keep=True) as second:
        again = httpx2.get(f"{second.url}/api/registry/events", params={"limit": 1000}).json()
    assert [event["id"] for event in again] == [event["id"] for event in events]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(loaded: Path, number: signal.Signals) -> None:
    with standalone(loaded, keep=True) as running:
        assert processes_of(loaded)
        with httpx2.stream("GET", f"{running.url}/ereignisse/live", timeout=30) as live:
            next(live.iter_lines())
            assert running.stop(number) == 0
    assert processes_of(loaded) == []


@pytest.mark.parametrize("after", [0.3, 1.2, 4.0])
def test_a_signal_during_the_start_ends_everything(tmp_path: Path, after: float) -> None:
    data = tmp_path / "data"
    process = run_standalone(data)
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    code, _, errors = ended(process)
    assert (code, "Traceback" in errors) == (0, False), errors
    assert processes_of(data) == []
    with standalone(data) as running:  # goes on where that stopped
        assert "Heidedörfer" in Visitor(running.url).open("/n/heidedoerfer").text
    run_standalone(data, "--reset").communicate(timeout=60)


def test_kill_leaves_nothing_running_for_long(loaded: Path) -> None:
    process = run_standalone(loaded)
    wait_for_ready_line(process)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 20
    while processes_of(loaded):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with standalone(loaded, keep=True) as running:
        assert httpx2.get(f"{running.url}/readyz").status_code == 200


def test_the_port_is_in_use(loaded: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        line = one_line(run_standalone(loaded, PORT=str(port)))
    assert line == f"Dorfnetz: Der Port {port} ist belegt. Einen anderen wählen Sie so: PORT={port + 1} make demo"


@pytest.mark.parametrize("port", ["abc", "70000", "-1", ""])
def test_a_port_that_is_none(loaded: Path, port: str) -> None:
    assert one_line(run_standalone(loaded, PORT=port)) == "Dorfnetz: PORT muss eine Zahl von 0 bis 65535 sein."


def test_it_runs_here_already(running: Standalone) -> None:
    line = one_line(run_standalone(running.data))
    assert line.startswith(f"Dorfnetz: Dorfnetz läuft hier schon: {running.url} (PID {running.process.pid})")
    assert one_line(run_standalone(running.data, "--reset")) == line
    assert httpx2.get(f"{running.url}/readyz").status_code == 200


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert str(tmp_path / "file") in one_line(run_standalone(tmp_path / "file" / "data"))


def test_no_permission_to_write(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    with disk(closed, "ro") if os.geteuid() == 0 else nullcontext():  # nothing is closed to root but a read-only disk
        line = one_line(run_standalone(closed / "data"))
    assert line == f"Dorfnetz: Keine Schreibrechte in {closed / 'data'}."


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    os.chown(data, 12345, 12345)
    assert "gehört einem anderen Konto (Nummer 12345)" in one_line(run_standalone(data))
    assert list(data.iterdir()) == []


def test_a_configured_database_that_does_not_answer(tmp_path: Path, unused_tcp_port: int) -> None:
    url = f"postgresql+asyncpg://registry:geheim@127.0.0.1:{unused_tcp_port}/registry"
    named = {"DORFNETZ_REGISTRY_DATABASE_URL": url, "DORFNETZ_REGISTRY_OWNER_DATABASE_URL": url}
    line = one_line(run_standalone(tmp_path / "data", cwd=None, **named))
    assert "ist nicht erreichbar" in line
    assert str(unused_tcp_port) in line
    assert "geheim" not in line


def test_a_configured_database_needs_its_owner_too(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://registry:geheim@127.0.0.1/registry"
    line = one_line(run_standalone(tmp_path / "data", DORFNETZ_REGISTRY_DATABASE_URL=url))
    assert line.startswith("Dorfnetz: DORFNETZ_REGISTRY_OWNER_DATABASE_URL fehlt")
    assert "geheim" not in line


def test_a_configured_database_whose_role_would_see_everything(tmp_path: Path, databases: Databases) -> None:
    """The server's superuser as the role of the processes: the most natural mistake."""
    url = databases.new("configured")
    named = {"DORFNETZ_REGISTRY_DATABASE_URL": url, "DORFNETZ_REGISTRY_OWNER_DATABASE_URL": url}
    line = one_line(run_standalone(tmp_path / "data", cwd=None, **named))
    assert line.startswith("Dorfnetz: DORFNETZ_REGISTRY_DATABASE_URL muss")


def test_a_configured_broker_that_does_not_answer(tmp_path: Path, unused_tcp_port: int) -> None:
    line = one_line(run_standalone(tmp_path / "data", DORFNETZ_AMQP_URL=f"amqp://u:geheim@127.0.0.1:{unused_tcp_port}"))
    assert "ist nicht erreichbar" in line
    assert "geheim" not in line


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_the_full_disk(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    with disk(small, "size=64k"):
        (small / "fill").write_bytes(b"x" * 60_000)
        line = one_line(run_standalone(small / "data"))
        (small / "fill").unlink()
        run_standalone(small / "data", "--reset").communicate(timeout=60)
    assert line == f"Dorfnetz: Auf dem Datenträger von {small / 'data'} ist kein Platz mehr."


@contextmanager
def disk(at: Path, options: str) -> Iterator[None]:
    """A small disk in memory."""
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(at)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(at)], check=True)


def test_reset_deletes_only_what_is_ours(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "log").mkdir(parents=True)
    (data / "mailbox").mkdir()
    (data / "meins.txt").write_text("bleibt")
    assert ended(run_standalone(data, "--reset"))[:2] == (0, "Die Daten sind gelöscht.\n")
    assert [path.name for path in data.iterdir()] == ["meins.txt"]
    assert ended(run_standalone(tmp_path / "nothing", "--reset"))[0] == 0


def test_memory_at_rest(running: Standalone) -> None:
    time.sleep(3)
    used = psutil.Process(running.process.pid).memory_info().rss / 1_000_000
    assert used <= MEMORY_FLOOR, f"{used:.0f} MB"


def test_only_this_machine_is_let_in_and_secrets_are_private(running: Standalone) -> None:
    listening = {
        connection.laddr.ip
        for connection in psutil.Process(running.process.pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening <= {"127.0.0.1", "::1"}
    for path in (running.data / "signing-key.json", running.data / "postgres" / "secret"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_log_names_nobody(running: Standalone) -> None:
    text = running.data.joinpath("log", "dorfnetz.log").read_text()
    assert not re.search(r"example\.org|Lohmeier|Kupferschmidt", text)
