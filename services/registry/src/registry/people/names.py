"""The names behind ids, for those who read a log of ids such as the audit log."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from shared import audit
from shared.access.dependencies import allow
from shared.access.grants import Access
from shared.access.tenancy import beyond_scopes
from shared.web import DbSession, TransactionalRoute
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.access.model import STAFF, AccessGrant
from registry.access.queries import in_force
from registry.people.model import Person
from registry.people.queries import persons_in_scope, seen_by

router = APIRouter(route_class=TransactionalRoute, tags=["People"])

MOST = 200


class PersonName(BaseModel):
    id: UUID
    name: str


class PersonNames(BaseModel):
    items: list[PersonName]


@router.get("/person-names")
async def list_person_names(
    session: DbSession,
    access: Annotated[Access, Depends(allow(*STAFF))],
    wanted: Annotated[list[UUID], Query(alias="id", min_length=1, max_length=MOST)],
) -> PersonNames:
    """The names of those of these persons who stand in one of the lists that the caller sees, or work for an office."""
    names = await _names_in_scope(session, access, wanted) | await _names_of_staff(session, wanted)
    audit.record_list(session, "names.seen", names)
    return PersonNames(items=[PersonName(id=person_id, name=name) for person_id, name in names.items()])


async def _names_in_scope(session: AsyncSession, access: Access, ids: list[UUID]) -> dict[UUID, str]:
    found = select(Person.id, Person.name).where(Person.id.in_(ids), or_(persons_in_scope(access), seen_by(access)))
    return dict((await session.execute(found)).all())


async def _names_of_staff(session: AsyncSession, ids: list[UUID]) -> dict[UUID, str]:
    """Whoever acts for an office does so by name."""
    staff = select(AccessGrant.person_id).where(AccessGrant.role.in_(STAFF), in_force())
    found = select(Person.id, Person.name).where(Person.id.in_(ids), Person.id.in_(staff))
    async with beyond_scopes(session):  # a colleague of another municipality is no row of the caller's
        return dict((await session.execute(found)).all())
