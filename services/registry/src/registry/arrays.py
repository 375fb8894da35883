"""Many values at once: what belongs to a row as an array among its columns, and rows by any number of ids."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute


def array_of(values: sa.Select[Any], row: type[Any]) -> sa.ColumnElement[Any]:
    """The one column of a statement about `row`, in the statement's order; empty for no rows.

    A page of a list is one statement with it.
    """
    subquery = values.correlate(row).scalar_subquery()
    return sa.func.array(subquery, type_=ARRAY(subquery.type))


def is_among(column: InstrumentedAttribute[UUID], ids: Iterable[UUID]) -> sa.ColumnElement[bool]:
    """As `column.in_(ids)`, which makes a parameter of each: of them a statement takes 32,767, of rows a file more."""
    return column == sa.func.any(sa.literal(list(ids), ARRAY(sa.Uuid)))
