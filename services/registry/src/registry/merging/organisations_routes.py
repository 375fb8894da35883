"""Merging two organisations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from shared.access.dependencies import allow
from shared.access.grants import Access, Role
from shared.web import DbSession, TransactionalRoute

from registry.merging import organisations_queries as queries
from registry.merging.organisations import merge_organisations
from registry.merging.organisations_schemas import OrganisationMergeInput, OrganisationMergePreview
from registry.organisations.schemas import OrganisationAnswer

router = APIRouter(route_class=TransactionalRoute, tags=["Duplicates"])

Staff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR))]


@router.get("/organisations/{organisation_id}/merge")
async def preview_merge(
    session: DbSession, access: Staff, organisation_id: UUID, into: UUID
) -> OrganisationMergePreview:
    """Both entries side by side, and what would move if this one became part of `into`."""
    gone, kept = await queries.both(session, access, organisation_id, into)
    return OrganisationMergePreview(
        gone=OrganisationAnswer.model_validate(gone),
        gone_version=gone.version,
        kept=OrganisationAnswer.model_validate(kept),
        kept_version=kept.version,
        moving=await queries.moving(session, gone.id),
    )


@router.post("/organisations/{organisation_id}/merge")
async def merge(
    session: DbSession, access: Staff, organisation_id: UUID, entered: OrganisationMergeInput
) -> OrganisationAnswer:
    """Make this entry part of another one, which is returned. This one's id and address lead there from now on."""
    return OrganisationAnswer.model_validate(await merge_organisations(session, access, organisation_id, entered))
