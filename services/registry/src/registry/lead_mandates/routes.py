"""Lead mandates of villages."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from shared.access.dependencies import allow, public
from shared.access.grants import Access, Role
from shared.inputs import Day
from shared.web import DbSession, TransactionalRoute

from registry.inputs import SlugFilter
from registry.lead_mandates import handlers, queries
from registry.lead_mandates.schemas import MandateAnswer, MandateEnd, MandateInput
from registry.pages import After, Limit, Page

router = APIRouter(route_class=TransactionalRoute, tags=["Lead mandates"])

Staff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR))]
On = Annotated[Day | None, Query(description="Only mandates that cover this day")]


@router.get("/lead-mandates", dependencies=[Depends(public)])
async def list_mandates(
    session: DbSession,
    village_id: UUID | None = None,
    organisation_id: UUID | None = None,
    network: SlugFilter = None,
    on: On = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[MandateAnswer]:
    """Mandates by their first day: past, present and future ones unless `on` names a day."""
    rows, following = await queries.list_mandates(
        session,
        village_id=village_id,
        organisation_id=organisation_id,
        network=network,
        on=on,
        after=after,
        limit=limit,
    )
    return Page(items=[MandateAnswer.model_validate(row) for row in rows], next=following)


@router.post("/lead-mandates", status_code=HTTPStatus.CREATED)
async def grant_mandate(session: DbSession, access: Staff, entered: MandateInput) -> MandateAnswer:
    """Make an association the lead of its village, at once or in succession of the present lead."""
    return MandateAnswer.model_validate(await handlers.grant_mandate(session, access, entered))


@router.patch("/lead-mandates/{mandate_id}")
async def end_mandate(session: DbSession, access: Staff, mandate_id: UUID, end: MandateEnd) -> MandateAnswer:
    """End a mandate."""
    return MandateAnswer.model_validate(await handlers.end_mandate(session, access, mandate_id, end))
