"""Plain ASGI middleware: trace, log and measure a request; limit its body; set security headers."""

import time
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from prometheus_client import Histogram
from starlette._utils import get_route_path
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.tracing import enter_trace
from shared.web.client_address import enter_client
from shared.web.problems import route_of

log = structlog.get_logger()

REQUEST_SECONDS = Histogram(
    "dorfnetz_http_request_seconds", "Time to answer a request", ["service", "method", "route", "status"]
)
BODY_LIMIT = 1_000_000  # bytes; an upload has its own route and limit


class RequestObserver:
    """Joins the caller's trace, measures the request, and logs it without its path: a path may hold a secret."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app, self.service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with structlog.contextvars.bound_contextvars(service=self.service):
            enter_trace(Headers(scope=scope).get("traceparent"))
            enter_client(scope)
            began, status = time.perf_counter(), 500

            async def observed(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await self.app(scope, receive, observed)
            finally:
                seconds = time.perf_counter() - began
                route = route_of(scope)
                REQUEST_SECONDS.labels(self.service, scope["method"], route, status).observe(seconds)
                log.debug("request", method=scope["method"], route=route, status=status, seconds=round(seconds, 4))


class BodyLimit:
    """Refuses a body that is too large as soon as that is known, whatever its Content-Length says.

    `larger` are the limits of uploads, by path. A route that refuses large files in its own words has it told here
    only what is beyond any file.
    """

    def __init__(self, app: ASGIApp, limit: int = BODY_LIMIT, larger: Mapping[str, int] | None = None) -> None:
        self.app, self.limit, self.larger = app, limit, larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        declared_length = int(declared) if declared.isdigit() else 0
        limit = self.larger.get(get_route_path(scope), self.limit)
        counted = 0

        async def limited() -> Message:
            nonlocal counted
            message = await receive()
            counted += len(message.get("body", b""))
            if max(declared_length, counted) > limit:
                # an HTTPException passes through the framework's reading of bodies and ends as a problem
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        await self.app(scope, limited, send)


class SecurityHeaders:
    """Headers that every answer carries unless the application set its own."""

    DEFAULTS = (
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
    )

    def __init__(self, app: ASGIApp, policy: str = "default-src 'none'; frame-ancestors 'none'") -> None:
        self.app = app
        self.defaults = (*self.DEFAULTS, ("content-security-policy", policy))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.defaults:
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, secured if scope["type"] == "http" else send)
