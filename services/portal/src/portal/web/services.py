"""The services' HTTP APIs, as the portal calls them for a person."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx2
import structlog
from shared.errors import NotFound, Unavailable
from shared.i18n import Translator
from shared.tls import trusted
from shared.tracing import current_traceparent
from shared.web.client_address import current_client

from portal.settings import PortalSettings

log = structlog.get_logger()


@dataclass(frozen=True)
class Problem:
    """Why a service refused: `detail` for people, and a message for each field that is wrong.

    `headers` go with the page that shows it. `into_id` names the thing that stands for the one
    that was asked for.
    """

    status: int
    code: str
    detail: str
    errors: list[tuple[str, str]] = field(default_factory=list)  # field, message
    headers: dict[str, str] = field(default_factory=dict)
    into_id: str | None = None


class Refused(Exception):
    """The service said no; a form shows why beside its fields."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


def problem_of(error: "Refused | Unavailable", translate: Translator) -> Problem:
    """What a form shows for an error of `ServiceClient`."""
    if isinstance(error, Refused):
        return error.problem
    return Problem(503, error.code, translate.gettext(error.message))


class TokenRefused(Exception):
    """The person's token does not hold any more: log in again."""


class ServiceClient:
    """One service. Errors: `Refused` (4xx), `NotFound`, `TokenRefused` (401), `Unavailable` (no answer, or 5xx)."""

    def __init__(self, base_url: str, timeout: float, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._http = httpx2.AsyncClient(base_url=base_url, timeout=timeout, transport=transport, verify=trusted())

    async def get(self, path: str, *, token: str | None = None, **params: Any) -> Any:
        """The JSON of an answer."""
        return (await self._ask("GET", path, token=token, params=params))[0]

    async def get_version(self, path: str, *, token: str) -> tuple[Any, str]:
        """The JSON of an answer and its ETag, for `If-Match` of a change."""
        return await self._ask("GET", path, token=token)

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Give a command; `key` makes it safe to repeat. Returns the JSON of the answer, None if it is empty."""
        headers = {**(headers or {}), **({"idempotency-key": key} if key else {})}
        return (await self._ask(method, path, token=token, json=body, headers=headers))[0]

    async def upload(
        self, path: str, content: AsyncIterator[bytes], *, token: str, seconds: float, **params: Any
    ) -> Any:
        """Hand a file on while it arrives; returns the JSON of the answer, which may take some `seconds`."""
        headers = {"content-type": "application/octet-stream"}
        answer = await self._request(
            "POST", path, token=token, content=content, params=params, headers=headers, timeout=seconds
        )
        return answer.json()

    async def download(self, path: str, *, token: str) -> bytes:
        """The content of an answer that is a file."""
        return (await self._request("GET", path, token=token)).content

    async def stream(
        self, path: str, *, token: str, seconds: float, **params: Any
    ) -> tuple[Mapping[str, str], AsyncIterator[bytes]]:
        """Headers and content of an answer that is a large file; it may take some `seconds` to begin."""
        answer = await self._request("GET", path, token=token, params=params, timeout=seconds, stream=True)

        async def content() -> AsyncIterator[bytes]:
            try:
                async for piece in answer.aiter_bytes():
                    yield piece
            finally:
                await answer.aclose()

        return answer.headers, content()

    async def fetch(self, path: str, *, headers: dict[str, str]) -> httpx2.Response:
        """An answer as it is; 304, too, where `headers` ask for what is new alone."""
        return await self._request("GET", path, headers=headers)

    async def close(self) -> None:
        await self._http.aclose()

    async def _ask(self, method: str, path: str, *, token: str | None = None, **options: Any) -> tuple[Any, str]:
        answer = await self._request(method, path, token=token, **options)
        return answer.json() if answer.content else None, answer.headers.get("etag", "")

    async def _request(self, method: str, path: str, *, token: str | None = None, **options: Any) -> httpx2.Response:
        headers, stream = options.pop("headers", {}), options.pop("stream", False)
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        if (visitor := current_client()) is not None:
            headers["x-forwarded-for"] = visitor  # limits there count our visitors, not us
        if (traceparent := current_traceparent()) is not None:
            headers["traceparent"] = traceparent
        try:
            asked = self._http.build_request(method, path, headers=headers, **options)
            answer = await self._http.send(asked, stream=stream)
        except httpx2.HTTPError as error:
            log.warning("service_away", exc_info=error)
            raise Unavailable from error
        if answer.is_success or answer.status_code == HTTPStatus.NOT_MODIFIED:
            return answer
        if stream:
            await answer.aread()
        raise _error_of(answer)


def _error_of(answer: httpx2.Response) -> Exception:
    if answer.status_code >= 500:
        return Unavailable()
    if answer.status_code == 401:
        return TokenRefused()
    try:
        body = answer.json()
    except ValueError:
        body = {}
    code, errors = str(body.get("code", "")), body.get("errors") or []
    if answer.status_code == 404 and not errors and code in ("", "not_found"):
        return NotFound()
    fields = [(str(error.get("field", "")), str(error.get("message", ""))) for error in errors]
    headers = {name: answer.headers[name] for name in ("retry-after",) if name in answer.headers}
    return Refused(Problem(answer.status_code, code, str(body.get("detail", "")), fields, headers, body.get("into_id")))


class Services:
    """The services that pages ask. In a test or in standalone a transport may stand in for the network."""

    def __init__(self, settings: PortalSettings, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self.registry = ServiceClient(settings.registry_url, settings.service_timeout, transport)
        self.events = ServiceClient(settings.events_url, settings.service_timeout, transport)
        self.notifications = ServiceClient(settings.notifications_url, settings.service_timeout, transport)

    async def close(self) -> None:
        for client in (self.registry, self.events, self.notifications):
            await client.close()
