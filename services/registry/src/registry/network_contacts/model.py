"""The contact persons of a network."""

from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from shared.database import Identified, Versioned
from shared.errors import DomainError
from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.database import Base, Recorded
from registry.people.model import Person
from registry.territory.model import Network

HELD_ONCE = "ex_network_contact_held_once"


class NetworkFunction(StrEnum):
    """A closed list: the function is part of a public event, where free text could name somebody."""

    COORDINATOR = "coordinator"
    DEPUTY_COORDINATOR = "deputy_coordinator"
    SPOKESPERSON = "spokesperson"
    CONTACT_PERSON = "contact_person"


class HasFunctionAlready(DomainError):
    code = "already_appointed"
    message = "This person already has this function in this time."
    field = "function"


class FunctionEndsBeforeItBegins(DomainError):
    code = "ends_before_it_begins"
    message = "The function cannot end before it begins."
    field = "until"


class NetworkContact(Identified, Versioned, Recorded, Base):
    """Somebody has a function of a network from `starts_on` to `until`, both included; None while no end is known."""

    __tablename__ = "network_contact"
    __table_args__ = (
        sa.CheckConstraint("until >= starts_on - 1", name="ends_after_it_begins"),
        ExcludeConstraint(
            ("network_id", "="),
            ("person_id", "="),
            ("function", "="),
            (sa.literal_column("daterange(starts_on, until + 1)"), "&&"),
            using="gist",
            name=HELD_ONCE,
        ),
    )

    network_id: Mapped[UUID] = mapped_column(ForeignKey("network.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    function: Mapped[NetworkFunction]
    starts_on: Mapped[date]
    until: Mapped[date | None]
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    network: Mapped[Network] = relationship(lazy="joined", innerjoin=True)

    def check(self) -> None:
        """Raise `FunctionEndsBeforeItBegins`; the day before the first one takes the appointment back."""
        if self.until is not None and self.until < self.starts_on - timedelta(days=1):
            raise FunctionEndsBeforeItBegins
