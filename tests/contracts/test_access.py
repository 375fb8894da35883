"""No route exists without a word on who may call it."""

import re
from collections.abc import Callable, Iterator
from typing import Annotated
from uuid import uuid4

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from shared.access.dependencies import allow, allow_anyone, logged_in, public
from shared.access.grants import Role
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from testkit.clients import Clients
from testkit.services import SERVICES, create_service
from testkit.tokens import Issuer

# Documents, health, metrics, stylesheets: nothing from the database, for everybody who reaches the process.
INFRASTRUCTURE = {
    "/openapi.json",
    "/docs",
    "/asyncapi",
    "/asyncapi.json",
    "/livez",
    "/readyz",
    "/metrics",
    "/static/{path:path}",
}


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_says_who_may_call_it(service: str, issuer: Issuer) -> None:
    app = create_service(service, issuer)
    routes = list(iter_route_contexts(app.routes))
    assert len(routes) > len(INFRASTRUCTURE), "the service has routes of its own"
    assert [route.path for route in routes if not _is_declared(route)] == []


@pytest.mark.parametrize("service", ["registry", "events", "notifications"])
async def test_who_is_not_logged_in_or_has_no_role_is_refused(
    service: str, issuer: Issuer, token_for: Callable[..., str], client_for: Clients
) -> None:
    """Before anything is read or written: these applications have no database."""
    app = create_service(service, issuer)
    anonymous, roleless = await client_for(app), await client_for(app, token_for())
    closed = [route for route in iter_route_contexts(app.routes) if _is_closed(route)]
    for route in closed:
        path = re.sub(r"{[^}]+}", str(uuid4()), route.path or "")
        for method in route.methods or ():
            assert (await anonymous.request(method, path, json={})).status_code == 401, (method, path)
            if _needs_a_role(route):
                assert (await roleless.request(method, path, json={})).status_code == 403, (method, path)
    assert closed or service == "notifications"


async def test_a_route_without_a_word_is_found() -> None:
    router = APIRouter()

    @router.get("/open")
    async def undeclared() -> None: ...

    @router.get("/hidden", include_in_schema=False)
    async def undeclared_and_hidden() -> None: ...

    @router.get("/by-parameter")
    async def by_parameter(access: Annotated[object, Depends(allow(Role.VOLUNTEER))]) -> None: ...

    @router.get("/for-everybody", dependencies=[Depends(public)])
    async def for_everybody() -> None: ...

    @router.get("/optional", dependencies=[Depends(allow_anyone(Role.VOLUNTEER))])
    async def optional() -> None: ...

    @router.get("/me", dependencies=[Depends(logged_in())])
    async def me() -> None: ...

    app = FastAPI(docs_url=None, redoc_url=None)
    app.include_router(router)
    app.mount("/app", lambda *_: None)  # type: ignore[arg-type]
    app.mount("/static", StaticFiles(directory="."))
    found = [route.path for route in iter_route_contexts(app.routes) if not _is_declared(route)]
    assert found == ["/open", "/hidden", "/app"]


def _is_declared(route: RouteContext) -> bool:
    if isinstance(route.original_route, Mount):
        return isinstance(route.original_route.app, StaticFiles)
    if route.path in INFRASTRUCTURE:
        return True
    return any(hasattr(call, "access") for call in _calls(_dependant(route)))


def _is_closed(route: RouteContext) -> bool:
    return _needs_a_role(route) or "logged_in" in _made_by(route)


def _needs_a_role(route: RouteContext) -> bool:
    return "allow" in _made_by(route)


def _made_by(route: RouteContext) -> set[str]:
    """The names of the functions that made the route's dependencies."""
    return {getattr(call, "__qualname__", "").partition(".")[0] for call in _calls(_dependant(route))}


def _dependant(route: RouteContext) -> Dependant:
    found: Dependant | None = getattr(route, "dependant", None)
    return found or Dependant()


def _calls(dependant: Dependant) -> Iterator[Callable[..., object]]:
    for dependency in dependant.dependencies:
        if dependency.call is not None:
            yield dependency.call
        yield from _calls(dependency)
