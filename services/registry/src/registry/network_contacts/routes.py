"""The contact persons of networks: personal data, for the district office and the network's coordinators."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from shared import audit
from shared.access.dependencies import allow
from shared.access.grants import Access, Role
from shared.web import DbSession, TransactionalRoute

from registry.network_contacts import handlers, queries
from registry.network_contacts.schemas import NetworkContactAnswer, NetworkContactEnd, NetworkContactInput
from registry.pages import After, Limit, Page

router = APIRouter(route_class=TransactionalRoute, tags=["Territory"])

NetworkStaff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.NETWORK_COORDINATOR))]


@router.get("/network-contacts")
async def list_contacts(
    session: DbSession,
    access: NetworkStaff,
    network_id: UUID | None = None,
    past: bool = False,
    after: After = None,
    limit: Limit = 50,
) -> Page[NetworkContactAnswer]:
    """Who speaks for the caller's networks, now or from a day to come; with `past` also who did."""
    rows, following = await queries.list_contacts(session, access, network_id, past, after, limit)
    audit.record_list(session, "contacts.seen", (row.person_id for row in rows))
    return Page(items=[NetworkContactAnswer.model_validate(row) for row in rows], next=following)


@router.post("/network-contacts", status_code=HTTPStatus.CREATED)
async def appoint(session: DbSession, access: NetworkStaff, entered: NetworkContactInput) -> NetworkContactAnswer:
    """Somebody gets a function of a network."""
    return NetworkContactAnswer.model_validate(await handlers.appoint(session, access, entered))


@router.patch("/network-contacts/{contact_id}")
async def end(
    session: DbSession, access: NetworkStaff, contact_id: UUID, end: NetworkContactEnd
) -> NetworkContactAnswer:
    """Set the last day of a function."""
    return NetworkContactAnswer.model_validate(await handlers.end(session, access, contact_id, end))
