"""The municipality's calendar, which the network takes over."""

import httpx2

from standalone.demo.api import Api
from standalone.municipal_calendar import PATH


async def take_over_calendar(client: httpx2.AsyncClient, token: str) -> None:
    """Its dates are there a moment later, when the worker has looked. Raises `standalone.demo.api.Refused`."""
    source = {
        "network": "heidedoerfer",
        "name": "Gemeinde Muldestausee",
        "url": str(client.base_url.join(PATH)),
        "kind": "activity",
    }
    await Api(client, token, lambda: None).add("/api/events/calendar-sources", source, name=PATH)
