"""Inserting thousands of rows by one statement.

PostgreSQL reads them from one JSON text: a statement for each row, however well they are sent together, takes three
times as long, and COPY is not possible below row-level security.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.dialects.postgresql import JSON, Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession


async def insert_all(session: AsyncSession, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns, past the session's objects; nothing for no rows."""
    if rows:
        await session.execute(inserting(table, rows))


def inserting(table: Any, rows: Sequence[dict[str, Any]]) -> Insert:
    """The statement of `insert_all`. Bytes are told in hexadecimal digits, after \\x."""
    columns = [table.c[name] for name in rows[0]]
    told = sa.cast(sa.literal(to_json(rows, fallback=str).decode(), sa.Text), JSON)
    # each value becomes what the table's own column is, arrays and JSON within JSON, too
    of_table: sa.ColumnElement[Any] = sa.literal_column(f'NULL::"{table.name}"')
    new = sa.func.json_populate_recordset(of_table, told).table_valued(*(sa.column(one.name) for one in columns))
    return insert(table).from_select([one.name for one in columns], sa.select(*new.c), include_defaults=False)
