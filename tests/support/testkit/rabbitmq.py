"""A RabbitMQ of our own: the distribution's program in a temporary directory, or in a container."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import aio_pika

from testkit import processes
from testkit.aio import succeeds

DEBIAN = Path("/usr/lib/rabbitmq/bin")  # the programs themselves; those in /usr/sbin insist on the package's own user
CONFIGURATION = """\
log.file.level = info
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 50MB
"""


class Broker(Protocol):
    """A broker that a test may stop, kill, command and start again. The URL stays the same."""

    url: str  # amqp://…

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def rabbitmqctl(self, *arguments: str) -> str: ...
    def close(self) -> None: ...


def binaries() -> Path | None:
    """The directory with `rabbitmq-server` and `rabbitmqctl`."""
    if (DEBIAN / "rabbitmq-server").exists():
        return DEBIAN
    on_path = shutil.which("rabbitmq-server")
    return Path(on_path).parent if on_path else None


class LocalBroker:
    """A broker from binaries on this machine with its own Erlang port mapper, cookie and home.

    Nothing is shared with a broker that the system runs.
    """

    def __init__(self) -> None:
        found = binaries()
        epmd = shutil.which("epmd") or next((str(p) for p in Path("/usr/lib/erlang").glob("erts-*/bin/epmd")), None)
        if found is None or epmd is None:
            raise processes.CannotStart("no RabbitMQ on this machine")
        self._bin, self._epmd_program = found, epmd
        self._home = processes.private_directory("rabbitmq")
        self._epmd: subprocess.Popen[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        port, self._epmd_port = processes.free_port(), processes.free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{port}/"
        self._environment = self._describe(port, processes.free_port())

    def _describe(self, port: int, distribution_port: int) -> dict[str, str]:
        for name, content in {
            "rabbitmq.conf": CONFIGURATION,
            "enabled_plugins": "[].\n",
            "environment.conf": "",
            ".erlang.cookie": uuid4().hex.upper(),
        }.items():
            (self._home / name).write_text(content)
            (self._home / name).chmod(0o600)
            processes.give_away(self._home / name)
        return {
            "HOME": str(self._home),
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"dorfnetz-{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(distribution_port),
            "RABBITMQ_MNESIA_BASE": str(self._home / "data"),
            "RABBITMQ_LOG_BASE": str(self._home / "log"),
            "RABBITMQ_CONFIG_FILE": str(self._home / "rabbitmq"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self._home / "advanced"),
            "RABBITMQ_CONF_ENV_FILE": str(self._home / "environment.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._home / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(self._home / "pid"),
            # The start script then becomes the broker instead of watching over it: signals reach the broker itself.
            "RUNNING_UNDER_SYSTEMD": "true",
            # Without busy waiting: the tests share their cores with the broker.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none",
            "RABBITMQ_CTL_ERL_ARGS": "+sbwt none +S 1:1",
        }

    def start(self) -> None:
        """Start and wait until it answers; what is durable is there again."""
        if self._epmd is None or self._epmd.poll() is not None:
            self._epmd = processes.start(
                [self._epmd_program, "-address", "127.0.0.1", "-port", str(self._epmd_port)],
                log=self._home / "epmd.log",
                environment=self._environment,
                cwd=self._home,
            )
        self._process = processes.start(
            [self._bin / "rabbitmq-server"],
            log=self._home / "out.log",
            environment=self._environment,
            cwd=self._home,
        )
        processes.wait_until(lambda: answers(self.url), seconds=60, what="RabbitMQ", process=self._process)

    def stop(self) -> None:
        """End the broker in good order."""
        if self._process:
            processes.end(self._process, signal.SIGTERM, patience=40)

    def kill(self) -> None:
        """kill -9 of the broker."""
        if self._process:
            processes.kill(self._process)

    def rabbitmqctl(self, *arguments: str) -> str:
        """Run the broker's own command and return what it printed."""
        command: list[str | Path] = [self._bin / "rabbitmqctl", "--quiet", *arguments]
        return processes.run(command, environment=self._environment, cwd=self._home)

    def close(self) -> None:
        """Stop for good and remove the data."""
        self.kill()
        if self._epmd:
            processes.kill(self._epmd)
        processes.remove(self._home)


class ContainerBroker:
    """A broker in a container; its port on this machine stays the same over restarts."""

    IMAGE = "rabbitmq:4-management"

    def __init__(self) -> None:
        from testkit.containers import create_container

        self._port = processes.free_port()
        self._container = create_container(self.IMAGE, hostname="dorfnetz-broker").with_bind_ports(5672, self._port)
        self._container.with_envs(RABBITMQ_DEFAULT_USER="dorfnetz", RABBITMQ_DEFAULT_PASS="dorfnetz")
        self.url = ""

    def start(self) -> None:
        if self.url:
            self._engine_object().start()
        else:
            self._container.start()
            self.url = f"amqp://dorfnetz:dorfnetz@{self._container.get_container_host_ip()}:{self._port}/"
        processes.wait_until(lambda: answers(self.url), seconds=90, what="RabbitMQ in a container", process=None)

    def stop(self) -> None:
        self._engine_object().stop(timeout=40)

    def kill(self) -> None:
        self._engine_object().kill()
        self._engine_object().wait(timeout=20)

    def rabbitmqctl(self, *arguments: str) -> str:
        result = self._engine_object().exec_run(["rabbitmqctl", "--quiet", *arguments], user="rabbitmq")
        output = str(result.output.decode())
        if result.exit_code:
            raise processes.CannotStart(f"rabbitmqctl failed: {output.strip()}")
        return output

    def close(self) -> None:
        self._container.stop()

    def _engine_object(self) -> Any:
        return self._container.get_wrapped_container()


def answers(url: str) -> bool:
    """Whether a broker opens a channel at this URL."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "localhost", parts.port or 5672), timeout=3).close()
    except OSError:
        return False  # asked first, because aio-pika logs each refusal

    async def connect() -> None:
        connection = await aio_pika.connect(url, timeout=3)
        try:
            await connection.channel()
        finally:
            await connection.close()

    return succeeds(connect, within=5)
