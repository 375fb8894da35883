"""No route exists without a word on who may call it."""

from collections.abc import Callable, Iterator
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from shared.access.dependencies import allow, allow_anyone, logged_in, public
from shared.access.grants import Role
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
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
    dependant = getattr(route, "dependant", None)
    return dependant is not None and any(hasattr(call, "access") for call in _calls(dependant))


def _calls(dependant: Dependant) -> Iterator[Callable[..., object]]:
    for dependency in dependant.dependencies:
        if dependency.call is not None:
            yield dependency.call
        yield from _calls(dependency)
