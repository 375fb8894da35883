"""Volunteers: people who want to help, where and when, with what they can, and how they are reached."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shared.contracts.registry import (
    AreaKind,
    AreaWithRadius,
    ConsentPurpose,
    Language,
    LeaveReason,
    PreferredChannel,
    Rhythm,
    Skill,
)
from shared.database import Identified, Versioned
from shared.errors import DomainError
from sqlalchemy import CheckConstraint, Column, ForeignKey, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from registry.consents.model import Consent
from registry.database import Base, Recorded
from registry.fields_of_activity.model import FieldOfActivity
from registry.people.model import Person
from registry.volunteers.availability import FreeTime, slots_of, times_of


class Standing(StrEnum):
    """Whether somebody is asked at the moment."""

    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"  # no consent to be contacted: nobody but they themselves sees it


class UnknownWhereabouts(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unknown_whereabouts"
    message = (
        "Where {village} lies is not entered yet, so kilometres around it cannot be counted. Please choose the places "
        "by name."
    )
    field = "areas"


class AvailableBackwards(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "available_backwards"
    message = "The end lies before the beginning."
    field = "available_until"


class AddressNeeded(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "address_needed"
    message = "For letters we need street, postcode and town."
    field = "preferred_channel"


class NotReachedThatWay(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "not_reached_that_way"
    message = "For this way the email address or telephone number is missing."
    field = "preferred_channel"


class PauseIsOver(DomainError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "pause_is_over"
    message = "A pause ends today at the earliest."
    field = "until"


volunteer_field = Table(
    "volunteer_field",
    Base.metadata,
    Column("volunteer_id", ForeignKey("volunteer.id", ondelete="CASCADE"), primary_key=True),
    Column("field_id", ForeignKey("field_of_activity.id"), primary_key=True, index=True),
)


class VolunteerArea(Base):
    """One area of activity; `area_id` is the id of a village, a municipality, a network or the district.

    With `km` it is also what lies so many kilometres around the village (see `registry.volunteers.radius`).
    """

    __tablename__ = "volunteer_area"
    __table_args__ = (
        CheckConstraint("km IS NULL OR kind = 'village' AND km > 0", name="around_a_village"),
        sa.Index("ix_volunteer_area_around", "area_id", "km", postgresql_where=sa.text("km IS NOT NULL")),
    )

    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[AreaKind] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    km: Mapped[int | None] = mapped_column(SmallInteger)


class Volunteer(Identified, Versioned, Recorded, Base):
    """The profile of a person who volunteers. Its id is not the person's: public events carry it.

    Who has said nothing about hours, rhythm or days is free at any time. `own_skills` are their own words beside the
    terms in `skills`. They are asked unless they pause (`paused_at`), and as long as they agree to be contacted.
    """

    __tablename__ = "volunteer"
    __table_args__ = (
        CheckConstraint("available_until >= available_from", name="available_in_order"),
        CheckConstraint("paused_until IS NULL OR paused_at IS NOT NULL", name="until_of_a_pause"),
        sa.Index("ix_volunteer_paused_until", "paused_until", postgresql_where=sa.text("paused_until IS NOT NULL")),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    fields: Mapped[list[FieldOfActivity]] = relationship(
        secondary=volunteer_field, order_by=FieldOfActivity.position, lazy="selectin"
    )
    area_rows: Mapped[list[VolunteerArea]] = relationship(
        order_by=(VolunteerArea.kind, VolunteerArea.area_id), cascade="all, delete-orphan", lazy="selectin"
    )

    slots: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), default=list)  # see `availability`
    rhythm: Mapped[Rhythm | None]
    hours_per_month: Mapped[int | None] = mapped_column(SmallInteger)
    available_from: Mapped[date | None]
    available_until: Mapped[date | None]
    skills: Mapped[list[Skill]] = mapped_column(ARRAY(Text), default=list)
    own_skills: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    languages: Mapped[list[Language]] = mapped_column(ARRAY(Text), default=list)
    preferred_channel: Mapped[PreferredChannel | None]
    best_time: Mapped[str] = mapped_column(default="")
    street: Mapped[str | None]
    postcode: Mapped[str | None]
    town: Mapped[str | None]
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[date | None]  # the last day of the pause; open without it
    leave_reason: Mapped[LeaveReason | None]
    consents: Mapped[list[Consent]] = relationship(
        primaryjoin=lambda: sa.and_(foreign(Consent.person_id) == Volunteer.person_id, Consent.withdrawn_at.is_(None)),
        order_by=Consent.purpose,
        viewonly=True,
        lazy="selectin",
    )

    @property
    def areas(self) -> list[AreaWithRadius]:
        return [AreaWithRadius(kind=row.kind, id=row.area_id, km=row.km) for row in self.area_rows]

    @areas.setter
    def areas(self, areas: Iterable[AreaWithRadius]) -> None:
        known = {(row.kind, row.area_id): row for row in self.area_rows}
        rows = []
        for area in {(one.kind, one.id): one for one in areas}.values():
            row = known.get((area.kind, area.id)) or VolunteerArea(kind=area.kind, area_id=area.id)
            row.km = area.km
            rows.append(row)
        self.area_rows = sorted(rows, key=lambda row: (row.kind, str(row.area_id)))

    @property
    def times(self) -> list[FreeTime]:
        return times_of(self.slots)

    @times.setter
    def times(self, times: Iterable[FreeTime]) -> None:
        self.slots = slots_of(times)

    @property
    def standing(self) -> Standing:
        """By the consents as they were loaded."""
        if not any(consent.purpose is ConsentPurpose.CONTACT for consent in self.consents):
            return Standing.LEFT
        return Standing.ACTIVE if self.paused_at is None else Standing.PAUSED

    def add(self, fields: list[FieldOfActivity], areas: Iterable[AreaWithRadius]) -> bool:
        """Help in these fields and areas, too; returns whether that is new."""
        before = (self.fields[:], self.areas)
        self.fields = [*self.fields, *(field for field in fields if field not in self.fields)]
        self.areas = [*self.areas, *areas]
        return before != (self.fields, self.areas)

    def check(self, changes: Mapping[str, Any]) -> None:
        """Raise `AvailableBackwards`, `AddressNeeded` or `NotReachedThatWay` for what these changes would lead to."""

        def after(name: str) -> Any:
            return changes.get(name, getattr(self, name))

        check_span(after("available_from"), after("available_until"))
        address = (after("street"), after("postcode"), after("town"))
        check_channel(after("preferred_channel"), self.person.email, self.person.phone, address)

    def pause(self, until: date | None, today: date) -> bool:
        """Not be asked until the end of this day, or until further notice; returns whether that is new.

        Raises `PauseIsOver`.
        """
        if until is not None and until < today:
            raise PauseIsOver
        if self.paused_at is not None and self.paused_until == until:
            return False
        self.paused_at, self.paused_until = self.paused_at or datetime.now(UTC), until
        self.touch()
        return True

    def resume(self) -> bool:
        """Be asked again; returns whether that is new."""
        if self.paused_at is None:
            return False
        self.paused_at = self.paused_until = None
        self.touch()
        return True


def check_span(first: date | None, last: date | None) -> None:
    """Raise `AvailableBackwards` when the last day lies before the first."""
    if first and last and last < first:
        raise AvailableBackwards


def check_channel(
    channel: PreferredChannel | None,
    email: str | None,
    phone: str | None,
    address: tuple[str | None, str | None, str | None],
) -> None:
    """Raise `AddressNeeded` or `NotReachedThatWay` for a way that leads nowhere."""
    if channel is PreferredChannel.LETTER and not all(address):
        raise AddressNeeded
    missing = {PreferredChannel.EMAIL: email, PreferredChannel.TELEPHONE: phone}
    if channel in missing and missing[channel] is None:
        raise NotReachedThatWay
