"""The items of an agenda, and proposals for them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from shared.database import Identified
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from events.action_items.responsible import Responsible, WithResponsible
from events.database import Base
from events.meetings.plan import AgendaPoint

MOST_ITEMS = 60


class AgendaPurpose(StrEnum):
    """What an item is for. All but topics are put there by the platform."""

    TOPIC = "topic"
    APPROVAL = "approval"  # of the minutes of an earlier meeting
    OPEN_ITEMS = "open_items"  # action items of earlier meetings that are not done


class AgendaStatus(StrEnum):
    PLANNED = "planned"
    REACHED = "reached"  # it was talked about
    CARRIED = "carried"  # there was no time: it stands on the next meeting's agenda
    DROPPED = "dropped"  # nobody wants to talk about it any more


class ProposalState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class AgendaFull(DomainError):
    code = "agenda_full"
    message = N_("An agenda has {most} items at most.")


class ItemInUse(DomainError):
    code = "agenda_item_in_use"
    message = N_("There are notes, decisions or tasks under this item, so it stays.")


class ProposalDecided(DomainError):
    code = "proposal_decided"
    message = N_("It is already decided whether this proposal comes on the agenda.")


class AgendaItem(Identified, WithResponsible, Base):
    """`details` are for those who prepare the meeting; title and minutes are public with the meeting.

    `carried_from` is the item of an earlier meeting that had to wait, `minutes_of` the meeting whose minutes are to be
    approved.
    """

    __tablename__ = "agenda_item"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]  # from 1
    title: Mapped[str]
    minutes: Mapped[int | None]
    details: Mapped[str] = mapped_column(default="")
    purpose: Mapped[AgendaPurpose] = mapped_column(default=AgendaPurpose.TOPIC)
    status: Mapped[AgendaStatus] = mapped_column(default=AgendaStatus.PLANNED)
    carried_from: Mapped[UUID | None]
    minutes_of: Mapped[UUID | None]

    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_positive"),)

    @classmethod
    def plan(
        cls,
        title: str,
        *,
        minutes: int | None = None,
        details: str = "",
        purpose: AgendaPurpose = AgendaPurpose.TOPIC,
        carried_from: UUID | None = None,
        minutes_of: UUID | None = None,
    ) -> "AgendaItem":
        """A new item; `place` gives it its meeting and position."""
        return cls(
            id=uuid4(),
            title=title,
            minutes=minutes,
            details=details,
            purpose=purpose,
            status=AgendaStatus.PLANNED,
            carried_from=carried_from,
            minutes_of=minutes_of,
            former=False,
        )

    @property
    def replaceable(self) -> bool:
        """Whether nothing but its title would be lost with it."""
        return (
            self.purpose is AgendaPurpose.TOPIC
            and self.status is AgendaStatus.PLANNED
            and self.carried_from is None
            and not self.details
            and self.responsible == Responsible()
        )

    def carry(self) -> "AgendaItem":
        """The item for the next meeting, with everything that was prepared for it."""
        self.status = AgendaStatus.CARRIED
        item = AgendaItem.plan(self.title, minutes=self.minutes, details=self.details, carried_from=self.id)
        item.responsible, item.former = self.responsible, self.former
        return item


def arrange(agenda: list[AgendaItem], points: Sequence[AgendaPoint]) -> None:
    """Make these points the agenda, as the planner's form has them.

    Items are known by their titles and keep what was prepared for them or written under them. What the platform put
    there, what was carried over and what was talked about stays behind them; nothing else does.
    """
    known = {item.title.casefold(): item for item in agenda}
    arranged = []
    for point in points:
        item = known.pop(point.title.casefold(), None) or AgendaItem.plan(point.title)
        item.title, item.minutes = point.title, point.minutes
        arranged.append(item)
    arranged += [item for item in agenda if item in known.values() and not item.replaceable]
    agenda[:] = arranged
    number(agenda)


def place(agenda: list[AgendaItem], item: AgendaItem, index: int | None = None) -> None:
    """Put an item there: at the end, or before the one at `index`. Raises `AgendaFull`."""
    if len(agenda) >= MOST_ITEMS:
        raise AgendaFull(most=MOST_ITEMS)
    agenda.insert(len(agenda) if index is None else index, item)
    number(agenda)


def number(agenda: Sequence[AgendaItem]) -> None:
    """Positions from 1, in the order of the list."""
    for position, item in enumerate(agenda, start=1):
        item.position = position


class AgendaProposal(Identified, Base):
    """Somebody of a lead association wants to talk about something; the planner puts it on the agenda, or not."""

    __tablename__ = "agenda_proposal"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), index=True)
    network: Mapped[str]  # slug; the meeting's
    title: Mapped[str]
    details: Mapped[str]
    minutes: Mapped[int | None]
    organisation_id: Mapped[UUID | None]  # the proposer's, None for staff
    person_id: Mapped[UUID | None] = mapped_column(index=True)  # who proposed it
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.OPEN)
    created_at: Mapped[datetime]

    def decide(self, *, accept: bool) -> "AgendaItem | None":
        """The new item of an accepted proposal. Raises `ProposalDecided`."""
        if self.state is not ProposalState.OPEN:
            raise ProposalDecided
        self.state = ProposalState.ACCEPTED if accept else ProposalState.DECLINED
        if not accept:
            return None
        item = AgendaItem.plan(self.title, minutes=self.minutes, details=self.details)
        item.responsible = Responsible(organisation_id=self.organisation_id)
        return item
