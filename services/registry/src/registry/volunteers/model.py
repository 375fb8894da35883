"""Volunteers: people who want to help, with fields and areas of activity."""

from uuid import UUID

import sqlalchemy as sa
from shared.contracts.registry import Area, AreaKind
from shared.database import Identified, Versioned
from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from registry.consents.model import Consent
from registry.database import Base, Recorded
from registry.fields_of_activity.model import FieldOfActivity
from registry.people.model import Person

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

    consents: Mapped[list[Consent]] = relationship(
        primaryjoin=lambda: sa.and_(foreign(Consent.person_id) == Volunteer.person_id, Consent.withdrawn_at.is_(None)),
        order_by=Consent.purpose,
        viewonly=True,
        lazy="selectin",
    )

    @property
    def areas(self) -> list[Area]:
        return [Area(kind=row.kind, id=row.area_id) for row in self.area_rows]

    def add(self, fields: list[FieldOfActivity], areas: list[Area]) -> bool:
        """Help in these fields and areas, too; returns whether one of them is new."""
        known = {(area.kind, area.id) for area in self.areas}
        new_fields = [field for field in fields if field not in self.fields]
        new_areas = dict.fromkeys((area.kind, area.id) for area in areas if (area.kind, area.id) not in known)
        self.fields.extend(new_fields)
        self.area_rows.extend(VolunteerArea(kind=kind, area_id=area_id) for kind, area_id in new_areas)
        return bool(new_fields or new_areas)
