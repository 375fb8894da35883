"""The list of fields of activity: public, changed by the district office."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from shared.access.dependencies import allow, public
from shared.access.grants import Access, Role
from shared.web import DbSession, TransactionalRoute

from registry.fields_of_activity import handlers, queries
from registry.fields_of_activity.model import FieldOfActivity
from registry.fields_of_activity.schemas import (
    AllUsesAnswer,
    FieldAnswer,
    FieldChanges,
    FieldInput,
    FieldsAnswer,
    Merging,
    Order,
    UsesAnswer,
)
from registry.versions import CHANGED_SINCE, IfMatch

router = APIRouter(route_class=TransactionalRoute, tags=["Fields of activity"])

DistrictStaff = Annotated[Access, Depends(allow(Role.DISTRICT_OFFICER))]


@router.get("/fields-of-activity", dependencies=[Depends(public)])
async def list_fields(session: DbSession) -> FieldsAnswer:
    """The district's fields of activity in their order, with those that cannot be chosen any more."""
    return FieldsAnswer(items=await _shown(session, await queries.list_fields(session)))


@router.get("/fields-of-activity/uses")
async def count_uses(session: DbSession, _access: DistrictStaff) -> AllUsesAnswer:
    """How many organisations, volunteers, needs and offers are linked with each field."""
    uses = await queries.count_uses(session)
    fields = await queries.list_fields(session)
    return AllUsesAnswer(items=[UsesAnswer(field_id=field.id, **uses.get(field.id, {})) for field in fields])


@router.post("/fields-of-activity", status_code=HTTPStatus.CREATED)
async def list_field(session: DbSession, _access: DistrictStaff, entered: FieldInput) -> FieldAnswer:
    """Add a field at the end of the list."""
    return (await _shown(session, [await handlers.list_field(session, entered.name)]))[0]


@router.put("/fields-of-activity/order", status_code=HTTPStatus.NO_CONTENT)
async def order_fields(session: DbSession, _access: DistrictStaff, order: Order) -> None:
    """Put the list in another order."""
    await handlers.order_fields(session, order.field_ids)


@router.patch("/fields-of-activity/{field_id}", responses=CHANGED_SINCE)
async def change_field(
    session: DbSession, _access: DistrictStaff, field_id: UUID, changes: FieldChanges, if_match: IfMatch = None
) -> FieldAnswer:
    """Rename a field, retire it, or put it back into the choice."""
    return (await _shown(session, [await handlers.change_field(session, field_id, changes, if_match)]))[0]


@router.post("/fields-of-activity/{field_id}/merge")
async def merge_field(session: DbSession, _access: DistrictStaff, field_id: UUID, merging: Merging) -> FieldAnswer:
    """Merge a field into another one, which is returned: all links go there, the old slug stands for it."""
    return (await _shown(session, [await handlers.merge_field(session, field_id, merging.into_id)]))[0]


async def _shown(session: DbSession, fields: Sequence[FieldOfActivity]) -> list[FieldAnswer]:
    former = await queries.former_slugs(session)
    return [
        FieldAnswer(
            id=field.id,
            slug=field.slug,
            name=field.name,
            position=field.position,
            retired=field.retired,
            former_slugs=former.get(field.id, []),
        )
        for field in fields
    ]
