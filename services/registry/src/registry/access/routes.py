"""Oneself, and grants."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from shared import audit
from shared.access.dependencies import allow, logged_in
from shared.access.grants import Access, Principal
from shared.web import DbSession, TransactionalRoute

from registry.access import handlers, queries
from registry.access.model import STAFF
from registry.access.schemas import GrantAnswer, GrantInput, GrantsAnswer, HeldGrant, Me
from registry.people import queries as people

router = APIRouter(route_class=TransactionalRoute, tags=["Access"])

Staff = Annotated[Access, Depends(allow(*STAFF))]


@router.get("/me")
async def read_me(session: DbSession, principal: Annotated[Principal, Depends(logged_in())]) -> Me:
    """Who the caller is, and what they may do now; a token may still carry grants of up to ten minutes ago."""
    person = await people.person_by_id(session, principal.id)
    held = (await queries.principal_of(session, principal.id)).grants
    grants = [HeldGrant.model_validate(grant) for grant in held]
    return Me(id=person.id, name=person.name, email=person.email, phone=person.phone, grants=grants)


@router.get("/grants")
async def list_grants(session: DbSession, access: Staff, person_id: UUID | None = None) -> GrantsAnswer:
    """The present and coming grants in the caller's scope."""
    grants = await queries.list_grants(session, access, person_id)
    audit.record_list(session, "grants.seen", (grant.person_id for grant in grants))
    return GrantsAnswer(items=[GrantAnswer.model_validate(grant) for grant in grants])


@router.post("/grants", status_code=HTTPStatus.CREATED)
async def give_grant(session: DbSession, access: Staff, given: GrantInput) -> GrantAnswer:
    """Give somebody a role in a scope for a time. Nobody gives more than they hold, and nobody for longer."""
    return GrantAnswer.model_validate(await handlers.give_grant(session, access, given))


@router.delete("/grants/{grant_id}", status_code=HTTPStatus.NO_CONTENT)
async def take_back_grant(session: DbSession, access: Staff, grant_id: UUID) -> None:
    """Take a grant back."""
    await handlers.take_back_grant(session, access, grant_id)
