"""Volunteers: people who want to help, with fields and areas of activity, and the consent that they gave."""

from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from shared.contracts.registry import Area, AreaKind
from shared.database import Identified, Versioned
from shared.errors import DomainError
from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.database import Base, Recorded
from registry.fields_of_activity.model import FieldOfActivity
from registry.people.model import Person


class ConsentPurpose(StrEnum):
    CONTACT = "contact"  # coordinators may get in touch about voluntary work


class ConsentChannel(StrEnum):
    WEB = "web"


class OutdatedConsent(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "outdated_consent"
    message = "The text of the consent has changed. Please read it again and agree."
    field = "consent.text_version"


volunteer_field = Table(
    "volunteer_field",
    Base.metadata,
    Column("volunteer_id", ForeignKey("volunteer.id", ondelete="CASCADE"), primary_key=True),
    Column("field_id", ForeignKey("field_of_activity.id"), primary_key=True, index=True),
)


class VolunteerArea(Base):
    """One area of activity; `area_id` is the id of a village, a municipality, a network or the district."""

    __tablename__ = "volunteer_area"

    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[AreaKind] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)


class Volunteer(Identified, Versioned, Recorded, Base):
    """The profile of a person who volunteers. Its id is not the person's: public events carry it."""

    __tablename__ = "volunteer"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    fields: Mapped[list[FieldOfActivity]] = relationship(
        secondary=volunteer_field, order_by=FieldOfActivity.position, lazy="selectin"
    )
    area_rows: Mapped[list[VolunteerArea]] = relationship(
        order_by=(VolunteerArea.kind, VolunteerArea.area_id), cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def areas(self) -> list[Area]:
        return [Area(kind=row.kind, id=row.area_id) for row in self.area_rows]

    @areas.setter
    def areas(self, areas: list[Area]) -> None:
        wanted = dict.fromkeys((area.kind, area.id) for area in areas)
        self.area_rows = [VolunteerArea(kind=kind, area_id=area_id) for kind, area_id in wanted]


class Consent(Identified, Base):
    """That a person agreed to one purpose, in which words, when and how; `recorded_by` is None for themselves."""

    __tablename__ = "consent"
    __table_args__ = (
        sa.Index(
            "uq_consent_given",
            "person_id",
            "purpose",
            unique=True,
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[ConsentPurpose]
    text_version: Mapped[str]
    channel: Mapped[ConsentChannel]
    recorded_by: Mapped[UUID | None]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
