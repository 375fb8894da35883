"""The running platform: every service's application and worker in one process, behind one front door."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass

import structlog
import uvicorn
from shared.i18n import N_, Translator
from shared.messaging.in_process import InProcessTransport
from shared.messaging.rabbit import RabbitTransport
from shared.messaging.worker import started
from starlette.applications import Starlette
from starlette.routing import Mount

from standalone.data_directory import DataDirectory
from standalone.demo.load import load_demo
from standalone.demo.progress import Progress
from standalone.mailbox.server import serve_smtp
from standalone.pages import add_demo_pages
from standalone.services import Place, Service, build_services
from standalone.settings import StandaloneSettings

log = structlog.get_logger()

_BROKER_ANSWERS_WITHIN = 15  # seconds
_CLOSES_WITHIN = 1  # seconds for requests under way; a live page would stay open for ever


@dataclass(frozen=True)
class Parts:
    """What has been opened before the platform runs."""

    settings: StandaloneSettings
    data: DataDirectory
    database_urls: Mapping[str, str]
    sockets: Sequence[socket.socket]
    place: Place


class _Server(uvicorn.Server):
    """A server that leaves the signals alone: we end it, in our order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def run_platform(parts: Parts, say: Callable[[str], None], translator: Translator) -> None:
    """Run until a signal asks for the end. Raises `CannotStart` where a configured server does not answer."""
    stopping = _stop_on_signals()
    running = asyncio.create_task(_run(parts, say, translator))
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait((running, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not running.done():
        running.cancel()
    try:
        await running
    except asyncio.CancelledError:
        log.info("stopped")


async def _run(parts: Parts, say: Callable[[str], None], translator: Translator) -> None:
    async with AsyncExitStack() as stack:
        smtp_port = None
        if parts.settings.smtp_host is None:
            smtp_port = await stack.enter_async_context(serve_smtp(parts.data.mailbox))
        services = build_services(parts.place, parts.database_urls, parts.data, smtp_port, translator)
        by_name = {service.name: service.app for service in services}
        add_demo_pages(by_name["portal"], by_name["registry"], parts.data, with_mailbox=smtp_port is not None)
        for service in services:
            await stack.enter_async_context(service.app.router.lifespan_context(service.app))
        await _start_workers(services, parts.settings, stack)
        server = _Server(
            uvicorn.Config(
                _front_door(services),
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # the applications know by their settings which proxies to believe
                timeout_graceful_shutdown=_CLOSES_WITHIN,
            )
        )
        serving = asyncio.create_task(server.serve(list(parts.sockets)))
        stack.push_async_callback(_close, server, serving)
        progress = Progress(say, translator.gettext(N_("Loading the example data")))
        await load_demo(parts.place.own_url, by_name["registry"], parts.data, progress)
        print(translator.format(N_("Dorfnetz is ready: {url}"), {"url": parts.place.public_url}), flush=True)  # noqa: T201
        await asyncio.wait((serving,))
        serving.result()


async def _start_workers(services: Sequence[Service], settings: StandaloneSettings, stack: AsyncExitStack) -> None:
    """On one transport inside this process, or each on its own connection to the configured broker."""
    if settings.amqp_url is None:
        transport = InProcessTransport()
        for service in services:
            await stack.enter_async_context(service.worker.running(transport))
        await stack.enter_async_context(started(transport))
        return
    for service in reversed(services):  # the registry speaks first, so it starts last: queues come before events
        worker = service.worker
        own = RabbitTransport(settings.amqp_url, worker.settings.amqp_prefix, name=f"dorfnetz {service.name}")
        await stack.enter_async_context(worker.running(own))
        await stack.enter_async_context(started(own))
        await _wait_for(own)


async def _wait_for(transport: RabbitTransport) -> None:
    """Until its queues are there; not for ever, because a worker also waits for a broker by itself."""
    try:
        async with asyncio.timeout(_BROKER_ANSWERS_WITHIN):
            while not transport.ready():  # noqa: ASYNC110 - the transport has no event to wait for
                await asyncio.sleep(0.05)
    except TimeoutError:
        log.warning("broker_away")


async def _close(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    server.should_exit = True
    await asyncio.wait((serving,), timeout=_CLOSES_WITHIN + 5)


def _front_door(services: Sequence[Service]) -> Starlette:
    """The services by their prefix, the portal for everything else."""
    *behind, portal = services
    routes = [Mount(f"/api/{service.name}", service.app) for service in behind]
    return Starlette(routes=[*routes, Mount("/", portal.app)])


def _stop_on_signals() -> asyncio.Event:
    """An event that is set by Ctrl-C and its relatives. The handlers stay ours until the process ends."""
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop(_number: int, _frame: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(stopping.set)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    return stopping
