"""A merger: planned, then completed on its day, unless it is cancelled before."""

from datetime import date, datetime
from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from shared.database import Identified, Versioned
from shared.errors import DomainError
from sqlalchemy import ARRAY, ForeignKey, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Base, Recorded


class AlreadyMerging(DomainError):
    code = "already_merging"
    message = "A merger of {municipality} is planned already. Please cancel that one first."
    field = "municipality_ids"


class StaysAndGoes(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "stays_and_goes"
    message = "{municipality} takes in the others, so it cannot be dissolved itself. Please choose one of both."
    field = "into_id"


class MergerTooEarly(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "merger_too_early"
    message = "{municipality} was formed itself on {day}. It can merge after that day at the earliest."
    field = "effective_on"


class MergerIsOver(DomainError):
    code = "merger_is_over"
    message = "This merger has taken place or was cancelled."


class Merger(Identified, Versioned, Recorded, Base):
    """`source_ids` become one municipality of this name and AGS on `effective_on`: `municipality_id`, once completed.

    A municipality that changes its AGS alone, as in a reform of districts, is a merger of one. With `into_id` they are
    incorporated into that one, which keeps its AGS.
    """

    __tablename__ = "merger"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(municipality_id, completed_at) <> 1", name="completed"),
        sa.CheckConstraint("num_nonnulls(completed_at, cancelled_at) <> 2", name="ends_once"),
        sa.Index(
            "uq_merger_planned_ags",
            "ags",
            unique=True,
            postgresql_where=sa.text("completed_at IS NULL AND cancelled_at IS NULL AND into_id IS NULL"),
        ),
    )

    ags: Mapped[str]
    name: Mapped[str]
    effective_on: Mapped[date]
    source_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    into_id: Mapped[UUID | None] = mapped_column(ForeignKey("municipality.id"))
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey("municipality.id"))
    completed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    @property
    def is_planned(self) -> bool:
        return self.completed_at is None and self.cancelled_at is None

    def complete(self, municipality_id: UUID, now: datetime) -> None:
        """The new municipality is there. Raises `MergerIsOver`."""
        self._check_planned()
        self.municipality_id, self.completed_at = municipality_id, now
        self.touch()

    def cancel(self, now: datetime) -> None:
        """It does not take place. Raises `MergerIsOver`."""
        self._check_planned()
        self.cancelled_at = now
        self.touch()

    def _check_planned(self) -> None:
        if not self.is_planned:
            raise MergerIsOver
