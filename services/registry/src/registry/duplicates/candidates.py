"""Probable duplicates: which entries of the directory are likely the same as others, why, and how likely.

The same comparison answers whether what somebody enters is here already, and which rows of a file are: `values_of`
makes a query of what is known here, a file's rows come as a query of the table that they wait in. It is one statement,
so 50,000 rows take seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from shared.access.grants import Access
from shared.access.tenancy import beyond_scopes
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from registry.arrays import is_among
from registry.duplicates.comparing import (
    Comparison,
    Reason,
    compare_organisations,
    compare_persons,
    emails_of_organisations,
    organisations,
    persons,
    staged_organisations,
    staged_persons,
)
from registry.organisations.model import Organisation
from registry.organisations.queries import visible_to
from registry.people.model import Person
from registry.people.queries import seen_by

__all__ = [
    "POSSIBLE",
    "PROBABLE",
    "Candidate",
    "Reason",
    "StagedOrganisation",
    "StagedPerson",
    "like_organisations",
    "like_persons",
    "values_of",
]

PROBABLE = 60
"""The least score of what an import asks about and what is listed."""
POSSIBLE = 50
"""The least score of what is shown to somebody who enters one entry."""


@dataclass(frozen=True)
class Candidate:
    """`row` says what was compared, `id` which entry it may be the same as. `score` is at most 100."""

    row: int
    id: UUID
    score: int
    reasons: tuple[Reason, ...]


class StagedOrganisation(NamedTuple):
    """An organisation that is not entered yet; what is not known is None or empty. `email` is one of a contact."""

    row: int
    name: str
    village_id: UUID | None = None
    register_court: str = ""
    register_number: str = ""
    website: str | None = None
    email: str | None = None


class StagedPerson(NamedTuple):
    """A person who is not entered yet: `phone` as `registry.inputs.Phone` writes it, `village_ids` of the areas."""

    row: int
    name: str
    email: str | None = None
    phone: str | None = None
    village_ids: tuple[UUID, ...] = ()


_TYPES: dict[str, Any] = {"row": sa.BigInteger, "village_id": sa.Uuid, "village_ids": ARRAY(sa.Uuid)}


def values_of(rows: Sequence[StagedOrganisation] | Sequence[StagedPerson]) -> Select[Any]:
    """At least one row, as a query with the columns of its kind."""
    columns = [sa.column(name, _TYPES.get(name, sa.Text())) for name in rows[0]._fields]
    records = sa.cast([{name: _plain(value) for name, value in row._asdict().items()} for row in rows], JSONB)
    table = func.jsonb_to_recordset(records).table_valued(*columns, name="entered")
    return select(table.render_derived(with_types=True))


async def like_organisations(
    session: AsyncSession, access: Access, staged: Select[Any], *, least: int = PROBABLE
) -> Sequence[Candidate]:
    """Organisations that the caller may see and that are likely the same as a row of `staged`.

    `staged` has the columns of `StagedOrganisation`. The answer is ordered by row, the likeliest first.
    """
    rows = staged_organisations(staged)
    emails = select(rows.c.ref, rows.c.email_key).subquery(), emails_of_organisations().subquery()
    comparison = compare_organisations(rows, organisations().subquery(), *emails)
    return await _told(session, comparison, least, Organisation.id, visible_to(access))


async def like_persons(
    session: AsyncSession, access: Access, staged: Select[Any], *, least: int = PROBABLE
) -> Sequence[Candidate]:
    """Persons in the caller's scope who are likely the same as a row of `staged`.

    `staged` has the columns of `StagedPerson`. The answer is ordered by row, the likeliest first.
    """
    comparison = compare_persons(staged_persons(staged), persons().subquery())
    return await _told(session, comparison, least, Person.id, seen_by(access))


async def _told(
    session: AsyncSession,
    comparison: Comparison,
    least: int,
    entry: InstrumentedAttribute[UUID],
    visible: ColumnElement[bool],
) -> Sequence[Candidate]:
    async with beyond_scopes(session, reads_only=True):  # nobody is told before the second query
        rows = (await session.execute(comparison.found(least))).all()
    asked = is_among(entry, {row.right for row in rows})
    seen = set(await session.scalars(select(entry).where(asked, visible))) if rows else set()
    found = [Candidate(row.left, row.right, row.score, tuple(map(Reason, row.reasons))) for row in rows]
    return sorted((one for one in found if one.id in seen), key=lambda one: (one.row, -one.score, str(one.id)))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [str(each) for each in value]
    return str(value) if isinstance(value, UUID) else value
