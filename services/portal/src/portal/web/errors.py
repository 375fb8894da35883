"""Error pages in German: what happened, and what to do now."""

from http import HTTPStatus
from urllib.parse import quote

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from shared.errors import DomainError
from shared.i18n import N_, Translator
from shared.web.problems import broken_off, route_of
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from portal.web.services import Refused, TokenRefused
from portal.web.view import LoginNeeded, View, page_view

log = structlog.get_logger()

TITLES = {
    HTTPStatus.BAD_REQUEST: N_("We could not understand this request"),
    HTTPStatus.FORBIDDEN: N_("This is not open to you"),
    HTTPStatus.NOT_FOUND: N_("We do not have this page"),
    HTTPStatus.METHOD_NOT_ALLOWED: N_("We could not understand this request"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: N_("This is too much at once"),
    HTTPStatus.INTERNAL_SERVER_ERROR: N_("Something went wrong here"),
    HTTPStatus.TOO_MANY_REQUESTS: N_("Please wait a little"),
    HTTPStatus.SERVICE_UNAVAILABLE: N_("Please wait a moment"),
}
DETAILS = {
    HTTPStatus.NOT_FOUND: N_("The address may be mistyped, or the page is no longer there."),
    HTTPStatus.INTERNAL_SERVER_ERROR: N_("This is our fault, not yours. It was recorded; please try again later."),
    HTTPStatus.SERVICE_UNAVAILABLE: N_(
        "A part of the platform does not answer right now. Please try again in a minute."
    ),
}


def add_error_pages(app: FastAPI, translate: Translator) -> None:
    """Every error of `app` leaves it as a page; none shows what happened inside."""

    async def page(request: Request, status: HTTPStatus, detail: str | None = None) -> Response:
        title = translate.gettext(TITLES.get(status, TITLES[HTTPStatus.BAD_REQUEST]))
        detail = detail or translate.gettext(DETAILS.get(status, ""))
        try:
            view = await _view_of(request, status)
            response = view.render("site/error.html", status, title=title, detail=detail, code=int(status))
        except Exception:  # a broken template must not hide the error
            log.exception("error_page_failed")
            response = PlainTextResponse(f"{title}\n\n{detail}\n", status)
        response.headers["cache-control"] = "no-store"
        return response

    async def business_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, DomainError)  # noqa: S101 - the signature of exception handlers is wider than their use
        detail = None if error.status == HTTPStatus.NOT_FOUND else translate.format(error.message, error.params)
        response = await page(request, error.status, detail)
        response.headers.update(error.headers)
        return response

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        return await page(request, HTTPStatus(error.status_code))

    async def bad_address(request: Request, _error: Exception) -> Response:
        return await page(request, HTTPStatus.NOT_FOUND)

    async def login_needed(request: Request, _error: Exception) -> Response:
        if request.method == "GET":
            settings = request.app.state.settings
            separator = "&" if "?" in settings.login_url else "?"
            back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            login = f"{settings.login_url}{separator}weiter={quote(back)}"
            return RedirectResponse(login, 303, headers={"cache-control": "no-store"})
        return await page(
            request, HTTPStatus.FORBIDDEN, translate.gettext(N_("You are no longer logged in. Please log in again."))
        )

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)  # noqa: S101
        response = await page(request, HTTPStatus(error.problem.status), error.problem.detail)
        response.headers.update(error.problem.headers)
        return response

    async def database_error(request: Request, error: Exception) -> Response:
        log.warning("database_away", exc_info=error)
        return await page(request, HTTPStatus.SERVICE_UNAVAILABLE)

    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("request_failed", method=request.method, route=route_of(request.scope), exc_info=error)
        return await page(request, HTTPStatus.INTERNAL_SERVER_ERROR)

    app.add_exception_handler(ClientDisconnect, broken_off)
    app.add_exception_handler(DomainError, business_error)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, bad_address)
    for kind in (LoginNeeded, TokenRefused):
        app.add_exception_handler(kind, login_needed)
    app.add_exception_handler(Refused, refused)
    for away in (
        DBAPIError,
        PoolTimeout,
        ConnectionError,
        asyncpg.InternalClientError,
        asyncpg.PostgresConnectionError,
    ):
        app.add_exception_handler(away, database_error)
    app.add_exception_handler(Exception, unexpected)


async def _view_of(request: Request, status: HTTPStatus) -> View:
    """With the reader's name, or people think that they were logged out. Not when the database may be the trouble."""
    return View(request) if status >= HTTPStatus.INTERNAL_SERVER_ERROR else await page_view(request)
