"""Business errors: each is a named class with a status; `shared.web` turns them into problem+json in one place.

Messages are English msgids; catalogues translate them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, ClassVar

from shared.dates import in_berlin


class DomainError(Exception):
    """A rule was broken. Subclass it next to the rule.

    `status` is the HTTP status, `code` the machine's name of the problem, `message` a msgid with {placeholders} that
    are filled from `params`, `field` the input it belongs to (the page shows the message beside that field). `headers`
    go with the answer, `members` into the problem (RFC 9457, section 3.2).
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.CONFLICT
    code: ClassVar[str] = "conflict"
    message: ClassVar[str] = "This is not possible."
    field: ClassVar[str | None] = None
    headers: Mapping[str, str] = {}
    members: Mapping[str, str] = {}

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.code)


class NotFound(DomainError):
    """Missing, or not the caller's to see: both look the same."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"
    message = "This does not exist, or you may not see it."


class NotLoggedIn(DomainError):
    status = HTTPStatus.UNAUTHORIZED
    code = "not_logged_in"
    message = "Please log in."


class Forbidden(DomainError):
    status = HTTPStatus.FORBIDDEN
    code = "forbidden"
    message = "You may not do this."


class ChangedMeanwhile(DomainError):
    status = HTTPStatus.CONFLICT
    code = "changed_meanwhile"
    message = "Somebody else has changed this in the meantime. Please reload and try again."


class Unavailable(DomainError):
    """Something this service needs does not answer at the moment."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"
    message = "The service cannot answer at the moment. Nothing was saved; please try again in a minute."


class TooManyRequests(DomainError):
    """Tried too often. It says at what time to try again."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many"
    message = "That was too often in a short time. Please try again at {time}."

    def __init__(self, seconds: int) -> None:
        self.headers = {"retry-after": str(seconds)}  # RFC 9110, section 10.2.3
        full_minute = datetime.now(UTC) + timedelta(seconds=seconds + 59)
        super().__init__(time=f"{in_berlin(full_minute):%H:%M}")


class BadIdempotencyKey(DomainError):
    status = HTTPStatus.BAD_REQUEST
    code = "bad_idempotency_key"
    message = "The Idempotency-Key must have 1 to 200 visible ASCII characters."


class IdempotencyKeyReused(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "idempotency_key_reused"
    message = "This Idempotency-Key was already used for a different request."
