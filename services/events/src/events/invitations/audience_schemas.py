"""Bodies of requests and answers about whom a meeting addresses."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from shared.inputs import Input, Name

from events.invitations.groups import MOST_GROUPS, AudienceArea, AudienceGroup, AudienceRole
from events.invitations.reaching import Reached


class GroupInput(Input):
    """People by role and place. `area_ids` are villages or municipalities, as `area` says.

    `fields` (slugs) are for contacts those of their organisation, for volunteers their own. Empty: all of them.
    """

    role: AudienceRole
    area: AudienceArea = AudienceArea.NETWORK
    area_ids: Annotated[list[UUID], Field(max_length=200)] = []
    fields: Annotated[list[Name], Field(max_length=50)] = []
    organisation_ids: Annotated[list[UUID], Field(max_length=200)] = []
    mailing_list_id: UUID | None = None


class AudienceInput(Input):
    groups: Annotated[list[GroupInput], Field(max_length=MOST_GROUPS)]
    known: Annotated[list[UUID], Field(max_length=MOST_GROUPS)] | None = Field(
        None, description="Ids of the groups that the planner saw; refused if somebody changed them. null: overwrite."
    )


class GroupView(BaseModel):
    """`released_at` is when the group was invited first; who joins it from then on is invited as well."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    role: AudienceRole
    area: AudienceArea
    area_ids: list[UUID]
    fields: list[str]
    organisation_ids: list[UUID]
    mailing_list_id: UUID | None
    released_at: datetime | None


class AudienceView(BaseModel):
    groups: list[GroupView]


class GroupPreview(GroupView):
    """`people` belong to the group; `new` are those of them who would be invited now."""

    people: int
    new: int

    @classmethod
    def of(cls, group: AudienceGroup, reached: Reached) -> Self:
        shown = GroupView.model_validate(group).model_dump()
        return cls(**shown, people=reached.people, new=reached.new)


class AudiencePreview(BaseModel):
    """`people` and `new` count everybody once, also who belongs to several groups."""

    groups: list[GroupPreview]
    people: int
    new: int


class Person(BaseModel):
    """Somebody whom a meeting addresses, by id: the registry tells the names to those who may know them."""

    model_config = ConfigDict(from_attributes=True)

    person_id: UUID
    contact_id: UUID | None
    organisation_id: UUID | None


class PersonList(BaseModel):
    """`next` is the `after` of the page after this one, None on the last."""

    items: list[Person]
    next: UUID | None
