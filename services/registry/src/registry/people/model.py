"""Persons, with only the data that their role needs, and contacts: who speaks for an organisation."""

from datetime import date
from enum import StrEnum
from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from shared.database import Identified, Versioned
from shared.errors import DomainError
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.database import Base, Recorded
from registry.duplicates.keys import PersonKeys
from registry.organisations.model import Organisation


class ContactFunction(StrEnum):
    """A closed list: the function is part of a public event, where free text could name somebody."""

    CHAIR = "chair"
    DEPUTY_CHAIR = "deputy_chair"
    TREASURER = "treasurer"
    SECRETARY = "secretary"
    YOUTH_OFFICER = "youth_officer"
    MANAGING_DIRECTOR = "managing_director"
    VILLAGE_MAYOR = "village_mayor"
    CONTACT_PERSON = "contact_person"


class PersonExists(DomainError):
    code = "person_exists"
    message = "This person is already entered."
    field = "name"


class UnknownPerson(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_person"
    message = "This person is not entered."
    field = "person_id"


class KnownElsewhere(DomainError):
    """Somebody whom the caller cannot see has this name and address, and a telephone number that was not entered."""

    code = "known_elsewhere"
    message = (
        "This person is entered already, but not with you. Please give their telephone number, too, or ask the "
        "district office to enter them."
    )
    field = "phone"


class Unreachable(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unreachable"
    message = "Please give an email address or a telephone number."
    field = "email"


class AlreadyAppointed(DomainError):
    code = "already_appointed"
    message = "This person already has this function."
    field = "function"


class EndsBeforeItBegins(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "ends_before_it_begins"
    message = "The end lies before the beginning."
    field = "ends_on"


class FunctionEnded(DomainError):
    code = "function_ended"
    message = "This function has ended already. Please enter the person again."


def sixteenth_birthday(birth_date: date) -> date:
    """The day on which somebody is 16; who is born on 29 February is on 1 March of a year without that day."""
    try:
        return birth_date.replace(year=birth_date.year + 16)
    except ValueError:
        return date(birth_date.year + 16, 3, 1)


class Person(Identified, Versioned, Recorded, PersonKeys, Base):
    """Somebody with a name and a way to be reached.

    Two people may share a mailbox, as couples do: a person is known by address and name together.
    """

    __tablename__ = "person"
    __table_args__ = (
        sa.Index(
            "uq_person_email_name",
            sa.func.lower(sa.text("email")),
            sa.func.lower(sa.text("name")),
            unique=True,
            postgresql_where=sa.text("email IS NOT NULL"),
        ),
        sa.Index(
            "uq_person_phone_name",
            "phone",
            sa.func.lower(sa.text("name")),
            unique=True,
            postgresql_where=sa.text("email IS NULL AND phone IS NOT NULL"),
        ),
        sa.Index("ix_person_name", "name", "id"),
    )

    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(index=True)  # E.164
    recorded_by: Mapped[UUID | None]  # the person who entered this one; None: by themselves or an operator
    birth_date: Mapped[date | None]  # only of people under 16, and until they are

    def note_birth_date(self, birth_date: date | None, today: date) -> None:
        """Remember it while it is needed: until the person is 16."""
        if birth_date is not None and sixteenth_birthday(birth_date) > today:
            self.birth_date = birth_date

    def is_under_16(self, today: date) -> bool:
        """Whether only a guardian can agree for this person (Art. 8 Abs. 1 DSGVO)."""
        return self.birth_date is not None and sixteenth_birthday(self.birth_date) > today

    def check(self) -> None:
        """Raise `Unreachable` for somebody with neither email nor telephone."""
        if self.email is None and self.phone is None:
            raise Unreachable


class Contact(Identified, Versioned, Recorded, Base):
    """The appointment of a person for a function of an organisation.

    `ends_on` is the last day of its term as planned, `until` the last day as it was: while that is empty the person has
    the function. An appointment that has ended stays as history.
    """

    __tablename__ = "contact"
    __table_args__ = (
        sa.Index(
            "uq_contact_appointed",
            "organisation_id",
            "person_id",
            "function",
            unique=True,
            postgresql_where=sa.text("until IS NULL"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after_it_begins"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    function: Mapped[ContactFunction]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    until: Mapped[date | None]
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    def check(self) -> None:
        """Raise `EndsBeforeItBegins`."""
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise EndsBeforeItBegins

    def dismiss(self, on: date) -> bool:
        """End the appointment; returns whether that is new."""
        if self.until is not None:
            return False
        self.until = on
        self.touch()
        return True
