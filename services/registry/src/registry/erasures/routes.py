"""Erasures: by oneself, by staff in scope; their state, and the proof."""

import json
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from shared import audit
from shared.access.dependencies import allow, logged_in, public
from shared.access.grants import Access, Principal, Role
from shared.access.tenancy import beyond_scopes
from shared.errors import Unavailable
from shared.web import DbSession, TransactionalRoute

from registry.erasures import handlers, queries
from registry.erasures.model import Erasure, Origin
from registry.erasures.schemas import ErasureAnswer, ErasurePage, Number, OutlookAnswer, Proof
from registry.pages import Limit
from registry.people import queries as people

router = APIRouter(route_class=TransactionalRoute, tags=["Erasures"])

Staff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR))]
Oneself = Annotated[Principal, Depends(logged_in())]


@router.get("/me/erasure")
async def look_ahead_for_oneself(session: DbSession, request: Request, principal: Oneself) -> OutlookAnswer:
    """What erasing oneself would take away, and what stands in its way. Changes nothing."""
    person = await people.person_by_id(session, principal.id)
    return OutlookAnswer.of(await handlers.look_ahead(session, person, None), request.app.state.translate)


@router.post("/me/erasure", status_code=HTTPStatus.ACCEPTED)
async def erase_oneself(session: DbSession, principal: Oneself) -> ErasureAnswer:
    """Be forgotten. Access ends at once; the answer's number shows the state without login."""
    person = await people.person_by_id(session, principal.id)
    return ErasureAnswer.of(await handlers.request_erasure(session, person, Origin.PERSON))


@router.get("/persons/{person_id}/erasure")
async def look_ahead(session: DbSession, request: Request, access: Staff, person_id: UUID) -> OutlookAnswer:
    """What erasing this person would take away, and what stands in its way. Changes nothing."""
    person = await people.person(session, access, person_id)
    audit.record(session, "person.seen", kind="person", subject=person.id, persons=[person.id])
    return OutlookAnswer.of(await handlers.look_ahead(session, person, access), request.app.state.translate)


@router.post("/persons/{person_id}/erasure", status_code=HTTPStatus.ACCEPTED)
async def erase_person(session: DbSession, access: Staff, person_id: UUID) -> ErasureAnswer:
    """Forget somebody in the caller's scope who asked for it (Art. 17 DSGVO)."""
    person = await people.person(session, access, person_id, lock=True)
    return ErasureAnswer.of(await handlers.request_erasure(session, person, Origin.OFFICE, access))


@router.get("/erasures")
async def list_erasures(session: DbSession, access: Staff, after: UUID | None = None, limit: Limit = 50) -> ErasurePage:
    """The erasures of people who belonged to the caller's scope, newest first."""
    found = await queries.find(session, access, after=after, limit=limit + 1)
    shown = found[:limit]
    following = shown[-1].id if len(found) > limit else None
    return ErasurePage(items=[ErasureAnswer.of(each) for each in shown], next=following)


@router.get("/erasures/by-number", dependencies=[Depends(public)])
async def read_by_number(session: DbSession, number: Annotated[Number, Query()]) -> ErasureAnswer:
    """The state of the erasure with this number, for whoever was given it. It names nobody."""
    async with beyond_scopes(session):  # the number is the proof: 50 random bits
        return ErasureAnswer.of(await queries.by_number(session, number))


@router.get("/erasures/{erasure_id}")
async def read_erasure(session: DbSession, access: Staff, erasure_id: UUID) -> ErasureAnswer:
    """One erasure in the caller's scope."""
    return ErasureAnswer.of(await queries.erasure(session, access, erasure_id))


@router.get("/erasures/by-number/proof", dependencies=[Depends(public)])
async def read_proof(session: DbSession, request: Request, number: Annotated[Number, Query()]) -> Proof:
    """The receipts, and the keys to check them with: for the person, for the data protection officer, for a court."""
    async with beyond_scopes(session):  # the number is the proof: 50 random bits
        erasure: Erasure = await queries.by_number(session, number)
    keys = request.app.state.settings.receipt_keys
    if keys is None:
        raise Unavailable
    return Proof(**ErasureAnswer.of(erasure).model_dump(), subject=erasure.person_id, keys=json.loads(keys))
