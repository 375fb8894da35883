"""Plain ASGI middleware: trace, log and measure a request; limit its body; set security headers."""

import json
import time
from http import HTTPStatus

import structlog
from prometheus_client import Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.i18n import N_, Translator
from shared.tracing import enter_trace
from shared.web.problems import MEDIA_TYPE, TITLES, route_of

log = structlog.get_logger()

REQUEST_SECONDS = Histogram(
    "dorfnetz_http_request_seconds", "Time to answer a request", ["service", "method", "route", "status"]
)
BODY_LIMIT = 1_000_000  # bytes; an upload has its own route and limit
TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


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


class _TooLarge(Exception):
    pass


class BodyLimit:
    """Refuses a body that is too large as soon as that is known, whatever its Content-Length says."""

    def __init__(self, app: ASGIApp, translate: Translator, limit: int = BODY_LIMIT) -> None:
        self.app, self.translate, self.limit = app, translate, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > self.limit:
            await self._refuse(send)
            return
        seen, started = 0, False

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit:
                raise _TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, limited, watched)
        except _TooLarge:
            if not started:
                await self._refuse(send)

    async def _refuse(self, send: Send) -> None:
        title = self.translate.gettext(TITLES[TOO_LARGE])
        detail = self.translate.format(N_("At most {kilobytes} kB are possible."), {"kilobytes": self.limit // 1000})
        problem = {
            "type": "urn:dorfnetz:problem:too_large",
            "title": title,
            "status": int(TOO_LARGE),
            "detail": detail,
            "code": "too_large",
            "errors": [],
        }
        body = json.dumps(problem).encode()
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": int(TOO_LARGE), "headers": headers})
        await send({"type": "http.response.body", "body": body})


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
