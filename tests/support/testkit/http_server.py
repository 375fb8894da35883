"""An application behind a real HTTP server, in a thread with a loop of its own."""

import threading
import time
from types import TracebackType
from typing import Any

import uvicorn

from testkit.processes import free_port


class HttpServer:
    """`with HttpServer(app) as server: get(server.url)`; runs the application's lifespan."""

    def __init__(self, app: Any) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=self.port, log_config=None))
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> "HttpServer":
        self._thread.start()
        deadline = time.monotonic() + 30
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise AssertionError("the application did not start")
            time.sleep(0.02)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        if self._thread.is_alive():  # it would take processor time from all tests that follow
            raise AssertionError("the application did not end")
