"""Errors as problem+json (RFC 9457), in the caller's language, in one place."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from shared.errors import ChangedMeanwhile, DomainError, Forbidden, NotFound, NotLoggedIn, Unavailable
from shared.i18n import N_, Translator

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"

VALIDATION_MESSAGES = {
    "missing": N_("Please fill this in."),
    "string_too_short": N_("Please fill this in; at least {min_length} characters."),
    "string_too_long": N_("This is too long; at most {max_length} characters."),
    "too_short": N_("Please give at least {min_length}."),
    "too_long": N_("At most {max_length} are possible."),
    "string_pattern_mismatch": N_("This has the wrong form."),
    "string_type": N_("Please enter text."),
    "int_parsing": N_("Please enter a whole number."),
    "int_type": N_("Please enter a whole number."),
    "greater_than_equal": N_("Please enter {ge} or more."),
    "less_than_equal": N_("Please enter {le} or less."),
    "greater_than": N_("Please enter more than {gt}."),
    "enum": N_("Please choose one of the options."),
    "literal_error": N_("Please choose one of the options."),
    "bool_parsing": N_("Please choose yes or no."),
    "date_from_datetime_parsing": N_("This is not a date of the calendar. Please write it like 2024-09-11."),
    "date_parsing": N_("This is not a date of the calendar. Please write it like 2024-09-11."),
    "datetime_parsing": N_("This is not a point in time. Please write it like 2024-09-11T13:30."),
    "datetime_from_date_parsing": N_("This is not a point in time. Please write it like 2024-09-11T13:30."),
    "timezone_aware": N_("The time needs its time zone."),
    "uuid_parsing": N_("This id is not valid."),
    "url_parsing": N_("This is not a web address. It begins with https://."),
    "url_scheme": N_("This is not a web address. It begins with https://."),
    "json_invalid": N_("The request is not valid JSON."),
    "extra_forbidden": N_("This field is not known."),
}


class FieldProblem(BaseModel):
    """What is wrong with one input. `field` is its dotted path in the body or its name in the query."""

    field: str
    message: str
    code: str


class Problem(BaseModel):
    """RFC 9457. `code` is stable for machines, `title` and `detail` are for people. Some problems have more members."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] = []


class FieldError(ValueError):
    """Raise in a pydantic validator: a msgid with {placeholders}, translated like every message."""

    def __init__(self, code: str, message: str, **params: Any) -> None:
        self.code, self.message, self.params = code, message, params
        super().__init__(message)


class InvalidInput(RequestValidationError):
    """Input that a route has read itself. `members` go into the problem as with `DomainError`."""

    def __init__(self, errors: Sequence[Any], members: Mapping[str, str]) -> None:
        self.members = members
        super().__init__(errors)


TITLES = {
    HTTPStatus.BAD_REQUEST: N_("The request is not valid."),
    HTTPStatus.UNAUTHORIZED: N_("Not logged in."),
    HTTPStatus.FORBIDDEN: N_("Not allowed."),
    HTTPStatus.NOT_FOUND: N_("Not found."),
    HTTPStatus.METHOD_NOT_ALLOWED: N_("This address does not accept this kind of request."),
    HTTPStatus.CONFLICT: N_("This is not possible now."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: N_("The request is too large."),
    HTTPStatus.UNPROCESSABLE_ENTITY: N_("Something in the input is not right."),
    HTTPStatus.TOO_MANY_REQUESTS: N_("Too many requests."),
    HTTPStatus.INTERNAL_SERVER_ERROR: N_("Something went wrong."),
    HTTPStatus.SERVICE_UNAVAILABLE: N_("Not available at the moment."),
}


def problem_of(error: DomainError, translate: Translator) -> Problem:
    """A business error as a problem; with `field` set it also names the input."""
    detail = translate.format(error.message, error.params)
    errors = [FieldProblem(field=error.field, message=detail, code=error.code)] if error.field else []
    return _problem(error.status, error.code, detail, translate, errors, error.members)


def add_problem_handlers(app: FastAPI, translate: Translator) -> None:
    """Every error of `app` leaves it as problem+json; none shows what happened inside."""

    async def domain_error(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, DomainError)  # noqa: S101 - the signature of exception handlers is wider than their use
        return _respond(problem_of(error, translate), dict(error.headers))

    async def invalid_input(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        if any(part["loc"][0] == "path" for part in error.errors()):
            return _respond(problem_of(NotFound(), translate))
        return _respond(_validation_problem(error, translate))

    async def http_error(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101
        status = HTTPStatus(error.status_code)
        known = {401: NotLoggedIn, 403: Forbidden, 404: NotFound}.get(status)
        if known is not None:
            return _respond(problem_of(known(), translate))
        detail = translate.gettext(TITLES.get(status, TITLES[HTTPStatus.BAD_REQUEST]))
        headers = dict(error.headers or {})
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers |= _allowed(app, request)
        return _respond(_problem(status, status.name.lower(), detail, translate), headers)

    async def changed_meanwhile(_request: Request, _error: Exception) -> JSONResponse:
        return _respond(problem_of(ChangedMeanwhile(), translate))

    async def database_error(request: Request, error: Exception) -> JSONResponse:
        if isinstance(error, DBAPIError):
            sqlstate = str(getattr(error.orig, "sqlstate", None) or "")
            if sqlstate.startswith(
                "22"
            ):  # data exception: a value that the schema let through and the database cannot hold
                return _respond(
                    _problem(
                        HTTPStatus.UNPROCESSABLE_ENTITY,
                        "invalid",
                        translate.gettext(TITLES[HTTPStatus.UNPROCESSABLE_ENTITY]),
                        translate,
                    )
                )
            if sqlstate in {"40001", "40P01"}:  # serialization failure, deadlock: the whole request may be tried again
                return await changed_meanwhile(request, error)
            if (
                not isinstance(error, (OperationalError, InterfaceError))
                and not error.connection_invalidated
                and sqlstate[:2] not in {"08", "57", "53"}
            ):
                return await unexpected(request, error)
        log.warning("database_away", exc_info=error)
        return _respond(problem_of(Unavailable(), translate))

    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("request_failed", method=request.method, route=route_of(request.scope), exc_info=error)
        detail = translate.gettext(N_("This is our fault, not yours. It was recorded; please try again later."))
        return _respond(_problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", detail, translate))

    app.add_exception_handler(ClientDisconnect, broken_off)
    app.add_exception_handler(DomainError, domain_error)
    app.add_exception_handler(RequestValidationError, invalid_input)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(StaleDataError, changed_meanwhile)
    # A restarting database also shows as errors of the socket and of asyncpg itself, not only as SQLAlchemy's.
    for kind in (
        DBAPIError,
        PoolTimeout,
        ConnectionError,
        asyncpg.InternalClientError,
        asyncpg.PostgresConnectionError,
    ):
        app.add_exception_handler(kind, database_error)
    app.add_exception_handler(Exception, unexpected)


async def broken_off(request: Request, _error: Exception) -> Response:
    """Whoever called went away while sending; nobody reads the answer, and it is no fault of ours."""
    log.info("request_broken_off", method=request.method, route=route_of(request.scope))
    return Response(status_code=HTTPStatus.BAD_REQUEST)


def route_of(scope: Any) -> str:
    """The route's template, never the path itself: a path may hold a secret."""
    return str(getattr(scope.get("route"), "path", "unknown"))


def _allowed(app: FastAPI, request: Request) -> dict[str, str]:
    """All methods of the path (RFC 9110, section 15.5.6). The framework names those of the first route alone."""
    methods = app.openapi()["paths"].get(route_of(request.scope))
    return {"Allow": ", ".join(sorted(method.upper() for method in methods))} if methods else {}


def _validation_problem(error: RequestValidationError, translate: Translator) -> Problem:
    errors = []
    for part in error.errors():
        context = part.get("ctx", {})
        own = context.get("error")
        if isinstance(own, FieldError):
            code, message = own.code, translate.format(own.message, own.params)
        else:
            code = part["type"]
            message = translate.format(VALIDATION_MESSAGES.get(code, N_("This is not valid.")), context)
        field = ".".join(str(step) for step in part["loc"][1:])
        errors.append(FieldProblem(field=field, message=message, code=code))
    detail = translate.gettext(N_("Please check the marked fields. Nothing was saved."))
    members = error.members if isinstance(error, InvalidInput) else {}
    return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "validation", detail, translate, errors, members)


def _problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    translate: Translator,
    errors: list[FieldProblem] | None = None,
    members: Mapping[str, str] | None = None,
) -> Problem:
    title = translate.gettext(TITLES.get(status, TITLES[HTTPStatus.BAD_REQUEST]))
    return Problem(
        type=f"urn:dorfnetz:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        errors=errors or [],
        **(members or {}),
    )


def _respond(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    headers = headers or {}
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers.setdefault("www-authenticate", "Bearer")
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["retry-after"] = "10"
    return JSONResponse(problem.model_dump(), problem.status, headers=headers, media_type=MEDIA_TYPE)
