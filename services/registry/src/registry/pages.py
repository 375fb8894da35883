"""Lists in pages: the answer's `next` is the `after` of the next request, None at the end."""

import base64
import json
from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel
from shared.errors import DomainError
from sqlalchemy import Row as SqlRow
from sqlalchemy import Select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

T = TypeVar("T")
Row = TypeVar("Row")
Order = tuple[InstrumentedAttribute[str] | InstrumentedAttribute[date], InstrumentedAttribute[UUID]]

Limit = Annotated[int, Query(ge=1, le=200)]
After = Annotated[str | None, Query(max_length=2_000, description="`next` of the page before")]


class BadCursor(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "bad_cursor"
    message = "This list cannot be continued here. Please begin at its start."
    field = "after"


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: str | None = None


async def read_page(
    session: AsyncSession,
    rows: Select[Row],
    order: Order,
    after: str | None,
    limit: int,
) -> tuple[Sequence[Row], str | None]:
    """`limit` rows in `order` (a name or day, and the id) after the cursor `after`, and the next page's cursor."""
    found = (await session.scalars(_page(rows, order, after, limit))).unique().all()
    return _cut(found, order, limit)


async def read_rows(
    session: AsyncSession, rows: Select[Any], order: Order, after: str | None, limit: int
) -> tuple[Sequence[SqlRow[Any]], str | None]:
    """As `read_page`, of columns instead of entries: past the session, which would look for entries in each row."""
    connection = await session.connection()
    found = (await connection.execute(_page(rows, order, after, limit))).all()
    return _cut(found, order, limit)


def _page(rows: Select[Any], order: Order, after: str | None, limit: int) -> Select[Any]:
    """With one row more, which says whether there is another page."""
    text, key = order
    if after is not None:
        rows = rows.where(tuple_(text, key) > tuple_(*_decode(after, text.type.python_type)))
    return rows.order_by(text, key).limit(limit + 1)


def _cut(found: Sequence[Row], order: Order, limit: int) -> tuple[Sequence[Row], str | None]:
    if len(found) <= limit:
        return found, None
    last: Any = found[limit - 1]
    return found[:limit], _encode(str(_value(last, order[0])), last.id)


def _value(row: Any, column: InstrumentedAttribute[Any]) -> Any:
    """The value that the row is ordered by; a contact and a volunteer have their person's."""
    return getattr(row if hasattr(row, column.key) else row.person, column.key)


def _encode(text: str, key: UUID) -> str:
    return base64.urlsafe_b64encode(json.dumps([text, str(key)]).encode()).decode().rstrip("=")


def _decode(cursor: str, kind: type) -> tuple[str | date, UUID]:
    try:
        text, key = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        text.encode()  # a lone surrogate cannot be sent to the database
        if "\0" in text:
            raise ValueError
        return date.fromisoformat(text) if kind is date else str(text), UUID(key)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise BadCursor from None
