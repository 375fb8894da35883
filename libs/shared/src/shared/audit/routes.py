"""The audit log over HTTP: officers and coordinators read the entries of their own scope."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from shared.access.dependencies import allow
from shared.access.grants import Access, Role
from shared.audit import queries
from shared.inputs import Day, Line
from shared.web import DbSession, TransactionalRoute

STAFF = (Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR)
Staff = Annotated[Access, Depends(allow(*STAFF))]


class AuditEntryAnswer(BaseModel):
    """`actor` is None where the system itself did it. `hash` chains the entry to all that were before it."""

    model_config = ConfigDict(from_attributes=True)

    position: int
    at: datetime
    actor: UUID | None
    action: str
    kind: str
    subject: UUID
    persons: list[UUID]
    scopes: list[str]
    details: dict[str, Any]
    hash: str


class AuditPage(BaseModel):
    """Newest first; `next` is the `before` of the next page, None at the end."""

    items: list[AuditEntryAnswer]
    next: int | None


router = APIRouter(route_class=TransactionalRoute, tags=["Audit"])


@router.get("/audit-entries", summary="Who saw or changed which personal data, newest first")
async def list_audit_entries(
    session: DbSession,
    access: Staff,
    person: Annotated[UUID | None, Query(description="Whose data it was")] = None,
    actor: Annotated[UUID | None, Query(description="Who did it")] = None,
    action: Annotated[Line | None, Query(description="Such as person.seen")] = None,
    since: Annotated[Day | None, Query(description="The first day")] = None,
    until: Annotated[Day | None, Query(description="The last day")] = None,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditPage:
    wanted = queries.Filter(person, actor, action, since, until)
    found = await queries.list_entries(session, access, wanted, before, limit + 1)
    items = [AuditEntryAnswer.model_validate(row) for row in found[:limit]]
    return AuditPage(items=items, next=items[-1].position if len(found) > limit else None)
