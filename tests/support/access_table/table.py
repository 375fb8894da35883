"""The rows of all services, and how they compare with the routes that the services have."""

from collections.abc import Iterable

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from access_table import events, notifications, registry
from access_table.model import Row

ROWS: dict[str, tuple[Row, ...]] = {
    "registry": registry.ROWS,
    "events": events.ROWS,
    "notifications": notifications.ROWS,
}


def routes_of(app: FastAPI) -> set[str]:
    """Method and path of everything in the OpenAPI document."""
    return {f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods}


def pages_of(app: FastAPI) -> set[str]:
    """What can be read of the portal, which has no document: its pages, without health and static files."""
    infrastructure = {"/livez", "/readyz", "/metrics", "/static/{path:path}"}
    routes = [route for route in iter_route_contexts(app.routes) if "GET" in (route.methods or ())]
    return {f"GET {route.path}" for route in routes} - {f"GET {path}" for path in infrastructure}


def differences(service: str, routes: set[str], rows: Iterable[Row]) -> list[str]:
    """What to do about routes without a row and rows without a route."""
    known = {row.route for row in rows}
    place = f"tests/support/access_table/{service}.py"
    return [
        *(f'add Row("{route}", <who may call it>, …) to {place}' for route in sorted(routes - known)),
        *(f'remove Row("{route}", …) from {place}: there is no such route' for route in sorted(known - routes)),
    ]
