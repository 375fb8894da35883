"""HTTP clients for a service's application, in process: real requests through the whole ASGI stack."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType

import httpx2
from fastapi import FastAPI


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Run the application's lifespan. In a task of its own: a fixture's end may run in another task than its start."""
    started, ended = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.router.lifespan_context(app):
            started.set()
            await ended.wait()

    task = asyncio.create_task(live())
    waiter = asyncio.create_task(started.wait())
    await asyncio.wait({task, waiter}, return_when=asyncio.FIRST_COMPLETED)
    waiter.cancel()
    if task.done():
        task.result()
    try:
        yield
    finally:
        ended.set()
        await task


class Clients:
    """Makes clients and closes them, with the applications behind them, at the end of a test."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._running: set[int] = set()

    async def __aenter__(self) -> "Clients":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def __call__(
        self, app: FastAPI, token: str | None = None, *, base_url: str = "http://dorfnetz.test"
    ) -> httpx2.AsyncClient:
        """A client of `app`, logged in by `token` or anonymous. The application starts with its first client."""
        if id(app) not in self._running:
            await self._stack.enter_async_context(running(app))
            self._running.add(id(app))
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        client = httpx2.AsyncClient(transport=transport, base_url=base_url, headers=headers)
        return await self._stack.enter_async_context(client)


async def break_off(app: FastAPI, path: str, begin: bytes, **headers: str) -> None:
    """A client that goes away while it sends: `begin` is all of the body that arrives. `_` in names stands for `-`."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "client": ("127.0.0.1", 5000),
        "server": ("testserver", 80),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    parts: list[dict[str, object]] = [
        {"type": "http.request", "body": begin, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, object]:
        return parts.pop(0) if len(parts) > 1 else parts[0]

    async def send(_message: object) -> None: ...

    async with app.router.lifespan_context(app):
        await app(scope, receive, send)
