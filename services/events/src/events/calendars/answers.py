"""Answers to calendar programs, which come back every few hours: mostly that nothing is new."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from events.calendars.versions import SETTLED, Version

CACHED_BYTES = 32 * 2**20  # of one process: some hundred feeds of a district
MEDIA_TYPE = "text/calendar; charset=utf-8"


class FeedCache:
    """Bodies of public feeds, each in its newest version; those that nobody asked for longest go first."""

    def __init__(self, limit: int = CACHED_BYTES) -> None:
        self._limit, self._size = limit, 0
        self._bodies: OrderedDict[str, tuple[str, bytes]] = OrderedDict()

    def get(self, key: str, version: Version) -> bytes | None:
        """The body of this version of a feed, if it is here."""
        etag, body = self._bodies.get(key, ("", b""))
        if etag != version.etag:
            return None
        self._bodies.move_to_end(key)
        return body

    def put(self, key: str, version: Version, body: bytes) -> None:
        """Keep a body; it takes the place of the feed's older one."""
        self._size += len(body) - len(self._bodies.pop(key, ("", b""))[1])
        self._bodies[key] = (version.etag, body)
        while self._size > self._limit:
            self._size -= len(self._bodies.popitem(last=False)[1][1])


async def answer(
    request: Request, version: Version, write: Callable[[], Awaitable[bytes]], *, name: str, private: bool = False
) -> Response:
    """304 for a copy that is the newest (RFC 9110 section 13), else what `write` gives, as the file `name`.ics."""
    headers = {
        "etag": version.etag,
        "cache-control": "private, no-cache" if private else "public, no-cache",
        "content-disposition": f'inline; filename="{name}.ics"',
    }
    if version.changed_at is not None and version.changed_at < datetime.now(UTC) - SETTLED:
        headers["last-modified"] = format_datetime(
            version.changed_at.astimezone(UTC).replace(microsecond=0), usegmt=True
        )
    if _has_newest(request, version):
        return Response(status_code=304, headers=headers)
    return Response(await write(), headers=headers, media_type=MEDIA_TYPE)


def _has_newest(request: Request, version: Version) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return "*" in tags or version.etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
    seen = _moment(request.headers.get("if-modified-since"))
    return seen is not None and version.changed_at is not None and version.changed_at.replace(microsecond=0) <= seen


def _moment(written: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(written or "")
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
