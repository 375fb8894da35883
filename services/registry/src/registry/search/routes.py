"""One search over everything, for everybody."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi import Query as Parameter
from pydantic import AfterValidator
from shared import audit
from shared.access.dependencies import allow_anyone
from shared.access.grants import Access, Role
from shared.inputs import plain_text
from shared.web import DbSession, TransactionalRoute

from registry.inputs import SlugFilter
from registry.pages import After
from registry.search import handlers
from registry.search.queries import Filter
from registry.search.schemas import Query, SearchAnswer, SearchKind

router = APIRouter(route_class=TransactionalRoute, tags=["Search"])

AnyStaff = Annotated[
    Access | None,
    Depends(allow_anyone(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR)),
]
Words = Annotated[Query, AfterValidator(plain_text)]


@router.get("/search")
async def search(
    session: DbSession,
    access: AnyStaff,
    q: Annotated[Words, Parameter(description="Words as people type them")],
    kind: SearchKind | None = None,
    field: SlugFilter = None,
    village: SlugFilter = None,
    municipality: SlugFilter = None,
    network: SlugFilter = None,
    after: After = None,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 20,
) -> SearchAnswer:
    """Organisations and places for everybody; volunteers for staff, by the rules of their list."""
    wanted = Filter(kind and kind.value, field, village, municipality, network)
    answer = await handlers.search(session, access, q, wanted, after, limit)
    persons = [hit.person_id for hit in answer.items if hit.person_id is not None]
    if persons and access is not None:
        audit.record(session, "volunteers.seen", kind="list", subject=access.principal.id, persons=persons)
    return answer
