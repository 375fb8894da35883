"""The action item: something that somebody does until a day; and the needs that can be taken on."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from shared.contracts.events import ActionItemState
from shared.database import Identified, Versioned
from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from events.action_items.responsible import Responsible, WithResponsible
from events.database import Base

AGAIN_AFTER = timedelta(days=7)
"""From one reminder of an item to the next."""

MOST_REMINDERS = 5
"""Of one item: the day it is due and four weeks after that. Then it is a matter for the next meeting."""


class AlreadyClosed(DomainError):
    code = "action_item_closed"
    message = N_("This task is already closed.")


class NeedTaken(DomainError):
    code = "need_taken_on"
    message = N_("This need is no longer open, or somebody has already taken it on.")
    field = "need_id"


class ActionItem(Identified, Versioned, WithResponsible, Base):
    """Until it is done or dropped it stands on the agenda of each next meeting of its network.

    `need_id` is the registry's need that is closed when this is done.
    """

    __tablename__ = "action_item"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    network: Mapped[str]  # slug; the meeting's
    title: Mapped[str]
    due_on: Mapped[date]
    state: Mapped[ActionItemState] = mapped_column(default=ActionItemState.OPEN)
    need_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    reminded_on: Mapped[date | None]
    reminders: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        Index("ix_action_item_network_due_on", "network", "due_on", "id"),
        Index("ix_action_item_due", "due_on", postgresql_where="state = 'open'"),
        Index(
            "ix_action_item_need_id",
            "need_id",
            unique=True,
            postgresql_where="state = 'open' AND need_id IS NOT NULL",
        ),
    )

    @classmethod
    def take_on(
        cls,
        meeting_id: UUID,
        agenda_item_id: UUID,
        network: str,
        title: str,
        due_on: date,
        responsible: Responsible,
        need_id: UUID | None = None,
    ) -> "ActionItem":
        """A new one, open."""
        item = cls(
            id=uuid4(),
            version=1,
            meeting_id=meeting_id,
            agenda_item_id=agenda_item_id,
            network=network,
            title=title,
            due_on=due_on,
            state=ActionItemState.OPEN,
            need_id=need_id,
            created_at=datetime.now(UTC),
            reminders=0,
            former=False,
        )
        item.responsible = responsible
        return item

    @property
    def open(self) -> bool:
        return self.state is ActionItemState.OPEN

    def require_open(self) -> None:
        """Raise `AlreadyClosed`."""
        if not self.open:
            raise AlreadyClosed

    def change(self, title: str, due_on: date, responsible: Responsible) -> None:
        """Raises `AlreadyClosed`. With another day or somebody else the reminders begin anew."""
        self.require_open()
        if due_on != self.due_on or responsible != self.responsible:
            self.reminders, self.reminded_on = 0, None
        self.title, self.due_on, self.responsible = title, due_on, responsible
        self.touch()

    def move(self, state: ActionItemState) -> None:
        """Done, dropped, or open again."""
        if state is not self.state:
            self.state = state
            self.closed_at = None if self.open else datetime.now(UTC)
            self.touch()

    def remind(self, today: date) -> int:
        """Note that somebody is reminded; returns which time it is."""
        self.reminded_on = today
        self.reminders += 1
        return self.reminders


class Need(Base):
    """An open need of the registry's mutual help, as its events tell; written by `upsert_if_newer` alone."""

    __tablename__ = "need"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    title: Mapped[str]
    village_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    open: Mapped[bool]
