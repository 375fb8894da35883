"""/livez, /readyz and /metrics of an HTTP process."""

import asyncio

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.access.tenancy import UnboundRole, check_role

log = structlog.get_logger()
DATABASE_ANSWERS_WITHIN = 2  # seconds


async def livez() -> PlainTextResponse:
    """The process runs. Depends on nothing, so that a broken neighbour does not restart it."""
    return PlainTextResponse("ok")


async def readyz(request: Request) -> JSONResponse:
    """Whether requests can be served: the database answers, and hides foreign rows from us."""
    try:
        async with asyncio.timeout(DATABASE_ANSWERS_WITHIN), request.app.state.engine.connect() as connection:
            await check_role(connection)
    except UnboundRole as unbound:
        log.error("not_ready", reason=str(unbound))
        return JSONResponse({"status": "unavailable", "database": str(unbound)}, 503)
    except Exception as error:
        log.warning("not_ready", exc_info=error)
        return JSONResponse({"status": "unavailable", "database": "unavailable"}, 503)
    return JSONResponse({"status": "ok", "database": "ok"})


async def metrics() -> Response:
    """Prometheus text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def add_health(app: FastAPI) -> None:
    """Mount the three routes, outside of the API's document."""
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/livez", livez)
    router.add_api_route("/readyz", readyz)
    router.add_api_route("/metrics", metrics)
    app.include_router(router)
