"""/livez, /readyz and /metrics of a worker process."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from faststream.asgi import AsgiResponse, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic_core import to_json

from shared.access.tenancy import UnboundRole

Check = Callable[[], Awaitable[dict[str, Any]]]
ANSWERS_WITHIN = 3.0  # seconds

log = structlog.get_logger(__name__)


def create_routes(check: Check) -> list[tuple[str, Any]]:
    """The routes; `check` says how the parts are: `{"status": "ok" or "unavailable", …}`."""

    @get(include_in_schema=False)
    async def livez(_scope: Any) -> AsgiResponse:
        """The process runs. Depends on nothing, so that a broken neighbour does not restart it."""
        return AsgiResponse(b"ok", 200, headers={"content-type": "text/plain; charset=utf-8"})

    @get(include_in_schema=False)
    async def readyz(_scope: Any) -> AsgiResponse:
        """Whether events come in and go out."""
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                report = await check()
        except UnboundRole as unbound:
            log.error("not_ready", reason=str(unbound))
            report = {"status": "unavailable", "database": str(unbound)}
        except Exception as error:
            report = {"status": "unavailable", "error": type(error).__name__}
        status = 200 if report["status"] == "ok" else 503
        return AsgiResponse(to_json(report), status, headers={"content-type": "application/json"})

    @get(include_in_schema=False)
    async def metrics(_scope: Any) -> AsgiResponse:
        """Prometheus text format."""
        return AsgiResponse(generate_latest(), 200, headers={"content-type": CONTENT_TYPE_LATEST})

    return [("/livez", livez), ("/readyz", readyz), ("/metrics", metrics)]


def create_document_route(document: Callable[[], dict[str, Any]]) -> tuple[str, Any]:
    """`/asyncapi.json`; the page that shows it is served by the HTTP process with assets of our own."""

    @get(include_in_schema=False)
    async def asyncapi(_scope: Any) -> AsgiResponse:
        """AsyncAPI 3.0."""
        return AsgiResponse(to_json(document()), 200, headers={"content-type": "application/json"})

    return "/asyncapi.json", asyncapi
