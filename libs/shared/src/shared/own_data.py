"""Everything that a service holds about the caller (Art. 15 and 20 DSGVO), with what each part is for and how long.

A service lists its parts in `<service>/own_data.py`. Purpose, legal basis and retention come from the rule of retention
of the part's table, so that a person reads the same as an officer. Labels are German: people read them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared import audit
from shared.access.dependencies import logged_in
from shared.access.grants import Principal
from shared.access.tenancy import beyond_scopes
from shared.audit.tables import audit_entry
from shared.retention import Rule
from shared.web import DbSession, TransactionalRoute


@dataclass(frozen=True)
class Own:
    """Rows of `table` that are about a person: what `select` finds, with a German label for each of its columns."""

    table: str
    labels: Mapping[str, str]
    select: Callable[[UUID], sa.Select[*tuple[Any, ...]]]
    name: str | None = None  # where the rule's name is not what a person would call it


AUDIT = Own(
    audit_entry.name,
    {"at": "Wann", "action": "Was", "actor": "Kennung der handelnden Person", "kind": "Woran"},
    lambda person: (
        sa.select(audit_entry.c.at, audit_entry.c.action, audit_entry.c.actor, audit_entry.c.kind)
        .where(audit_entry.c.persons.op("@>")(sa.cast([person], sa.ARRAY(sa.Uuid))))
        .order_by(audit_entry.c.position)
    ),
    name="Wer Ihre Daten gesehen oder geändert hat",
)


class Part(BaseModel):
    """One class of data. `labels` say what the keys of `rows` mean."""

    key: str
    title: str
    purpose: str
    legal_basis: str
    kept: str
    labels: dict[str, str]
    rows: list[dict[str, Any]]


class OwnData(BaseModel):
    """What one service holds about the caller; a part without rows says that it holds nothing of this kind."""

    service: str
    person_id: UUID
    parts: list[Part]


def create_router(service: str, parts: Sequence[Own], rules: Sequence[Rule]) -> APIRouter:
    """The route of a service. Raises `LookupError` for a part whose table no rule covers."""
    router = APIRouter(route_class=TransactionalRoute, tags=["Own data"])
    described = [(part, _rule_of(part, rules)) for part in (*parts, AUDIT)]

    @router.get("/me/personal-data", summary="Everything that this service holds about the caller")
    async def read_own_data(
        session: DbSession, principal: Annotated[Principal, Depends(logged_in())], response: Response
    ) -> OwnData:
        response.headers["cache-control"] = "no-store"
        async with beyond_scopes(session):  # the token proves who asks, and nothing but their own rows is selected
            found = [await _read(session, part, rule, principal.id) for part, rule in described]
        audit.record(session, "person.exported", kind="person", subject=principal.id, persons=[principal.id])
        return OwnData(service=service, person_id=principal.id, parts=found)

    return router


def _rule_of(part: Own, rules: Sequence[Rule]) -> Rule:
    for rule in rules:
        if part.table in rule.covers:
            return rule
    raise LookupError(f"no rule of retention covers {part.table}")


async def _read(session: AsyncSession, part: Own, rule: Rule, person_id: UUID) -> Part:
    rows = [dict(row) for row in (await session.execute(part.select(person_id))).mappings()]
    for row in rows:
        unknown = row.keys() - part.labels.keys()
        if unknown:
            raise LookupError(f"{part.table}: no label for {sorted(unknown)}")
    return Part(
        key=part.table,
        title=part.name or rule.name,
        purpose=rule.activity.purpose,
        legal_basis=rule.activity.legal_basis,
        kept=rule.kept,
        labels=dict(part.labels),
        rows=rows,
    )
