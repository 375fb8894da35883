"""The list of fields of activity."""

from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from shared.access.dependencies import public
from shared.web import DbSession, TransactionalRoute

from registry.fields_of_activity import queries

router = APIRouter(route_class=TransactionalRoute, tags=["Fields of activity"])


class FieldAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    slug: str
    name: str


class FieldsAnswer(BaseModel):
    items: list[FieldAnswer]


@router.get("/fields-of-activity", dependencies=[Depends(public)])
async def list_fields(session: DbSession) -> FieldsAnswer:
    """The district's fields of activity in their order."""
    return FieldsAnswer(items=[FieldAnswer.model_validate(field) for field in await queries.list_fields(session)])
