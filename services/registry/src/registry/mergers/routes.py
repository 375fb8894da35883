"""Municipal mergers, for the district office."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from shared.access.dependencies import allow
from shared.access.grants import Access, Role
from shared.web import DbSession, TransactionalRoute

from registry.mergers import handlers, queries
from registry.mergers.schemas import MergerAnswer, MergerInput, MergersAnswer, PreviewAnswer

router = APIRouter(route_class=TransactionalRoute, tags=["Territory"])

DistrictStaff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER))]


@router.get("/mergers")
async def list_mergers(session: DbSession, _access: DistrictStaff) -> MergersAnswer:
    """All mergers, the latest first: planned, completed and cancelled ones."""
    return MergersAnswer(items=[MergerAnswer.model_validate(row) for row in await queries.list_mergers(session)])


@router.post("/mergers/preview")
async def preview_merger(session: DbSession, _access: DistrictStaff, entered: MergerInput) -> PreviewAnswer:
    """What a merger would do. It is checked like one that is entered; nothing is changed."""
    return await handlers.preview(session, entered)


@router.post("/mergers", status_code=HTTPStatus.CREATED)
async def plan_merger(session: DbSession, _access: DistrictStaff, entered: MergerInput) -> MergerAnswer:
    """Enter a merger: it takes place on its day, at once where that is not to come."""
    return MergerAnswer.model_validate(await handlers.plan_merger(session, entered))


@router.delete("/mergers/{merger_id}", status_code=HTTPStatus.NO_CONTENT)
async def cancel_merger(session: DbSession, _access: DistrictStaff, merger_id: UUID) -> None:
    """Cancel a merger before its day."""
    await handlers.cancel_merger(session, merger_id)
