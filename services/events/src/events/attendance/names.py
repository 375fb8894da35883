"""The name that somebody is entered by: the registry tells it to its owner, and nobody else chooses it."""

import httpx2
from shared.errors import Unavailable
from shared.tls import trusted

PATIENCE = 5.0  # seconds


class OwnNames:
    """`await names.of(authorization)`: the name of whoever sends that header, as the registry knows it."""

    def __init__(self, registry_url: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._http = httpx2.AsyncClient(base_url=registry_url, timeout=PATIENCE, transport=transport, verify=trusted())

    async def of(self, authorization: str) -> str:
        """Raises `Unavailable` when the registry does not answer."""
        try:
            answer = (await self._http.get("/me", headers={"authorization": authorization})).raise_for_status()
        except httpx2.HTTPError as error:
            raise Unavailable from error
        return str(answer.json()["name"])

    async def close(self) -> None:
        await self._http.aclose()
