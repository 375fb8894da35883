"""Call async code from anywhere, also from inside a running loop: in a thread with a loop of its own."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run_sync(function: Callable[[], Coroutine[Any, Any, T]], *, timeout: float = 120) -> T:
    """Run the coroutine that `function` makes to its end and return its result."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(function())).result(timeout)


def succeeds(function: Callable[[], Coroutine[Any, Any, object]], *, within: float = 3) -> bool:
    """Whether the coroutine ends without an error within so many seconds."""

    async def attempt() -> None:
        async with asyncio.timeout(within):
            await function()

    try:
        run_sync(attempt)
    except Exception:
        return False
    return True
