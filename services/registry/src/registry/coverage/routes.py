"""Which network covers which village, from when to when: public, changed by the district office."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from shared.access.dependencies import allow, public
from shared.access.grants import Access, Role
from shared.inputs import Day
from shared.web import DbSession, TransactionalRoute

from registry.coverage import handlers, queries
from registry.coverage.schemas import CoverageAnswer, CoverageEnd, CoverageInput
from registry.inputs import SlugFilter
from registry.pages import After, Limit, Page

router = APIRouter(route_class=TransactionalRoute, tags=["Territory"])

DistrictStaff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER))]
On = Annotated[Day | None, Query(description="Only what covers this day")]


@router.get("/coverage", dependencies=[Depends(public)])
async def list_coverage(
    session: DbSession,
    network: SlugFilter = None,
    village_id: UUID | None = None,
    on: On = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[CoverageAnswer]:
    """Which network covered which village, by the first day: past, present and planned unless `on` names a day."""
    rows, following = await queries.list_coverage(
        session, network=network, village_id=village_id, on=on, after=after, limit=limit
    )
    return Page(items=[CoverageAnswer.model_validate(row) for row in rows], next=following)


@router.post("/coverage", status_code=HTTPStatus.CREATED)
async def join_network(session: DbSession, _access: DistrictStaff, entered: CoverageInput) -> CoverageAnswer:
    """A village joins a network; on a day to come it takes effect, and is told, by itself."""
    return CoverageAnswer.model_validate(await handlers.join_network(session, entered))


@router.patch("/coverage/{coverage_id}")
async def end_coverage(
    session: DbSession, _access: DistrictStaff, coverage_id: UUID, end: CoverageEnd
) -> CoverageAnswer:
    """Say when a village leaves its network, or that it stays."""
    return CoverageAnswer.model_validate(await handlers.end_coverage(session, coverage_id, end))
