"""The factory behind every service's `create_app`."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from shared.access.tokens import FetchKeys, TokenVerifier, fetch_keys_from
from shared.database import create_engine, create_sessions
from shared.i18n import Translator
from shared.messaging import event_log
from shared.settings import Settings
from shared.web import documents
from shared.web.health import add_health
from shared.web.middleware import BodyLimit, RequestObserver, SecurityHeaders
from shared.web.problems import MEDIA_TYPE, Problem, add_problem_handlers
from shared.web.turns import Turns

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": title, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for status, title in {
        400: "Bad request",
        401: "No valid access token",
        403: "The caller may not do this",
        404: "Missing, or not the caller's to see",
        409: "A rule forbids it now",
        413: "Too large",
        422: "The input is not valid",
        429: "Too many requests",
        503: "Not available at the moment",
    }.items()
}


def join_routers(*routers: APIRouter) -> APIRouter:
    """The routes of a service, for all applications of a process: FastAPI reads every signature with the first request.

    The event log, which every service has, is among them.
    """
    together = APIRouter(responses=PROBLEMS)
    for router in (*routers, event_log.create_router()):
        together.include_router(router)
    return together


def create_service_app(
    *,
    name: str,
    title: str,
    description: str,
    settings: Settings,
    router: APIRouter,
    lifespan: Lifespan | None = None,
    fetch_keys: FetchKeys | None = None,
    asyncapi: documents.Document | None = None,
    body_limits: Mapping[str, int] | None = None,
) -> FastAPI:
    """The HTTP side of one service. The server that runs it sets the root path `/api/<name>` (see `shared.command`).

    `app.state` holds `settings`, `engine`, `sessions`, `turns`, `verifier` and `translate`. `router` comes from
    `join_routers`. `fetch_keys` says where the public keys come from when it is not `settings.jwks_url` (the registry
    knows its own), `asyncapi` makes the document of the service's events. `body_limits` are for the paths of uploads,
    in bytes.
    """
    engine = create_engine(settings)
    translate = Translator(name)

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(engine.dispose)
            if lifespan is not None:
                await stack.enter_async_context(lifespan(app))
            yield

    app = FastAPI(
        title=title,
        description=description,
        version="1",
        lifespan=run,
        responses=PROBLEMS,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.engine = engine
    app.state.sessions = create_sessions(engine)
    app.state.turns = Turns()
    app.state.translate = translate
    app.state.verifier = TokenVerifier(
        fetch_keys or fetch_keys_from(settings.jwks_url), issuer=settings.token_issuer, audience=settings.token_audience
    )
    add_problem_handlers(app, translate)
    app.router.routes.extend(router.routes)
    add_health(app)
    documents.add_pages(app, asyncapi)
    app.add_middleware(BodyLimit, larger=body_limits)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestObserver, service=name)
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, servers=app.servers
        )
        definition = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(definition.pop("$defs", {}))
        schemas["Problem"] = definition
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        _show_optional_logins(app, schema)
        app.openapi_schema = schema
    return app.openapi_schema


def _show_optional_logins(app: FastAPI, schema: dict[str, Any]) -> None:
    """Endpoints that show more to some callers, and something to everybody: an empty requirement says so."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and any(map(_is_optional, route.dependant.dependencies)):
            for method in route.methods or ():
                operation = schema["paths"][context.path][method.lower()]
                operation["security"] = [{}, *operation["security"]]


def _is_optional(dependant: Dependant) -> bool:
    return hasattr(dependant.call, "login_optional")
