"""The trace that a request or event belongs to, as a W3C `traceparent`; events carry it on."""

import re
import secrets
from contextvars import ContextVar

import structlog

_VALID = re.compile(r"^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def current_traceparent() -> str | None:
    """The trace context of the work being done, None outside of any."""
    return _current.get()


def enter_trace(traceparent: str | None = None) -> str:
    """Join the given trace, or begin one where it is missing or malformed; log lines carry its id from here on."""
    if traceparent is None or not _VALID.match(traceparent):
        traceparent = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    _current.set(traceparent)
    structlog.contextvars.bind_contextvars(trace_id=traceparent.split("-")[1])
    return traceparent
