"""Every route of the portal, found by walking the application: a test over them cannot forget a new one."""

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import APIRoute
from portal.web.security import SAFE_METHODS
from shared.web.health import livez, metrics, readyz

HEALTH = {livez, readyz, metrics}
SOME_ID = "00000000-0000-0000-0000-000000000000"


def routes_of(app: FastAPI) -> Iterator[APIRoute]:
    """The pages and forms, without what only machines ask for."""
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop()
        if isinstance(route, APIRoute) and route.endpoint not in HEALTH:
            yield route
        waiting += getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", [])


def unsafe(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of each route that changes something; places in the path are filled."""
    return sorted(
        (method, _filled(route)) for route in routes_of(app) for method in (route.methods or set()) - SAFE_METHODS
    )


def readable(app: FastAPI) -> list[str]:
    """The path of each page that ends; a stream of events does not."""
    return sorted(
        _filled(route) for route in routes_of(app) if "GET" in (route.methods or set()) and "/live" not in route.path
    )


def _filled(route: APIRoute) -> str:
    return route.path.format(**dict.fromkeys(route.param_convertors, SOME_ID))
