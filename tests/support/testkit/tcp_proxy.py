"""A TCP proxy that can fail like a network: stop forwarding without closing (half-open), or cut every connection."""

import asyncio
import contextlib
from types import TracebackType
from urllib.parse import urlsplit, urlunsplit


class TcpProxy:
    """Forwards connections to host:port of `url`; `async with TcpProxy(url) as proxy: connect(proxy.url)`."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._answers_flowing = asyncio.Event()
        self._answers_flowing.set()
        self._connections: dict[asyncio.Task[None], asyncio.Event] = {}
        self._server: asyncio.Server | None = None
        self.url = ""
        self.accepted = 0  # connections so far

    async def __aenter__(self) -> "TcpProxy":
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        login = self._target.netloc.rpartition("@")[0]
        self.url = urlunsplit(
            self._target._replace(netloc=f"{login}@127.0.0.1:{port}" if login else f"127.0.0.1:{port}")
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server:
            self._server.close()
        await self.cut()

    def freeze(self) -> None:
        """Let the connections of this moment stay open and dead; new ones work."""
        for connection in self._connections.values():
            connection.clear()

    def stop_forwarding(self) -> None:
        """Swallow silence: connections stay open (and new ones are accepted), but not a byte passes either way."""
        self._flowing.clear()

    def stop_answers(self) -> None:
        """Forward what the client says, but none of the server's answers: a commit may happen unheard."""
        self._answers_flowing.clear()

    def forward(self) -> None:
        """Let bytes pass again, also those that waited."""
        self._flowing.set()
        self._answers_flowing.set()
        for connection in self._connections.values():
            connection.set()

    async def cut(self) -> None:
        """Close every connection at once."""
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        alive = self._connections[task] = asyncio.Event()
        alive.set()
        self.accepted += 1
        server_writer: asyncio.StreamWriter | None = None
        try:
            port = self._target.port or (5672 if self._target.scheme.startswith("amqp") else 5432)
            server_reader, server_writer = await asyncio.open_connection(self._target.hostname, port)
            pumps = {
                asyncio.create_task(self._pump(reader, server_writer, alive, answers=False)),
                asyncio.create_task(self._pump(server_reader, writer, alive, answers=True)),
            }
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass  # the target is away, or `cut` was called: the client sees a closed connection
        finally:
            del self._connections[task]
            for end in (writer, server_writer):
                if end is not None:
                    end.transport.abort()

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, alive: asyncio.Event, *, answers: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                await alive.wait()
                await self._flowing.wait()
                if answers:
                    await self._answers_flowing.wait()
                sink.write(data)
                await sink.drain()
