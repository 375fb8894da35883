"""The district's list of fields of activity (Einsatzfelder)."""

from datetime import date
from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from shared.database import Identified, Versioned
from shared.errors import DomainError
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Base


class UnknownField(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_field"
    message = "One of the fields of activity is not in the district's list."
    field = "fields"


class RetiredField(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "retired_field"
    message = "The field of activity “{name}” cannot be chosen any more."
    field = "fields"


class FieldExists(DomainError):
    code = "field_exists"
    message = "There already is a field of activity of this name."
    field = "name"


class FieldIsMerged(DomainError):
    code = "field_is_merged"
    message = "This field of activity has been merged into another one."


class IntoItself(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "into_itself"
    message = "Please choose another field of activity to merge into."
    field = "into_id"


class IntoRetired(DomainError):
    code = "into_retired"
    message = "“{name}” cannot be chosen any more. Please merge into a field that is still in use."
    field = "into_id"


class ListChanged(DomainError):
    code = "list_changed"
    message = "The list has changed meanwhile. Please look at it again."
    field = "field_ids"


class FieldOfActivity(Identified, Versioned, Base):
    """The list starts with the fourteen areas of the Deutscher Freiwilligensurvey; the first migration writes them.

    A field that was merged stays as a row, so that its slug leads to the other one; a retired one keeps its links.
    """

    __tablename__ = "field_of_activity"
    __table_args__ = (
        sa.Index(
            "uq_field_of_activity_name",
            sa.func.lower(sa.text("name")),
            unique=True,
            postgresql_where=sa.text("merged_into_id IS NULL"),
        ),
    )

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    position: Mapped[int]
    retired_on: Mapped[date | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("field_of_activity.id"))

    @property
    def retired(self) -> bool:
        """Not to be chosen any more."""
        return self.retired_on is not None

    def check_listed(self) -> None:
        """Raise `FieldIsMerged`."""
        if self.merged_into_id is not None:
            raise FieldIsMerged

    def retire(self, retired: bool, today: date) -> bool:
        """Take it out of the choice or put it back; returns whether that is new."""
        if retired is self.retired:
            return False
        self.retired_on = today if retired else None
        return True

    def merge_into(self, other: "FieldOfActivity") -> None:
        """The other one stands for this one from now on."""
        if other.id == self.id:
            raise IntoItself
        self.check_listed()
        other.check_listed()
        if other.retired:
            raise IntoRetired(name=other.name)
        self.merged_into_id = other.id
        self.touch()
