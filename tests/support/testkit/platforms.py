"""The whole platform as its users start it: the standalone process, or each service's two processes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
from shared.access.tokens import create_signing_key
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from testkit.http_server import HttpServer
from testkit.processes import _die_with_parent, free_port, wait_until
from testkit.receipts import receipt_variables

SERVICES = ("registry", "events", "notifications", "portal")
READY = "Dorfnetz ist bereit: "


def environment(**variables: str) -> dict[str, str]:
    """Ours for a child process, without what configures Dorfnetz or its database here."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("DORFNETZ_", "PG", "PORT"))}
    return {**ours, **variables}


@dataclass
class Standalone:
    """A running `python -m standalone`."""

    process: subprocess.Popen[str]
    url: str
    data: Path

    def stop(self, number: signal.Signals = signal.SIGINT, *, within: float = 20) -> int:
        """Ask for the end; gives the exit code."""
        self.process.send_signal(number)
        return self.process.wait(within)


def run_standalone(data: Path, *arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.Popen[str]:
    """Start it and return at once; its data lies in `data`."""
    return subprocess.Popen(
        [sys.executable, "-m", "standalone", *arguments],
        env=environment(DORFNETZ_DATA_DIR=str(data), **{"PORT": "0", **variables}),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd, start_new_session=True,
        preexec_fn=_die_with_parent(signal.SIGTERM),
    )  # fmt: skip


@contextmanager
def standalone(data: Path, *, keep: bool = False, **variables: str) -> Iterator[Standalone]:
    """A platform that is ready; ended with the block, and its data deleted unless it is to be kept."""
    process = run_standalone(data, cwd=None, **variables)
    try:
        try:
            url = wait_for_ready_line(process)
        except AssertionError as error:
            log = data / "log" / "dorfnetz.log"
            raise AssertionError(f"{error}\n{log.read_text()[-2000:] if log.exists() else ''}") from None
        yield Standalone(process, url, data)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        if not keep:
            run_standalone(data, "--reset").communicate(timeout=60)


def wait_for_ready_line(process: subprocess.Popen[str]) -> str:
    """The address in the line that says that it is ready."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(READY):
            return line.removeprefix(READY).strip()
    assert process.stderr is not None
    raise AssertionError(f"it ended without being ready: {process.stderr.read()}")


@contextmanager
def separate_processes(
    folder: Path, databases: Mapping[str, str], amqp_url: str, amqp_prefix: str, smtp: Any, **settings: str
) -> Iterator["Processes"]:
    """`app` and `worker` of each service on real servers, behind a front door; `smtp` has a host and a port.

    `settings` are more variables for all of them. Each writes its log to `<folder>/<service>-<part>.log`.
    """
    with ExitStack() as stack:
        ports = {(service, part): free_port() for service in SERVICES for part in ("app", "worker")}
        own = {service: f"http://127.0.0.1:{ports[service, 'app']}" for service in SERVICES}
        front_door = stack.enter_context(HttpServer(_front_door(own)))
        variables = environment(
            **{f"DORFNETZ_{service.upper()}_DATABASE_URL": databases[service] for service in SERVICES},
            DORFNETZ_AMQP_URL=amqp_url,
            DORFNETZ_AMQP_PREFIX=amqp_prefix,
            DORFNETZ_PUBLIC_URL=front_door.url,
            DORFNETZ_JWKS_URL=f"{own['registry']}/.well-known/jwks.json",
            DORFNETZ_REGISTRY_SIGNING_KEY=json.dumps(create_signing_key().as_dict(private=True)),
            DORFNETZ_REGISTRY_URL=own["registry"],
            DORFNETZ_EVENTS_URL=own["events"],
            DORFNETZ_NOTIFICATIONS_URL=own["notifications"],
            DORFNETZ_ERASURE_JOURNAL=str(folder / "erasures.jsonl"),
            **receipt_variables(),
            DORFNETZ_SMTP_HOST=smtp.host,
            DORFNETZ_SMTP_PORT=str(smtp.port),
            DORFNETZ_SMTP_TLS="none",
            **settings,
        )
        running: dict[str, _Restartable] = {}
        # The registry's worker is last: a queue that does not exist yet misses the events that are already waiting.
        for service, part in sorted(ports, key=lambda pair: pair == ("registry", "worker")):
            command = [sys.executable, "-m", service, part, "--host", "127.0.0.1", "--port", str(ports[service, part])]
            if (service, part) == ("registry", "worker"):
                _wait_for_all(ports[pair] for pair in ports if pair != (service, part))
            name = f"{service}-{part}"
            running[name] = _Restartable(partial(_process, command, variables, folder / f"{name}.log"))
            stack.callback(running[name].stop)
            running[name].start()
        _wait_for_all(ports.values())
        addresses = {f"{service}-{part}": f"http://127.0.0.1:{port}" for (service, part), port in ports.items()}
        yield Processes(front_door.url, variables, folder, addresses, running)


@dataclass
class Processes:
    """The running processes. `run` runs a command of an operator in their environment."""

    url: str
    variables: Mapping[str, str]
    folder: Path
    addresses: Mapping[str, str]  # of each process by itself, such as "registry-app"
    running: Mapping[str, "_Restartable"]

    def stop(self, *names: str) -> None:
        """End processes, such as "events-worker", at the same time."""
        with ThreadPoolExecutor(len(names)) as threads:
            list(threads.map(lambda name: self.running[name].stop(), names))

    def kill(self, name: str) -> None:
        """End a process as a power cut does."""
        self.running[name].kill()

    def start(self, *names: str) -> None:
        """Start them again at the same time, and wait until they are ready."""
        for name in names:
            self.running[name].start()
        for name in names:
            wait_until(partial(_answers, f"{self.addresses[name]}/readyz"), seconds=90, what=name, process=None)

    def run(self, *arguments: str) -> str:
        """`run("registry", "login-link", …)` is `python -m registry login-link …`; gives what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            env=dict(self.variables), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


class _Restartable:
    """A process that may be stopped and started again; `open_process` starts it."""

    def __init__(self, open_process: Callable[[], AbstractContextManager["subprocess.Popen[bytes]"]]) -> None:
        self._open, self._stack = open_process, ExitStack()

    def start(self) -> None:
        self._process = self._stack.enter_context(self._open())

    def stop(self) -> None:
        self._stack.close()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self.stop()


@contextmanager
def _process(command: list[str], variables: Mapping[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env=dict(variables), stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=_die_with_parent(signal.SIGTERM),
        )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for_all(ports: Iterable[int]) -> None:
    for port in ports:
        wait_until(partial(_answers, f"http://127.0.0.1:{port}/readyz"), seconds=90, what=f"port {port}", process=None)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=2).status_code == 200
    except httpx2.HTTPError:
        return False


async def _content(answer: httpx2.Response) -> AsyncIterator[bytes]:
    try:
        async for part in answer.aiter_raw():
            yield part
    finally:
        await answer.aclose()


def _front_door(own: Mapping[str, str]) -> Starlette:
    """The services behind /api/<service>, without that prefix, and the portal for everything else."""
    network = httpx2.AsyncHTTPTransport()  # not a client: it would keep one visitor's cookies and send them for all

    async def forward(request: Request) -> Response:
        path, service = request.url.path, "portal"
        if path.startswith("/api/"):
            service, _, path = path.removeprefix("/api/").partition("/")
            path = f"/{path}"
        query = f"?{request.url.query}" if request.url.query else ""
        asked = httpx2.Request(
            request.method, f"{own[service]}{path}{query}", headers=request.headers.raw, content=await request.body()
        )
        answer = await network.handle_async_request(asked)
        forwarded = StreamingResponse(_content(answer), answer.status_code)
        forwarded.raw_headers = [(name.lower(), value) for name, value in answer.headers.raw]
        return forwarded

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return Starlette(routes=[Route("/{path:path}", forward, methods=methods)])
