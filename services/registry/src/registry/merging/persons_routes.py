"""Merging two entries of the same person, for staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from shared import audit
from shared.access.dependencies import allow
from shared.access.grants import Access, Role
from shared.web import DbSession, TransactionalRoute

from registry.merging import persons, persons_preview
from registry.merging.persons_schemas import PersonMergeInput, PersonMergePreview
from registry.people.schemas import PersonAnswer

router = APIRouter(route_class=TransactionalRoute, tags=["People"])

Staff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR))]


@router.get("/persons/{person_id}/merge")
async def preview_merge(
    session: DbSession, request: Request, access: Staff, person_id: UUID, into: Annotated[UUID, Query()]
) -> PersonMergePreview:
    """Both entries side by side, what would move, and what stands in the way. Nothing is changed."""
    answer = await persons_preview.preview(session, access, person_id, into, request.app.state.translate)
    audit.record_list(session, "persons.seen", (person_id, into))
    return answer


@router.post("/persons/{person_id}/merge")
async def merge_person(session: DbSession, access: Staff, person_id: UUID, chosen: PersonMergeInput) -> PersonAnswer:
    """This entry goes, and all that is entered about it moves to the other one, which is the answer."""
    return PersonAnswer.model_validate(await persons.merge(session, access, person_id, chosen))
