"""What becomes of a person's entry that was merged into another one, and when two are not merged."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from shared.errors import DomainError
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Base


class MergedPerson(Base):
    """The id of an entry that is no more leads to the one that stands for it. Nothing else is kept of it here."""

    __tablename__ = "merged_person"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    into_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    merged_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())


class WasMerged(DomainError):
    """`members` say which entry stands for it now."""

    status = HTTPStatus.GONE
    code = "person_merged"
    message = "This entry was merged with another one."

    def __init__(self, into_id: UUID) -> None:
        self.members = {"into_id": str(into_id)}
        super().__init__()


class MergedMeanwhile(DomainError):
    code = "merged_meanwhile"
    message = "One of the two entries was just merged or is being erased. Nothing was changed. Please look again."


class IntoItself(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "into_itself"
    message = "Please choose two different entries."
    field = "into"


class OwnEntry(DomainError):
    code = "own_entry"
    message = (
        "You are logged in with the entry that would go. Please merge the other way round, or ask a colleague to do it."
    )


class MayDoMore(DomainError):
    """Whoever merges decides which mailbox opens the account: so it takes somebody who may give all that it may."""

    status = HTTPStatus.FORBIDDEN
    code = "may_do_more"
    message = "One of the two may do things here that you may not permit. Please ask the district office to merge them."


class TwoLogins(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "two_logins"
    message = "Both entries are connected with an official account. Please choose which connection stays."
    field = "login"
