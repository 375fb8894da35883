"""Sign-ups: public, confirmed by a link or by the staff."""

from contextlib import nullcontext
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from shared import audit
from shared.access.dependencies import allow, public
from shared.access.grants import Access, Role
from shared.access.tenancy import beyond_scopes
from shared.web import DbSession, TransactionalRoute
from shared.web.client_address import client_address
from shared.web.rate_limits import RateLimits

from registry.consents.schemas import ConsentText
from registry.consents.texts import text_of
from registry.secrets import hash_of
from registry.sign_ups import handlers, queries
from registry.sign_ups.limits import SIGN_UPS_FOR_ADDRESS, SIGN_UPS_FOR_CLIENT
from registry.sign_ups.schemas import (
    Confirmation,
    OpenSignUp,
    OpenSignUpsAnswer,
    SignUpAnswer,
    SignUpInput,
    SignUpToConfirm,
    StaffConfirmation,
)

router = APIRouter(route_class=TransactionalRoute, tags=["Volunteers"])

Staff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR))]


@router.post("/sign-ups", status_code=HTTPStatus.ACCEPTED, dependencies=[Depends(public)])
async def sign_up(session: DbSession, request: Request, entered: SignUpInput) -> SignUpAnswer:
    """Sign up as a volunteer, without login; who has an email address gets a link to confirm it.

    The answer does not tell whether the person was already registered.
    """
    limits = RateLimits(lambda: nullcontext(session))  # what is refused sends no mail, so it does not count
    await limits.count(SIGN_UPS_FOR_CLIENT, client_address(request))
    if entered.reached_at:
        await limits.count(SIGN_UPS_FOR_ADDRESS, entered.reached_at)
    async with beyond_scopes(session):  # anybody may hand one in; nothing is read back
        await handlers.receive(session, entered)
    return SignUpAnswer()


@router.get("/sign-ups/by-token", dependencies=[Depends(public)])
async def read_sign_up(
    session: DbSession, confirmation_token: Annotated[str, Header(min_length=1, max_length=100)]
) -> SignUpToConfirm:
    """What a link is about. Reading it changes nothing."""
    async with beyond_scopes(session):  # the proof is the token, which only the mail holds
        found = await queries.by_token(session, hash_of(confirmation_token))
    texts = [
        ConsentText(purpose=purpose, version=version, text=text_of(purpose, version))
        for purpose, version in found.agreements.items()
    ]
    return SignUpToConfirm(
        name=found.name, guardian_name=found.guardian_name, fields=found.fields, areas=found.areas, consents=texts
    )


@router.post("/sign-ups/confirmation", status_code=HTTPStatus.NO_CONTENT, dependencies=[Depends(public)])
async def confirm_sign_up(session: DbSession, given: Confirmation) -> None:
    """Confirm by the link that was mailed. It works once."""
    async with beyond_scopes(session):  # the proof is the token, which only the mail holds
        await handlers.confirm(session, given.token)


@router.get("/sign-ups")
async def list_sign_ups(session: DbSession, access: Staff) -> OpenSignUpsAnswer:
    """Sign-ups in the caller's scope that need a call, or a guardian's signature; the oldest first."""
    rows = await queries.waiting_for_staff(session, access)
    audit.record(session, "sign_ups.seen", kind="list", subject=access.principal.id)
    return OpenSignUpsAnswer(items=[OpenSignUp.model_validate(row) for row in rows])


@router.post("/sign-ups/{sign_up_id}/confirmation", status_code=HTTPStatus.NO_CONTENT)
async def confirm_by_staff(session: DbSession, access: Staff, sign_up_id: UUID, told: StaffConfirmation) -> None:
    """Confirm after a call or a visit, or with a guardian's signature on paper."""
    await handlers.confirm_by_staff(session, access, sign_up_id, told)


@router.delete("/sign-ups/{sign_up_id}", status_code=HTTPStatus.NO_CONTENT)
async def discard_sign_up(session: DbSession, access: Staff, sign_up_id: UUID) -> None:
    """Delete what somebody no longer wants."""
    await handlers.discard(session, access, sign_up_id)
