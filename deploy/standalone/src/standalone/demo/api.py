"""A client of the services' HTTP interfaces that can repeat itself: what was done before is found, not done again."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

import httpx2
import structlog

log = structlog.get_logger()

_NAMESPACE = UUID("5a0a4d0e-3f4c-4d0f-9b43-8a35f5f0d6c1")
_WAITS = 30.0  # seconds for the effect of an event in another service
_ONCE_MORE = 0.1


class Refused(Exception):
    """A service did not take an item of the demo's data; the message names the item and the reason."""


class Api:
    """Calls of one person. `counted` is told of each item that is there."""

    def __init__(self, client: httpx2.AsyncClient, token: str, counted: Callable[[], None]) -> None:
        self._client = client
        self._headers = {"authorization": f"Bearer {token}"}
        self._counted = counted

    async def get(self, path: str) -> Any:
        """The JSON at `path`."""
        answer = await self._client.get(path, headers=self._headers)
        answer.raise_for_status()
        return answer.json()

    async def add(
        self, path: str, item: dict[str, Any], *, name: str, wait_for: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Post an item, once however often this is repeated. `name` names the item among all of the demo.

        `wait_for` are codes of refusals that vanish when an event has reached the service. Raises `Refused`.
        """
        headers = {**self._headers, "idempotency-key": str(uuid5(_NAMESPACE, f"{path} {name}"))}
        deadline = asyncio.get_running_loop().time() + _WAITS
        while True:
            answer = await self._client.post(path, json=item, headers=headers)
            if answer.is_success:
                self._counted()
                return dict(answer.json()) if answer.content else {}
            problem = _problem(answer)
            if problem.get("code") not in wait_for or asyncio.get_running_loop().time() > deadline:
                log.error("demo_item_refused", path=path, item=name, status=answer.status_code, problem=problem)
                raise Refused(f"{path} {name}: {answer.status_code} {problem.get('detail', '')}")
            await asyncio.sleep(_ONCE_MORE)

    async def put(
        self, path: str, item: dict[str, Any], *, done: tuple[str, ...] = (), wait_for: tuple[str, ...] = ()
    ) -> None:
        """Put an item in its place; `done` are codes of refusals that say it was done before. Raises `Refused`.

        `wait_for` as for `add`.
        """
        deadline = asyncio.get_running_loop().time() + _WAITS
        while True:
            answer = await self._client.put(path, json=item, headers=self._headers)
            code = _problem(answer).get("code")
            if answer.is_success or code in done:
                self._counted()
                return
            if code not in wait_for or asyncio.get_running_loop().time() > deadline:
                raise Refused(f"{path}: {answer.status_code} {_problem(answer).get('detail', '')}")
            await asyncio.sleep(_ONCE_MORE)


def _problem(answer: httpx2.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
