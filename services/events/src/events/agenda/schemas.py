"""Bodies of requests and answers about agendas."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field
from shared.inputs import Input, Name, Prose

from events.action_items.schemas import ResponsibleInput, ResponsibleView
from events.agenda.model import MOST_ITEMS, AgendaItem, AgendaProposal, AgendaPurpose, AgendaStatus, ProposalState

Minutes = Annotated[int, Field(ge=1, le=24 * 60, description="Time planned for it")]


class AgendaItemEntry(Input):
    """What the planner decides about an item."""

    title: Name
    minutes: Minutes | None = None
    details: Prose = Field("", description="For those who prepare the meeting; not public")
    responsible: ResponsibleInput = ResponsibleInput()


class AgendaOrder(Input):
    """Every item of the agenda, in its new order."""

    item_ids: Annotated[list[UUID], Field(max_length=MOST_ITEMS)]


class AgendaMove(Input):
    """What became of an item at the meeting."""

    status: AgendaStatus


class ProposalEntry(Input):
    title: Name
    minutes: Minutes | None = None
    details: Prose = ""


class ProposalAnswer(Input):
    accept: bool


class AgendaItemDetail(BaseModel):
    """An item as those see it who prepare the meeting; `carried` says that an earlier meeting had no time for it."""

    id: UUID
    position: int
    title: str
    minutes: int | None
    details: str
    purpose: AgendaPurpose
    status: AgendaStatus
    carried: bool
    minutes_of: UUID | None
    responsible: ResponsibleView

    @classmethod
    def of(cls, item: AgendaItem) -> "AgendaItemDetail":
        return cls(
            id=item.id,
            position=item.position,
            title=item.title,
            minutes=item.minutes,
            details=item.details,
            purpose=item.purpose,
            status=item.status,
            carried=item.carried_from is not None,
            minutes_of=item.minutes_of,
            responsible=ResponsibleView.of(item),
        )


class ProposalView(BaseModel):
    """A proposal and the association whose contact made it, None for staff."""

    id: UUID
    title: str
    minutes: int | None
    details: str
    organisation_id: UUID | None
    state: ProposalState
    created_at: datetime

    @classmethod
    def of(cls, proposal: AgendaProposal) -> "ProposalView":
        return cls.model_validate(proposal, from_attributes=True)


class AgendaView(BaseModel):
    """The agenda of a meeting with the proposals for it."""

    meeting_id: UUID
    network: str
    items: list[AgendaItemDetail]
    proposals: list[ProposalView]
