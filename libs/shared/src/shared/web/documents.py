"""The documents of a service's interfaces and the pages that show them: `docs` for OpenAPI, `asyncapi` for events.

The pages' assets are served from here; the frameworks' own pages would load them from other hosts.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.staticfiles import StaticFiles

ASSETS = Path(__file__).parent / "assets"
# Both viewers set styles on elements while they draw; scripts come from this host only.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
)
# The viewer of AsyncAPI compiles JSON Schemas to functions; it shows our own document and nothing that anybody typed.
ASYNCAPI_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'")
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="document-assets/vendor/{style}">
</head>
<body>
<main id="document"></main>
<script src="document-assets/vendor/{library}"></script>
<script src="document-assets/{start}"></script>
</body>
</html>
"""
OPENAPI_PAGE = {
    "style": "swagger-ui/swagger-ui.css",
    "library": "swagger-ui/swagger-ui-bundle.js",
    "start": "openapi.js",
}
ASYNCAPI_PAGE = {"style": "asyncapi/asyncapi.css", "library": "asyncapi/asyncapi.js", "start": "asyncapi.js"}

Document = Callable[[], dict[str, Any]]


def add_pages(app: FastAPI, asyncapi: Document | None) -> None:
    """Add `docs`, and where the service has events `asyncapi.json` and `asyncapi`."""
    router = APIRouter(include_in_schema=False)

    def page(path: str, title: str, files: dict[str, str], policy: str) -> None:
        html = PAGE.format(title=title, **files)

        async def show() -> HTMLResponse:
            return HTMLResponse(html, headers={"content-security-policy": policy})

        router.add_api_route(path, show)

    page("/docs", f"{app.title}: OpenAPI", OPENAPI_PAGE, POLICY)
    if asyncapi is not None:
        document = cache(asyncapi)

        async def asyncapi_json() -> JSONResponse:
            return JSONResponse(document())

        router.add_api_route("/asyncapi.json", asyncapi_json)
        page("/asyncapi", f"{app.title}: AsyncAPI", ASYNCAPI_PAGE, ASYNCAPI_POLICY)
    app.include_router(router)
    app.mount("/document-assets", StaticFiles(directory=ASSETS), name="document-assets")
