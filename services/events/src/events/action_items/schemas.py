"""Bodies of requests and answers about action items."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field
from shared.contracts.events import ActionItemState
from shared.inputs import Day, Input, Name

from events.action_items.model import ActionItem
from events.action_items.responsible import WithResponsible
from events.minutes.marks import mark_of

Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class ResponsibleInput(Input):
    """An organisation, or one of its contacts, or (`person_id`) the caller; nothing: nobody yet."""

    organisation_id: UUID | None = None
    contact_id: UUID | None = None
    person_id: UUID | None = None


class ResponsibleView(BaseModel):
    """Of a contact the organisation is named, too. `former`: it was somebody who has been erased."""

    organisation_id: UUID | None
    contact_id: UUID | None
    person_id: UUID | None
    former: bool

    @classmethod
    def of(cls, row: WithResponsible) -> "ResponsibleView":
        return cls.model_validate(row, from_attributes=True)


class ActionItemInput(Input):
    """Who does what until when. `need_id` is an open need of mutual help that is taken on."""

    title: Name
    responsible: ResponsibleInput = ResponsibleInput()
    due_on: Day
    need_id: UUID | None = None


class ActionItemChange(Input):
    title: Name
    responsible: ResponsibleInput = ResponsibleInput()
    due_on: Day
    version: Version = Field(description="What the caller saw; refused if somebody changed the item since.")


class ActionItemMove(Input):
    """How it went. The same state twice changes nothing."""

    state: ActionItemState


class ActionItemView(BaseModel):
    """`who` is a mark (see `events.minutes.marks`), words, or empty where it is `organisation_id` or nobody."""

    id: UUID
    version: int
    network: str
    meeting_id: UUID
    meeting_title: str
    met_at: datetime
    title: str
    responsible: ResponsibleView
    who: str
    organisation_id: UUID | None
    due_on: date
    overdue: bool
    state: ActionItemState
    need_id: UUID | None
    closed_at: datetime | None

    @classmethod
    def of(cls, item: ActionItem, meeting_title: str, met_at: datetime, today: date) -> "ActionItemView":
        return cls(
            id=item.id,
            version=item.version,
            network=item.network,
            meeting_id=item.meeting_id,
            meeting_title=meeting_title,
            met_at=met_at,
            title=item.title,
            responsible=ResponsibleView.of(item),
            who=mark_of(item),
            organisation_id=item.organisation_id,
            due_on=item.due_on,
            overdue=item.open and item.due_on < today,
            state=item.state,
            need_id=item.need_id,
            closed_at=item.closed_at,
        )


class ActionItemPage(BaseModel):
    """Action items by the day they are due. `next` is the cursor of the page after this one, None on the last."""

    items: list[ActionItemView]
    next: str | None
