"""New addresses: confirmed by a link that was mailed to them."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from shared.access.dependencies import public
from shared.access.tenancy import beyond_scopes
from shared.web import DbSession, TransactionalRoute

from registry.address_changes import handlers
from registry.address_changes.schemas import AddressConfirmation, AddressToConfirm

router = APIRouter(route_class=TransactionalRoute, tags=["People"])


@router.get("/address-changes/by-token", dependencies=[Depends(public)])
async def read_address_change(
    session: DbSession, confirmation_token: Annotated[str, Header(min_length=1, max_length=100)]
) -> AddressToConfirm:
    """What a link is about. Reading it changes nothing."""
    async with beyond_scopes(session):  # the proof is the token, which only the mail holds
        return AddressToConfirm.model_validate(await handlers.confirmable(session, confirmation_token))


@router.post("/address-changes/confirmation", status_code=HTTPStatus.NO_CONTENT, dependencies=[Depends(public)])
async def confirm_address_change(session: DbSession, given: AddressConfirmation) -> None:
    """Take the new address over by the link that was mailed to it. It works once."""
    async with beyond_scopes(session):  # the proof is the token, which only the mail holds
        await handlers.confirm(session, given.token)
