"""Organisations."""

from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from shared.access.dependencies import allow, allow_anyone, identify
from shared.access.grants import Access, Role
from shared.contracts.registry import OrganisationKind
from shared.errors import Forbidden, NotFound, NotLoggedIn
from shared.inputs import Line
from shared.web import DbSession, TransactionalRoute
from starlette.responses import RedirectResponse

from registry.inputs import SlugFilter
from registry.merging.organisations_queries import successor as merged_into
from registry.organisations import handlers, queries
from registry.organisations.listing import list_answers
from registry.organisations.model import Publication
from registry.organisations.schemas import OrganisationAnswer, OrganisationChanges, OrganisationInput
from registry.pages import After, Limit, Page
from registry.versions import CHANGED_SINCE, NOT_MODIFIED, IfMatch, answer_with_etag

router = APIRouter(route_class=TransactionalRoute, tags=["Organisations"])

STAFF = (Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR)
Staff = Annotated[Access, Depends(allow(*STAFF))]
StaffOrContact = Annotated[Access, Depends(allow(*STAFF, Role.ASSOCIATION_CONTACT))]
MERGED: dict[int | str, dict[str, str]] = {308: {"description": "Another entry stands for this one: it is there"}}
MaybeStaff = Annotated[Access | None, Depends(allow_anyone(*STAFF, Role.ASSOCIATION_CONTACT))]


@router.get("/organisations")
async def list_organisations(
    session: DbSession,
    access: MaybeStaff,
    request: Request,
    publication: Publication | Literal["any"] = Publication.PUBLISHED,
    kind: OrganisationKind | None = None,
    village_id: UUID | None = None,
    municipality_id: UUID | None = None,
    network: SlugFilter = None,
    field: SlugFilter = None,
    slug: SlugFilter = None,
    text: Annotated[Line | None, Query(description="Part of a name or a register number")] = None,
    notice: Annotated[queries.NoticeFilter | None, Query(description="Whether the tax office's notice holds")] = None,
    federation: UUID | None = None,
    own: Annotated[bool, Query(description="Only what is in the caller's scope")] = False,
    after: After = None,
    limit: Limit = 50,
) -> Page[OrganisationAnswer]:
    """Published organisations by name; drafts and hidden ones for staff in their scope."""
    if (own or publication is not Publication.PUBLISHED) and access is None:
        raise Forbidden if await identify(request) else NotLoggedIn
    shown = None if publication == "any" else publication
    wanted = queries.Filter(
        shown, kind, village_id, municipality_id, network, field, slug, text or None, notice, federation
    )
    answers, following = await list_answers(session, access, wanted, after, limit, own=own)
    return Page(items=answers, next=following)


@router.get("/organisations/{organisation_id}", response_model=OrganisationAnswer, responses=NOT_MODIFIED | MERGED)
async def read_organisation(
    session: DbSession, access: MaybeStaff, request: Request, organisation_id: UUID
) -> Response:
    """One organisation; unless it is published, only for staff in whose scope it lies. A merged one leads on."""
    try:
        found = await queries.organisation(session, access, organisation_id)
    except NotFound:
        into = await merged_into(session, organisation_id)
        await queries.organisation(session, access, into or organisation_id)
        return RedirectResponse(str(into), HTTPStatus.PERMANENT_REDIRECT)
    return answer_with_etag(request, OrganisationAnswer.model_validate(found), found.version)


@router.post("/organisations", status_code=HTTPStatus.CREATED)
async def register_organisation(session: DbSession, access: Staff, entered: OrganisationInput) -> OrganisationAnswer:
    """Enter an organisation in a village of the caller's scope."""
    return OrganisationAnswer.model_validate(await handlers.register_organisation(session, access, entered))


@router.patch("/organisations/{organisation_id}", responses=CHANGED_SINCE)
async def change_organisation(
    session: DbSession,
    access: StaffOrContact,
    organisation_id: UUID,
    changes: OrganisationChanges,
    if_match: IfMatch = None,
) -> OrganisationAnswer:
    """Change an entry: staff of the village, or the association's contact."""
    changed = await handlers.change_organisation(session, access, organisation_id, changes, if_match)
    return OrganisationAnswer.model_validate(changed)
