"""No page is open by accident: each says who may open it, and each that changes something refuses foreign requests."""

from collections.abc import Iterator

import httpx2
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from portal.app import create_app
from portal.settings import PortalSettings
from portal.web import security
from shared.web.health import livez, metrics, readyz

HEALTH = {livez, readyz, metrics}


def calls(dependant: Dependant) -> Iterator[object]:
    for part in dependant.dependencies:
        yield part.call
        yield from calls(part)


def routes(settings: PortalSettings) -> list[APIRoute]:

    found: list[APIRoute] = []
    waiting = list(create_app(settings).routes)
    while waiting:
        route = waiting.pop()
        if isinstance(route, APIRoute):
            found.append(route)
        waiting += getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", [])
    return found


def test_every_page_says_who_may_open_it(settings: PortalSettings) -> None:
    found = routes(settings)
    assert len(found) > 30
    for route in found:
        if route.endpoint not in HEALTH:
            assert any(hasattr(call, "access") for call in calls(route.dependant)), route.path


async def test_every_page_that_changes_something_refuses_foreign_requests(
    settings: PortalSettings, pages: httpx2.AsyncClient
) -> None:
    unsafe = [route for route in routes(settings) if (route.methods or set()) - security.SAFE_METHODS]
    assert len(unsafe) >= 10
    for route in unsafe:
        path = route.path.format(**dict.fromkeys(route.param_convertors, "00000000-0000-0000-0000-000000000000"))
        answer = await pages.post(path, data={}, headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403, path
