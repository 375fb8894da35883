"""Who brings something in or does it: an organisation, one of its contacts, or a person by account.

A person is named by an id alone. Who was erased leaves a mark, so that pages say "eine ehemalige Ansprechperson"; what
a contact had to do stays with the organisation.
"""

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from shared.errors import DomainError
from shared.i18n import N_
from sqlalchemy.orm import Mapped, mapped_column


class TooManyResponsible(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "too_many_responsible"
    message = N_("Please choose one association or one person.")
    field = "responsible"


class UnknownContact(DomainError):
    """The registry's event may still be on its way: the caller may try again."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_contact"
    message = N_("This contact person is not known here, or no longer a contact person.")
    field = "responsible"


@dataclass(frozen=True)
class Responsible:
    """Nobody, an organisation, a contact of it (then `organisation_id` is the contact's), or a person by account."""

    organisation_id: UUID | None = None
    contact_id: UUID | None = None
    person_id: UUID | None = None


NOBODY = Responsible()


class WithResponsible:
    """Columns of a row that somebody is responsible for. `former`: somebody was who has been erased."""

    organisation_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None] = mapped_column(index=True)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    former: Mapped[bool] = mapped_column(default=False)

    @property
    def responsible(self) -> Responsible:
        return Responsible(self.organisation_id, self.contact_id, self.person_id)

    @responsible.setter
    def responsible(self, who: Responsible) -> None:
        if who != self.responsible:
            self.former = False
        self.organisation_id, self.contact_id, self.person_id = who.organisation_id, who.contact_id, who.person_id
