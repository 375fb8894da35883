"""What belongs to a row, as an array among its columns: a page of a list is one statement then."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY


def array_of(values: sa.Select[Any], row: type[Any]) -> sa.ColumnElement[Any]:
    """The one column of a statement about `row`, in the statement's order; empty for no rows."""
    subquery = values.correlate(row).scalar_subquery()
    return sa.func.array(subquery, type_=ARRAY(subquery.type))
