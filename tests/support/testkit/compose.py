"""A deployment by deploy/compose of its own: own images, passwords, ports, networks and volumes."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from testkit import containers
from testkit.processes import free_port

ROOT = Path(__file__).resolve().parents[3]
MAILPIT = "axllent/mailpit:v1.31.1"
BASES = ("python:3.13-slim", "debian:bookworm-slim", "postgres:17", "rabbitmq:4-management")
VERSION = "check"  # the tag of the images that are built here


def why_not() -> str | None:
    """What is missing for a deployment on this machine, or None."""
    if shutil.which("docker-compose") is None:
        return "docker-compose is not installed"
    if not containers.available(*BASES):
        return f"no Docker engine answers that has or can fetch {', '.join(BASES)}"
    return None


class Deployment:
    """`folder` is a copy of deploy/compose with its own secrets and settings."""

    def __init__(self, directory: Path) -> None:
        self.folder = directory / "compose"
        self.port, self.mailpit_port, self.amqp_port, self.management_port = (free_port() for _ in range(4))
        self.address = f"http://localhost:{self.port}"
        self.project = f"dorfnetz-check-{uuid4().hex[:8]}"
        self._files = ["docker-compose.yml", "docker-compose.demo.yml"]
        shutil.copytree(ROOT / "deploy/compose", self.folder, ignore=shutil.ignore_patterns("secrets", ".env"))
        shutil.copytree(ROOT / "deploy/rabbitmq", directory / "rabbitmq")

    def build(self) -> None:
        """Images of the services, of the front door and of the loader of the example data."""
        for name, context, target in (
            ("dorfnetz", ROOT, ["--target", "services"]),
            ("dorfnetz-demo-data", ROOT, ["--target", "demo-data"]),
            ("dorfnetz-front-door", self.folder / "front-door", []),
        ):
            self.run("docker", "build", "--quiet", "--tag", f"{name}:{VERSION}", *target, str(context), seconds=900)
        if not containers.available(MAILPIT):
            standins = ROOT / "tests/deploy"
            self.run("docker", "build", "--quiet", "--tag", "dorfnetz-check-mailpit", str(standins / "mailpit"))
            shutil.copy(standins / "docker-compose.standins.yml", self.folder)
            self._files.append("docker-compose.standins.yml")

    def configure(self) -> None:
        """Secrets and settings, as an operator makes them."""
        self.run(str(self.folder / "make-secrets"))
        settings = {
            "DORFNETZ_PUBLIC_URL": self.address,
            "PORT": self.port,
            "DORFNETZ_AMQP_PORT": self.amqp_port,
            "DORFNETZ_RABBITMQ_PORT": self.management_port,
            "DORFNETZ_MAILPIT_PORT": self.mailpit_port,
        }
        with (self.folder / ".env").open("a") as file:
            file.writelines(f"{name}={value}\n" for name, value in settings.items())

    def compose(self, *arguments: str, seconds: float = 300) -> str:
        """docker-compose with this deployment's files; returns its output."""
        return self.run("docker-compose", *arguments, seconds=seconds)

    def run(self, *command: str, seconds: float = 300) -> str:
        """Run a command in the deployment's folder. Raises `AssertionError` with what it said when it fails."""
        environment = {
            **os.environ,
            "COMPOSE_PROJECT_NAME": self.project,
            "COMPOSE_FILE": ":".join(self._files),
            "DORFNETZ_VERSION": VERSION,
        }
        done = subprocess.run(
            command, cwd=self.folder, env=environment, text=True, capture_output=True, timeout=seconds, check=False
        )
        said = f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        assert done.returncode == 0, f"{' '.join(command[:4])}: {said}"
        return done.stdout

    def operator(self, service: str, *command: str) -> str:
        """An operator's command in a running container: `python -m <service> <command>`."""
        return self.compose("exec", "-T", service, "python", "-m", service, *command).strip()

    def secret(self, name: str) -> str:
        return (self.folder / "secrets" / name).read_text().strip()

    def containers(self) -> Sequence[str]:
        """Ids of all containers, also of those that have ended."""
        return self.compose("ps", "--quiet", "--all").split()

    def remove(self) -> None:
        """Everything but the images, which are the cache of the next run."""
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "20")
