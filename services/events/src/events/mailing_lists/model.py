"""A mailing list that staff name and keep."""

from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID, uuid4

from shared.database import Identified, Versioned
from shared.errors import ChangedMeanwhile, DomainError
from shared.i18n import N_
from sqlalchemy import Index, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from events.database import Base


class UnknownMailingList(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_mailing_list"
    message = N_("This mailing list does not exist any more.")
    field = "mailing_list_id"


class ListNameTaken(DomainError):
    code = "list_name_taken"
    message = N_("There is a mailing list of this name already.")
    field = "name"


class TooManyLists(DomainError):
    code = "too_many_mailing_lists"
    message = N_("A network has {most} mailing lists at most. Please remove one first.")


class MailingList(Identified, Versioned, Base):
    """Members stand here as what they may be written to as: an organisation with its contacts, an appointment, or a
    volunteer profile. Whoever is that no longer, pauses or withdrew the consent gets nothing, although they stand here.
    """

    __tablename__ = "mailing_list"

    network: Mapped[str]  # slug
    name: Mapped[str]
    organisation_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    contact_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    volunteer_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    changed_at: Mapped[datetime]

    __table_args__ = (Index("uq_mailing_list_name", "network", func.lower("name"), unique=True),)

    @classmethod
    def begin(cls, network: str) -> "MailingList":
        """A list without name and members."""
        empty: dict[str, list[UUID]] = {"organisation_ids": [], "contact_ids": [], "volunteer_ids": []}
        return cls(id=uuid4(), version=0, network=network, name="", **empty)

    def change(
        self,
        name: str,
        organisation_ids: Iterable[UUID],
        contact_ids: Iterable[UUID],
        volunteer_ids: Iterable[UUID],
        *,
        seen: int | None,
    ) -> None:
        """Replace name and members. Raises `ChangedMeanwhile` unless the newest version was `seen` (None: any)."""
        if seen not in (None, self.version):
            raise ChangedMeanwhile
        self.name = name
        self.organisation_ids = sorted(set(organisation_ids))
        self.contact_ids = sorted(set(contact_ids))
        self.volunteer_ids = sorted(set(volunteer_ids))
        self.changed_at = datetime.now(UTC)
        self.touch()
