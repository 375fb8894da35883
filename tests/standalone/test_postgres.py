"""The embedded PostgreSQL: made, used, found again, recovered, removed."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from standalone.errors import CannotStart
from standalone.postgres import EmbeddedPostgres

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "postgres")
    yield server
    server.destroy()


def home_of(server: EmbeddedPostgres) -> Path:
    record = server.directory / "location"
    return Path(record.read_text().strip()) if record.exists() else server.directory


async def ask(url: str, question: str) -> object:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            return (await connection.execute(text(question))).scalar()
    finally:
        await engine.dispose()


async def test_data_outlives_a_restart(server: EmbeddedPostgres) -> None:
    with server:
        server.create_database("registry", owner="registry_owner", user="registry")
        server.execute("CREATE TABLE kept (name text)", "INSERT INTO kept VALUES ('Gröbern')", database="registry")
    assert server.pid is None
    with server:
        assert server.execute("SELECT name FROM kept", database="registry") == "Gröbern"


async def test_owner_and_user_are_no_superusers_and_need_their_passwords(server: EmbeddedPostgres) -> None:
    with server:
        owner_url = server.create_database("registry", owner="registry_owner", user="registry")
        assert server.create_database("registry", owner="registry_owner", user="registry") == owner_url
        for url in (owner_url, server.url("registry", role="registry")):
            assert await ask(url, "SELECT usesuper FROM pg_user WHERE usename = current_user") is False
            password = url.split(":")[2].split("@")[0]
            with pytest.raises(Exception, match="password authentication failed"):
                await ask(url.replace(password, "wrong"), "SELECT 1")


async def test_a_user_owns_nothing_and_enters_no_other_database(server: EmbeddedPostgres) -> None:
    with server:
        for name in ("registry", "events"):
            server.create_database(name, owner=f"{name}_owner", user=name)
        with pytest.raises(Exception, match="permission denied for schema public"):
            await ask(server.url("registry", role="registry"), "CREATE TABLE mine (id int)")
        with pytest.raises(Exception, match="permission denied for database"):
            await ask(server.url("events", role="registry"), "SELECT 1")


def test_nothing_listens_on_the_network_and_the_socket_is_private(server: EmbeddedPostgres) -> None:
    with server:
        assert server.execute("SHOW listen_addresses") == ""
        sockets = Path(server.url().split("host=")[1].split("&")[0])
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.directory / "secret").stat().st_mode) == 0o600
    assert not sockets.exists()


def test_folders_above_keep_their_rights(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "data" / "postgres")
    with server:
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    server.destroy()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_a_long_path_is_no_trouble(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("ein-sehr-langer-name-" * 6) / "postgres")
    with server:
        assert server.execute("SELECT 1") == "1"
    server.destroy()


def test_on_a_port_where_a_test_needs_one(tmp_path: Path, unused_tcp_port: int) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", tcp_port=unused_tcp_port)
    with server:
        assert server.execute("SHOW listen_addresses") == "127.0.0.1"
        with socket.create_connection(("127.0.0.1", unused_tcp_port), timeout=5):
            pass
    server.destroy()


def test_the_server_ends_when_its_parent_is_killed(server: EmbeddedPostgres) -> None:
    script = (
        "import sys, time, pathlib; from standalone.postgres import EmbeddedPostgres\n"
        "server = EmbeddedPostgres(pathlib.Path(sys.argv[1])); server.start()\n"
        "print(server.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(server.directory)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(pid)
    with server:
        assert server.execute("SELECT 1") == "1"


def test_a_server_left_running_is_ended_first(server: EmbeddedPostgres) -> None:
    server.start()
    first = server.pid
    again = EmbeddedPostgres(server.directory)
    with again:
        assert again.pid != first
        assert again.execute("SELECT 1") == "1"


def test_a_killed_server_recovers(server: EmbeddedPostgres) -> None:
    server.start()
    server.execute("CREATE TABLE kept (name text)", "INSERT INTO kept VALUES ('Rösa')")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    again = EmbeddedPostgres(server.directory)
    with again:
        assert again.execute("SELECT name FROM kept") == "Rösa"


def test_a_pid_file_of_a_process_that_is_somebody_else_by_now(server: EmbeddedPostgres) -> None:
    with server:
        pass
    (home_of(server) / "data" / "postmaster.pid").write_text(f"{os.getppid()}\n/elsewhere\n0\n5432\n\n\n\nready\n")
    with server:
        assert server.execute("SELECT 1") == "1"


def test_an_interrupted_first_start_leaves_nothing_half_made(server: EmbeddedPostgres) -> None:
    with server:
        pass
    data = home_of(server) / "data"
    data.rename(data.with_name("data.new"))
    (data.with_name("data.new") / "global" / "pg_control").unlink()
    with server:
        assert server.execute("SELECT 1") == "1"


def test_data_of_another_version_is_named(server: EmbeddedPostgres) -> None:
    with server:
        pass
    (home_of(server) / "data" / "PG_VERSION").write_text("14\n")
    with pytest.raises(CannotStart, match="PostgreSQL 14"):
        server.start()


def test_destroy_removes_everything(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    home = home_of(server)
    server.destroy()
    assert not home.exists()
    assert not server.directory.exists()
